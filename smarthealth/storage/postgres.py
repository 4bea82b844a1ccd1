"""A PostgreSQL connection on Trio: psycopg's asynchronous connection with every wait of it replaced.

Theory of operation. psycopg implements the protocol as generators and hands each to `Connection.wait`; overriding that
method is most of the work (see `smarthealth.storage.waiting`). What remains is what asyncio does differently:

- *Locks.* psycopg holds the connection's lock around every operation. Ours does not checkpoint when it is free: the wait
  that follows does, and clean-up that takes the lock is not cut off by a cancellation.
- *Cancellation is level-triggered.* Whatever awaits while a cancelled block is left is cancelled again. So the ends of
  transactions, pipelines and COPY are shielded here, each with a limit in seconds; past it the connection is closed.
- *An interrupted statement.* The server is told to cancel it and its remains are read, which takes milliseconds and leaves
  the connection usable. The interrupted generator is closed, not driven on: it might send the next statement. In pipeline
  mode the statements in flight cannot be told apart, so the connection is closed instead.

Asynchronous generators (`cursor.stream()`, `notifies()`) hold the connection until they are closed: use
`contextlib.aclosing`. `AsyncQueuedLibpqWriter` needs asyncio and is not supported; the default writer is.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Final, Self, TypeVar, cast

import psycopg
import trio
from psycopg import capabilities, pq
from psycopg._pipeline_async import AsyncPipeline
from psycopg.abc import AdaptContext, ConnDict, ConnParam, Params, PQGen, Query
from psycopg.adapt import AdaptersMap
from psycopg.conninfo import conninfo_attempts, conninfo_to_dict, make_conninfo, timeout_from_conninfo
from psycopg.copy import AsyncCopy, AsyncWriter
from psycopg.rows import AsyncRowFactory, Row, tuple_row
from psycopg.transaction import AsyncTransaction

from .waiting import Turnstile, drain, drive, drive_connecting, ready_now

T = TypeVar("T")

CANCEL_LIMIT: Final = 2.0
"""Seconds for telling the server to stop and hearing that it did; usually 5 ms."""

ENDING_LIMIT: Final = 5.0
"""Seconds for a COMMIT, a ROLLBACK or the end of a pipeline."""


class Connection(psycopg.AsyncConnection[Row]):
    """A connection to PostgreSQL; one task at a time uses it.

    Cancellation:
        The running statement is cancelled on the server, within `CANCEL_LIMIT`; the connection stays usable, or is closed.
    """

    def __init__(
        self,
        pgconn: pq.abc.PGconn,
        row_factory: AsyncRowFactory[Row] = cast(AsyncRowFactory[Row], tuple_row),  # noqa: B008 # as psycopg has it
    ) -> None:
        super().__init__(pgconn, row_factory)
        self.lock = _Lock()  # type: ignore[assignment] # psycopg names asyncio's class but uses only `async with`
        self.cursor_factory = Cursor
        self.server_cursor_factory = ServerCursor
        self._turnstile = Turnstile()

    @classmethod
    async def connect(
        cls,
        conninfo: str = "",
        *,
        autocommit: bool = False,
        prepare_threshold: int | None = 5,
        context: AdaptContext | None = None,
        row_factory: AsyncRowFactory[Row] | None = None,
        cursor_factory: type[psycopg.AsyncCursor[Row]] | None = None,
        **kwargs: ConnParam,
    ) -> Self:
        """Connect, trying every address of every host in turn.

        Each attempt has `connect_timeout` seconds (130 when the connection string does not say).

        Raises:
            psycopg.OperationalError: No address accepted the connection.
        """
        parameters = conninfo_to_dict(conninfo, **kwargs)
        attempts = await trio.to_thread.run_sync(conninfo_attempts, parameters, abandon_on_cancel=True)
        connection = await cls._connect_first(attempts, timeout_from_conninfo(parameters))
        connection._autocommit = autocommit
        connection.prepare_threshold = prepare_threshold
        if row_factory is not None:
            connection.row_factory = row_factory
        if cursor_factory is not None:
            connection.cursor_factory = cursor_factory
        if context is not None:
            connection._adapters = AdaptersMap(context.adapters)
        return connection

    @classmethod
    async def _connect_first(cls, attempts: Sequence[ConnDict], time_limit: float) -> Self:
        failures: list[str] = []
        for attempt in attempts:
            try:
                with trio.fail_after(time_limit):
                    return await drive_connecting(cls._connect_gen(make_conninfo("", **attempt)))
            except psycopg.Error as error:
                failures.append(" ".join(str(error).split()))
            except trio.TooSlowError:
                failures.append(f"no answer from {_address(attempt)} within {time_limit:g} s")
        raise psycopg.OperationalError("; ".join(failures))

    async def wait(
        self,
        gen: PQGen[T],
        interval: float = 0.0,
        timeout: float | None = None,  # noqa: ASYNC109 # psycopg's signature
    ) -> T:
        """Drive one operation of this connection; what psycopg calls for everything it does.

        Args:
            gen: The operation.
            interval: Not used: Trio needs no waking up.
            timeout: Seconds after which to give up, leaving the operation; 0 asks once, None waits.
        """
        fd = self.pgconn.socket
        try:
            if timeout is None:
                return await drive(gen, fd, self._turnstile)
            with trio.move_on_after(timeout):
                return await drive(gen, fd, self._turnstile, poll_first=True)
        except (trio.Cancelled, KeyboardInterrupt):
            gen.close()
            with trio.move_on_after(CANCEL_LIMIT, shield=True):
                await self.settle()
            raise
        raise psycopg.errors._WaitTimeout("wait timeout expired")

    async def settle(self) -> None:
        """Stop the statement that is running, if any, and bring the connection to rest, or close it.

        Cancellation:
            Closes the connection, if it is not at rest yet: callers shield this, with a limit.
        """
        if self.pgconn.transaction_status != pq.TransactionStatus.ACTIVE:
            return
        try:
            await self.cancel_safe(timeout=CANCEL_LIMIT)
            if self.pgconn.pipeline_status == pq.PipelineStatus.OFF:
                await drive(drain(self.pgconn), self.pgconn.socket, self._turnstile)
        except psycopg.Error:
            pass
        finally:
            if self.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                self.abandon()

    async def cancel_safe(self, *, timeout: float = CANCEL_LIMIT) -> None:  # noqa: ASYNC109 # psycopg's signature
        """Ask the server to cancel the running statement.

        Raises:
            psycopg.errors.CancellationTimeout: The server did not take the request within `timeout` seconds.

        Cancellation:
            Shielded, for `timeout` seconds at most.
        """
        if not self._should_cancel():
            return
        with trio.move_on_after(timeout, shield=True):
            if capabilities.has_cancel_safe():
                await drive_connecting(self._cancel_gen())
            else:
                await trio.to_thread.run_sync(self.cancel, abandon_on_cancel=True)
            return
        raise psycopg.errors.CancellationTimeout("cancellation timeout expired")

    def abandon(self) -> None:
        """Close at once; the server rolls back what was not committed."""
        if not self.closed:
            trio.lowlevel.notify_closing(self.pgconn.socket)
        self._closed = True
        self.pgconn.finish()

    async def close(self) -> None:
        """Close at once, without waiting for the server."""
        self.abandon()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        try:
            if exc_val is None and not self.closed:
                with trio.move_on_after(ENDING_LIMIT, shield=True):
                    return await super().commit()
                self.give_up("COMMIT", failed=False)
        finally:
            self.abandon()

    def is_usable(self) -> bool:
        """Whether the connection rests outside any transaction and its socket shows no sign of having been cut.

        Costs a system call and never waits. What an idle server says (its farewell, a changed parameter) is read.
        """
        try:
            while self.rests and ready_now(self.pgconn.socket, psycopg.waiting.WAIT_R):
                self.pgconn.consume_input()
                self.pgconn.notifies()  # parses what was read; the server's farewell marks the connection bad
        except psycopg.OperationalError:
            return False
        return self.rests

    @property
    def rests(self) -> bool:
        """Whether the connection is outside any transaction, as far as it has heard."""
        return (
            self.pgconn.transaction_status == pq.TransactionStatus.IDLE
            and self.pgconn.pipeline_status == pq.PipelineStatus.OFF
        )

    def give_up(self, work: str, *, failed: bool) -> None:
        """Close a connection that did not end its work within the limit.

        Args:
            work: What was to be ended, for the message.
            failed: True when an exception is on its way already, which then goes on.

        Raises:
            psycopg.OperationalError: No exception is on its way; whether the work took effect is not known.
        """
        self.abandon()
        if not failed:
            raise psycopg.OperationalError(f"no answer to {work} within {ENDING_LIMIT:g} s")

    async def commit(self) -> None:
        """Commit the open transaction, if any.

        Cancellation:
            Shielded, for `ENDING_LIMIT` seconds at most.
        """
        with trio.move_on_after(ENDING_LIMIT, shield=True):
            return await super().commit()
        self.give_up("COMMIT", failed=False)

    async def rollback(self) -> None:
        """Roll the open transaction back, if any.

        Cancellation:
            Shielded, for `ENDING_LIMIT` seconds at most.
        """
        with trio.move_on_after(ENDING_LIMIT, shield=True):
            return await super().rollback()
        self.give_up("ROLLBACK", failed=False)

    @asynccontextmanager
    async def transaction(
        self, savepoint_name: str | None = None, force_rollback: bool = False
    ) -> AsyncIterator[AsyncTransaction]:
        """Open a transaction, or a savepoint within one: committed at the end of the block, rolled back on any exception.

        Cancellation:
            The COMMIT or ROLLBACK is shielded, for `ENDING_LIMIT` seconds at most.
        """
        transaction = Transaction(self, savepoint_name, force_rollback)
        if self._pipeline:
            async with self.pipeline(), transaction, self.pipeline():
                yield transaction
        else:
            async with transaction:
                yield transaction

    @asynccontextmanager
    async def pipeline(self) -> AsyncIterator[AsyncPipeline]:
        """Send statements without waiting for the answers of those before."""
        self._check_connection_ok()
        if self._pipeline is None:
            self._pipeline = Pipeline(self)
        async with self._leaving(self._pipeline) as pipeline:
            yield pipeline

    @asynccontextmanager
    async def _pipeline_nolock(self) -> AsyncIterator[AsyncPipeline]:
        """What `executemany` opens while it holds the lock."""
        self._pipeline = Pipeline(self, _no_lock=True)
        async with self._leaving(self._pipeline) as pipeline:
            yield pipeline

    @asynccontextmanager
    async def _leaving(self, pipeline: AsyncPipeline) -> AsyncIterator[AsyncPipeline]:
        try:
            async with pipeline:
                yield pipeline
        finally:
            if pipeline.level == 0:
                self._pipeline = None


class Cursor(psycopg.AsyncCursor[Row]):
    """A cursor whose COPY ends properly also when it is interrupted."""

    __slots__ = ()

    @asynccontextmanager
    async def copy(
        self, statement: Query, params: Params | None = None, *, writer: AsyncWriter | None = None
    ) -> AsyncIterator[AsyncCopy]:
        """Start a COPY and give the object to write rows to or read them from.

        Cancellation:
            As any exception in the block: what was written is undone by the server.
        """
        async with self._conn.lock:
            await self._conn.wait(self._start_copy_gen(statement, params))
            async with Copy(self, writer=writer) as copy:
                yield copy
        self._select_current_result(0)


class ServerCursor(psycopg.AsyncServerCursor[Row]):
    """A cursor on the server that is closed also when its block was cancelled."""

    __slots__ = ()

    async def close(self) -> None:
        """Close the cursor.

        Cancellation:
            Shielded, for `ENDING_LIMIT` seconds at most.
        """
        with trio.move_on_after(ENDING_LIMIT, shield=True):
            return await super().close()
        cast(Connection[Any], self._conn).give_up("CLOSE", failed=True)
        self._close()


class Copy(AsyncCopy):
    """A COPY in progress."""

    async def finish(self, exc: BaseException | None) -> None:
        """End the COPY; called on leaving its block.

        An exception's text stays here: psycopg would send it to the server, which logs it.
        """
        if exc is None:
            await super().finish(None)
        else:
            with trio.move_on_after(CANCEL_LIMIT, shield=True):
                await cast(Connection[Any], self.connection).settle()


class Transaction(AsyncTransaction):
    """A transaction that ends also when its block was cancelled."""

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> bool:
        with trio.move_on_after(ENDING_LIMIT, shield=True):
            return await super().__aexit__(exc_type, exc_val, exc_tb)
        cast(Connection[Any], self._conn).give_up("COMMIT", failed=exc_val is not None)
        return False


class Pipeline(AsyncPipeline):
    """A pipeline that is read to its end also when its block was cancelled."""

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        connection = cast(Connection[Any], self._conn)
        if connection.closed:
            self._exit(exc_val)
            return
        with trio.move_on_after(ENDING_LIMIT, shield=True):
            return await super().__aexit__(exc_type, exc_val, exc_tb)
        connection.give_up("a pipeline", failed=exc_val is not None)


class _Lock:
    """A lock that does not checkpoint when it is free."""

    def __init__(self) -> None:
        self._semaphore = trio.Semaphore(1, max_value=1)

    async def __aenter__(self) -> None:
        try:
            self._semaphore.acquire_nowait()
        except trio.WouldBlock:
            await self._semaphore.acquire()

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_val: BaseException | None, exc_tb: TracebackType | None
    ) -> None:
        self._semaphore.release()


def _address(attempt: ConnDict) -> str:
    return f"{attempt.get('hostaddr') or attempt.get('host') or 'the local socket'}, port {attempt.get('port') or 5432}"
