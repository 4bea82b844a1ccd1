"""Files that may hold FHIR: which there are below the given paths, and their bytes, unpacked."""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

import attrs

from .errors import NothingToImport

CHUNK_SIZE: Final = 256 * 1024
TRUNCATED: Final = "the compressed file is damaged or cut short"
UNREADABLE: Final = "the file cannot be read"

_SUFFIXES: Final = (".json", ".ndjson", ".jsonl")
_LINES: Final = (".ndjson", ".jsonl")
_GZIP_MAGIC: Final = b"\x1f\x8b"
_GZIP_WINDOW: Final = 16 + zlib.MAX_WBITS

# Who is referred to is read first where names tell: fewer resources wait for what they refer to.
_FIRST: Final = (
    "organization",
    "hospital",
    "practitioner",
    "location",
    "patient",
    "medication.",
    "encounter",
    "condition",
)


@attrs.frozen(kw_only=True)
class Source:
    """A file to import."""

    path: Path
    name: str
    """As reports call it: relative to the path that was given."""
    size: int
    modified_ns: int

    @property
    def has_lines(self) -> bool:
        """Whether the name says that each line is a resource."""
        return self.name.lower().removesuffix(".gz").endswith(_LINES)


def find_sources(paths: Sequence[Path]) -> tuple[Source, ...]:
    """The files to import: every given file, and those with a FHIR-like name below every given folder.

    Raises:
        NothingToImport: There is none, or a path does not exist.
    """
    found: dict[Path, Source] = {}
    for given in paths:
        if not given.exists():
            raise NothingToImport(f"{given} does not exist")
        for path in [given] if given.is_file() else sorted(_files_below(given)):
            found.setdefault(path.resolve(), _source(path, given))
    if not found:
        raise NothingToImport(f"no FHIR file ({', '.join(_SUFFIXES)}, .gz of these) in {', '.join(map(str, paths))}")
    return tuple(sorted(found.values(), key=lambda source: _turn(source.path.name)))


def _files_below(folder: Path) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.lower().removesuffix(".gz").endswith(_SUFFIXES) and not name.startswith("."):
                yield Path(root, name)


def _source(path: Path, given: Path) -> Source:
    details = path.stat()
    name = path.name if path == given else str(path.relative_to(given))
    return Source(path=path.resolve(), name=name, size=details.st_size, modified_ns=details.st_mtime_ns)


def _turn(name: str) -> int:
    beginning = (number for number, word in enumerate(_FIRST) if name.lower().startswith(word))
    return next(beginning, len(_FIRST))


class ByteReader:
    """The bytes of a file, unpacked where they are packed.

    Attributes:
        consumed: Bytes of the file read so far, for progress.
        problem: What ended the reading before the end of the file, None while all is well.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.consumed = 0
        self.problem: str | None = None

    def chunks(self) -> Iterator[bytes]:
        """The file's bytes, a bounded chunk at a time; ends early, with `problem` set, where it cannot be read on."""
        try:
            with self._path.open("rb") as file:
                packed = file.read(len(_GZIP_MAGIC)) == _GZIP_MAGIC
                file.seek(0)
                yield from self._unpacked(file) if packed else self._raw(file)
        except OSError:
            self.problem = UNREADABLE

    def _raw(self, file: BinaryIO) -> Iterator[bytes]:
        while chunk := file.read(CHUNK_SIZE):
            self.consumed += len(chunk)
            yield chunk

    def _unpacked(self, file: BinaryIO) -> Iterator[bytes]:
        unpacker = zlib.decompressobj(_GZIP_WINDOW)
        try:
            for chunk in self._raw(file):
                rest = chunk
                while rest:
                    if unpacker.eof:
                        # several members one after the other are one file; zeros after the last are padding
                        if not rest.strip(b"\0"):
                            break
                        unpacker = zlib.decompressobj(_GZIP_WINDOW)
                    yield unpacker.decompress(rest, CHUNK_SIZE)
                    rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
        except zlib.error:
            self.problem = TRUNCATED
            return
        if not unpacker.eof:
            self.problem = TRUNCATED
