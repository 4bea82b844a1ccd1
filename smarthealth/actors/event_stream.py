"""What happens in a system, as a stream."""

from __future__ import annotations

from collections import deque
from types import TracebackType

import trio

from .core import Core
from .events import Instrument, RuntimeEvent


class EventStream(Instrument):
    """Events of a system since this was opened, oldest first, until the system has ended.

    When its reader falls behind, the oldest are dropped.
    """

    __slots__ = ("_arrived", "_core", "_events", "_over", "missed")

    def __init__(self, core: Core, capacity: int) -> None:
        self._core = core
        self._events: deque[RuntimeEvent] = deque(maxlen=capacity)
        self._arrived = trio.Event()
        self._over = False
        self.missed = 0
        """Events dropped."""

    def on_event(self, event: RuntimeEvent) -> None:
        """Queue it."""
        self.missed += len(self._events) == self._events.maxlen
        self._events.append(event)
        self._arrived.set()

    def _system_ended(self) -> None:
        self._over = True
        self._arrived.set()

    async def __aenter__(self) -> EventStream:
        self._core.observe(self)
        self._core.call_at_end(self._system_ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._core.unobserve(self)
        self._core.do_not_call_at_end(self._system_ended)

    def __aiter__(self) -> EventStream:
        return self

    async def __anext__(self) -> RuntimeEvent:
        while not self._events:
            if self._over:
                raise StopAsyncIteration
            if self._arrived.is_set():  # else another reader waits for it
                self._arrived = trio.Event()
            await self._arrived.wait()
        return self._events.popleft()

    def receive_nowait(self) -> RuntimeEvent | None:
        """The oldest event, if there is one."""
        return self._events.popleft() if self._events else None
