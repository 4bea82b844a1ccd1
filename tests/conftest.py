"""Fixtures that any test may ask for; above all a PostgreSQL database of its own.

The server is the one `DATABASE_URL` names, else one on this machine that lets `postgres` in, else the embedded one, started
at the first need. A test's database is a copy of a migrated template, which takes 30 ms.

A test with a database cannot use `autojump_clock`: while the server works nothing of ours runs, so time would jump and every
deadline pass.
"""

from __future__ import annotations

import functools
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
import trio
from psycopg import sql
from psycopg.conninfo import make_conninfo

from smarthealth.storage.migrate import migrate
from smarthealth.storage.pool import Pool, open_pool

_LOCAL_SERVER = "host=127.0.0.1 port=5432 user=postgres dbname=postgres"
_PREFIX = "smarthealth_test"
_numbers = itertools.count(1)


@functools.cache
def _running_server() -> tuple[str, str] | None:
    """Connection string and description of a server that is there already."""
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

    with tempfile.TemporaryDirectory(prefix="smarthealth-") as folder, ExitStack() as stack:
        yield stack.enter_context(start_embedded_sync(Path(folder)))


@pytest.fixture(scope="session")
def _template(postgres_server: str) -> Iterator[str]:
    """Name of a migrated database, copied for each test."""
    name = f"{_PREFIX}_{os.getpid()}_template"
    _drop_leftovers(postgres_server)
    _run(postgres_server, sql.SQL("create database {}").format(sql.Identifier(name)))
    trio.run(_migrate, make_conninfo(postgres_server, dbname=name))
    yield name
    _drop(postgres_server, name)


@pytest.fixture
def dsn(postgres_server: str, _template: str) -> Iterator[str]:
    """Connection string of a fresh database with every migration applied."""
    yield from _database(postgres_server, template=_template)


@pytest.fixture
def empty_dsn(postgres_server: str) -> Iterator[str]:
    """Connection string of a fresh database with nothing in it."""
    yield from _database(postgres_server, template="template1")


@pytest.fixture
async def pool(dsn: str) -> AsyncIterator[Pool]:
    """A pool of connections to a fresh, migrated database."""
    async with open_pool(dsn, size=4) as pool:
        yield pool


def _database(server: str, *, template: str) -> Iterator[str]:
    name = f"{_PREFIX}_{os.getpid()}_{next(_numbers)}"
    _run(server, sql.SQL("create database {} template {}").format(sql.Identifier(name), sql.Identifier(template)))
    yield make_conninfo(server, dbname=name)
    _drop(server, name)


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
