from __future__ import annotations

import traceback
from typing import Any

import psycopg
import pytest

from smarthealth.storage.errors import (
    Conflict,
    InvalidData,
    StatementRejected,
    StatementTimeout,
    StorageError,
    StorageUnavailable,
    translate,
    translated,
)
from smarthealth.storage.postgres import Connection

SECRET = "Laura Morales"


async def failure(connection: Connection[Any], sql: str, *parameters: object) -> StorageError:
    """The storage error that a statement ends in."""
    with pytest.raises(StorageError) as caught, translated():
        await connection.execute(sql, parameters)
    return caught.value


async def test_a_second_row_is_a_conflict(connection: Connection[Any]) -> None:
    """A violated key is a `Conflict` that names it and is not worth a second attempt."""
    error = await failure(connection, "insert into t values (1), (1)")
    assert isinstance(error, Conflict)
    assert (error.constraint, error.retryable) == ("t_pkey", False)


async def test_a_failed_serialization_may_be_run_again(connection: Connection[Any]) -> None:
    """A transaction that stood in another's way may be run again."""
    error = await failure(connection, "do $$ begin raise exception using errcode = '40001'; end $$")
    assert isinstance(error, Conflict)
    assert (error.constraint, error.retryable) == (None, True)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("insert into t values (null)", InvalidData),
        ("select 'Laura Morales'::int", InvalidData),
        ("select from nowhere", StatementRejected),
        ("set statement_timeout = 1; select pg_sleep(60)", StatementTimeout),
        ("do $$ begin raise exception using errcode = '53100'; end $$", StorageUnavailable),
        ("do $$ begin raise exception using errcode = '25P03'; end $$", StorageUnavailable),
    ],
)
async def test_each_has_its_kind(sql: str, kind: type[StorageError], connection: Connection[Any]) -> None:
    """The SQLSTATE decides what kind of error it is."""
    assert type(await failure(connection, sql)) is kind


@pytest.mark.parametrize(
    ("sql", "parameter"),
    [
        ("select %s::int", SECRET),
        ("insert into t values (1, %(x)s), (1, %(x)s)", SECRET),
        ("create unique index on t (y); insert into t values (1, 'Laura Morales'), (2, 'Laura Morales')", None),
        ("select %s", SECRET + "\0"),
        ("select %s", SECRET + "\ud800"),
    ],
)
async def test_values_stay_out_of_tracebacks(sql: str, parameter: str | None, connection: Connection[Any]) -> None:
    """No value that a statement carried shows in the error, nor in the errors behind it."""
    arguments: Any = {"x": parameter} if "%(x)s" in sql else [parameter] if parameter else None
    with pytest.raises(StorageError) as caught, translated():
        await connection.execute(sql, arguments)
    lines = traceback.TracebackException.from_exception(caught.value).format(chain=True)
    messages = [line for line in lines if not line.startswith("  File")]
    assert SECRET not in "".join(messages)


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (psycopg.OperationalError("the connection\n\tis lost"), StorageUnavailable, "the connection is lost"),
        (psycopg.DataError(SECRET), InvalidData, "DataError"),
        (psycopg.ProgrammingError("no such cursor"), StatementRejected, "ProgrammingError: no such cursor"),
    ],
)
def test_errors_of_the_client(error: psycopg.Error, kind: type[StorageError], message: str) -> None:
    """An error that the server knows nothing of is judged by its class."""
    ours = translate(error)
    assert type(ours) is kind
    assert str(ours) == message


def test_other_exceptions_pass() -> None:
    """What is not psycopg's leaves the block as it is."""
    with pytest.raises(ZeroDivisionError), translated():
        raise ZeroDivisionError
