"""Ends reads that take too long, without a cancel scope for each.

A scope for each read costs a fifth of everything that a token goes through. Here one task of the event loop looks after all readers
of the same patience: it wakes when the first of them may have waited too long. It is there while there are readers.
"""

from __future__ import annotations

from math import inf
from typing import Final, Protocol

import trio

LATENESS: Final = 1 / 32
"""Share of the patience by which a reader may be told too late."""


class Reader(Protocol):
    """Who waits for bytes, now and then."""

    waiting_since: float
    """By Trio's clock; endless while it does not wait."""

    def expire(self) -> None:
        """End the wait: it has taken too long."""
        ...


class ReadWatch:
    """Looks after readers.

    Args:
        patience: Seconds that they may wait.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._readers: set[Reader] = set()
        self._runs = False

    def add(self, reader: Reader) -> None:
        """Look after a reader until it is discarded."""
        self._readers.add(reader)
        if not self._runs:
            self._runs = True
            trio.lowlevel.spawn_system_task(self._run)

    def discard(self, reader: Reader) -> None:
        """Forget a reader."""
        self._readers.discard(reader)

    async def _run(self) -> None:
        try:
            while self._readers:  # noqa: ASYNC110 - what is waited for is time
                await trio.sleep_until(self._look())
        finally:
            self._runs = False

    def _look(self) -> float:
        """Tell those who have waited too long; when to look again."""
        now = trio.current_time()
        due = now + self._patience
        for reader in self._readers:
            at = reader.waiting_since + self._patience
            if at <= now:
                reader.waiting_since = inf
                reader.expire()
            else:
                due = min(due, at)
        return max(due, now + LATENESS * self._patience)


_watches: trio.lowlevel.RunVar[dict[float, ReadWatch]] = trio.lowlevel.RunVar("_watches")


def watch_of(patience: float) -> ReadWatch:
    """The one of this event loop for so much patience."""
    try:
        watches = _watches.get()
    except LookupError:
        watches = {}
        _watches.set(watches)
    return watches.setdefault(patience, ReadWatch(patience))
