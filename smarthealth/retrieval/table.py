"""The table of chunks on disk: LanceDB, blocking, to be called from threads; it is searched on LanceDB's own loop.

Theory of operation. Filters are expressions of `lancedb.expr`, typed values that no text can change; SQL is never put
together here. Each row carries the instant at which its patient was written. A patient is replaced in two commits: the new
rows are added, then the older ones of the same patient deleted. Between the two a reader sees both and keeps the newest, so
that a patient is never missing nor doubled; a process killed between them leaves rows that the next writing of the patient
removes. Appends and deletions of several processes commute: LanceDB rebases them. Only compaction conflicts with them, and
is then left for the next time.

The table's schema carries a stamp: format, vocabulary, embedding model, dimensions, origin, and an id of its own, which also
stands in a file beside the table. Both are compared at each use, so that a table exchanged under our hands is noticed: a handle of
LanceDB follows a table to higher versions, but not to another one that begins again at the first. A search compares them when it
has ended: nobody writes rows into a new table before its id stands in the file, so none of them passes for a row of the old one.
"""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import IndexUnavailable
from .lancedb_loading import load_lancedb
from .model import Chunk, IndexState
from .reading import STAMP, Reader, stamp_of
from .rows import Query, Row
from .searched import searched_text
from .unchanged import Unchanged
from .vocabulary_files import vocabulary_digest

if TYPE_CHECKING:
    import pyarrow as pa
    from lancedb import Session
    from lancedb.expr import Expr
    from lancedb.table import Table

FORMAT = "1"
"""Moves with every change of the columns or of what stands in them."""
_TABLE = "chunks"
_MARK = "chunks.id"
_ID = "id"
_KEPT_VERSIONS = timedelta(minutes=10)
"""Older versions are removed by compaction; a search that still reads one is done long before."""
_INDEX_CACHE = 128 * 1024 * 1024
_METADATA_CACHE = 64 * 1024 * 1024
"""Bytes that LanceDB may keep in memory; left alone it takes several gigabytes."""
_WRITE_ATTEMPTS = 5
_COMMIT_CONFLICT = "commit conflict"


class ChunkTable:
    """One table of chunks in a folder of its own."""

    def __init__(self, folder: Path, *, embedder: str, dimensions: int, origin: str) -> None:
        self._folder = folder
        self._mark_read: Unchanged[str] = Unchanged(folder / _MARK)
        self._dimensions = dimensions
        self._stamp = {
            "format": FORMAT,
            "vocabulary": vocabulary_digest(),
            "embedder": embedder,
            "dimensions": str(dimensions),
            "origin": origin,
        }
        self._table: Table | None = None
        self._reader: Reader | IndexState = IndexState.UNOPENED
        """Or why there is none."""
        self._session: Session | None = None
        self._opened: Mapping[str, str] = {}

    @property
    def id(self) -> str | None:
        """Of the table that was opened last: another one after each `reset`, by whichever process."""
        return self._opened.get(_ID)

    def open(self) -> IndexState:
        """Open the table, if it is there and ours; what is open stays so until that is known, for others who search."""
        state = self._open()
        if state is not IndexState.READY:
            self._table, self._reader = None, state
        return state

    def _open(self) -> IndexState:
        if not (self._folder / f"{_TABLE}.lance").exists():
            return IndexState.MISSING
        try:
            table = self._connect().open_table(_TABLE)
            stamp = stamp_of(table.schema)
            reader = Reader.open(self._folder, _TABLE, self._shared_session(), stamp)
            table.search().limit(1).to_arrow()
        except Exception:  # LanceDB raises ValueError, RuntimeError and OSError for files it cannot read
            return IndexState.DAMAGED
        if not self._is_ours(stamp):
            return IndexState.OUTDATED
        if self._mark() != stamp[_ID]:
            (self._folder / _MARK).write_text(stamp[_ID])
        self._table, self._reader, self._opened = table, reader, stamp
        return IndexState.READY

    def reset(self) -> None:
        """Put an empty table in place of what is there, whatever it is.

        Raises:
            IndexUnavailable: That was not possible.
        """
        damaged = self.open() is IndexState.DAMAGED
        before = self._opened.get(_ID)
        # Other processes read on while a table is overwritten; one that not even takes that is thrown away.
        if damaged or not self._overwrite(before):
            shutil.rmtree(self._folder / f"{_TABLE}.lance", ignore_errors=True)
            if not self._overwrite(before):
                raise IndexUnavailable(self.open())

    def _overwrite(self, before: str | None) -> bool:
        """Whether there is an empty table now, and not the one of before."""
        return self._create("overwrite") is IndexState.READY and self._opened.get(_ID) != before

    def searching(self, query: Query) -> Callable[[], Coroutine[Any, Any, tuple[list[Row], list[Row]]]]:
        """What finds, on LanceDB's loop, the rows nearest in meaning and the rows nearest in words, each best first.

        Raises:
            IndexUnavailable: The table is not open; in the search, that it is another one by now.
        """
        reader = self._reader
        if isinstance(reader, IndexState):
            raise IndexUnavailable(reader)
        return partial(self._search, reader, query)

    async def _search(self, reader: Reader, query: Query) -> tuple[list[Row], list[Row]]:
        try:
            return await reader.search(query)
        finally:
            # afterwards, so that nothing is told of a table put in its place while this one was searched, not even failures
            if self._mark() != reader.stamp[_ID]:
                raise IndexUnavailable(IndexState.OUTDATED)

    def replace(self, chunks: Mapping[int, Sequence[Chunk]], vectors: NDArray[np.float32]) -> None:
        """Put these chunks in place of all that the table holds of their patients.

        Args:
            chunks: By patient; a patient without chunks is removed.
            vectors: Of the chunks, in their order.
        """
        table = self._usable(or_create=True)
        from lancedb.expr import col, lit

        mine = col("patient_id").isin(list(chunks))
        written = max(time.time_ns(), _newest(table, mine) + 1)
        rows = [chunk for patient in chunks.values() for chunk in patient]
        if rows:
            _retried(lambda: table.add(self._rows(rows, vectors, written)))
        _retried(lambda: table.delete(mine & (col("written") < lit(written))))

    def remove(self, patient_ids: Collection[int]) -> None:
        """Remove all that the table holds of these patients."""
        if self._table is None and self.open() is IndexState.MISSING:
            return
        table = self._usable()
        from lancedb.expr import col

        _retried(lambda: table.delete(col("patient_id").isin(list(patient_ids))))

    def patients(self) -> set[int]:
        """Patients of whom the table holds anything."""
        import pyarrow.compute as pc

        found = self._usable().search().select(["patient_id"]).limit(None).to_arrow()
        return set(pc.unique(found["patient_id"]).to_pylist())

    def count(self) -> int:
        """Number of rows."""
        return int(self._usable().count_rows())

    def compact(self) -> bool:
        """Join small files, bring new rows into the indexes, drop old versions; False if another process was faster."""
        try:
            self._usable().optimize(cleanup_older_than=_KEPT_VERSIONS)
        except RuntimeError as error:
            if _COMMIT_CONFLICT not in str(error):
                raise
            return False
        return True

    def _usable(self, *, or_create: bool = False) -> Table:
        # A table without rows is false, so `or` would not do.
        table = self._acquired(or_create=or_create) if self._table is None else self._table
        if self._mark() != self._opened[_ID] or stamp_of(table.schema) != self._opened:
            raise IndexUnavailable(IndexState.OUTDATED)
        return table

    def _acquired(self, *, or_create: bool) -> Table:
        state = self.open()
        if state is IndexState.MISSING and or_create:
            state = self._create("create")
        if self._table is None:
            raise IndexUnavailable(state)
        return self._table

    def _is_ours(self, stamp: Mapping[str, str]) -> bool:
        return {name: value for name, value in stamp.items() if name != _ID} == self._stamp

    def _connect(self) -> Any:
        session = self._shared_session()
        return _lancedb().connect(str(self._folder), read_consistency_interval=timedelta(0), session=session)

    def _shared_session(self) -> Session:
        if self._session is None:
            self._session = _lancedb().Session(
                index_cache_size_bytes=_INDEX_CACHE, metadata_cache_size_bytes=_METADATA_CACHE
            )
        return self._session

    def _mark(self) -> str | None:
        try:
            looks = self._mark_read.look()
            known = self._mark_read.known(looks)
            if known is None:
                known = (self._folder / _MARK).read_text()
                self._mark_read.keep(looks, known)
        except OSError:
            return None
        return known

    def _create(self, mode: str) -> IndexState:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        connection = self._connect()
        from lancedb.index import FTS, BTree

        # Should another process make it at the same moment, its table is as good.
        with suppress(ValueError, RuntimeError):
            stamp = {**self._stamp, _ID: uuid.uuid4().hex}
            table = connection.create_table(_TABLE, schema=self._schema(stamp), mode=mode)
            table.create_index("patient_id", config=BTree())
            table.create_index("search", config=FTS(language="Spanish", stem=True, ascii_folding=True))
        return self.open()

    def _schema(self, stamp: Mapping[str, str]) -> pa.Schema:
        import pyarrow as pa

        return pa.schema(
            {
                "id": pa.string(),
                "patient_id": pa.int64(),
                "record_id": pa.int64(),
                "kind": pa.string(),
                "date": pa.date32(),
                "earliest": pa.date32(),
                "text": pa.string(),
                "names": pa.string(),
                "concepts": pa.list_(pa.string()),
                "topic": pa.string(),
                "written": pa.int64(),
                "search": pa.string(),
                "vector": pa.list_(pa.float32(), self._dimensions),
            },
            metadata={STAMP: json.dumps(stamp, sort_keys=True).encode()},
        )

    def _rows(self, chunks: Sequence[Chunk], vectors: NDArray[np.float32], written: int) -> pa.Table:
        import pyarrow as pa

        flat = pa.array(np.ascontiguousarray(vectors, dtype=np.float32).reshape(-1))
        return pa.table(
            {
                "id": [chunk.id for chunk in chunks],
                "patient_id": [chunk.patient_id for chunk in chunks],
                "record_id": [chunk.record_id for chunk in chunks],
                "kind": [chunk.kind for chunk in chunks],
                "date": [chunk.date for chunk in chunks],
                "earliest": [chunk.earliest or chunk.date for chunk in chunks],
                "text": [chunk.text for chunk in chunks],
                "names": [chunk.names for chunk in chunks],
                "concepts": [list(chunk.concepts) for chunk in chunks],
                "topic": [chunk.topic for chunk in chunks],
                "written": [written] * len(chunks),
                "search": [searched_text(chunk) for chunk in chunks],
                "vector": pa.FixedSizeListArray.from_arrays(flat, self._dimensions),
            },
            schema=self._schema(self._opened),
        )


def _lancedb() -> Any:
    # Imported when first used, since that takes more than a second. Conflicts of concurrent compactions are expected and
    # handled; LanceDB would print each of them.
    os.environ.setdefault("LANCEDB_LOG", "error")
    return load_lancedb()


def _newest(table: Table, where: Expr) -> int:
    import pyarrow.compute as pc

    found = table.search().where(where).select(["written"]).limit(None).to_arrow()
    return int(pc.max(found["written"]).as_py() or 0)


def _retried(write: Callable[[], object]) -> None:
    for _ in range(_WRITE_ATTEMPTS - 1):
        try:
            write()
        except RuntimeError as error:
            if _COMMIT_CONFLICT not in str(error):
                raise
        else:
            return
    write()
