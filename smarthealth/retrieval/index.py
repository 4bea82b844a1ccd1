"""The index of chunks: what a supervised part of the server opens, writes and searches.

A search is a coroutine on LanceDB's own event loop; every other call blocks, and runs in a thread; `calls_at_once` of both at most.
Whoever searches and is cancelled goes at once, so that deadlines hold, and what LanceDB has begun ends on its own; a write is
waited for.

The index is derived: PostgreSQL holds the truth. So nothing here is repaired. A folder that is gone, damaged or another
embedding model's makes `IndexUnavailable`, and `state` says which; whoever owns the truth calls `reset` and writes anew. A
table that comes back (or is rebuilt by another process) is found at the next use, without a restart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import attrs
import numpy as np
import structlog
import trio
from numpy.typing import NDArray

from .embedding import Embedder
from .errors import IndexNotWritten, IndexUnavailable
from .glossary import Glossary, load_glossary
from .lancedb_loop import in_lancedb_loop
from .model import Chunk, IndexState, SearchResult
from .ranking import rank, terms_of
from .remembering import Remembered
from .rows import Query, Row
from .table import ChunkTable

T = TypeVar("T")
_log = structlog.get_logger()
_INVALID = "Invalid user input"
"""In an error of LanceDB: it is the question that is wrong, not the files."""
_QUESTIONS_KEPT = 512
"""Vectors of questions that are remembered, some kilobytes each: the same question about the next patient is not embedded again."""


@attrs.frozen(kw_only=True)
class IndexSettings:
    """How the index is used."""

    calls_at_once: int = 4
    """Searches and other calls into LanceDB that are under way; more wait."""
    embedding_patience: float = 4.0
    """Seconds that a search waits for the embedding model before it goes by words alone."""
    embedding_batch: int = 256
    """Chunks embedded in one request."""
    compact_after_writes: int = 64
    """Commits after which the table is compacted."""
    compact_after_rows: int = 20_000
    """Rows written after which the table is compacted; a search reads rows not yet indexed one by one."""
    candidates_per_hit: int = 6
    """Rows taken from each search for one hit wanted."""


class ChunkIndex:
    """Chunks of all patients, searched for one patient at a time."""

    def __init__(
        self,
        folder: Path,
        embedder: Embedder,
        *,
        origin: str = "",
        embedding_errors: tuple[type[Exception], ...] = (),
        settings: IndexSettings | None = None,
        glossary: Glossary | None = None,
    ) -> None:
        """Make an index without looking at the folder: the first use opens it. Arguments as for `open`."""
        self._settings = settings or IndexSettings()
        self._embedder = embedder
        self._embedding_errors = embedding_errors
        self._glossary = glossary
        self._table = ChunkTable(folder, embedder=embedder.name, dimensions=embedder.dimensions, origin=origin)
        self._asked = Remembered[str, NDArray[np.float32]](_QUESTIONS_KEPT)
        self._limiter = trio.CapacityLimiter(self._settings.calls_at_once)
        self._writing = trio.Lock()
        self._state = IndexState.UNOPENED
        self._unreadable: str | None = None
        """Id of a table that opens though a part of it cannot be read; other searches may well succeed."""
        self._writes = 0
        self._rows_written = 0

    @classmethod
    async def open(
        cls,
        folder: Path,
        embedder: Embedder,
        *,
        origin: str = "",
        embedding_errors: tuple[type[Exception], ...] = (),
        settings: IndexSettings | None = None,
    ) -> ChunkIndex:
        """Open the index in a folder, whatever its state: look at `state` afterwards.

        Args:
            folder: Its own; made at the first writing.
            embedder: Makes the vectors; an index of another one is outdated.
            origin: Identity of the database it is derived from; an index of another one is outdated.
            embedding_errors: What the embedder raises; on these a search goes by words alone.
            settings: How it is used.
        """
        index = cls(folder, embedder, origin=origin, embedding_errors=embedding_errors, settings=settings)
        await trio.to_thread.run_sync(load_glossary)
        await index.reopen()
        return index

    @property
    def state(self) -> IndexState:
        """As of the last use; damage that one search has met stays until the table is another one."""
        if self._state is IndexState.READY and self._unreadable == self._table.id:
            return IndexState.DAMAGED
        return self._state

    @property
    def needs_rebuild(self) -> bool:
        """True when nothing can be searched before the index is written anew, as far as is known."""
        return self.state not in (IndexState.READY, IndexState.UNOPENED)

    async def reopen(self) -> IndexState:
        """Look again at what is in the folder."""
        self._state = await self._in_thread(self._table.open)
        return self._state

    async def reset(self) -> None:
        """Remove all that is in the index, be it damaged or another model's; afterwards it is ready and empty."""
        async with self._writing:
            await self._in_thread(self._table.reset)
            self._state = IndexState.READY
            _log.info("index_reset")

    async def search(
        self,
        patient_id: int,
        question: str,
        *,
        kinds: Collection[str] | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int = 8,
    ) -> SearchResult:
        """Find the chunks of one patient that answer a question.

        Args:
            patient_id: Only this patient's chunks are searched, and each one is checked again when it comes back.
            question: In Spanish or English.
            kinds: Only these kinds of record; None for all.
            since: Only what was on this day or later; entries without a date are left out.
            until: Only what was on this day or earlier; likewise.
            limit: Most hits.

        Raises:
            IndexUnavailable: There is no usable index.

        Cancellation:
            Takes effect at once; what LanceDB has begun is left to end on its own.
        """
        vector = await self._vector_of(question)
        terms = terms_of(question, self._glossary or load_glossary())
        query = Query(
            patient_id=patient_id,
            words=terms.words,
            vector=vector,
            kinds=kinds,
            since=since,
            until=until,
            most=limit * self._settings.candidates_per_hit,
        )
        near, worded = await self._read(lambda: self._search(query))
        return rank(
            self._checked(near, patient_id),
            self._checked(worded, patient_id),
            terms,
            limit=limit,
            vectors_searched=vector is not None,
        )

    async def replace_patient(self, patient_id: int, chunks: Sequence[Chunk]) -> None:
        """Put these chunks in place of all that is held of a patient; see `replace_patients`."""
        await self.replace_patients({patient_id: chunks})

    async def replace_patients(self, chunks: Mapping[int, Sequence[Chunk]]) -> None:
        """Put these chunks in place of all that is held of these patients.

        A search sees the old ones or the new ones, never both nor none. Several patients at once are faster.

        Raises:
            IndexUnavailable: The table is damaged or outdated; a missing one is made.
            IndexNotWritten: No room, or no permission.
            ValueError: A chunk is not its patient's.

        Cancellation:
            While embedding, at once and without effect; while writing, after it.
        """
        for patient_id, own in chunks.items():
            if any(chunk.patient_id != patient_id for chunk in own):
                raise ValueError(f"chunks of another patient given for patient {patient_id}")
        vectors = await self._vectors_of([chunk for own in chunks.values() for chunk in own])
        async with self._writing:
            await self._write(lambda: self._table.replace(chunks, vectors))
            self._rows_written += len(vectors)
            await self._compact_if_due()

    async def remove_patients(self, patient_ids: Collection[int]) -> None:
        """Remove all that is held of these patients.

        Raises:
            IndexUnavailable: The table is damaged or outdated.
            IndexNotWritten: No room, or no permission.
        """
        if not patient_ids:
            return
        async with self._writing:
            await self._write(lambda: self._table.remove(patient_ids))
            await self._compact_if_due()

    async def patients(self) -> set[int]:
        """Patients of whom anything is held; empty when there is no index yet.

        Raises:
            IndexUnavailable: The table is damaged or outdated.
        """
        try:
            return await self._read(lambda: self._in_thread(self._table.patients))
        except IndexUnavailable as error:
            if error.state is IndexState.MISSING:
                return set()
            raise

    async def count(self) -> int:
        """Number of chunks held.

        Raises:
            IndexUnavailable: There is no usable index.
        """
        return await self._read(lambda: self._in_thread(self._table.count))

    async def is_empty(self) -> bool:
        """True when no chunk is held, or no index is there."""
        try:
            return await self.count() == 0
        except IndexUnavailable:
            return True

    async def compact(self) -> None:
        """Join small files and index what was written; done by itself now and then, worth a call after a bulk load."""
        async with self._writing:
            await self._compact()

    async def aclose(self) -> None:
        """Wait for a running write; nothing is held open besides."""
        async with self._writing:
            pass

    async def _vector_of(self, question: str) -> NDArray[np.float32] | None:
        vector = self._asked.get(question)
        if vector is not None:
            return vector
        with trio.move_on_after(self._settings.embedding_patience):
            try:
                (vector,) = await self._embedder.embed([question])
            except self._embedding_errors as error:
                _log.warning("question_not_embedded", error=type(error).__name__)
        if vector is not None:
            self._asked.put(question, vector)
        return vector

    async def _vectors_of(self, chunks: Sequence[Chunk]) -> NDArray[np.float32]:
        vectors = np.empty((len(chunks), self._embedder.dimensions), dtype=np.float32)
        for start in range(0, len(chunks), self._settings.embedding_batch):
            batch = chunks[start : start + self._settings.embedding_batch]
            texts = [f"{chunk.text} {chunk.names}" for chunk in batch]
            vectors[start : start + len(batch)] = await self._embedder.embed(texts)
        return vectors

    def _checked(self, rows: Sequence[Row], patient_id: int) -> list[Row]:
        mine = [row for row in rows if row.chunk.patient_id == patient_id]
        if len(mine) != len(rows):
            _log.error("foreign_rows_dropped", patient_id=patient_id, rows=len(rows) - len(mine))
        return mine

    async def _search(self, query: Query) -> tuple[list[Row], list[Row]]:
        return await in_lancedb_loop(self._table.searching(query), self._limiter)

    async def _read(self, read: Callable[[], Awaitable[T]]) -> T:
        """Read, looking once again at the folder when the table is not what it was."""
        failure = None
        try:
            result = await read()
        except Exception as error:  # of LanceDB, by any name: what the folder holds tells what it means
            failure = error
        if failure is not None:
            if await self.reopen() is not IndexState.READY:
                raise IndexUnavailable(self._state) from failure
            result = await self._read_again(read)
        self._state = IndexState.READY
        return result

    async def _read_again(self, read: Callable[[], Awaitable[T]]) -> T:
        try:
            return await read()
        except IndexUnavailable as error:
            self._state = error.state
            raise
        except (OSError, RuntimeError, ValueError) as error:
            if _INVALID in str(error):
                raise
            # It opens, and yet cannot be read: by pages lost in a file that was open before, also as a ValueError.
            self._unreadable = self._table.id
            raise IndexUnavailable(IndexState.DAMAGED) from error

    async def _write(self, write: Callable[[], None]) -> None:
        failure = None
        try:
            await self._in_thread(write, abandon_on_cancel=False)
        except Exception as error:  # as in `_read`
            failure = error
        if failure is not None:
            if await self.reopen() not in (IndexState.READY, IndexState.MISSING):
                raise IndexUnavailable(self._state) from failure
            await self._write_again(write)
        self._state = IndexState.READY
        self._writes += 1

    async def _write_again(self, write: Callable[[], None]) -> None:
        try:
            await self._in_thread(write, abandon_on_cancel=False)
        except IndexUnavailable:
            raise
        except (OSError, RuntimeError) as error:
            raise IndexNotWritten("a write to the index failed") from error

    async def _compact_if_due(self) -> None:
        due = self._settings
        if self._writes >= due.compact_after_writes or self._rows_written >= due.compact_after_rows:
            await self._compact()

    async def _compact(self) -> None:
        if self.state is IndexState.READY and await self._in_thread(self._table.compact, abandon_on_cancel=False):
            self._writes = self._rows_written = 0

    async def _in_thread(self, call: Callable[[], T], *, abandon_on_cancel: bool = True) -> T:
        return await trio.to_thread.run_sync(call, limiter=self._limiter, abandon_on_cancel=abandon_on_cancel)
