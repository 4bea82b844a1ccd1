"""Who waits for whom."""

from __future__ import annotations

from math import inf

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import AskCycle
from smarthealth.actors.snapshot import WaitReason
from smarthealth.actors.system import open_system
from smarthealth.actors.waiting import Waiter, Waiting, circle, waiter_of


class Place:
    """Stands for a cell."""

    asked_until = inf

    def __init__(self, path: str) -> None:
        self.path = path
        self.waiting_for: Waiter | None = None
        self.waiting_why = WaitReason.REPLY

    def waits_for(self) -> tuple[Waiter, WaitReason] | None:
        """As cells say it."""
        return None if self.waiting_for is None else (self.waiting_for, self.waiting_why)


def test_circle_is_found_with_its_path() -> None:
    """From the one that would wait back to itself, through any number of others."""
    a, b, c, d = [Place(name) for name in "abcd"]
    assert circle(a, a) == ("a", "a")
    assert circle(a, b) is None
    b.waiting_for = c
    assert circle(a, b) is None
    c.waiting_for = a
    assert circle(a, b) == ("a", "b", "c", "a")
    assert circle(d, b) is None
    a.waiting_for = b
    assert circle(d, b) is None


class Ping(Request[bool]):
    """Wants to know who waits."""


class Knower(Actor[Ping]):
    """Knows whether its task, or another, is the one that counts."""

    async def handle(self, message: Ping) -> object:
        """Wait in both."""
        target = Place("app/other")
        async with trio.open_nursery() as nursery:  # noqa: ASYNC112 - another task is the point
            nursery.start_soon(self.wait_elsewhere, target)
        cell = waiter_of(trio.lowlevel.current_task())
        assert cell is not None
        for why in (WaitReason.START, WaitReason.STOP):
            with Waiting(target, why):
                assert cell.waits_for() == (target, why)
        assert cell.waits_for() is None
        target.waiting_for = cell
        with pytest.raises(AskCycle), Waiting(target, WaitReason.ROOM):
            pass
        with Waiting(target, WaitReason.STOP):
            pass
        return cell.waits_for() is None

    async def wait_elsewhere(self, target: Place) -> None:
        """A helper task may wait for anybody."""
        assert waiter_of(trio.lowlevel.current_task()) is None
        with Waiting(target, WaitReason.ROOM):
            await trio.lowlevel.checkpoint()


async def test_only_the_actors_own_task_counts(autojump_clock: MockClock) -> None:
    """One who would wait for itself is told, but one who waits for an end is not."""
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="knower", start=Knower))
        assert await ref.ask(Ping())
