"""A pool of connections: bounded, opened when needed, last in first out.

The pool runs no task. A connection is opened by the caller who needs it, looked at before it is given out (one system call:
an idle connection that the server cut is readable), and closed on its return unless it rests outside any transaction. So
after a restart of PostgreSQL whoever was in the middle of a statement gets one `StorageUnavailable`, and the next statement
works, on a new connection.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, Final, TypeVar

import attrs
import trio
from psycopg.abc import Params, QueryNoTemplate
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import TupleRow, class_row

from .errors import PoolClosed, PoolExhausted, translated
from .postgres import Connection

T = TypeVar("T")

DEFAULT_SIZE: Final = 10
DEFAULT_WAITING_LIMIT: Final = 1000
DEFAULT_MAX_AGE: Final = 1800.0
DEFAULT_CONNECT_TIMEOUT: Final = 5.0
DEFAULT_STATEMENT_TIMEOUT: Final = 60.0

_AGE_SPREAD: Final = 0.2
"""Share of its maximum age by which a connection may end early, so that they do not all end at once."""

PooledConnection = Connection[TupleRow]


@attrs.frozen(kw_only=True)
class PoolStatistics:
    """The pool's numbers at one moment, for metrics and health."""

    size: int
    """Most connections at once."""
    idle: int
    in_use: int
    waiting: int
    """Callers waiting for a connection."""
    opened: int
    """Connections opened since the start."""
    discarded: int
    """Connections closed because they were broken or left in the middle of something."""


@attrs.define(eq=False)
class _Idle:
    """A resting connection and when it must end."""

    connection: PooledConnection
    expires_at: float


class Pool:
    """Connections to one database, shared by tasks.

    Made by `open_pool`. Connections are in autocommit mode; a block of `connection()` must leave the connection as it found
    it: no session settings, no `LISTEN`, no session locks (or close it).

    Backpressure:
        Callers wait for a connection in order of arrival, until their own deadline; when as many as the waiting limit wait,
        one more gets `PoolExhausted`.
    """

    def __init__(
        self, dsn: str, *, size: int, waiting_limit: int = DEFAULT_WAITING_LIMIT, max_age: float = DEFAULT_MAX_AGE
    ) -> None:
        self._dsn = dsn
        self._size = size
        self._waiting_limit = waiting_limit
        self._max_age = max_age
        self._slots = trio.Semaphore(size, max_value=size)
        self._idle: deque[_Idle] = deque()
        self._closed = False
        self._opened = 0
        self._discarded = 0

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[PooledConnection]:
        """Borrow a connection; psycopg's errors leave the block as storage errors.

        Raises:
            StorageUnavailable: The database cannot be reached, or the connection was lost within the block.
            PoolExhausted: Too many callers wait already.
            StorageError: What the block did failed.

        Cancellation:
            The running statement is cancelled on the server.
        """
        await self._take_slot()
        try:
            with translated():
                entry = self._pop_idle() or await self._open()
                try:
                    yield entry.connection
                finally:
                    self._give_back(entry)
        finally:
            self._slots.release()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[PooledConnection]:
        """Borrow a connection with a transaction open: committed at the end, rolled back on any exception.

        Raises:
            StorageError: As `connection()`; a `Conflict` that is `retryable` may be run again.

        Cancellation:
            The COMMIT or ROLLBACK itself is shielded, with a limit.
        """
        async with self.connection() as connection, connection.transaction():
            yield connection

    async def fetch(self, sql: QueryNoTemplate, params: Params | None = None) -> list[TupleRow]:
        """Run a statement and return all its rows.

        Raises:
            StorageError: As `connection()`.
        """
        async with self.connection() as connection:
            return await (await connection.execute(sql, params)).fetchall()

    async def fetch_one(self, sql: QueryNoTemplate, params: Params | None = None) -> TupleRow | None:
        """Run a statement and return its first row, None when there is none.

        Raises:
            StorageError: As `connection()`.
        """
        async with self.connection() as connection:
            return await (await connection.execute(sql, params)).fetchone()

    async def fetch_as(self, row: type[T], sql: QueryNoTemplate, params: Params | None = None) -> list[T]:
        """Run a statement and return its rows as instances of `row`, made with the columns' names as keywords.

        Raises:
            StorageError: As `connection()`.
        """
        async with self.connection() as connection, connection.cursor(row_factory=class_row(row)) as cursor:
            return await (await cursor.execute(sql, params)).fetchall()

    async def fetch_one_as(self, row: type[T], sql: QueryNoTemplate, params: Params | None = None) -> T | None:
        """Run a statement and return its first row as an instance of `row`, None when there is none.

        Raises:
            StorageError: As `connection()`.
        """
        async with self.connection() as connection, connection.cursor(row_factory=class_row(row)) as cursor:
            return await (await cursor.execute(sql, params)).fetchone()

    async def execute(self, sql: QueryNoTemplate, params: Params | None = None) -> int:
        """Run a statement and return how many rows it touched.

        Raises:
            StorageError: As `connection()`.
        """
        async with self.connection() as connection:
            return (await connection.execute(sql, params)).rowcount

    async def execute_many(self, sql: QueryNoTemplate, rows: Sequence[Params]) -> None:
        """Run a statement once for each of `rows`, in one transaction and without waiting in between.

        Raises:
            StorageError: As `connection()`; none of the rows took effect.
        """
        async with self.transaction() as connection, connection.cursor() as cursor:
            await cursor.executemany(sql, rows)

    @asynccontextmanager
    async def open_stream(
        self, sql: QueryNoTemplate, params: Params | None = None, *, batch: int = 500
    ) -> AsyncIterator[AsyncIterator[TupleRow]]:
        """Run a statement whose rows are too many to hold: they come `batch` at a time, as they are asked for.

        Raises:
            StorageError: As `connection()`, on entering or while iterating.

        Resource handling:
            The connection is busy until the block is left, which also ends the statement.
        """
        async with (
            self.connection() as connection,
            connection.cursor() as cursor,
            aclosing(cursor.stream(sql, params, size=batch)) as rows,  # type: ignore[type-var] # it is a generator
        ):
            yield rows

    def statistics(self) -> PoolStatistics:
        """The pool's numbers now."""
        return PoolStatistics(
            size=self._size,
            idle=len(self._idle),
            in_use=self._size - self._slots.value,
            waiting=self._slots.statistics().tasks_waiting,
            opened=self._opened,
            discarded=self._discarded,
        )

    def close(self) -> None:
        """Close the idle connections now, the others when they come back; later callers get `PoolClosed`."""
        self._closed = True
        while self._idle:
            self._idle.pop().connection.abandon()

    async def _take_slot(self) -> None:
        try:
            self._slots.acquire_nowait()
        except trio.WouldBlock:
            if self._slots.statistics().tasks_waiting >= self._waiting_limit:
                raise PoolExhausted(f"{self._waiting_limit} callers wait for a connection") from None
            await self._slots.acquire()
        if self._closed:
            self._slots.release()
            raise PoolClosed("the pool is closed")

    def _pop_idle(self) -> _Idle | None:
        while self._idle:
            entry = self._idle.pop()
            if trio.current_time() < entry.expires_at and entry.connection.is_usable():
                return entry
            self._discard(entry)
        return None

    async def _open(self) -> _Idle:
        connection = await Connection[TupleRow].connect(self._dsn, autocommit=True)
        self._opened += 1
        age = self._max_age * (1 - random.uniform(0, _AGE_SPREAD))
        return _Idle(connection, trio.current_time() + age)

    def _give_back(self, entry: _Idle) -> None:
        if self._closed or not entry.connection.rests or not entry.connection.autocommit:
            self._discard(entry)
        else:
            self._idle.append(entry)
        self._drop_expired()

    def _drop_expired(self) -> None:
        """The least used connections are at the left; without this they would stay open for ever."""
        now = trio.current_time()
        while self._idle and self._idle[0].expires_at <= now:
            self._idle.popleft().connection.abandon()

    def _discard(self, entry: _Idle) -> None:
        self._discarded += 1
        entry.connection.abandon()


@asynccontextmanager
async def open_pool(
    dsn: str,
    *,
    size: int = DEFAULT_SIZE,
    waiting_limit: int = DEFAULT_WAITING_LIMIT,
    max_age: float = DEFAULT_MAX_AGE,
    connect_timeout: float = DEFAULT_CONNECT_TIMEOUT,
    statement_timeout: float = DEFAULT_STATEMENT_TIMEOUT,
) -> AsyncIterator[Pool]:
    """Open a pool; nothing is connected until the first use.

    Args:
        dsn: Connection string, a URL or `key=value` pairs; what it sets itself wins over the arguments below.
        size: Most connections at once.
        waiting_limit: Most callers waiting for one.
        max_age: Seconds after which a connection is replaced.
        connect_timeout: Seconds for one attempt to connect.
        statement_timeout: Seconds after which the server cancels a statement, 0 for never.

    Resource handling:
        On leaving, idle connections are closed at once and borrowed ones when they come back.
    """
    pool = Pool(
        _with_defaults(dsn, connect_timeout=connect_timeout, statement_timeout=statement_timeout),
        size=size,
        waiting_limit=waiting_limit,
        max_age=max_age,
    )
    try:
        yield pool
    finally:
        pool.close()


def _with_defaults(dsn: str, *, connect_timeout: float, statement_timeout: float) -> str:
    with translated():
        given: dict[str, Any] = conninfo_to_dict(dsn)
    server_options = f"-c TimeZone=UTC -c statement_timeout={round(statement_timeout * 1000)}"
    defaults = {
        "connect_timeout": max(2, round(connect_timeout)),
        "application_name": "smarthealth",
        # a peer that vanished without a word is noticed in about half a minute
        "keepalives_idle": 15,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    # the last setting of an option wins, so those of the connection string come after ours
    options = f"{server_options} {given.pop('options', '')}".strip()
    return make_conninfo("", **{**defaults, **given, "options": options})
