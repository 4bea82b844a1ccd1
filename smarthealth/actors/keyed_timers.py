"""Timers of an actor: messages to itself, by key, that end with the incarnation which set them.

A timer's message goes through the actor's own mailbox, so it is handled like any other, between two others. It is queued
whatever the mailbox's capacity, but at most once for each timer: an actor that is behind finds one tick, not a backlog. A
tick that is queued when its timer is cancelled or replaced, or when its incarnation ends, is void.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import inf, nextafter

import trio

from .envelopes import Tick
from .timers import Timer, Timers


class KeyedTimer(Tick):
    """One timer."""

    __slots__ = ("_deadline", "_due", "_interval", "_key", "_owner")

    def __init__(
        self, owner: KeyedTimers, key: Hashable, message: object, seconds: float, interval: float | None
    ) -> None:
        super().__init__(message)
        self._owner = owner
        self._key = key
        self._interval = interval
        self._due = trio.current_time() + seconds
        self._deadline: Timer = owner.timers.at(self._due, self._fire)

    def _fire(self) -> None:
        if self._interval is not None:
            # From its own last due time, so that it does not drift; what was missed meanwhile is missed.
            now = trio.current_time()
            due = self._due + self._interval * (1 + (now - self._due) // self._interval)
            # An interval too small for the clock's precision would be due again in the same moment, for ever.
            self._due = max(due, nextafter(now, inf))
            self._deadline = self._owner.timers.at(self._due, self._fire)
        self._owner.put(self)

    def taken(self) -> bool:
        """Its turn has come; False when it is void."""
        if self.live and self._interval is None:
            self._owner.cancel(self._key)
            self.queued = False
            return True
        return super().taken()

    def cancel(self) -> None:
        """It fires no more, and what is queued of it is void."""
        self.live = False
        self._deadline.cancel()


class KeyedTimers:
    """The timers of one incarnation of an actor: `context.timers`.

    As soon as the actor is told to end, all are cancelled, and none starts any more; setting one then does nothing.
    """

    __slots__ = ("_by_key", "_closed", "put", "timers")

    def __init__(self, timers: Timers, put: Callable[[Tick], object]) -> None:
        self.timers = timers
        self.put = put
        self._by_key: dict[Hashable, KeyedTimer] = {}
        self._closed = False

    def __contains__(self, key: object) -> bool:
        """True while the timer of that key is to fire, or its message waits to be handled."""
        return key in self._by_key

    def __len__(self) -> int:
        return len(self._by_key)

    def once(self, key: Hashable, seconds: float, message: object) -> None:
        """Send `message` to the actor itself in so many seconds; a timer of the same key is replaced.

        Args:
            key: Any name of the actor's choice.
            seconds: From now; 0 is as soon as may be.
            message: What `handle` is to get.

        Raises:
            ValueError: `seconds` is negative.
        """
        if not seconds >= 0.0:
            raise ValueError(f"a timer cannot fire in {seconds} s")
        self._set(key, message, seconds, None)

    def every(self, key: Hashable, seconds: float, message: object) -> None:
        """Send `message` to the actor itself again and again; a timer of the same key is replaced.

        Times are counted from now and do not drift. An actor that is behind misses ticks, and gets no two in a row for it.

        Args:
            key: Any name of the actor's choice.
            seconds: Until the first, and from one to the next.
            message: What `handle` is to get.

        Raises:
            ValueError: `seconds` is not positive.
        """
        if not seconds > 0.0:
            raise ValueError(f"a timer cannot fire every {seconds} s")
        self._set(key, message, seconds, seconds)

    def _set(self, key: Hashable, message: object, seconds: float, interval: float | None) -> None:
        self.cancel(key)
        if not self._closed:
            self._by_key[key] = KeyedTimer(self, key, message, seconds, interval)

    def cancel(self, key: Hashable) -> bool:
        """Cancel the timer of that key; its message, if queued already, is not handled. False when there was none."""
        timer = self._by_key.pop(key, None)
        if timer is not None:
            timer.cancel()
        return timer is not None

    def close(self) -> None:
        """Cancel all, for good."""
        self._closed = True
        for timer in self._by_key.values():
            timer.cancel()
        self._by_key.clear()
