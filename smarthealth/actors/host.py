"""What an actor's context asks of the cell that the actor lives in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import trio

from .keyed_timers import KeyedTimers
from .snapshot import TaskSnapshot

Gauge = Callable[[], tuple[TaskSnapshot, ...]]
"""Tells of tasks inside an actor."""


class Host(Protocol):
    """What the cell of an actor or service offers to its context."""

    gauges: list[Gauge] | None

    @property
    def stopping(self) -> trio.Event:
        """Set when the actor is to stop."""

    def started(self) -> None:
        """Say that it is ready."""

    def finish(self) -> None:
        """Stop after the message in hand."""

    def wake(self) -> None:
        """Call the service again, if it sleeps."""

    @property
    def asked_until(self) -> float:
        """When the asker of the request in hand gives up."""

    def own_timers(self) -> KeyedTimers:
        """The timers of this incarnation."""

    def stash(self) -> None:
        """Set the message in hand aside."""

    def unstash_all(self) -> int:
        """Put what was set aside before the mailbox; how many they were."""
