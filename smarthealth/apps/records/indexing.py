"""Keeping the index true to PostgreSQL.

Every change of a patient's entries moves `patient.revision`; the index holds the entries as of `indexed_revision`. Where the
two differ, the patient's chunks are made anew and replaced as a whole, and only then is `indexed_revision` set to the
revision that was read before the entries were. So a crash at any point, or a change in the meantime, leaves the two
different, and the patient's turn comes again.

What the index holds is compared with PostgreSQL as well: chunks of patients who are gone are removed, and patients whose
chunks are missing are indexed again, be it that the folder was deleted, damaged or made by another embedding model.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

import attrs
import structlog
import trio

from smarthealth.actors import Context
from smarthealth.retrieval import Chunk, IndexUnavailable, chunk_records
from smarthealth.storage.patients import IndexState, Patients
from smarthealth.storage.pool import Pool
from smarthealth.storage.records import Records

_log = structlog.get_logger()

_LOCK_KEY: Final = 0x736D_696E_6465_78
"""Number of the advisory lock of whoever writes the index: "smindex" in ASCII."""

_LOCK_RETRY: Final = 0.2
_PATIENTS_AT_ONCE: Final = 32
_CHUNKS_AT_ONCE: Final = 2000


class Index(Protocol):
    """The part of `ChunkIndex` that indexing uses."""

    @property
    def needs_rebuild(self) -> bool:
        """True when nothing can be searched before the index is written anew."""
        ...

    async def reset(self) -> None:
        """Remove all that is in the index."""
        ...

    async def patients(self) -> set[int]:
        """Patients of whom anything is held."""
        ...

    async def replace_patients(self, chunks: Mapping[int, Sequence[Chunk]]) -> None:
        """Put these chunks in place of all that is held of these patients."""
        ...

    async def remove_patients(self, patient_ids: Collection[int]) -> None:
        """Remove all that is held of these patients."""
        ...

    async def compact(self) -> None:
        """Join small files and index what was written."""
        ...


@attrs.frozen(kw_only=True)
class IndexingProgress:
    """How far indexing has come."""

    patients_done: int
    patients_total: int
    """Who waited when it began; more may have come since."""
    chunks: int
    seconds: float


@attrs.frozen(kw_only=True)
class IndexingReport:
    """What one catching up did."""

    patients: int
    """Patients whose chunks were replaced."""
    chunks: int
    removed: int
    """Patients whose chunks were removed, as PostgreSQL does not have them."""
    seconds: float


IndexingListener = Callable[[IndexingProgress], None]


async def index_pending(pool: Pool, index: Index, progress: IndexingListener | None = None) -> IndexingReport:
    """Bring the index up to date with PostgreSQL.

    Args:
        pool: The database.
        index: Where the chunks go.
        progress: Told how far it has come, after every few patients.

    Raises:
        StorageError: The database failed; what was done stays done.
        IndexUnavailable: The index cannot be written.

    Cancellation:
        Between any two steps; the next catching up goes on.
    """
    async with _only_writer(pool):
        return await _Catching(pool, index, progress).up()


async def rebuild(pool: Pool, index: Index, progress: IndexingListener | None = None) -> IndexingReport:
    """Write the index anew from PostgreSQL; arguments, errors and cancellation as for `index_pending`."""
    async with _only_writer(pool):
        await index.reset()
        await Patients(pool).forget_indexed()
        return await _Catching(pool, index, progress).up()


@asynccontextmanager
async def _only_writer(pool: Pool) -> AsyncIterator[None]:
    """Wait until nobody else, in this process or another, writes the index of this database."""
    async with pool.connection() as connection:
        try:
            while True:
                row = await (await connection.execute("select pg_try_advisory_lock(%s)", [_LOCK_KEY])).fetchone()
                if row and row[0]:
                    break
                await trio.sleep(_LOCK_RETRY)
            yield
        finally:
            # closing the connection is what gives the lock back
            connection.abandon()


class _Catching:
    """One catching up."""

    def __init__(self, pool: Pool, index: Index, progress: IndexingListener | None) -> None:
        self._patients = Patients(pool)
        self._records = Records(pool)
        self._index = index
        self._progress = progress
        self._started_at = trio.current_time()
        self._done = 0
        self._chunks = 0

    async def up(self) -> IndexingReport:
        removed = await self._reconcile()
        total = await self._patients.count_to_index()
        while states := await self._patients.to_index(_PATIENTS_AT_ONCE):
            await self._index_patients(states)
            self._tell(total)
        if self._done:
            await self._index.compact()
        return IndexingReport(patients=self._done, chunks=self._chunks, removed=removed, seconds=self._seconds())

    async def _reconcile(self) -> int:
        if self._index.needs_rebuild:
            await self._index.reset()
        held = await self._held()
        gone = held - await self._patients.existing(held)
        await self._index.remove_patients(gone)
        await self._patients.forget_indexed(await self._patients.ids_with_records() - held)
        return len(gone)

    async def _held(self) -> set[int]:
        with suppress(IndexUnavailable):
            held = await self._index.patients()
            if not self._index.needs_rebuild:
                return held
        # only now it shows that the index is not there, damaged, or another model's: it is derived, and made anew
        await self._index.reset()
        return set()

    async def _index_patients(self, states: Sequence[IndexState]) -> None:
        chunks: dict[int, Sequence[Chunk]] = {}
        waiting: list[IndexState] = []
        for state in states:
            records = await self._records.of_patient(state.id)
            chunks[state.id] = await trio.to_thread.run_sync(chunk_records, state.id, records)
            waiting.append(state)
            if sum(map(len, chunks.values())) >= _CHUNKS_AT_ONCE:
                await self._write(waiting, chunks)
                chunks, waiting = {}, []
        await self._write(waiting, chunks)

    async def _write(self, states: Sequence[IndexState], chunks: Mapping[int, Sequence[Chunk]]) -> None:
        if not states:
            return
        await self._index.replace_patients(chunks)
        # whoever was deleted since their entries were read must not stay
        gone = [state.id for state in states if not await self._patients.mark_indexed(state)]
        await self._index.remove_patients(gone)
        self._done += len(states) - len(gone)
        self._chunks += sum(len(chunks[state.id]) for state in states)

    def _tell(self, total: int) -> None:
        if self._progress is not None:
            self._progress(
                IndexingProgress(
                    patients_done=self._done, patients_total=total, chunks=self._chunks, seconds=self._seconds()
                )
            )

    def _seconds(self) -> float:
        return trio.current_time() - self._started_at


@attrs.frozen(kw_only=True)
class IndexerSettings:
    """When the indexer looks, in seconds."""

    poll_interval: float = 2.0
    """Between two looks for patients to index."""
    reconcile_interval: float = 30.0
    """After which what the index holds is compared with PostgreSQL although nobody waits."""
    longest_pause: float = 60.0
    """Between two tries while the database or the index fails."""


class Indexer:
    """The service that keeps the index up to date while the server runs."""

    def __init__(self, pool: Pool, index: Index, settings: IndexerSettings | None = None) -> None:
        self._pool = pool
        self._index = index
        self._settings = settings or IndexerSettings()
        self._reconciled_at = -math.inf
        self._looked = trio.Event()

    async def next_look(self) -> None:
        """Wait until a look for patients to index, perhaps begun already, has ended well."""
        await self._looked.wait()

    async def serve(self, context: Context) -> None:
        """Catch up whenever there is something to do, for ever.

        Failures are logged and tried again, ever more slowly: without an index, or without room for it, questions are
        still answered from PostgreSQL, so no failure here may end the server.
        """
        context.started()
        pause = self._settings.poll_interval
        while True:
            try:
                await self._look()
            except Exception as error:
                _log.warning("indexing_failed", error=type(error).__name__, retry_after=pause)
                await trio.sleep(pause)
                pause = min(pause * 2, self._settings.longest_pause)
            else:
                self._looked.set()
                self._looked = trio.Event()
                pause = self._settings.poll_interval
                await trio.sleep(pause)

    async def _look(self) -> None:
        due = trio.current_time() - self._reconciled_at >= self._settings.reconcile_interval
        if not (due or self._index.needs_rebuild or await Patients(self._pool).to_index(1)):
            return
        report = await index_pending(self._pool, self._index)
        self._reconciled_at = trio.current_time()
        if report.patients or report.removed:
            _log.info(
                "index_updated",
                patients=report.patients,
                chunks=report.chunks,
                removed=report.removed,
                seconds=round(report.seconds, 3),
            )
