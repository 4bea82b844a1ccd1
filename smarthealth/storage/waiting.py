"""How a libpq operation waits under Trio.

psycopg splits its work from its waiting: an operation is a generator that yields what its socket must be ready for, and is
sent what the socket is ready for. Here are the loops that drive such generators, and the one that brings an interrupted
connection back to rest.
"""

from __future__ import annotations

import select
import time
from collections.abc import Mapping
from typing import Final, TypeVar

import psycopg
import trio
from psycopg import generators, pq
from psycopg.abc import PQGen, PQGenConn
from psycopg.pq.abc import PGconn
from psycopg.waiting import Ready, Wait

T = TypeVar("T")

_BUSY_LIMIT: Final = 0.005
"""Seconds that an operation which never has to wait (a long COPY) may keep the other tasks from running."""

_POLL_EVENTS: Final[Mapping[int, int]] = {
    Wait.R: select.POLLIN,
    Wait.W: select.POLLOUT,
    Wait.RW: select.POLLIN | select.POLLOUT,
}
_POLL_TROUBLE: Final = select.POLLERR | select.POLLHUP | select.POLLNVAL
_COPY_STATES: Final = frozenset({pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT, pq.ExecStatus.COPY_BOTH})


class Turnstile:
    """Lets other tasks run when operations that are always ready have kept the processor for too long."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def reset(self) -> None:
        """Others have just run."""
        self._since = time.monotonic()

    async def pass_through(self) -> None:
        """Checkpoint if it is time."""
        if time.monotonic() - self._since >= _BUSY_LIMIT:
            await trio.lowlevel.checkpoint()
            self.reset()


async def drive(operation: PQGen[T], fd: int, turnstile: Turnstile, *, poll_first: bool = False) -> T:
    """Run an operation of an open connection to its end.

    Args:
        operation: The generator to drive.
        fd: The connection's socket.
        turnstile: The connection's.
        poll_first: Ask the socket before waiting for it also when reading.

    Raises:
        psycopg.Error: The operation failed, or the socket was closed meanwhile.
    """
    try:
        wanted = next(operation)
        while True:
            # A socket that is to be written to is writable nearly always, and asking costs a tenth of waiting.
            ready = ready_now(fd, wanted) if poll_first or wanted & Wait.W else 0
            if ready:
                await turnstile.pass_through()
            else:
                ready = await wait_ready(fd, wanted)
                turnstile.reset()
            wanted = operation.send(ready)
    except StopIteration as finished:
        result: T = finished.value
        return result


async def drive_connecting(operation: PQGenConn[T]) -> T:
    """Run an operation that makes a connection, during which the socket may change.

    Raises:
        psycopg.Error: The operation failed.
    """
    try:
        fd, wanted = next(operation)
        while True:
            fd, wanted = operation.send(await wait_ready(fd, wanted))
    except StopIteration as finished:
        result: T = finished.value
        return result


def ready_now(fd: int, wanted: int) -> int:
    """What of `wanted` the socket is ready for at this moment; a broken socket is ready for all of it."""
    poll = select.poll()
    poll.register(fd, _POLL_EVENTS[wanted])
    ready = 0
    for _, events in poll.poll(0):
        if events & _POLL_TROUBLE:
            return wanted
        ready |= Ready.R if events & select.POLLIN else 0
        ready |= Ready.W if events & select.POLLOUT else 0
    return ready


async def wait_ready(fd: int, wanted: int) -> int:
    """Wait until the socket is ready for some of `wanted`.

    Raises:
        psycopg.OperationalError: The socket was closed.
    """
    try:
        if wanted == Wait.R:
            await trio.lowlevel.wait_readable(fd)
            return Ready.R
        if wanted == Wait.W:
            await trio.lowlevel.wait_writable(fd)
            return Ready.W
        return await _wait_either(fd)
    except (OSError, trio.ClosedResourceError) as error:
        raise psycopg.OperationalError("the connection's socket was closed") from error


async def _wait_either(fd: int) -> int:
    """The server sends while it does not read; rare, so two tasks are not too dear."""
    async with trio.open_nursery() as nursery:

        async def until_readable() -> None:
            await trio.lowlevel.wait_readable(fd)
            nursery.cancel_scope.cancel()

        nursery.start_soon(until_readable, name="postgres-readable")
        await trio.lowlevel.wait_writable(fd)
        nursery.cancel_scope.cancel()
    return ready_now(fd, Wait.RW)


def drain(pgconn: PGconn) -> PQGen[None]:
    """Consume whatever the running statement still has to say, ending a COPY in either direction.

    Errors are what an interrupted statement ends in: they are swallowed as long as the connection lives.
    """
    yield from generators.send(pgconn)
    while pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
        result = yield from generators.fetch(pgconn)
        if result is not None and result.status in _COPY_STATES:
            yield from _end_copy(pgconn, result.status)


def _end_copy(pgconn: PGconn, status: int) -> PQGen[None]:
    try:
        if status == pq.ExecStatus.COPY_IN:
            yield from generators.copy_end(pgconn, b"interrupted by the client")
        elif status == pq.ExecStatus.COPY_OUT:
            while isinstance((yield from generators.copy_from(pgconn)), memoryview):
                pass
        else:
            pgconn.finish()
    except psycopg.Error:
        if pgconn.status == pq.ConnStatus.BAD:
            raise
