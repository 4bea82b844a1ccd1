"""The one task of a connection that sends.

Theory of operation. Turns and the session queue events; this task takes what waits and gives it to the socket in one call.
A client that does not read stops this task and nothing else: turns of this connection wait once the queue is full, and
after `patience` the client is cut off.

The task ends by being cancelled, as everything does. It then sends, shielded and within `close_timeout`, what is queued
and the close frame: its supervisor stops it last, so the endings of all turns are in the queue by then.

Two costs are kept off the path of a token. The limit on a send is one cancel scope around the loop, whose deadline is
moved only when it has come closer than `patience`. Cancellation must not cut a frame in two, so that scope is a shield
while a send is under way, which is a change of a flag.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import attrs
import trio

from .backlog import Backlog, Lane
from .closing import GOING_AWAY, TOO_SLOW, Closing, client_left
from .errors import ConnectionLost
from .socket import Socket, SocketClosed

E = TypeVar("E")

SLACK = 1.25
"""A stalled send ends after `patience` at the earliest and this many times `patience` at the latest."""


@attrs.define(eq=False)
class Outbox(Generic[E]):
    """The queue of one connection and the task that empties it; see the module."""

    socket: Socket
    backlog: Backlog[E]
    patience: float
    """Seconds that a client may leave a message waiting."""
    close_timeout: float
    end: Callable[[Closing], Closing]
    """Asks for the connection's end; returns the closing that holds, which may be an earlier one."""
    _work: trio.lowlevel.ParkingLot = attrs.field(factory=trio.lowlevel.ParkingLot, init=False)
    _room: trio.lowlevel.ParkingLot = attrs.field(factory=trio.lowlevel.ParkingLot, init=False)
    _scope: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False)
    _gone: bool = attrs.field(default=False, init=False)

    def reply(self, event: E) -> None:
        """Queue a control event; a client that lets too many wait is cut off."""
        if self._gone:
            return
        if not self.backlog.add_control(event):
            self.abandon()
            self.end(TOO_SLOW)
        self._work.unpark()

    def open_lane(self) -> OutboxLane[E]:
        """A way out for one turn."""
        return OutboxLane(outbox=self)

    def abandon(self) -> None:
        """Send nothing more: the client is gone, or not worth waiting for."""
        self._gone = True
        self._room.unpark_all()

    def hurry(self) -> None:
        """The connection is ending: give a client that does not read `close_timeout` instead of `patience`."""
        self.patience = min(self.patience, self.close_timeout)
        if self.backlog.behind:
            self._scope.deadline = min(self._scope.deadline, trio.current_time() + self.close_timeout)

    async def offer(self, lane: Lane[E], event: E) -> None:
        """Queue an event of a turn, waiting while the queue is full.

        Raises:
            ConnectionLost: The client is gone.
            TurnOver: The turn has ended.
        """
        while not self._gone:
            if self.backlog.add(lane, event, trio.current_time()):
                self._work.unpark()
                return
            await self._room.park()
        raise ConnectionLost

    def finish(self, lane: Lane[E], events: Sequence[E]) -> None:
        """Queue the last events of a turn and close its lane; never waits.

        Raises:
            TurnOver: The turn has ended.
        """
        self.backlog.finish(lane, events, trio.current_time())
        self._work.unpark()

    async def run(self) -> None:
        """Send until cancelled, the client is gone, or it proves too slow; then close.

        Cancellation:
            What is queued and the close frame are still sent, within `close_timeout`.
        """
        try:
            await self._pump()
        except SocketClosed as closed:
            self.end(client_left(closed.code, closed.reason))
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + self.close_timeout):
                await self._close()
            self.abandon()

    async def _pump(self) -> None:
        """Send what comes until the client proves too slow."""
        while not (self._late() or self.backlog.behind):
            # when the deadline passes while nothing is being sent, nothing was late: another scope follows
            with trio.CancelScope() as self._scope:
                while not self._late():
                    if self.backlog:
                        await self._send_batch()
                    else:
                        await self._work.park()
        self.abandon()
        self.end(TOO_SLOW)

    async def _send_batch(self) -> None:
        now = trio.current_time()
        if not now + self.patience <= self._scope.deadline <= now + SLACK * self.patience:
            self._scope.deadline = now + SLACK * self.patience
        self.backlog.behind = self._scope.shield = True
        await self.socket.send(self.backlog.take())
        self.backlog.behind = self._scope.shield = False
        if not self.backlog.full:
            self._room.unpark_all()

    def _late(self) -> bool:
        """Whether a client that reads, but never enough, has let an event wait too long."""
        oldest = self.backlog.oldest
        return oldest is not None and trio.current_time() - oldest > self.patience

    async def _close(self) -> None:
        closing = self.end(GOING_AWAY)
        if not closing.reachable:
            return
        try:
            while not self._gone and self.backlog:
                await self.socket.send(self.backlog.take())
            await self.socket.close(closing.code, closing.reason)
        except SocketClosed:
            pass


@attrs.define(eq=False)
class OutboxLane(Lane[E]):
    """A turn's way out."""

    outbox: Outbox[E] = attrs.field(kw_only=True)

    async def send(self, event: E) -> None:
        """Queue an event, waiting while the client is behind.

        Raises:
            ConnectionLost: The client is gone.
            TurnOver: The turn has ended.
        """
        await self.outbox.offer(self, event)

    def finish(self, events: Sequence[E]) -> None:
        """Queue the turn's last events and close this lane; never waits.

        Raises:
            TurnOver: The turn has ended.
        """
        self.outbox.finish(self, events)
