"""What is kept of a file or a folder that looks the same."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from smarthealth.retrieval.unchanged import Unchanged

LONG_AGO = 10**18
"""Nanoseconds since 1970: some day of 2001."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of long ago."""
    made = tmp_path / "file"
    made.touch()
    os.utime(made, ns=(LONG_AGO, LONG_AGO))
    return made


@pytest.fixture
def known(file: Path) -> Unchanged[str]:
    """Of which something is known."""
    made: Unchanged[str] = Unchanged(file)
    assert made.known(made.look()) is None
    made.keep(made.look(), "one")
    return made


def test_what_looks_the_same_is_the_same(known: Unchanged[str]) -> None:
    """Nothing is forgotten as long as nothing changes."""
    assert [known.known(known.look()) for _ in range(2)] == ["one"] * 2


def test_another_time_or_another_file_is_not_known(known: Unchanged[str], file: Path) -> None:
    """Be it written or put in its place."""
    os.utime(file, ns=(LONG_AGO, LONG_AGO + 1))
    assert known.known(known.look()) is None
    known.keep(known.look(), "two")
    assert known.known(known.look()) == "two"
    other = file.with_name("other")
    other.touch()
    os.utime(other, ns=(LONG_AGO, LONG_AGO + 1))
    other.rename(file)
    assert known.known(known.look()) is None


def test_what_was_written_this_moment_is_not_kept(known: Unchanged[str], file: Path) -> None:
    """It might be written again within the grain of a file's time."""
    now = time.time_ns()
    os.utime(file, ns=(now, now))
    known.keep(known.look(), "two")
    assert known.known(known.look()) is None


def test_what_is_gone_cannot_be_looked_at(known: Unchanged[str], file: Path) -> None:
    """Whoever asks decides what that means."""
    file.unlink()
    with pytest.raises(FileNotFoundError):
        known.look()
