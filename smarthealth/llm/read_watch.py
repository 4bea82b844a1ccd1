"""Ends reads that take too long, without a cancel scope for each.

A scope for each read costs a fifth of everything that a token goes through, and looking at the clock another hundredth. Here one
task of the event loop counts time in ticks, and looks at each whether a reader has waited for too many. It is there while there
are readers.
"""

from __future__ import annotations

from math import inf
from typing import Final, Protocol

import trio

TICKS: Final = 32
"""Parts of the patience that are counted: a reader is told late, by one of them at most, and never early."""


class Reader(Protocol):
    """Who waits for bytes, now and then."""

    waiting_since: float
    """The watch's tick; endless while it does not wait."""

    def expire(self) -> None:
        """End the wait: it has taken too long."""
        ...


class ReadWatch:
    """Looks after readers.

    Args:
        patience: Seconds that they may wait.
    """

    def __init__(self, patience: float) -> None:
        self.tick = 0
        """Grows while there are readers."""
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
                await trio.sleep(self._patience / TICKS)
                self._count()
        finally:
            self._runs = False

    def _count(self) -> None:
        """Tell those who have waited too long."""
        self.tick += 1
        for reader in self._readers:
            if self.tick - reader.waiting_since > TICKS:
                reader.waiting_since = inf
                reader.expire()


_watches: trio.lowlevel.RunVar[dict[float, ReadWatch]] = trio.lowlevel.RunVar("_watches")


def watch_of(patience: float) -> ReadWatch:
    """The one of this event loop for so much patience."""
    try:
        watches = _watches.get()
    except LookupError:
        watches = {}
        _watches.set(watches)
    return watches.setdefault(patience, ReadWatch(patience))
