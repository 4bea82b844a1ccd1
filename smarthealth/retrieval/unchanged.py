"""What was learnt from a file or a folder, kept as long as that looks the same: to look costs a tenth of reading."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Final, Generic, TypeVar

T = TypeVar("T")
Looks = tuple[int, int]
"""Number and time of a file or a folder."""
_SETTLED_NS: Final = 2_000_000_000
"""What was written less than so long ago might be written once more without its time moving on."""


class Unchanged(Generic[T]):
    """One thing known of one path; threads may share it."""

    def __init__(self, path: Path) -> None:
        self._path = os.fspath(path)
        self._kept: tuple[Looks, T] | None = None

    def look(self) -> Looks:
        """How the path looks now.

        Raises:
            OSError: It is not there, or not to be looked at.
        """
        now = os.stat(self._path)
        return now.st_ino, now.st_mtime_ns

    def known(self, looks: Looks) -> T | None:
        """What is known of the path, if that looked the same then."""
        kept = self._kept
        return None if kept is None or kept[0] != looks else kept[1]

    def keep(self, looks: Looks, known: T) -> None:
        """Keep what was learnt after the path looked like this, unless it may change without looking otherwise."""
        if time.time_ns() - looks[1] > _SETTLED_NS:
            self._kept = looks, known
