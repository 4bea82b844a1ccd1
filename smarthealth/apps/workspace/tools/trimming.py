"""Takes back what a command wrote beyond its conversation's quota: the newest first, and nothing that was there before.

A command cannot hide how new a file is: the time of its last change of status (`ctime`) is set by the kernel alone.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from itertools import islice
from typing import Final

from .quota import MOST_MEASURED, Found, measure, walk
from .tree import open_directory

MOST_ROUNDS: Final = 100
"""Each takes away at least one entry, mostly thousands."""
_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def stamp(root: int) -> int:
    """A moment, in the clock of the file system: what changes after it is newer."""
    os.utime(root)
    return os.fstat(root).st_ctime_ns


def trim(root: int, since: int, most_bytes: int, most_files: int) -> bool:
    """Remove what is newer than a moment until the quota is kept.

    Returns:
        Whether it is. It is not when the tree was over it before.
    """
    for _ in range(MOST_ROUNDS):
        usage = measure(root)
        if not usage.exceeds(most_bytes, most_files):
            return True
        if not _remove_newest(root, since, usage.size - most_bytes, usage.files - most_files):
            return False
    return False


def _remove_newest(root: int, since: int, bytes_over: int, files_over: int) -> bool:
    """Remove new entries until so much is gone; False when there were none."""
    new = [found for found in islice(walk(root), MOST_MEASURED) if found.status.st_ctime_ns > since]
    new.sort(key=lambda found: (found.is_bottom, not found.is_directory, found.status.st_ctime_ns), reverse=True)
    removed = False
    for found in new:
        if bytes_over <= 0 and files_over <= 0:
            break
        with contextlib.suppress(OSError):
            _remove(root, found)
            removed = True
            bytes_over -= found.size
            files_over -= MOST_MEASURED if found.is_bottom else 1
    return removed


def _remove(root: int, found: Found) -> None:
    *above, name = found.names
    with open_directory(root, tuple(above)) as directory:
        if found.is_bottom:
            _remove_deep(root, directory, name)
        elif found.is_directory:
            os.rmdir(name, dir_fd=directory)
        else:
            os.unlink(name, dir_fd=directory)


def _remove_deep(root: int, directory: int, name: str) -> None:
    """Remove a directory however deep it is: what is below is brought up, one level at a time."""
    trash, made = f".{secrets.token_hex(8)}", 1  # a name that is not there already
    os.rename(name, f"{trash}-0", src_dir_fd=directory, dst_dir_fd=root)
    waiting = [f"{trash}-0"]
    while waiting:
        current = waiting.pop()
        descriptor = os.open(current, _DIRECTORY, dir_fd=root)
        try:
            for entry in os.listdir(descriptor):
                if stat.S_ISDIR(os.stat(entry, dir_fd=descriptor, follow_symlinks=False).st_mode):
                    os.rename(entry, f"{trash}-{made}", src_dir_fd=descriptor, dst_dir_fd=root)
                    waiting.append(f"{trash}-{made}")
                    made += 1
                else:
                    os.unlink(entry, dir_fd=descriptor)
        finally:
            os.close(descriptor)
        os.rmdir(current, dir_fd=root)
