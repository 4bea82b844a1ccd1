"""Bringing the schema up to date: numbered SQL files, applied once each, in order.

Every file runs in a transaction of its own that also writes it down in `schema_migration`, under an advisory lock taken for
that transaction: any number of servers may start at once on one database, and a process that dies in the middle leaves
either the whole file applied or nothing of it. What is applied must be the beginning of what this program holds, word for
word; a database that is ahead belongs to a newer program and is left alone.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Final

import attrs
from psycopg.rows import class_row

from .errors import DatabaseTooNew, MigrationChanged, MigrationError
from .pool import Pool, PooledConnection

_LOCK_KEY: Final = 0x736D_6865_616C_7468
"""Number of the advisory lock: "smhealth" in ASCII."""

_FILE_NAME: Final = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.sql")

_CREATE_TABLE: Final = """
create table if not exists schema_migration (
    number     integer primary key,
    name       text not null,
    checksum   text not null,
    applied_at timestamptz not null default now()
)
"""


@attrs.frozen(kw_only=True)
class Migration:
    """One numbered step of the schema."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, whatever its line ends."""
        return hashlib.sha256(self.sql.replace("\r\n", "\n").encode()).hexdigest()


@attrs.frozen(kw_only=True)
class _Applied:
    number: int
    name: str
    checksum: str


def load_migrations(folder: Traversable | None = None) -> tuple[Migration, ...]:
    """Read the migrations of a folder, those of this package by default.

    Raises:
        MigrationError: Two files have the same number, or a name is not `NNNN_name.sql`.
    """
    folder = folder or resources.files("smarthealth.storage") / "migrations"
    files = [entry for entry in folder.iterdir() if entry.name.endswith(".sql")]
    migrations = sorted((_read(file) for file in files), key=lambda migration: migration.number)
    numbers = [migration.number for migration in migrations]
    if len(set(numbers)) != len(numbers):
        raise MigrationError(f"two migrations have the same number: {numbers}")
    return tuple(migrations)


def _read(file: Traversable) -> Migration:
    match = _FILE_NAME.fullmatch(file.name)
    if match is None:
        raise MigrationError(f"not a migration's name: {file.name}")
    return Migration(number=int(match["number"]), name=match["name"], sql=file.read_text(encoding="utf-8"))


async def migrate(pool: Pool, migrations: Sequence[Migration] | None = None) -> list[Migration]:
    """Apply what the database lacks.

    Args:
        pool: Connections to the database.
        migrations: All of them, in order; those of this package by default.

    Returns:
        The migrations applied by this call; those that another process applied meanwhile are not among them.

    Raises:
        DatabaseTooNew: The database has migrations that this program does not know.
        MigrationChanged: An applied migration is not the one given.
        StorageError: A migration failed; it and those after it are not applied.
    """
    wanted = load_migrations() if migrations is None else tuple(migrations)
    done: list[Migration] = []
    while True:
        async with pool.transaction() as connection:
            pending = await _find_pending(connection, wanted)
            if not pending:
                return done
            await _apply(connection, pending[0])
        done.append(pending[0])


async def _find_pending(connection: PooledConnection, wanted: Sequence[Migration]) -> Sequence[Migration]:
    # A migration may rewrite a big table: the statement limit is for questions.
    await connection.execute("set local statement_timeout = 0")
    await connection.execute("select pg_advisory_xact_lock(%s)", [_LOCK_KEY])
    await connection.execute(_CREATE_TABLE)
    async with connection.cursor(row_factory=class_row(_Applied)) as cursor:
        await cursor.execute("select number, name, checksum from schema_migration order by number")
        applied = await cursor.fetchall()
    _check(applied, wanted)
    return wanted[len(applied) :]


def _check(applied: Sequence[_Applied], wanted: Sequence[Migration]) -> None:
    known = {migration.number for migration in wanted}
    unknown = [row for row in applied if row.number not in known]
    if unknown:
        raise DatabaseTooNew(f"this program does not know the database's migrations {_names(unknown)}")
    for row, migration in zip(applied, wanted, strict=False):
        if (row.number, row.checksum) != (migration.number, migration.checksum):
            raise MigrationChanged(
                f"the database has migration {_names([row])}, this program has {_names([migration])} in its place"
            )


async def _apply(connection: PooledConnection, migration: Migration) -> None:
    await connection.execute(migration.sql)
    await connection.execute(
        "insert into schema_migration (number, name, checksum) values (%s, %s, %s)",
        [migration.number, migration.name, migration.checksum],
    )


def _names(rows: Iterable[_Applied | Migration]) -> str:
    return ", ".join(f"{row.number:04d}_{row.name}" for row in rows)
