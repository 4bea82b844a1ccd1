"""Where the files of one conversation are on the disk.

    DATA/workspace/HASH/         of the conversation's name, which may have any characters; its lock is this directory's
    DATA/workspace/HASH/files/   what tools and commands see

A lock on a directory that commands do not see cannot be held by one of them. It holds between processes, too.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import attrs

FILES: Final = "files"
_HASH_LENGTH: Final = 40
_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@attrs.frozen
class Folder:
    """The directory of one conversation; nothing is made before something is written.

    Args:
        base: Of all conversations.
        name: Of the conversation.
    """

    base: Path
    name: str

    @property
    def path(self) -> Path:
        """The directory that tools and commands see."""
        return self._place / FILES

    @property
    def _place(self) -> Path:
        return self.base / hashlib.sha256(self.name.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_LENGTH]

    @contextmanager
    def open(self) -> Iterator[int | None]:
        """The directory, open; None while there is none.

        Raises:
            OSError: It cannot be opened.
        """
        try:
            root = os.open(self.path, _OPEN)
        except FileNotFoundError:
            yield None
            return
        try:
            yield root
        finally:
            os.close(root)

    def remove(self) -> None:
        """Remove all of it; links in it are removed and not followed. There may be nothing.

        Raises:
            OSError: Some of it cannot be removed.
        """
        if self._place.exists():
            shutil.rmtree(self._place)

    @contextmanager
    def changing(self) -> Iterator[int]:
        """The directory, made when it is not there; within this nobody else changes it but commands.

        Raises:
            OSError: It cannot be made.
        """
        self.base.mkdir(mode=0o700, parents=True, exist_ok=True)
        for made in (self._place, self.path):
            made.mkdir(mode=0o700, exist_ok=True)
        place = os.open(self._place, _OPEN)
        try:
            fcntl.flock(place, fcntl.LOCK_EX)
            root = os.open(FILES, _OPEN, dir_fd=place)
            try:
                yield root
            finally:
                os.close(root)
        finally:
            os.close(place)
