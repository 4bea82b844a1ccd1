"""What waits to be sent to one client: a queue without input or output.

Theory of operation. There are two lanes. Control events (greetings, pongs, refusals) leave first and are never dropped.
Events of turns leave in the order they came, each turn through a `Lane` of its own. A bound on their number and bytes tells
a turn when to wait; the last events of a turn pass the bound, so that ending a turn never waits, and close its lane, so
that nothing follows them.

While a send is under way (`behind`), an event that `merge` can join to the newest waiting one of its lane is joined to it.
An event stays unencoded as long as something may still be joined to it; every other is encoded at once, so that the bytes
held are counted as they are. At most one event per lane is uncounted, and joining stops after `MOST_MERGES`.

A connection may follow a feed: frames that are held elsewhere, for many. They leave last, and wait at no cost of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import attrs

from .errors import TurnOver
from .feeds import Feed

E = TypeVar("E")

MOST_MERGES = 64
"""Events that may become one."""
BATCH_BYTES = 64 * 1024
"""Bytes after which a batch takes no further frame."""


@attrs.define(eq=False)
class Lane(Generic[E]):
    """One turn's place in the queue."""

    tail: _Waiting[E] | None = None
    """Its newest event, while that waits unencoded."""
    over: bool = False


@attrs.define(eq=False)
class _Waiting(Generic[E]):
    """An event in the queue."""

    event: E
    lane: Lane[E]
    since: float
    merges: int = 0
    frame: str | None = None
    """The event encoded, once nothing may be joined to it."""


@attrs.define(eq=False)
class Backlog(Generic[E]):
    """The queue; see the module."""

    encode: Callable[[E], str]
    merge: Callable[[E, E], E | None]
    max_events: int
    max_bytes: int
    behind: bool = False
    """Set by the sender while a send is under way."""
    feed: Feed | None = attrs.field(default=None, init=False)
    """What is sent when nothing of its own waits."""
    _control: list[str] = attrs.field(factory=list, init=False)
    _control_bytes: int = attrs.field(default=0, init=False)
    _turns: list[_Waiting[E]] = attrs.field(factory=list, init=False)
    _turn_bytes: int = attrs.field(default=0, init=False)

    def __len__(self) -> int:
        return len(self._control) + len(self._turns) + (len(self.feed) if self.feed is not None else 0)

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being sent."""
        return not (self.behind or self._turns or self._control or self.feed)

    @property
    def full(self) -> bool:
        """Whether a turn must wait."""
        return len(self._turns) >= self.max_events or self._turn_bytes >= self.max_bytes

    @property
    def oldest(self) -> float | None:
        """When the event waiting longest was queued, control events aside."""
        own = self._turns[0].since if self._turns else None
        others = self.feed.oldest if self.feed is not None else None
        return others if own is None else own if others is None else min(own, others)

    def add_control(self, event: E) -> bool:
        """Queue an event that goes first; False when more of these wait than any honest client lets."""
        frame = self.encode(event)
        self._control.append(frame)
        self._control_bytes += sys.getsizeof(frame)
        return len(self._control) <= self.max_events and self._control_bytes <= self.max_bytes

    def add(self, lane: Lane[E], event: E, now: float) -> bool:
        """Queue an event of a turn, or join it to the one before; False when the queue is full.

        Raises:
            TurnOver: The turn has ended.
        """
        if lane.over:
            raise TurnOver
        if self.behind and self._join(lane, event):
            return True
        if self.full:
            return False
        self._append(lane, event, now)
        return True

    def finish(self, lane: Lane[E], events: Sequence[E], now: float) -> None:
        """Queue the last events of a turn, all or none, whatever waits already, and close its lane.

        Raises:
            TurnOver: The turn has ended.
        """
        if lane.over:
            raise TurnOver
        frames = [self.encode(event) for event in events]
        self._seal(lane)
        lane.over = True
        for event, frame in zip(events, frames, strict=True):
            self._turns.append(_Waiting(event=event, lane=lane, since=now, frame=frame))
            self._turn_bytes += sys.getsizeof(frame)

    def take(self) -> list[str]:
        """Take the next frames to send in one go, control first."""
        batch, self._control = self._control, []
        size, self._control_bytes = self._control_bytes, 0
        taken = 0
        for waiting in self._turns:
            if size >= BATCH_BYTES:
                break
            batch.append(frame := self._taken(waiting))
            size += len(frame)
            taken += 1
        del self._turns[:taken]
        if self.feed is not None and size < BATCH_BYTES:
            batch += self.feed.take(BATCH_BYTES - size)
        return batch

    def _taken(self, waiting: _Waiting[E]) -> str:
        if waiting.frame is None:
            waiting.lane.tail = None
            return self.encode(waiting.event)
        self._turn_bytes -= sys.getsizeof(waiting.frame)
        return waiting.frame

    def _join(self, lane: Lane[E], event: E) -> bool:
        tail = lane.tail
        if tail is None or tail.merges >= MOST_MERGES:
            return False
        joined = self.merge(tail.event, event)
        if joined is None:
            return False
        tail.event = joined
        tail.merges += 1
        return True

    def _append(self, lane: Lane[E], event: E, now: float) -> None:
        self._seal(lane)
        lane.tail = waiting = _Waiting(event=event, lane=lane, since=now)
        self._turns.append(waiting)

    def _seal(self, lane: Lane[E]) -> None:
        """Encode the newest event of a lane: nothing will be joined to it any more."""
        tail, lane.tail = lane.tail, None
        if tail is None:
            return
        try:
            tail.frame = self.encode(tail.event)
        except Exception:
            self._turns.remove(tail)  # its turn hears of it and still ends properly
            raise
        self._turn_bytes += sys.getsizeof(tail.frame)
