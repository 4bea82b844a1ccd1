"""Walks the directory of one conversation by open directories, one name at a time, and follows no links.

Theory of operation. Whoever checks a path first and opens it afterwards has lost: a command of the same conversation may put
a link there in between. So nothing here is opened by a path of several names. Each name is opened in the directory that is
already open, with O_NOFOLLOW; what was opened is looked at (`fstat`), not what had been there before. A directory once open stays
inside whatever is renamed, since nothing in a conversation's directory can be moved out of it: commands see no other place on
that file system. `..` is never used. A regular file with a second name is refused, as a hard link may lead out.
"""

from __future__ import annotations

import errno
import os
import stat
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from smarthealth.llm.tooling import ToolError

from . import texts
from .paths import Names

_DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
MOST_LOOKED_AT: Final = 5_000
"""Names of a directory that are compared when a name is not there as it was written."""
_REASONS: Final = {
    errno.ELOOP: texts.IS_LINK,
    errno.ENOTDIR: texts.NOT_A_DIRECTORY,
    errno.EISDIR: texts.IS_DIRECTORY,
    errno.ENOTEMPTY: texts.NOT_EMPTY,
    errno.EEXIST: texts.NOT_REGULAR,
    errno.ENXIO: texts.NOT_REGULAR,
    errno.ENAMETOOLONG: texts.LONG_NAME,
    errno.ENOSPC: texts.NO_ROOM,
    errno.EDQUOT: texts.NO_ROOM,
    errno.EACCES: texts.NOT_PERMITTED,
    errno.EPERM: texts.NOT_PERMITTED,
}


@contextmanager
def translated(shown: str) -> Iterator[None]:
    """Turn failures of the file system into reasons that name no path of this machine.

    Args:
        shown: The path as it was given.
    """
    try:
        yield
    except FileNotFoundError:
        raise ToolError(texts.NOT_FOUND.format(shown)) from None
    except OSError as error:
        raise ToolError(_REASONS.get(error.errno or 0, texts.FILE_FAILED)) from None


@contextmanager
def open_directory(root: int, names: Names, *, create: bool = False) -> Iterator[int]:
    """The directory to which names lead.

    Args:
        root: The conversation's directory, open.
        names: From there.
        create: Make what is not there.

    Raises:
        OSError: It is not there, no directory, or a link.
    """
    current = os.dup(root)
    try:
        for name in names:
            following = _enter(current, name, create=create)
            os.close(current)
            current = following
        yield current
    finally:
        os.close(current)


def _enter(directory: int, name: str, *, create: bool) -> int:
    name = spelled(directory, name)
    if create:
        with suppress(FileExistsError):  # what it is, opening tells
            os.mkdir(name, 0o700, dir_fd=directory)
    try:
        return os.open(name, _DIRECTORY, dir_fd=directory)
    except NotADirectoryError:
        # Linux says so of links, too
        if stat.S_ISLNK(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
            raise OSError(errno.ELOOP, "a link") from None
        raise


def spelled(directory: int, name: str) -> str:
    """The name as it stands in the directory, where it may be spelled with other characters that look the same."""
    if name.isascii():
        return name
    try:
        os.stat(name, dir_fd=directory, follow_symlinks=False)
    except FileNotFoundError:
        with os.scandir(directory) as entries:
            for entry, _ in zip(entries, range(MOST_LOOKED_AT), strict=False):
                if unicodedata.normalize("NFC", entry.name) == name:
                    return entry.name
    return name


@contextmanager
def open_file(directory: int, name: str) -> Iterator[tuple[int, os.stat_result]]:
    """A regular file for reading, and what it is.

    Raises:
        ToolError: It is no regular file, or has a second name.
        OSError: It cannot be opened.
    """
    # looked at before it is opened, since opening a device does things; and again after, since this may be another one
    check_regular(os.stat(name, dir_fd=directory, follow_symlinks=False))
    descriptor = os.open(name, _FILE, dir_fd=directory)
    try:
        status = os.fstat(descriptor)
        check_regular(status)
        yield descriptor, status
    finally:
        os.close(descriptor)


def check_regular(status: os.stat_result) -> None:
    """Refuse what is not a file that this directory alone has.

    Raises:
        ToolError: It is not.
    """
    if stat.S_ISLNK(status.st_mode):
        raise ToolError(texts.IS_LINK)
    if stat.S_ISDIR(status.st_mode):
        raise ToolError(texts.IS_DIRECTORY)
    if not stat.S_ISREG(status.st_mode):
        raise ToolError(texts.NOT_REGULAR)
    if status.st_nlink > 1:
        raise ToolError(texts.IS_LINK)


def read_piece(descriptor: int, offset: int, length: int) -> bytes:
    """As many bytes of a file as there are, up to a length."""
    pieces: list[bytes] = []
    while length > 0:
        piece = os.pread(descriptor, length, offset)
        if not piece:
            break
        pieces.append(piece)
        offset += len(piece)
        length -= len(piece)
    return b"".join(pieces)
