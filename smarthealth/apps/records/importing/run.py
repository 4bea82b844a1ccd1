"""An import from beginning to end.

Two tasks: one reads (a thread cuts, checks and understands a batch), the other places it (a thread decides, the database
writes), so that Python works on one batch while PostgreSQL works on the one before. A batch, the file's position after it
and its tally are one transaction: killed at any moment, the next import of the same files goes on after the last of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import attrs
import trio

from smarthealth.storage.errors import Conflict, InvalidData, StorageError, translated
from smarthealth.storage.pool import Pool, PooledConnection

from . import ledger
from .files import find_sources
from .ledger import Job
from .lookup import look_up, reserve_ids
from .model import Resource
from .placing import place
from .plan import Plan
from .reading import Batch, FileReader
from .report import MAX_FAILURES, Failure, ImportReport, Outcome, Progress, ProgressListener, Tally, by_type
from .rows import FailureRow
from .statements import statements

_PROGRESS_INTERVAL: Final = 0.1
_SETTINGS: Final = (
    # an import only ever looks rows up by their keys; without statistics of tables that grow as it runs, the planner
    # would come to read them whole
    "set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off;"
    # what a crash of the server may take back is the latest batches with their positions, so they come again
    " set local synchronous_commit = off"
)


async def import_paths(pool: Pool, paths: Sequence[Path], progress: ProgressListener | None = None) -> ImportReport:
    """Import FHIR R4 from files and folders: bundles, bulk NDJSON, either of them gzipped.

    What is there already and has not changed is left as it is; a resource that cannot be taken is reported and the rest
    goes on.

    Args:
        pool: The database.
        paths: Files, and folders that are searched for `.json`, `.ndjson`, `.jsonl` and `.gz` of these.
        progress: Told how far the import has come.

    Raises:
        NothingToImport: There is no file in the paths.
        ImportRunning: Another import runs on the database.
        StorageError: The database failed; the same import goes on where it was.

    Cancellation:
        The batch being written is rolled back; the same import goes on where it was.
    """
    sources = await trio.to_thread.run_sync(find_sources, list(paths))
    async with pool.connection() as connection:
        try:
            await ledger.lock(connection)
            jobs = await ledger.begin(connection, sources)
            run = _Run(connection=connection, jobs={job.id: job for job in jobs}, listener=progress)
            await run.read_files()
            await run.place_waiting()
            await ledger.finish(connection, jobs)
            run.tell(force=True)
            report = run.report(await ledger.failures(connection, jobs))
            await ledger.unlock(connection)
            return report
        finally:
            # where the import did not come to its end, this is what gives the lock back
            connection.abandon()


@attrs.define(kw_only=True)
class _Run:
    """The state of one import."""

    connection: PooledConnection
    jobs: dict[int, Job]
    """By file."""
    listener: ProgressListener | None
    started_at: float = attrs.field(factory=trio.current_time)
    told_at: float = 0.0
    resources: int = 0
    bytes_of_files: dict[int, int] = attrs.field(factory=dict)
    """Bytes read of each file."""
    waiting: int = 0
    listed: int = 0
    """Failures that the report will list."""
    reading: str = ""

    async def read_files(self) -> None:
        """Read every file to its end, placing what can be placed."""
        failure: StorageError | None = None
        async with trio.open_nursery() as nursery:
            send, receive = trio.open_memory_channel[Batch](1)
            nursery.start_soon(self._read, send, name="read FHIR files")
            try:
                async with receive:
                    async for batch in receive:
                        with translated():
                            await self._place_batch(batch)
            except StorageError as error:
                # kept, so that it leaves as itself and not in a group
                failure = error
                nursery.cancel_scope.cancel()
        if failure is not None:
            raise failure

    async def _read(self, send: trio.MemorySendChannel[Batch]) -> None:
        async with send:
            for job in self.jobs.values():
                self.bytes_of_files[job.id] = job.source.size if job.is_read else 0
                if not job.is_read:
                    await self._read_file(job, send)

    async def _read_file(self, job: Job, send: trio.MemorySendChannel[Batch]) -> None:
        reader = FileReader(job.source, file_id=job.id, done=job.position)
        try:
            is_last = False
            while not is_last:
                batch = await trio.to_thread.run_sync(reader.read_batch)
                is_last = batch.is_last
                await send.send(batch)
        finally:
            reader.close()

    async def _place_batch(self, batch: Batch) -> None:
        job = self.jobs[batch.file_id]
        async with self._transaction():
            plans = [*await self._place(batch.resources, is_final=False), _plan_of_rest(batch)]
            await self._execute(plans[-1])
            self._count(plans)
            job.position, job.is_read = batch.position, batch.is_last
            await ledger.save(self.connection, job)
        self.resources += batch.count
        self.waiting += sum(len(plan.waiting) for plan in plans)
        self.bytes_of_files[job.id] = batch.consumed
        self.reading = job.source.name
        self.tell()

    async def place_waiting(self) -> None:
        """Place what waited, now that everything is read."""
        self.reading = ""
        self.waiting = await ledger.count_waiting(self.connection, list(self.jobs))
        self.tell(force=True)
        while True:
            async with self._transaction():
                resources = await ledger.take_waiting(self.connection, list(self.jobs))
                plans = await self._place(resources, is_final=True)
                for file_id in self._count(plans):
                    await ledger.save(self.connection, self.jobs[file_id])
            if not resources:
                return
            self.waiting += sum(len(plan.waiting) for plan in plans) - len(resources)
            self.tell()

    async def _place(self, resources: Sequence[Resource], *, is_final: bool) -> list[Plan]:
        """Place resources, whatever the database says to some of them: those are found by halving, and reported."""
        try:
            async with self.connection.transaction():
                with translated():
                    plan = await self._plan(resources, is_final=is_final)
                    await self._execute(plan)
            return [plan]
        except (InvalidData, Conflict):
            if len(resources) > 1:
                middle = len(resources) // 2
                halves = (resources[:middle], resources[middle:])
                return [plan for half in halves for plan in await self._place(half, is_final=is_final)]
        plan = _plan_of_refusal(resources[0])
        await self._execute(plan)
        return [plan]

    async def _plan(self, resources: Sequence[Resource], *, is_final: bool) -> Plan:
        known = await look_up(self.connection, resources, list(self.jobs))
        ids = await reserve_ids(self.connection, resources, known)
        return await trio.to_thread.run_sync(partial(place, resources, known, ids, is_final=is_final))

    async def _execute(self, plan: Plan) -> None:
        # files of nothing but rubbish are listed to a limit; everything is counted
        del plan.failures[max(0, MAX_FAILURES - self.listed) :]
        self.listed += len(plan.failures)
        for statement in await trio.to_thread.run_sync(statements, plan):
            await self.connection.execute(statement.sql, statement.parameters)

    def _count(self, plans: Sequence[Plan]) -> set[int]:
        """Add to the tallies; the files concerned."""
        for plan in plans:
            for (file_id, kind, outcome), count in plan.tally.items():
                self.jobs[file_id].tally[kind, outcome] += count
        return {file_id for plan in plans for file_id, _, _ in plan.tally}

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        async with self.connection.transaction():
            await self.connection.execute(_SETTINGS)
            yield

    def tell(self, *, force: bool = False) -> None:
        """Tell the listener how far it has come, if it is time to."""
        now = trio.current_time()
        if self.listener is None or (now - self.told_at < _PROGRESS_INTERVAL and not force):
            return
        self.told_at = now
        self.listener(
            Progress(
                bytes_done=sum(self.bytes_of_files.values()),
                bytes_total=self._size(),
                resources=self.resources,
                failed=self._total(Outcome.FAILED),
                waiting=self.waiting,
                seconds=now - self.started_at,
                file=self.reading,
            )
        )

    def report(self, failures: tuple[Failure, ...]) -> ImportReport:
        """What the import did."""
        return ImportReport(
            files=len(self.jobs),
            bytes=self._size(),
            seconds=trio.current_time() - self.started_at,
            resources=self.resources,
            tally=by_type(self._tally()),
            failures=failures,
            resumed=any(job.resumed for job in self.jobs.values()),
        )

    def _size(self) -> int:
        return sum(job.source.size for job in self.jobs.values())

    def _total(self, wanted: Outcome) -> int:
        return sum(count for (_, outcome), count in self._tally().items() if outcome is wanted)

    def _tally(self) -> Tally:
        whole: Tally = Counter()
        for job in self.jobs.values():
            whole.update(job.tally)
        return whole


def _plan_of_rest(batch: Batch) -> Plan:
    """What is to be counted and reported of a batch besides its resources."""
    plan = Plan()
    for problem in batch.problems:
        plan.fail(
            FailureRow(
                file_id=batch.file_id,
                position=problem.position,
                resource_type=problem.resource_type,
                reason=problem.reason,
            )
        )
    for kind, count in batch.skipped.items():
        plan.tally[batch.file_id, kind, Outcome.SKIPPED] += count
    return plan


def _plan_of_refusal(resource: Resource) -> Plan:
    plan = Plan()
    plan.fail(
        FailureRow(
            file_id=resource.file_id,
            position=resource.position,
            resource_type=resource.type,
            reason="the database refuses it",
        )
    )
    return plan
