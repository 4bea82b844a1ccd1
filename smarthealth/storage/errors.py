"""What can go wrong with storage, and the one place where psycopg's errors become ours.

    StorageError
    ├── StorageUnavailable         the database cannot be reached, or the connection was lost; ask again later
    │   ├── PoolExhausted          too many callers are waiting for a connection already
    │   └── PoolClosed             we closed the pool
    ├── StatementTimeout           the server cancelled the statement: its time limit passed
    ├── Conflict                   another row or transaction stands in the way
    ├── InvalidData                a value that the schema refuses
    ├── StatementRejected          a statement the server does not understand or allow: our mistake
    ├── SessionOwnedByAnother      a client named a session that somebody else opened
    ├── MigrationError             the schema cannot be brought up to date
    │   ├── DatabaseTooNew         the database was migrated by a newer program
    │   └── MigrationChanged       an applied migration differs from the one in this program
    └── EmbeddedServerError        the embedded server does not start

PostgreSQL quotes values in the messages of data errors ("Key (email)=(ana@…) already exists"). Those texts end here: neither
our message nor the chained cause repeats them, so that a traceback in a log cannot hold a patient's data.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import psycopg


class StorageError(Exception):
    """Root of every error that `smarthealth.storage` raises."""


class StorageUnavailable(StorageError):
    """The database cannot be reached, or the connection was lost; the next attempt may succeed."""


class PoolExhausted(StorageUnavailable):
    """So many callers wait for a connection that one more is refused."""


class PoolClosed(StorageUnavailable):
    """The pool was closed by its owner."""


class StatementTimeout(StorageError):
    """The server cancelled the statement because its time limit passed."""


class Conflict(StorageError):
    """Another row or another transaction stands in the way.

    Attributes:
        constraint: Name of the violated constraint, None for a failed serialization or a deadlock.
        retryable: True when the same transaction may succeed if it is run again.
    """

    def __init__(self, message: str, *, constraint: str | None, retryable: bool) -> None:
        super().__init__(message)
        self.constraint = constraint
        self.retryable = retryable


class InvalidData(StorageError):
    """The schema refuses a value.

    Attributes:
        constraint: Name of the violated constraint, if one has a name.
    """

    def __init__(self, message: str, *, constraint: str | None) -> None:
        super().__init__(message)
        self.constraint = constraint


class StatementRejected(StorageError):
    """The server does not understand or does not allow the statement."""


class SessionOwnedByAnother(StorageError):
    """The session was opened by somebody else."""


class MigrationError(StorageError):
    """The schema cannot be brought up to date."""


class DatabaseTooNew(MigrationError):
    """The database was migrated by a newer program than this one."""


class MigrationChanged(MigrationError):
    """An applied migration is not the one that this program holds."""


class EmbeddedServerError(StorageError):
    """The embedded PostgreSQL cannot be started or stopped; the message says why, for people."""


# Classes and codes of SQLSTATE: https://www.postgresql.org/docs/18/errcodes-appendix.html
_UNAVAILABLE_CLASSES: Final = frozenset({"08", "53", "57", "58", "F0", "XX"})
_DATA_CLASSES: Final = frozenset({"22", "23"})
_RETRYABLE: Final = frozenset({"40001", "40P01", "55P03"})
_CONFLICTS: Final = frozenset({"23503", "23505", "23P01"}) | _RETRYABLE
_QUERY_CANCELED: Final = "57014"
_IDLE_TIMEOUTS: Final = frozenset({"25P03", "25P04"})


@contextmanager
def translated() -> Iterator[None]:
    """Turn every error of psycopg that leaves the block into a `StorageError`."""
    try:
        yield
    except UnicodeEncodeError:
        # a lone surrogate in a parameter; the error holds the whole text
        raise InvalidData("a text that is not Unicode", constraint=None) from None
    except psycopg.Error as error:
        raise translate(error) from _without_values(error)


def translate(error: psycopg.Error) -> StorageError:
    """The storage error that says what `error` says, without the values it quotes."""
    state = error.sqlstate
    if state is None:
        return _without_state(error)
    what = f"{type(error).__name__} ({state})"
    constraint = error.diag.constraint_name
    if state in _CONFLICTS:
        return Conflict(_named(what, constraint), constraint=constraint, retryable=state in _RETRYABLE)
    if state[:2] in _DATA_CLASSES:
        return InvalidData(_named(what, constraint), constraint=constraint)
    if state == _QUERY_CANCELED:
        return StatementTimeout(what)
    if state[:2] in _UNAVAILABLE_CLASSES or state in _IDLE_TIMEOUTS:
        return StorageUnavailable(what)
    return StatementRejected(f"{what}: {error.diag.message_primary}")


def _without_state(error: psycopg.Error) -> StorageError:
    """Errors without SQLSTATE are made by the client: a lost connection, or a wrong call."""
    if isinstance(error, psycopg.OperationalError):
        return StorageUnavailable(" ".join(str(error).split()))
    if isinstance(error, psycopg.DataError):
        return InvalidData(type(error).__name__, constraint=None)
    return StatementRejected(f"{type(error).__name__}: {error}")


def _named(what: str, constraint: str | None) -> str:
    return what if constraint is None else f"{what}: {constraint}"


def _without_values(error: psycopg.Error) -> psycopg.Error:
    state = error.sqlstate
    if isinstance(error, psycopg.DataError) or (state is not None and state[:2] in _DATA_CLASSES):
        error.args = (f"SQLSTATE {state}, message withheld",)
    return error
