"""Whose turn it is to emit, among the items that several workers of a stage handle at once.

What a worker emits out of turn is buffered, up to the stage's own capacity, until the items before are done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import trio


class Turns:
    """Whose turn it is to emit, among the items that several workers handle at once."""

    __slots__ = ("_skipped", "capacity", "emit", "now", "waiting")

    def __init__(self, emit: Callable[[Any], Awaitable[None]], capacity: int) -> None:
        self.emit = emit
        self.capacity = capacity
        self.now = 0
        self.waiting: dict[int, trio.Event] = {}
        self._skipped: set[int] = set()

    async def wait(self, number: int) -> None:
        """Wait until the items before this one are done."""
        if self.now != number:
            event = self.waiting[number] = trio.Event()
            await event.wait()

    def skip(self, number: int) -> None:
        """The item of that number will not come."""
        if self.now == number:
            self.end()
        else:
            self._skipped.add(number)

    def end(self) -> None:
        """The item whose turn it is is done."""
        self.now += 1
        while self.now in self._skipped:
            self._skipped.remove(self.now)
            self.now += 1
        event = self.waiting.pop(self.now, None)
        if event is not None:
            event.set()


class Turn:
    """One item's share of the output, buffered until the items before it are done."""

    __slots__ = ("_buffer", "_number", "_turns")

    def __init__(self, turns: Turns, number: int) -> None:
        self._turns = turns
        self._number = number
        self._buffer: deque[object] = deque()

    async def emit(self, item: object) -> None:
        """Pass an item on, or keep it until it is this one's turn."""
        if self._turns.now != self._number:
            if len(self._buffer) < self._turns.capacity:
                self._buffer.append(item)
                return
            await self._turns.wait(self._number)
        await self._flush()
        await self._turns.emit(item)

    async def _flush(self) -> None:
        while self._buffer:
            # Taken out only when it was passed on: who gives up waiting here gives up a later item.
            await self._turns.emit(self._buffer[0])
            self._buffer.popleft()

    async def end(self) -> None:
        """The item is handled: wait for its turn and pass on what is kept."""
        await self._turns.wait(self._number)
        await self._flush()
        self._turns.end()
