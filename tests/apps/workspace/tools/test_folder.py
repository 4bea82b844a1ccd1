from __future__ import annotations

import fcntl
import os
import threading
from pathlib import Path

import pytest

from smarthealth.apps.workspace.tools.folder import Folder


def test_nothing_is_made_before_something_is_written(folder: Folder) -> None:
    """Looking at a conversation without files makes none."""
    with folder.open() as root:
        assert root is None
    assert not folder.base.exists()


def test_each_name_has_a_directory_of_its_own(tmp_path: Path) -> None:
    """Whatever characters a name has, its directory is inside the base, and no other's."""
    names = ["conv_123", "CONV_123", "../../etc", "/", "a/b", "ñ", "n\u0303", "\ud800", "." * 300]
    places = {Folder(tmp_path, name).path for name in names}
    assert len(places) == len(names)
    assert all(place.parent.parent == tmp_path for place in places)


def test_the_directory_is_its_owners_alone(folder: Folder) -> None:
    """Other accounts of the machine do not get in."""
    with folder.changing() as root, folder.open() as again:
        assert again is not None
        assert os.path.sameopenfile(root, again)
    assert all(place.stat().st_mode & 0o077 == 0 for place in (folder.base, folder.path.parent, folder.path))


def test_changes_wait_for_each_other(folder: Folder) -> None:
    """Who changes a directory has it alone, and no command can hold its lock."""
    entered = threading.Event()

    def change() -> None:
        with folder.changing():
            entered.set()

    with folder.changing() as root:
        fcntl.flock(root, fcntl.LOCK_EX)  # what a command could do
        other = threading.Thread(target=change)
        other.start()
        assert not entered.wait(0.05)
    other.join()
    assert entered.is_set()


def test_a_link_in_its_place_is_not_followed(folder: Folder, tmp_path: Path) -> None:
    """Where the directory should be, a link is refused."""
    folder.path.parent.mkdir(parents=True)
    folder.path.symlink_to(tmp_path)
    with pytest.raises(OSError, match=r"directory|levels"), folder.open():
        pass
    with pytest.raises(OSError, match=r"directory|levels"), folder.changing():
        pass


def test_a_forgotten_conversation_leaves_nothing(folder: Folder, tmp_path: Path) -> None:
    """What links in it point to stays."""
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "a").write_text("a")
    with folder.changing():
        (folder.path / "link").symlink_to(kept)
        (folder.path / "deep" / "er").mkdir(parents=True)
    folder.remove()
    folder.remove()
    assert not folder.path.parent.exists()
    assert (kept / "a").read_text() == "a"
