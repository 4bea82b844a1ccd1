"""How far each file has come, written with what was placed, so that an import that was killed goes on where it was."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

import attrs
import trio

from smarthealth.storage.pool import PooledConnection

from .errors import ImportRunning
from .files import Source
from .model import Resource
from .report import MAX_FAILURES, Failure, Outcome, Tally, by_type
from .waiting import unpack

_LOCK_KEY: Final = 0x736D_696D_706F_7274
"""Number of the advisory lock of an import: "smimport" in ASCII."""

LOCK_PATIENCE: Final = 2.0
"""Seconds in which PostgreSQL surely notices that an import was killed."""

_LOCK_RETRY: Final = 0.1

FINAL_BATCH: Final = 1000
"""Waiting resources placed in one transaction of the last pass."""


@attrs.define(kw_only=True)
class Job:
    """A file being imported, with what is known of its progress."""

    id: int
    source: Source
    position: int
    is_read: bool
    resumed: bool
    """Whether an earlier import had read some of it."""
    tally: Tally


async def lock(connection: PooledConnection) -> None:
    """Take the right to import, until it is given back or the connection is closed.

    Raises:
        ImportRunning: Somebody else has it.
    """
    with trio.move_on_after(LOCK_PATIENCE):
        while True:
            row = await (await connection.execute("select pg_try_advisory_lock(%s)", [_LOCK_KEY])).fetchone()
            if row and row[0]:
                return
            await trio.sleep(_LOCK_RETRY)
    raise ImportRunning("another import runs on this database")


async def unlock(connection: PooledConnection) -> None:
    """Give the right to import back."""
    await connection.execute("select pg_advisory_unlock(%s)", [_LOCK_KEY])


_FIND_FILES: Final = """
select path, id, position, state, tally from import_file
where path = any(%s) and state <> 'finished'
  and (path, size, modified_ns) in (select * from unnest(%s::text[], %s::bigint[], %s::bigint[]))
"""
_BEGIN_FILES: Final = """
insert into import_file as f (path, size, modified_ns)
select * from unnest(%s::text[], %s::bigint[], %s::bigint[])
on conflict (path) do update
set size = excluded.size, modified_ns = excluded.modified_ns, position = 0, state = 'reading', tally = '{}'
returning path, id
"""


async def begin(connection: PooledConnection, sources: Sequence[Source]) -> list[Job]:
    """Open the books for the files of an import: those of an interrupted one go on, the others start afresh."""
    by_path = {stored_path(source): source for source in sources}
    async with connection.transaction():
        rows = await (await connection.execute(_FIND_FILES, [list(by_path), *_identities(by_path.values())])).fetchall()
        going_on = {
            row[0]: Job(
                id=row[1],
                source=by_path[row[0]],
                position=row[2],
                is_read=row[3] == "read",
                resumed=row[2] > 0 or row[3] == "read",
                tally=_tally_from(row[4]),
            )
            for row in rows
        }
        fresh = [source for path, source in by_path.items() if path not in going_on]
        rows = await (await connection.execute(_BEGIN_FILES, _identities(fresh))).fetchall()
        started = {
            path: Job(id=id, source=by_path[path], position=0, is_read=False, resumed=False, tally=Counter())
            for path, id in rows
        }
        await _forget(connection, [job.id for job in started.values()])
    return [(going_on | started)[path] for path in by_path]


def stored_path(source: Source) -> str:
    """A path as text that PostgreSQL takes, whatever bytes it is made of."""
    return os.fsencode(source.path).decode("utf-8", "backslashreplace")


def _identities(sources: Iterable[Source]) -> tuple[list[str], list[int], list[int]]:
    found = tuple(sources)
    return (
        [stored_path(source) for source in found],
        [source.size for source in found],
        [source.modified_ns for source in found],
    )


async def _forget(connection: PooledConnection, file_ids: Sequence[int]) -> None:
    """Drop what an earlier import of these files left behind."""
    for table in ("import_waiting", "import_seen", "import_failure"):
        await connection.execute(f"delete from {table} where file_id = any(%s)", [list(file_ids)])
    # what bundles call their entries is looked up under the file's number
    await connection.execute(
        "delete from fhir_alias where split_part(alias, '#', 1) = any(%s)", [[str(file_id) for file_id in file_ids]]
    )


async def save(connection: PooledConnection, job: Job) -> None:
    """Write down how far a file has come."""
    await connection.execute(
        "update import_file set position = %s, state = %s, tally = %s where id = %s",
        [job.position, "read" if job.is_read else "reading", _tally_text(job.tally), job.id],
    )


def _tally_text(tally: Tally) -> str:
    return json.dumps(by_type(tally))


def _tally_from(stored: dict[str, dict[str, int]]) -> Tally:
    return Counter(
        {(kind, Outcome(outcome)): count for kind, counts in stored.items() for outcome, count in counts.items()}
    )


async def count_waiting(connection: PooledConnection, file_ids: Sequence[int]) -> int:
    """How many resources of these files wait."""
    sql = "select count(*) from import_waiting where file_id = any(%s)"
    row = await (await connection.execute(sql, [list(file_ids)])).fetchone()
    return int(row[0]) if row else 0


async def take_waiting(
    connection: PooledConnection, file_ids: Sequence[int], limit: int = FINAL_BATCH
) -> list[Resource]:
    """Take the next resources that wait out of the queue: who is referred to comes first."""
    sql = """
    with next as (select id from import_waiting where file_id = any(%s) order by rank, id limit %s),
         taken as (delete from import_waiting w using next where w.id = next.id returning w.rank, w.id, w.resource)
    select resource from taken order by rank, id
    """
    rows = await (await connection.execute(sql, [list(file_ids), limit])).fetchall()
    return [unpack(row[0]) for row in rows]


async def finish(connection: PooledConnection, jobs: Sequence[Job]) -> None:
    """Close the books: the next import of these files starts afresh."""
    async with connection.transaction():
        await connection.execute("delete from import_seen where file_id = any(%s)", [_ids(jobs)])
        await connection.execute("update import_file set state = 'finished' where id = any(%s)", [_ids(jobs)])


async def failures(connection: PooledConnection, jobs: Sequence[Job]) -> tuple[Failure, ...]:
    """What could not be taken, the first `MAX_FAILURES` of it."""
    names = {job.id: job.source.name for job in jobs}
    sql = """
    select file_id, position, resource_type, reason from import_failure where file_id = any(%s)
    order by array_position(%s, file_id), position limit %s
    """
    rows = await (await connection.execute(sql, [_ids(jobs), _ids(jobs), MAX_FAILURES])).fetchall()
    return tuple(Failure(file=names[row[0]], position=row[1], resource_type=row[2], reason=row[3]) for row in rows)


def _ids(jobs: Sequence[Job]) -> list[int]:
    return [job.id for job in jobs]
