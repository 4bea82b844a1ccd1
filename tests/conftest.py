"""Fixtures that any test may ask for; above all a migrated PostgreSQL database with nothing in it.

The server is the one `DATABASE_URL` names (databases are made on it, its own is not touched), else one on this machine that
lets `postgres` in, else the embedded one, started at the first need; `SMARTHEALTH_TEST_POSTGRES=embedded` takes that one in
any case. Its data are in a folder of the run, or in `SMARTHEALTH_TEST_FOLDER`, where several runs at a time may share it. All
tests of a run share one database, which is emptied before each: making one takes a hundred times as long.

`SMARTHEALTH_TEST_PROFILE=thorough` has Hypothesis make twenty times as many examples, and proofs of memory do four times as much.

A test with a database cannot use `autojump_clock`: while the server works nothing of ours runs, so time would jump and every
deadline pass.
"""

from __future__ import annotations

import functools
import itertools
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import trio
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from smarthealth.storage.migrate import migrate
from smarthealth.storage.pool import Pool, open_pool

_LOCAL_SERVER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres"
_PREFIX = "smarthealth_test"
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_numbers = itertools.count(1)


# A busy machine is no failure: what a test asks is the rule, not how fast examples are made.
settings.register_profile("rules", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("rules"), max_examples=2_000)
settings.load_profile(os.environ.get("SMARTHEALTH_TEST_PROFILE", "rules"))

# A shell that runs the tests in the background has them ignore Control-C, and so would every program that they try it on.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@functools.cache
def _running_server() -> tuple[str, str] | None:
    """Connection string and description of a server that is there already."""
    if os.environ.get("SMARTHEALTH_TEST_POSTGRES") == "embedded":
        return None
    for dsn, where in ((os.environ.get("DATABASE_URL"), "DATABASE_URL"), (_LOCAL_SERVER, "127.0.0.1:5432")):
        if not dsn:
            continue
        try:
            with psycopg.connect(dsn, connect_timeout=2) as connection:
                version = connection.info.parameter_status("server_version")
                return dsn, f"{version} at {where}"
        except psycopg.OperationalError:
            if where == "DATABASE_URL":
                raise
    return None


def pytest_report_header() -> str:
    """Say which engines the tests will use."""
    found = _running_server()
    return f"postgresql: {found[1] if found else 'embedded'}; lancedb: embedded"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Connection string of a server on which databases may be made."""
    found = _running_server()
    if found is not None:
        yield found[0]
        return
    from smarthealth.storage.embedded import start_embedded_sync

    with ExitStack() as stack:
        folder = os.environ.get("SMARTHEALTH_TEST_FOLDER") or stack.enter_context(
            tempfile.TemporaryDirectory(prefix="smarthealth-")
        )
        yield stack.enter_context(start_embedded_sync(Path(folder), settings=_FAST))


class _Database:
    """A migrated database that is emptied between tests."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._name = _new_name()
        self.dsn = make_conninfo(server, dbname=self._name)
        self._make()
        with psycopg.connect(self.dsn) as connection:
            self._tables = _tables(connection)

    def empty(self) -> None:
        """Delete all rows, and the tables that a test added; make the database anew where that does not do."""
        try:
            intact = self._clear()
        except (psycopg.errors.LockNotAvailable, psycopg.errors.ForeignKeyViolation):
            intact = False  # a test left a transaction open, or rows that cannot go one table after the other
        if not intact:
            self.drop()
            self._make()

    def _clear(self) -> bool:
        with psycopg.connect(self.dsn, autocommit=True, options="-c lock_timeout=5s") as connection:
            tables = _tables(connection)
            if self._tables - tables:
                return False
            for table in tables - self._tables:
                connection.execute(sql.SQL("drop table {} cascade").format(sql.Identifier(table)))
            with connection.transaction():
                self._delete_rows(connection)
                _restart_numbers(connection)
        return True

    def drop(self) -> None:
        """Delete the database."""
        _drop(self._server, self._name)

    def _make(self) -> None:
        _run(self._server, sql.SQL("create database {}").format(sql.Identifier(self._name)))
        trio.run(_migrate, self.dsn)

    def _delete_rows(self, connection: psycopg.Connection) -> None:
        query = sql.SQL(" union all ").join(
            sql.SQL("select {} where exists (select from {})").format(sql.Literal(table), sql.Identifier(table))
            for table in sorted(self._tables - {"schema_migration"})
        )
        filled = [sql.Identifier(name) for (name,) in connection.execute(query)]
        if not filled:
            return
        guards = connection.execute(_GUARDS).fetchall()
        for table, trigger in guards:
            connection.execute(
                sql.SQL("alter table {} disable trigger {}").format(*map(sql.Identifier, (table, trigger)))
            )
        for table in filled:  # deleting a few rows takes a thirtieth of truncating their table
            connection.execute(sql.SQL("delete from {}").format(table))
        for table, trigger in guards:
            connection.execute(
                sql.SQL("alter table {} enable always trigger {}").format(*map(sql.Identifier, (table, trigger)))
            )


# The triggers that forbid to empty the audit log fire always.
_GUARDS = """
select relname, tgname from pg_trigger join pg_class on pg_class.oid = tgrelid where tgenabled = 'A' and not tgisinternal
"""


def _tables(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute("select tablename from pg_tables where schemaname = 'public'").fetchall()
    return {name for (name,) in rows}


def _restart_numbers(connection: psycopg.Connection) -> None:
    rows = connection.execute("select sequencename from pg_sequences where last_value is not null").fetchall()
    for (name,) in rows:
        connection.execute(sql.SQL("alter sequence {} restart").format(sql.Identifier(name)))


@pytest.fixture(scope="session")
def _database(postgres_server: str) -> Iterator[_Database]:
    _drop_leftovers(postgres_server)
    database = _Database(postgres_server)
    yield database
    database.drop()


@pytest.fixture
def dsn(_database: _Database) -> str:
    """Connection string of a migrated database with nothing in it; a test may add tables, and take none away."""
    _database.empty()
    return _database.dsn


@pytest.fixture
def empty_dsn(postgres_server: str) -> Iterator[str]:
    """Connection string of a database without any table."""
    name = _new_name()
    _run(postgres_server, sql.SQL("create database {}").format(sql.Identifier(name)))
    yield make_conninfo(postgres_server, dbname=name)
    _drop(postgres_server, name)


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """A pool of connections to a migrated database with nothing in it."""
    async with open_pool(dsn, size=4) as pool:
        yield pool


def _new_name() -> str:
    return f"{_PREFIX}_{os.getpid()}_{next(_numbers)}"


async def _migrate(dsn: str) -> None:
    async with open_pool(dsn) as pool:
        await migrate(pool)


def _drop(server: str, name: str) -> None:
    _run(server, sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))


def _drop_leftovers(server: str) -> None:
    """Drop the databases of test runs on this machine that were killed."""
    with psycopg.connect(server, autocommit=True) as connection:
        rows = connection.execute("select datname from pg_database where datname like %s", [f"{_PREFIX}_%"]).fetchall()
    for (name,) in rows:
        pid = name.removeprefix(f"{_PREFIX}_").partition("_")[0]
        if pid.isdigit() and not _is_running(int(pid)):
            _drop(server, name)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _run(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
