from __future__ import annotations

import os
from pathlib import Path

import pytest

from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.handing import hand_over


def test_folders_and_files_change_hands(
    folder: Folder, root: Path, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is inside is given, what a link or a second name leads to is not."""
    (root / "a").mkdir()
    (root / "a" / "f").write_text("x")
    (root / "link").symlink_to(secret)
    os.link(secret, root / "hard")
    os.mkfifo(root / "pipe")
    given: list[int] = []
    monkeypatch.setattr(os, "fchown", lambda descriptor, uid, gid: given.append(os.fstat(descriptor).st_ino))
    with folder.changing() as opened:
        hand_over(opened, 12_345)
        expected = [path.stat().st_ino for path in (root, root / "a", root / "a" / "f")]
        assert given == expected
        given.clear()
        hand_over(opened, os.getuid())
        assert given == expected[:1]
