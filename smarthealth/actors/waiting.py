"""Who waits for whom, and circles of those who would wait for each other for ever.

Only what an actor's own task waits for counts: a helper task in the actor's nursery may wait for anybody.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import Protocol

import trio

from .errors import AskCycle
from .snapshot import WaitReason


class Waiter(Protocol):
    """What there is to know of a cell that may wait for another."""

    waiting_for: Waiter | None
    waiting_why: WaitReason

    @property
    def path(self) -> str:
        """The path of the actor."""

    @property
    def asked_until(self) -> float:
        """When the asker of the request in hand gives up."""

    def waits_for(self) -> tuple[Waiter, WaitReason] | None:
        """The one cell that it cannot go on without, and why."""


CURRENT: ContextVar[Waiter | None] = ContextVar("smarthealth.actors.current", default=None)
"""The actor or service in whose context we run."""


def circle(start: Waiter, target: Waiter) -> tuple[str, ...] | None:
    """The circle that would close if `start` waited for `target`, as paths; None if none would."""
    seen = [start]
    at = target
    while at is not start:
        if at in seen:  # a circle of others, who will find out by their deadlines
            return None
        seen.append(at)
        wait = at.waits_for()
        if wait is None:
            return None
        at = wait[0]
    return (*(cell.path for cell in seen), start.path)


def waiter_of(task: trio.lowlevel.Task) -> Waiter | None:
    """The cell which cannot go on while this task waits; a helper task of an actor does not count."""
    cell = CURRENT.get()
    return cell if cell is not None and getattr(cell, "task", None) is task else None


class Waiting:
    """While its block runs, the actor whose task this is waits for another.

    Args:
        target: The other.
        why: What for.

    Raises:
        AskCycle: On entering, when the other waits for this one and both would wait for ever. One who waits for an end is
            not refused: what holds that up is told instead.
    """

    __slots__ = ("_cell", "_target", "_why")

    def __init__(self, target: Waiter, why: WaitReason) -> None:
        self._target = target
        self._why = why
        self._cell = waiter_of(trio.lowlevel.current_task())

    def __enter__(self) -> None:
        cell = self._cell
        if cell is None:
            return
        paths = circle(cell, self._target) if self._why is not WaitReason.STOP else None
        if paths is not None:
            raise AskCycle(paths)
        cell.waiting_for = self._target
        cell.waiting_why = self._why

    def __exit__(self, *_error: object) -> None:
        if self._cell is not None:
            self._cell.waiting_for = None
            self._cell.waiting_why = WaitReason.REPLY
