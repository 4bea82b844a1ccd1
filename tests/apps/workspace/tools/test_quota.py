from __future__ import annotations

import os
from pathlib import Path

import pytest

from smarthealth.apps.workspace.tools import quota
from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.quota import Usage, measure, walk


def test_everything_with_a_name_counts(folder: Folder, root: Path, secret: Path) -> None:
    """Files by their length, holes included; folders, links and pipes by their names."""
    (root / "a").mkdir()
    (root / "a" / "f").write_text("12345")
    os.truncate(root / "a" / "f", 1_000_000_000)
    (root / "link").symlink_to(secret.parent)
    os.mkfifo(root / "pipe")
    with folder.changing() as opened:
        assert measure(opened) == Usage(files=4, size=1_000_000_000)
        assert [found.names for found in walk(opened)] == [("a",), ("a", "f"), ("link",), ("pipe",)]


def test_what_is_too_deep_is_over_every_quota(folder: Folder, root: Path) -> None:
    """A command cannot hide files below more levels than are looked at."""
    with folder.changing() as opened:
        current = os.dup(opened)
        for _ in range(quota.DEEPEST + 5):
            os.mkdir("d", dir_fd=current)
            following = os.open("d", os.O_RDONLY, dir_fd=current)
            os.close(current)
            current = following
        os.close(current)
        usage = measure(opened)
    assert usage.files > quota.MOST_MEASURED
    assert usage.exceeds(10**12, 50_000)


def test_what_vanishes_is_passed_over(folder: Folder, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that is gone when it is looked at is none."""
    (root / "a").write_text("x")
    (root / "b").write_text("x")
    with folder.changing() as opened:
        entries = walk(opened)
        assert next(entries).names == ("a",)
        (root / "b").unlink()
        assert list(entries) == []


def test_what_is_shut_is_opened_up(folder: Folder, root: Path) -> None:
    """A folder that a command took its own rights from hides nothing."""
    (root / "shut" / "below").mkdir(parents=True)
    (root / "shut" / "below" / "f").write_text("12345")
    (root / "shut" / "below").chmod(0)
    (root / "shut").chmod(0)
    with folder.changing() as opened:
        assert measure(opened) == Usage(files=3, size=5)
    assert (root / "shut").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("files", "size", "over"), [(5, 10, False), (6, 10, True), (5, 11, True)])
def test_a_quota_is_of_files_and_bytes(files: int, size: int, over: bool) -> None:
    """Either may be exceeded; the number itself may be reached."""
    assert Usage(files=files, size=size).exceeds(10, 5) is over
