"""What can be done with the files of one conversation. It blocks: tools call it in threads."""

from __future__ import annotations

import mimetypes
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.llm.tooling import ToolError
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .folder import Folder
from .paths import Names, read_file_path, read_path, shown
from .quota import Usage, measure, walk
from .settings import WorkspaceToolSettings
from .tree import check_regular, open_directory, open_file, read_piece, spelled, translated

PIECE: Final = 12_000
"""Bytes of a file that one call reads; what is JSON around it leaves them whole in a result."""
MOST_LISTED: Final = 500
"""Entries of one list."""

Kind = Literal["file", "directory", "link", "other"]


@attrs.frozen(kw_only=True)
class Piece:
    """Text of a file, or part of it."""

    path: str
    content: str
    size: int
    """Bytes of the whole."""
    next_offset: int | UnsetType = UNSET
    """Where the rest begins; not there when there is none."""


@attrs.frozen(kw_only=True)
class Written:
    """A file was written."""

    path: str
    size: int
    """Bytes, afterwards."""


@attrs.frozen(kw_only=True)
class Deleted:
    """A file was deleted."""

    path: str
    deleted: Literal[True] = True


@attrs.frozen(kw_only=True)
class Info:
    """What is known of an entry."""

    path: str
    type: Kind
    size: int
    modified: str
    """ISO 8601, UTC."""
    media_type: str | UnsetType = UNSET
    """By its name."""


@attrs.frozen(kw_only=True)
class Listing:
    """What is in a directory."""

    path: str
    entries: tuple[Info, ...]
    truncated: bool | UnsetType = UNSET
    """Whether there is more."""


@attrs.frozen
class Files:
    """The files of one conversation.

    Every method raises `ToolError` for what cannot be done, and nothing else.
    """

    folder: Folder
    settings: WorkspaceToolSettings

    def read(self, path: str, offset: int = 0) -> Piece:
        """Text of a file, from a byte on; a character that the piece would cut is left to the next one."""
        names = read_file_path(path)
        with self._opened(names) as (descriptor, status):
            data = read_piece(descriptor, offset, PIECE)
        if offset and not data:
            raise ToolError(texts.PAST_END)
        text = _text(data, whole=offset + len(data) >= status.st_size)
        following = offset + len(text.encode())
        return Piece(
            path=shown(names),
            content=text,
            size=status.st_size,
            next_offset=following if following < status.st_size else UNSET,
        )

    def read_whole(self, path: str) -> bytes:
        """All bytes of a file, for a person who downloads it."""
        with self._opened(read_file_path(path)) as (descriptor, status):
            if status.st_size > self.settings.file_bytes:
                raise ToolError(texts.FILE_TOO_BIG.format(self.settings.file_bytes))
            return read_piece(descriptor, 0, self.settings.file_bytes)

    def write(self, path: str, content: str, *, append: bool = False) -> Written:
        """Write a file, or add to it; folders on the way are made. Readers see the old one or the new one, whole."""
        names = read_file_path(path)
        with translated(shown(names)), self.folder.changing() as root:
            data = content.encode("utf-8", "replace")
            usage = measure(root)
            old = self._size(root, names)
            if append and old:
                with (
                    open_directory(root, names[:-1]) as directory,
                    open_file(directory, self._last(directory, names)) as (
                        descriptor,
                        status,
                    ),
                ):
                    self._check_size(status.st_size + len(data))
                    data = read_piece(descriptor, 0, status.st_size) + data
            self._check_size(len(data))
            self._check_quota(usage, len(data) - (old or 0), new=old is None)
            with open_directory(root, names[:-1], create=True) as directory:
                _replace(directory, self._last(directory, names), data)
        return Written(path=shown(names), size=len(data))

    def delete(self, path: str) -> Deleted:
        """Delete a file, a link as such, or an empty folder."""
        names = read_file_path(path)
        with (
            translated(shown(names)),
            self.folder.changing() as root,
            open_directory(root, names[:-1]) as directory,
        ):
            name = self._last(directory, names)
            if stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode):
                os.rmdir(name, dir_fd=directory)
            else:
                os.unlink(name, dir_fd=directory)
        return Deleted(path=shown(names))

    def info(self, path: str) -> Info:
        """What is known of a file or folder, a link as such."""
        names = read_path(path)
        with translated(shown(names)), self.folder.open() as root:
            if root is None:
                raise ToolError(texts.NOT_FOUND.format(shown(names)))
            if not names:
                return _info(names, os.fstat(root))
            with open_directory(root, names[:-1]) as directory:
                status = os.stat(self._last(directory, names), dir_fd=directory, follow_symlinks=False)
        return _info(names, status)

    def list(self, path: str = ".", *, recursive: bool = False) -> Listing:
        """What is in a folder, by name; with `recursive`, in the folders of it, too."""
        names = read_path(path)
        with translated(shown(names)), self.folder.open() as root:
            if root is None:
                if names:
                    raise ToolError(texts.NOT_FOUND.format(shown(names)))
                return Listing(path=".", entries=())
            with open_directory(root, names) as directory:
                found = (each for each in walk(directory, names) if recursive or len(each.names) == len(names) + 1)
                entries = [_info(each.names, each.status) for each in islice(found, MOST_LISTED + 1)]
        return Listing(
            path=shown(names),
            entries=tuple(entries[:MOST_LISTED]),
            truncated=True if len(entries) > MOST_LISTED else UNSET,
        )

    @contextmanager
    def _opened(self, names: Names) -> Iterator[tuple[int, os.stat_result]]:
        with translated(shown(names)), self.folder.open() as root:
            if root is None:
                raise FileNotFoundError
            with (
                open_directory(root, names[:-1]) as directory,
                open_file(directory, self._last(directory, names)) as opened,
            ):
                yield opened

    def _last(self, directory: int, names: Names) -> str:
        return spelled(directory, names[-1])

    def _size(self, root: int, names: Names) -> int | None:
        """Bytes of a file that is to be written, None when there is none."""
        with suppress(FileNotFoundError), open_directory(root, names[:-1]) as directory:
            status = os.stat(self._last(directory, names), dir_fd=directory, follow_symlinks=False)
            check_regular(status)
            return status.st_size
        return None

    def _check_size(self, size: int) -> None:
        if size > self.settings.file_bytes:
            raise ToolError(texts.FILE_TOO_BIG.format(self.settings.file_bytes))

    def _check_quota(self, usage: Usage, more: int, *, new: bool) -> None:
        settings = self.settings
        if more > 0 and usage.size + more > settings.quota_bytes:
            raise ToolError(texts.QUOTA_BYTES.format(usage.size, settings.quota_bytes))
        # folders on the way may pass it by a few; then nothing more is made
        if new and usage.files + 1 > settings.quota_files:
            raise ToolError(texts.QUOTA_FILES.format(settings.quota_files))


def _replace(directory: int, name: str, data: bytes) -> None:
    """Put a new file in the place of whatever has this name; what is there is neither opened nor followed."""
    temporary = f".{secrets.token_hex(8)}.part"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(temporary, flags, 0o600, dir_fd=directory)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=directory)
        raise


def _text(data: bytes, *, whole: bool) -> str:
    for cut in range(4):  # bytes of a character that is not whole
        try:
            text = data[: len(data) - cut].decode()
        except UnicodeDecodeError:
            if whole:
                break
            continue
        if "\0" not in text:
            return text
        break
    raise ToolError(texts.NOT_TEXT)


def _info(names: Names, status: os.stat_result) -> Info:
    kind = _kind(status.st_mode)
    media_type = mimetypes.guess_type(names[-1])[0] if kind == "file" else None
    return Info(
        path=storable_path(names),
        type=kind,
        size=status.st_size if kind == "file" else 0,
        modified=utc_timestamp(datetime.fromtimestamp(_sane(status.st_mtime), UTC)),
        media_type=media_type or UNSET,
    )


def storable_path(names: Names) -> str:
    """A path as text that has a UTF-8 form; commands may name files with any bytes."""
    return shown(names).encode("utf-8", "replace").decode()


def _sane(seconds: float) -> float:
    """A time that a calendar has; commands may set any."""
    return min(max(seconds, 0.0), 253_402_300_799.0)


def _kind(mode: int) -> Kind:
    if stat.S_ISREG(mode):
        return "file"
    if stat.S_ISDIR(mode):
        return "directory"
    return "link" if stat.S_ISLNK(mode) else "other"
