"""The one task of a connection that sends.

Theory of operation. Turns and the session queue events; this task takes what waits and gives it to the socket in one call.
A client that does not read stops this task and nothing else: turns of this connection wait once the queue is full, and
after `patience` the client is cut off.

An event that finds nothing queued and the socket idle is sent where it is made, without waking this task: that is most tokens,
and saves each a switch of tasks. Of many that come at once the first three are; the others go through the queue, and leave at once.

While a turn runs, and once the connection is ending, it waits in its task for what comes; else it rests: `run` returns, and is
to be called again when it says so by `rouse`.

It is also the task that ends its connection. Once told how (`end`), it sends what is queued, waits until no turn runs and
every turn's last events are out, sends the close frame, and returns; its supervisor then stops its siblings. A client that
is gone is not waited for.

The limit on a send is no cancel scope of its own, which would be paid for by every token, but one around the loop, whose
deadline is moved when it has come closer than `patience`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf
from typing import Generic, TypeVar

import attrs
import trio

from .backlog import Backlog, Lane
from .closing import TOO_SLOW, Closing, client_left
from .errors import ConnectionLost
from .feeds import Feed
from .socket import Socket, SocketClosed

E = TypeVar("E")

DIRECT_EVERY = 0.001
"""Seconds between two events that do not go through the queue, in the mean."""
DIRECT_AHEAD = 0.002
"""Seconds by which they may come sooner: of what comes at once, three are sent so, which is cheaper than waking the task."""
CHECKPOINT_EVERY = 32
"""Such events after which others get to run, even if the turn never waits."""
SLACK = 0.25
"""A stalled send ends after `patience` at the earliest, and this share of it later at the latest."""


@attrs.define(eq=False)
class Outbox(Generic[E]):
    """The queue of one connection and the task that empties it; see the module."""

    socket: Socket
    backlog: Backlog[E]
    patience: float
    """Seconds that a client may leave a message waiting."""
    close_timeout: float
    """Seconds for the last sends once nothing else is to come: half for a send that stalls, half for the close frame."""
    end_timeout: float
    """Seconds that the end of the connection may take, turns' last events included and the close frame aside."""
    turns_running: Callable[[], int]
    """Turns whose last events must be out before the connection ends."""
    is_busy: Callable[[], bool]
    """Whether a turn is running whose events come here."""
    end_connection: Callable[[Closing], object]
    rouse: Callable[[], object] = attrs.field(default=bool, init=False)
    """Has whoever runs it call `run` again, after it returned because there was nothing to do."""
    _resting: bool = attrs.field(default=False, init=False)
    _closing: Closing | None = attrs.field(default=None, init=False)
    _give_up_at: float = attrs.field(default=inf, init=False)
    _gone: bool = attrs.field(default=False, init=False)
    _direct_from: float = attrs.field(default=-inf, init=False)
    _direct: int = attrs.field(default=0, init=False)
    _scope: trio.CancelScope = attrs.field(factory=trio.CancelScope, init=False)
    _work: trio.lowlevel.ParkingLot = attrs.field(factory=trio.lowlevel.ParkingLot, init=False)
    _room: trio.lowlevel.ParkingLot = attrs.field(factory=trio.lowlevel.ParkingLot, init=False)

    def reply(self, event: E) -> None:
        """Queue a control event; a client that lets too many wait is cut off."""
        if self._gone or (self._resting and self.socket.send_now((self.backlog.encode(event),))):
            return
        if self.backlog.add_control(event):
            self.wake()
        else:
            self._give_up()

    async def offer(self, lane: Lane[E], event: E) -> None:
        """Queue an event of a turn, waiting while the queue is full.

        Raises:
            ConnectionLost: The client is gone.
            TurnOver: The turn has ended.
        """
        while not self._gone:
            now = trio.current_time()
            if now >= self._direct_from and self._send_now(lane, event):
                self._direct_from = max(self._direct_from, now - DIRECT_AHEAD) + DIRECT_EVERY
                self._direct += 1
                if not self._direct % CHECKPOINT_EVERY:
                    await trio.lowlevel.checkpoint()
                return
            if self.backlog.add(lane, event, now):
                self.wake()
                return
            await self._room.park()
        raise ConnectionLost

    def _send_now(self, lane: Lane[E], event: E) -> bool:
        """Send an event past the queue, if nothing could be before it."""
        backlog = self.backlog
        if not backlog.idle or lane.over or self._closing is not None:
            return False
        return self.socket.send_now((backlog.encode(event),))

    def finish(self, lane: Lane[E], events: Sequence[E]) -> None:
        """Queue the last events of a turn and close its lane; never waits.

        Raises:
            TurnOver: The turn has ended.
        """
        self.backlog.finish(lane, events, trio.current_time())
        self.wake()

    def end(self, closing: Closing) -> None:
        """Send what is queued, then close; the first closing counts, but a client that leaves later is let go."""
        now = trio.current_time()
        if self._closing is None:
            self._closing = closing
            self._give_up_at = now + self.end_timeout
            self.patience = min(self.patience, self.close_timeout / 2)
            if self.backlog.behind:
                self._scope.deadline = min(self._scope.deadline, now + self.patience)
        if not closing.reachable:
            self._abandon()
        self.wake()

    async def run(self) -> bool:
        """Send what comes, until the connection is ending and all is out, or the client is gone or too slow; then close.

        Returns:
            Whether that was the end; otherwise there is nothing to do, and no turn runs that might change this.
        """
        try:
            if not await self._send_all():
                self._give_up()
            self._resting = self._closing is None and not self._gone
            if self._closing is not None and self._closing.reachable:
                await self._close(self._closing)
        except SocketClosed as closed:
            self.end_connection(client_left(closed.code, closed.reason))
        finally:
            if not self._resting:
                self._abandon()
        return not self._resting

    async def _send_all(self) -> bool:
        """Send what comes; False when the client was too slow for it."""
        while not (self.backlog.behind or self._late()):
            # when this deadline passes and nothing is being sent, nothing was late: another scope follows
            with trio.CancelScope() as self._scope:
                while not self._late():
                    if self._gone:
                        return True
                    if self.backlog:
                        await self._send_batch()
                    elif self._closing is None:
                        if not self.is_busy():
                            return True
                        await self._work.park()
                    elif self.turns_running() and trio.current_time() < self._give_up_at:
                        self._scope.deadline = self._give_up_at
                        await self._work.park()
                    else:
                        return True
        return False

    async def _send_batch(self) -> None:
        soonest = trio.current_time() + self.patience
        if self._closing is not None:
            self._scope.deadline = soonest
        elif not soonest <= self._scope.deadline <= soonest + SLACK * self.patience:
            self._scope.deadline = soonest + SLACK * self.patience
        frames = self.backlog.take()
        if not frames:  # what waited in a feed was not for this client
            return
        self.backlog.behind = True
        await self.socket.send(frames)
        self.backlog.behind = False
        if not self.backlog.full:
            self._room.unpark_all()

    def _late(self) -> bool:
        """Whether an event has waited too long for a client that reads, but never enough."""
        oldest = self.backlog.oldest
        if oldest is None:
            return False
        now = trio.current_time()
        return now - oldest > self.patience if self._closing is None else now >= self._give_up_at

    def follow(self, feed: Feed) -> None:
        """From now on send also what comes of a feed; whoever adds to it calls `wake`."""
        self.backlog.feed = feed
        self.wake()

    def wake(self) -> None:
        """Look again whether there is something to send, and whether all turns are over."""
        if self._resting:
            self._resting = False
            self.rouse()
        else:
            self._work.unpark()

    async def _close(self, closing: Closing) -> None:
        with trio.move_on_after(self.close_timeout / 2), suppress(SocketClosed):
            await self.socket.close(closing.code, closing.reason)

    def _give_up(self) -> None:
        self._abandon()
        self.end_connection(TOO_SLOW)

    def _abandon(self) -> None:
        """Nothing more can be sent: let go of everybody who waits for that."""
        self._gone = True
        self._work.unpark_all()
        self._room.unpark_all()


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
