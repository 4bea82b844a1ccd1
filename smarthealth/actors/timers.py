"""One heap of deadlines for a whole system.

A cancel scope with a deadline costs microseconds, and an ask needs one only to learn that time is up. So all asks,
restart delays and stop limits share this heap and the one task that sleeps until its earliest entry.
"""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from itertools import count
from math import inf

import trio


class Timer:
    """A call to come, which may be cancelled."""

    __slots__ = ("_timers", "callback")

    def __init__(self, timers: Timers, callback: Callable[[], object]) -> None:
        self._timers = timers
        self.callback: Callable[[], object] | None = callback

    def cancel(self) -> None:
        """Do not call."""
        if self.callback is not None:
            self.callback = None
            self._timers.note_dead()


class Timers:
    """Calls to come, in order of time."""

    # Dead entries are left in the heap until they surface, unless they are many and the majority.
    _DEAD_TOLERATED = 1000

    def __init__(self, spawn: Callable[[Callable[[], Awaitable[object]], str], object]) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._dead = 0
        self._numbers = count()
        self._sleep: trio.CancelScope | None = None
        self._wake_at = inf
        self._closed = False
        self._spawn = spawn
        self.now = trio.lowlevel.current_clock().current_time
        """The time; `trio.current_time` costs twice as much, and each ask looks."""

    def __len__(self) -> int:
        return len(self._heap) - self._dead

    def at(self, deadline: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` when the clock passes `deadline`."""
        timer = Timer(self, callback)
        heapq.heappush(self._heap, (deadline, next(self._numbers), timer))
        if deadline < self._wake_at:
            self._wake_at = deadline
            if self._sleep is None:
                self._spawn(self.run, "deadlines")
                self._sleep = trio.CancelScope(shield=True)
            self._sleep.deadline = deadline
        return timer

    def after(self, seconds: float, callback: Callable[[], object]) -> Timer:
        """Call `callback` in so many seconds."""
        return self.at(self.now() + seconds, callback)

    def note_dead(self) -> None:
        """Count an entry that will not be called, and sweep when there are many."""
        self._dead += 1
        if self._dead > self._DEAD_TOLERATED and self._dead * 2 > len(self._heap):
            self._heap = [entry for entry in self._heap if entry[2].callback is not None]
            heapq.heapify(self._heap)
            self._dead = 0

    def close(self) -> None:
        """End the task; nothing is called any more."""
        self._closed = True
        self._heap.clear()
        if self._sleep is not None:
            self._sleep.cancel()

    async def run(self) -> None:
        """Sleep until the earliest deadline, call what is due, again."""
        while not self._closed:
            assert self._sleep is not None
            with self._sleep:
                await trio.sleep_forever()
            self._call_due()

    def _call_due(self) -> None:
        now = self.now()
        heap = self._heap
        while heap and (heap[0][0] <= now or heap[0][2].callback is None):
            timer = heapq.heappop(heap)[2]
            callback, timer.callback = timer.callback, None
            if callback is None:
                self._dead -= 1
            else:
                callback()
                heap = self._heap  # a sweep makes a new one
        self._wake_at = heap[0][0] if heap else inf
        self._sleep = trio.CancelScope(shield=True, deadline=self._wake_at)
