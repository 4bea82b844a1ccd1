from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from smarthealth.apps.workspace.tools import quota, trimming
from smarthealth.apps.workspace.tools.folder import Folder
from smarthealth.apps.workspace.tools.trimming import stamp, trim

TICK = 0.02
"""Seconds after which the clock of the file system has moved."""


@pytest.fixture
def opened(folder: Folder, root: Path) -> Iterator[int]:
    """The conversation's directory, open, with a file that was there before."""
    with folder.changing() as descriptor:
        (root / "old.txt").write_text("x" * 50)
        time.sleep(TICK)  # noqa: ASYNC251 # the kernel's clock, which nothing here can move
        yield descriptor


def test_within_the_quota_nothing_is_removed(opened: int, root: Path) -> None:
    """What fits stays."""
    since = stamp(opened)
    (root / "new.txt").write_text("x" * 50)
    assert trim(opened, since, 100, 2)
    assert len(list(root.iterdir())) == 2


def test_the_new_goes_and_the_old_stays(opened: int, root: Path) -> None:
    """What was there before is not removed, whatever times files claim to have."""
    since = stamp(opened)
    time.sleep(TICK)  # noqa: ASYNC251
    for number in range(20):
        (root / f"new{number}.txt").write_text("x" * 20)
        os.utime(root / f"new{number}.txt", (0, 0))
    assert trim(opened, since, 100, 1_000)
    left = {path.name for path in root.iterdir()}
    assert "old.txt" in left
    assert len(left) == 3


def test_folders_go_with_what_is_in_them(opened: int, root: Path) -> None:
    """Too many entries are removed from inside out."""
    since = stamp(opened)
    time.sleep(TICK)  # noqa: ASYNC251
    for number in range(5):
        (root / f"d{number}" / "e").mkdir(parents=True)
    (root / "link").symlink_to("/")
    assert trim(opened, since, 1_000, 1)
    assert [path.name for path in root.iterdir()] == ["old.txt"]


def test_however_deep_it_is_it_goes(opened: int, root: Path) -> None:
    """A tree deeper than any path can say is removed, its files too."""
    since = stamp(opened)
    time.sleep(TICK)  # noqa: ASYNC251
    current = os.dup(opened)
    for level in range(1_200):
        os.mkdir("d", dir_fd=current)
        following = os.open("d", os.O_RDONLY, dir_fd=current)
        if level % 100 == 0:
            os.close(os.open("f", os.O_CREAT | os.O_WRONLY, dir_fd=current))
        os.close(current)
        current = following
    os.close(current)
    assert quota.measure(opened).exceeds(10**9, 10**4)
    assert trim(opened, since, 1_000, 60)
    assert (root / "old.txt").exists()


def test_what_was_over_before_stays_over(opened: int, root: Path) -> None:
    """With nothing new to remove, trimming says that the quota is not kept."""
    time.sleep(TICK)  # noqa: ASYNC251
    assert not trim(opened, stamp(opened), 10, 1_000)
    assert (root / "old.txt").exists()


def test_what_cannot_be_removed_is_tried_so_often(opened: int, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A round that is not enough is followed by another, up to a bound."""
    since = stamp(opened)
    time.sleep(TICK)  # noqa: ASYNC251
    (root / "d").mkdir()
    (root / "d" / "f").write_text("x" * 100)
    monkeypatch.setattr(trimming, "MOST_ROUNDS", 1)
    assert not trim(opened, since, 60, 1)
