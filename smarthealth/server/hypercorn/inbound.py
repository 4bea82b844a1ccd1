"""What a WebSocket peer has said and the application has not yet heard.

Few large messages fit, many small ones: the bound is in bytes. Reading stops when it is passed and starts again when half
of it is free, so that a fast client feels the back-pressure of TCP while pings among its messages are still answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

import trio

from .limits import MESSAGE_OVERHEAD

Event = Mapping[str, object]

CHECKPOINT_EVERY = 32
"""Events taken without waiting before the reader lets others run."""


class Inbound:
    """A queue of ASGI events between the task that reads the socket and the application."""

    __slots__ = ("_abandoned", "_bound", "_cost", "_events", "_last", "_reader", "_room", "_taken")

    def __init__(self, bound: int) -> None:
        self._bound = bound
        # Made when something waits and given back when nothing does: an empty deque takes 760 bytes.
        self._events: deque[tuple[Event, int]] | None = None
        self._last: Event | None = None
        self._cost = 0
        self._taken = 0
        # Who waits in `get`: an event to wait for, with its coroutines, takes 800 bytes.
        self._reader: trio.lowlevel.Task | None = None
        self._room: trio.Event | None = None
        self._abandoned = False

    @property
    def full(self) -> bool:
        """Whether reading should stop."""
        return self._cost > self._bound

    def put(self, event: Event, size: int = 0) -> None:
        """Queue an event of `size` bytes; one too many is never refused, the caller waits for room afterwards."""
        if self._abandoned or self._last is not None:
            return
        cost = size + MESSAGE_OVERHEAD
        if self._events is None:
            self._events = deque()
        self._events.append((event, cost))
        self._cost += cost
        self._wake()

    def put_last(self, event: Event) -> None:
        """Queue the disconnect: what was queued before is delivered first, and nothing after it."""
        if self._last is None:
            self._last = event
            self._wake()
        self._make_room()

    async def get(self) -> Event:
        """The next event; the last one again and again once it was reached. One task waits at a time.

        Cancellation:
            Loses no event.
        """
        while not (events := self._events):
            if self._last is not None:
                await trio.lowlevel.checkpoint()
                return self._last
            self._events = events = None
            self._reader = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._stop_waiting)
        self._taken += 1
        if self._taken % CHECKPOINT_EVERY == 0:
            await trio.lowlevel.checkpoint()
        event, cost = events.popleft()
        self._cost -= cost
        if self._cost <= self._bound // 2:
            self._make_room()
        return event

    async def wait_room(self) -> None:
        """Wait until half of the bound is free, the queue ended, or nobody listens any more."""
        if self.full and self._last is None and not self._abandoned:
            self._room = trio.Event()
            await self._room.wait()

    def abandon(self) -> None:
        """The application has gone: drop what is queued and what comes."""
        self._abandoned = True
        self._events = None
        self._cost = 0
        self._make_room()

    def _wake(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            trio.lowlevel.reschedule(reader)

    def _stop_waiting(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._reader = None
        return trio.lowlevel.Abort.SUCCEEDED

    def _make_room(self) -> None:
        if self._room is not None:
            self._room.set()
            self._room = None
