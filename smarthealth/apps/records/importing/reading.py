"""Reading one file: its resources in batches, each understood, whatever else the file holds.

This is blocking work, for a thread; one call makes one batch, so memory holds one batch and a chunk of the file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator
from typing import Final

import attrs

from .errors import Malformed
from .extraction import READERS, UNKNOWN_TYPE, Place, extract, type_of
from .files import ByteReader, Source
from .model import Resource
from .nodes import Node, node, nodes, parse, text
from .splitting import JsonSplitter, LineSplitter, Piece, Splitter

BATCH_RESOURCES: Final = 1000
BATCH_BYTES: Final = 8 * 1024 * 1024

_BUNDLE: Final = "Bundle"
_MAX_BUNDLES: Final = 8
"""Bundles within bundles."""
_PRETTY: Final = (b"{", b"[")
"""First lines of JSON that is laid out over many."""


@attrs.frozen(kw_only=True)
class Problem:
    """A resource that was not understood, or a file that ends before its end."""

    position: int
    resource_type: str
    reason: str


@attrs.define(kw_only=True)
class Batch:
    """Some of a file's resources, in order, and where the file stands after them."""

    file_id: int
    resources: list[Resource] = attrs.field(factory=list)
    problems: list[Problem] = attrs.field(factory=list)
    skipped: Counter[str] = attrs.field(factory=Counter)
    """Resources of types that are not imported, by type."""
    position: int = 0
    """Lines or entries done, these included."""
    consumed: int = 0
    """Bytes of the file read so far."""
    is_last: bool = False
    size: int = 0
    """Bytes of the resources."""

    @property
    def count(self) -> int:
        """Resources of any kind."""
        return len(self.resources) + len(self.problems) + self.skipped.total()


class FileReader:
    """Reads one file from where an earlier import of it ended."""

    def __init__(
        self,
        source: Source,
        *,
        file_id: int,
        done: int = 0,
        max_resources: int = BATCH_RESOURCES,
        max_bytes: int = BATCH_BYTES,
    ) -> None:
        self._file_id = file_id
        self._max_resources = max_resources
        self._max_bytes = max_bytes
        self._done = done
        self._has_lines = source.has_lines
        self._bytes = ByteReader(source.path)
        self._pieces = self._cut()

    def read_batch(self) -> Batch:
        """The next batch; the last one says so, and may be empty."""
        batch = Batch(file_id=self._file_id, position=self._done)
        for piece in self._pieces:
            batch.position = self._done = piece.position
            self._take(piece, batch)
            if batch.count >= self._max_resources or batch.size >= self._max_bytes:
                break
        else:
            batch.is_last = True
            if self._bytes.problem:
                batch.problems.append(Problem(position=0, resource_type=UNKNOWN_TYPE, reason=self._bytes.problem))
        batch.consumed = self._bytes.consumed
        return batch

    def close(self) -> None:
        """Close the file."""
        self._pieces.close()

    def _cut(self) -> Generator[Piece, None, None]:
        splitter: Splitter | None = None
        skipped = self._done
        for chunk in self._bytes.chunks():
            splitter = splitter or self._splitter(chunk)
            yield from (piece for piece in splitter.feed(chunk) if piece.position > skipped)
        if splitter is not None:
            rest = splitter.finish()
            # where the bytes themselves are cut short, so is the last piece: one problem is enough
            yield from (piece for piece in rest if piece.position > skipped and not self._bytes.problem)

    def _splitter(self, beginning: bytes) -> Splitter:
        first_line = beginning.lstrip().partition(b"\n")[0].strip()
        return LineSplitter() if self._has_lines and first_line not in _PRETTY else JsonSplitter()

    def _take(self, piece: Piece, batch: Batch) -> None:
        try:
            if piece.raw is None:
                raise Malformed(piece.problem or "")
            batch.size += len(piece.raw)
            found = parse(piece.raw)
        except Malformed as error:
            batch.problems.append(Problem(position=piece.position, resource_type=UNKNOWN_TYPE, reason=error.reason))
            return
        self._take_object(found, piece.position, batch)

    def _take_object(self, found: Node, position: int, batch: Batch, depth: int = 0) -> None:
        """A resource, a bundle of them, or an entry of a bundle."""
        try:
            if depth > _MAX_BUNDLES:
                raise Malformed("bundles nested too deeply")
            if "resourceType" not in found and ("resource" in found or "request" in found or "response" in found):
                self._take_entry(found, position, batch, depth)
            elif found.get("resourceType") == _BUNDLE:
                for entry in nodes(found, "entry"):
                    self._take_object(entry, position, batch, depth + 1)
            else:
                self._take_resource(found, Place(file_id=self._file_id, position=position), batch)
        except Malformed as error:
            batch.problems.append(Problem(position=position, resource_type=UNKNOWN_TYPE, reason=error.reason))

    def _take_entry(self, entry: Node, position: int, batch: Batch, depth: int) -> None:
        resource = node(entry, "resource")
        if resource is None:
            # a deletion, or the answer to a request: there is nothing in it to import
            batch.skipped["Bundle.entry"] += 1
        elif resource.get("resourceType") == _BUNDLE:
            self._take_object(resource, position, batch, depth)
        else:
            url = text(entry, "fullUrl")
            self._take_resource(resource, Place(file_id=self._file_id, position=position, full_url=url), batch)

    def _take_resource(self, resource: Node, place: Place, batch: Batch) -> None:
        kind = UNKNOWN_TYPE
        try:
            kind = type_of(resource)
            if kind in READERS:
                batch.resources.append(extract(resource, place))
            else:
                batch.skipped[kind] += 1
        except Malformed as error:
            batch.problems.append(Problem(position=place.position, resource_type=kind, reason=error.reason))
