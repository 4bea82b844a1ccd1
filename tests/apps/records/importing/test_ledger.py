"""How far each file has come is kept, and gone on with."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import attrs
import pytest

from smarthealth.apps.records.importing import ledger
from smarthealth.apps.records.importing.errors import ImportRunning
from smarthealth.apps.records.importing.files import Source
from smarthealth.apps.records.importing.ledger import Job
from smarthealth.apps.records.importing.model import OrganizationContent, Resource
from smarthealth.apps.records.importing.report import Failure, Outcome
from smarthealth.apps.records.importing.waiting import pack
from smarthealth.storage.pool import Pool


def source(name: str, size: int = 1) -> Source:
    """A file as found."""
    return Source(path=Path("/data") / name, name=name, size=size, modified_ns=7)


async def begin(pool: Pool, *sources: Source) -> list[Job]:
    """Open the books."""
    async with pool.connection() as connection:
        return await ledger.begin(connection, sources)


async def save(pool: Pool, job: Job) -> None:
    """Write down how far a file has come."""
    async with pool.connection() as connection:
        await ledger.save(connection, job)


async def leave_behind(pool: Pool, file_id: int) -> None:
    """Leave what an import leaves when it is killed."""
    await pool.execute("insert into import_seen values ('Patient/1', %s, 1)", [file_id])
    await pool.execute("insert into fhir_alias values (%s, 'Patient/1'), ('other#x', 'Patient/1')", [f"{file_id}#urn"])
    await pool.execute("insert into import_failure values (%s, 2, 'Claim', 'why')", [file_id])
    await wait(pool, file_id, 1)


async def wait(pool: Pool, file_id: int, rank: int) -> None:
    """Let a resource wait."""
    resource = Resource(
        file_id=file_id,
        position=rank,
        type="Organization",
        fhir_id="Organization/1",
        last_updated=None,
        aliases=(),
        content=OrganizationContent(name="x"),
    )
    await pool.execute(
        "insert into import_waiting (file_id, rank, position, resource) values (%s, %s, %s, %s)",
        [file_id, rank, rank, pack(resource)],
    )


async def test_an_interrupted_file_is_gone_on_with(pool: Pool) -> None:
    """A file that was not finished starts where it was, with what was counted, and with what waits."""
    (job,) = await begin(pool, source("a"))
    assert (job.position, job.is_read, job.resumed, job.tally) == (0, False, False, {})
    job.position, job.tally = 5, Counter({("Patient", Outcome.NEW): 3})
    await save(pool, job)
    await leave_behind(pool, job.id)
    again, fresh = await begin(pool, source("a"), source("b"))
    assert (again.id, again.position, again.is_read, again.resumed) == (job.id, 5, False, True)
    assert again.tally == {("Patient", Outcome.NEW): 3}
    assert not fresh.resumed
    again.is_read = True
    await save(pool, again)
    (read,) = await begin(pool, source("a"))
    assert (read.is_read, read.resumed) == (True, True)
    async with pool.connection() as connection:
        assert await ledger.count_waiting(connection, [job.id]) == 1


@pytest.mark.parametrize("finished", [True, False])
async def test_a_finished_or_changed_file_starts_afresh(pool: Pool, finished: bool) -> None:
    """Nothing of the earlier import is left but what it has placed, and what other files left."""
    (job,) = await begin(pool, source("a"))
    job.position = 5
    await save(pool, job)
    await leave_behind(pool, job.id)
    if finished:
        async with pool.connection() as connection:
            await ledger.finish(connection, [job])
        assert await pool.fetch("select * from import_seen") == []
    (again,) = await begin(pool, source("a", size=1 if finished else 2))
    assert (again.id, again.position, again.resumed, again.tally) == (job.id, 0, False, {})
    assert await pool.fetch("select alias from fhir_alias") == [("other#x",)]
    for table in ("import_seen", "import_failure", "import_waiting"):
        assert await pool.fetch(f"select * from {table}") == []


async def test_any_path_can_be_written_down(pool: Pool) -> None:
    """A name whose bytes are no UTF-8 is a file like any other."""
    odd = attrs.evolve(source("x"), path=Path("/data/\udcff"))
    assert ledger.stored_path(odd) == "/data/\\xff"
    (job,) = await begin(pool, odd)
    assert job.source is odd


async def test_what_waits_is_taken_in_order(pool: Pool) -> None:
    """Of these files alone, who is referred to comes first, and what was taken waits no longer."""
    job, other = await begin(pool, source("a"), source("b"))
    for file_id, rank in ((job.id, 7), (job.id, 3), (other.id, 1), (job.id, 5)):
        await wait(pool, file_id, rank)
    async with pool.connection() as connection:
        assert await ledger.count_waiting(connection, [job.id]) == 3
        assert [resource.position for resource in await ledger.take_waiting(connection, [job.id], 2)] == [3, 5]
        assert [resource.position for resource in await ledger.take_waiting(connection, [job.id])] == [7]
        assert await ledger.take_waiting(connection, [job.id]) == []
        assert await ledger.count_waiting(connection, [other.id]) == 1


async def test_failures_are_told_by_file_and_place(pool: Pool) -> None:
    """Failures come in the order of files and of positions in them, with the files' names."""
    one, two = await begin(pool, source("one"), source("two"))
    for job, position in ((one, 9), (two, 1), (one, 2)):
        await pool.execute("insert into import_failure values (%s, %s, 'Claim', 'why')", [job.id, position])
    async with pool.connection() as connection:
        found = await ledger.failures(connection, [two, one])
    assert found == tuple(
        Failure(file=name, position=position, resource_type="Claim", reason="why")
        for name, position in (("two", 1), ("one", 2), ("one", 9))
    )


async def test_one_import_at_a_time(pool: Pool) -> None:
    """While somebody imports nobody else may; whoever ends, well or not, gives the right back."""
    async with pool.connection() as first:
        await ledger.lock(first)
        async with pool.connection() as second:
            with pytest.raises(ImportRunning):
                await ledger.lock(second)
        first.abandon()
    async with pool.connection() as second:
        await ledger.lock(second)
        await ledger.unlock(second)
    async with pool.connection() as third:
        await ledger.lock(third)
        third.abandon()
