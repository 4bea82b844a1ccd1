"""How much the directory of a conversation holds, measured anew each time: commands write there, too."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from itertools import islice
from typing import Final

import attrs

from .paths import Names

MOST_MEASURED: Final = 60_000
"""Entries that are looked at; a directory with more is over every quota."""
DEEPEST: Final = 48
"""Levels that are looked at; a directory with more is over every quota. Tools make at most a third of them."""
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@attrs.frozen(kw_only=True)
class Found:
    """One entry of the tree."""

    names: Names
    status: os.stat_result

    @property
    def is_directory(self) -> bool:
        """Whether it is one."""
        return stat.S_ISDIR(self.status.st_mode)

    @property
    def size(self) -> int:
        """Bytes of a regular file, by what it says of its length: holes count. 0 of anything else."""
        return self.status.st_size if stat.S_ISREG(self.status.st_mode) else 0

    @property
    def is_bottom(self) -> bool:
        """Whether it is a directory into which no walk goes."""
        return self.is_directory and len(self.names) >= DEEPEST


@attrs.frozen(kw_only=True)
class Usage:
    """What there is."""

    files: int
    """Files, folders and whatever else has a name."""
    size: int
    """Bytes."""

    def exceeds(self, most_bytes: int, most_files: int) -> bool:
        """Whether there is more than may be."""
        return self.size > most_bytes or self.files > most_files


def walk(root: int, names: Names = ()) -> Iterator[Found]:
    """Every entry below a directory, those of one directory by name; what vanishes meanwhile is passed over.

    Args:
        root: The directory, open.
        names: That lead to it, to be told with each entry.
    """
    with os.scandir(root) as entries:
        found = sorted(entry.name for entry in islice(entries, MOST_MEASURED))
    for name in found:
        try:
            entry = Found(names=(*names, name), status=os.stat(name, dir_fd=root, follow_symlinks=False))
            below = _enter(root, name, entry.status) if entry.is_directory and not entry.is_bottom else None
        except OSError:
            continue
        yield entry
        if below is not None:
            try:
                yield from walk(below, entry.names)
            finally:
                os.close(below)


def _enter(root: int, name: str, status: os.stat_result) -> int:
    """A directory, open; one that its owner shut is opened up, since nothing may be hidden in it, nor kept from removal."""
    if status.st_mode & stat.S_IRWXU != stat.S_IRWXU:
        place = os.open(name, os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=root)
        try:
            os.chmod(f"/proc/self/fd/{place}", stat.S_IRWXU)  # this very directory, whatever has the name by now
        finally:
            os.close(place)
    return os.open(name, _DIRECTORY, dir_fd=root)


def measure(root: int) -> Usage:
    """How much there is."""
    files = size = 0
    for found in islice(walk(root), MOST_MEASURED):
        files += MOST_MEASURED if found.is_bottom else 1
        size += found.size
    return Usage(files=files, size=size)
