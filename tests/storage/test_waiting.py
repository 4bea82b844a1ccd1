from __future__ import annotations

import contextlib
import socket
from collections.abc import Generator, Iterator
from typing import Any

import psycopg
import pytest
import trio
import trio.testing
from psycopg import pq
from psycopg.waiting import Ready, Wait

from smarthealth.storage import waiting
from smarthealth.storage.postgres import Connection
from smarthealth.storage.waiting import Turnstile, drain, drive, drive_connecting, ready_now


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Two ends of a line, neither of which blocks."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


Pair = tuple[socket.socket, socket.socket]


def fill(end: socket.socket) -> None:
    """Write until nothing more goes in."""
    with contextlib.suppress(BlockingIOError):
        while True:
            end.send(b"x" * 65536)


def empty(end: socket.socket) -> None:
    """Read until nothing more comes out."""
    with contextlib.suppress(BlockingIOError):
        while True:
            end.recv(65536)


def operation(*wants: Wait) -> Generator[Wait, Any, list[Any]]:
    """An operation that wants one thing after the other and returns what it got."""
    got: list[Any] = []
    while len(got) < len(wants):
        got.append((yield wants[len(got)]))
    return got


class TestDriving:
    async def test_it_waits_for_what_is_wanted(self, pair: Pair, turnstile: Turnstile) -> None:
        """Reading waits until the peer wrote; writing goes on at once."""
        ours, theirs = pair
        async with trio.open_nursery() as nursery:

            async def answer() -> None:
                await trio.testing.wait_all_tasks_blocked()
                theirs.send(b"x")

            nursery.start_soon(answer)
            got = await drive(operation(Wait.W, Wait.R), ours.fileno(), turnstile)
        assert got == [Ready.W, Ready.R]

    async def test_an_operation_may_want_nothing(self, pair: Pair, turnstile: Turnstile) -> None:
        """An operation that never waits returns its result."""
        assert await drive(operation(), pair[0].fileno(), turnstile) == []

    async def test_the_socket_may_be_asked_before_reading(self, pair: Pair, turnstile: Turnstile) -> None:
        """With `poll_first` even a scope whose time is up reads what has come already."""
        ours, theirs = pair
        theirs.send(b"x")
        with trio.move_on_after(0):
            assert await drive(operation(Wait.R), ours.fileno(), turnstile, poll_first=True) == [Ready.R]

    @pytest.mark.parametrize("want", [Wait.W, Wait.RW])
    async def test_writing_waits_while_the_peer_does_not_read(
        self, want: Wait, pair: Pair, turnstile: Turnstile
    ) -> None:
        """A full line is waited for."""
        ours, theirs = pair
        fill(ours)
        async with trio.open_nursery() as nursery:

            async def read() -> None:
                await trio.testing.wait_all_tasks_blocked()
                empty(theirs)

            nursery.start_soon(read)
            assert await drive(operation(want), ours.fileno(), turnstile) == [Ready.W]

    async def test_either_direction_wakes(self, pair: Pair, turnstile: Turnstile) -> None:
        """Who waits to write is woken when there is something to read."""
        ours, theirs = pair
        fill(ours)
        async with trio.open_nursery() as nursery:

            async def write() -> None:
                await trio.testing.wait_all_tasks_blocked()
                theirs.send(b"x")

            nursery.start_soon(write)
            assert await drive(operation(Wait.RW), ours.fileno(), turnstile) == [Ready.R]

    async def test_others_run_beside_a_busy_operation(
        self, pair: Pair, turnstile: Turnstile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """An operation that is always ready lets other tasks run when its time is up."""
        monkeypatch.setattr(waiting, "_BUSY_LIMIT", 0)
        turns = 0

        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await trio.lowlevel.checkpoint()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(count)
            await drive(operation(*[Wait.W] * 10), pair[0].fileno(), turnstile)
            nursery.cancel_scope.cancel()
        assert turns > 5

    async def test_a_closed_socket_is_an_error(self, pair: Pair, turnstile: Turnstile) -> None:
        """Closing the socket under a waiting operation ends it with psycopg's error."""
        ours, _ = pair
        async with trio.open_nursery() as nursery:

            async def close() -> None:
                await trio.testing.wait_all_tasks_blocked()
                trio.lowlevel.notify_closing(ours)
                ours.close()

            nursery.start_soon(close)
            with pytest.raises(psycopg.OperationalError):
                await drive(operation(Wait.R), ours.fileno(), turnstile)

    async def test_connecting_may_change_sockets(self, pair: Pair) -> None:
        """The socket to wait for is the one that the operation names."""
        ours, theirs = pair
        theirs.send(b"x")

        def connect() -> Generator[tuple[int, Wait], Any, str]:
            assert (yield ours.fileno(), Wait.R) == Ready.R
            assert (yield theirs.fileno(), Wait.W) == Ready.W
            return "connected"

        assert await drive_connecting(connect()) == "connected"


def test_a_broken_socket_is_ready_for_all(pair: Pair) -> None:
    """A socket in trouble is called ready, so that libpq meets the trouble."""
    ours, theirs = pair
    assert ready_now(ours.fileno(), Wait.R) == 0
    theirs.close()
    assert ready_now(ours.fileno(), Wait.RW) == Wait.RW


class TestDraining:
    async def drained(self, connection: Connection[Any], turnstile: Turnstile) -> bool:
        """Drain a connection and say whether it rests."""
        await drive(drain(connection.pgconn), connection.fileno(), turnstile)
        return connection.is_usable()

    @pytest.mark.parametrize(
        "statement",
        [
            "select generate_series(1, 100000)",
            "select 1/0",
            "copy t from stdin",
            "copy (select generate_series(1, 100000)) to stdout",
            "copy (select 1/(x-5000) from generate_series(1, 10000) as x) to stdout",
            "copy nothing from stdin",
        ],
    )
    async def test_every_statement_comes_to_rest(
        self, statement: str, connection: Connection[Any], turnstile: Turnstile
    ) -> None:
        """Whatever a statement was doing, afterwards the connection rests."""
        connection.pgconn.send_query(statement.encode())
        assert await self.drained(connection, turnstile)

    async def test_a_lost_connection_is_an_error(self, wire: Any, turnstile: Turnstile) -> None:
        """A connection lost in the middle of a COPY is not mistaken for the COPY's end."""
        connection: Connection[Any] = await Connection.connect(wire.dsn, autocommit=True)
        wire.cut_after(100_000)
        connection.pgconn.send_query(b"copy (select generate_series(1, 10000000)) to stdout")
        with pytest.raises(psycopg.Error):
            await self.drained(connection, turnstile)
        connection.abandon()

    async def test_replication_is_closed(self, connection: Connection[Any]) -> None:
        """A connection in a state that cannot be ended is closed."""
        assert list(waiting._end_copy(connection.pgconn, pq.ExecStatus.COPY_BOTH)) == []
        assert connection.closed
