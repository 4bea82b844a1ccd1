"""A stage at work in the task of the stage before it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import trio
from trio.testing import Sequencer

from smarthealth.actors.joined import JoinedStage
from smarthealth.actors.snapshot import TaskSnapshot
from smarthealth.actors.stages import FAIRNESS, Stage

Emit = Callable[[object], Awaitable[None]]


class Out:
    """What comes after the stage."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self.closed = False

    async def put(self, item: object) -> None:
        """Keep it."""
        self.items.append(item)

    def close(self) -> None:
        """Remember."""
        self.closed = True


async def pass_on(item: object, emit: Emit) -> None:
    """Emit what comes; refuse what is nothing."""
    if item is None:
        raise LookupError
    await emit(item)


async def test_it_handles_what_is_put_at_once() -> None:
    """`put` returns when the item is handled; the end of its input is that of its output."""
    out = Out()
    joined = JoinedStage(Stage("pass", pass_on, capacity=0), out.put, out.close)
    await joined.put(1)
    assert out.items == [1]
    assert joined.snapshot() == TaskSnapshot(name="pass", state="waiting", handled=1)
    joined.close_input()
    assert out.closed
    assert joined.snapshot().state == "ended"
    assert joined.report(2.0).items == 1


async def test_it_keeps_what_it_failed_with() -> None:
    """The error goes to whoever put the item, and into the report."""
    joined = JoinedStage(Stage("pass", pass_on, capacity=0), Out().put, Out().close)
    with pytest.raises(LookupError):
        await joined.put(None)
    joined.close()
    assert isinstance(joined.report(0.0).error, LookupError)
    assert joined.snapshot() == TaskSnapshot(name="pass", state="ended", handled=0)


async def test_it_says_when_it_works(nursery: trio.Nursery) -> None:
    """While an item is handled, the snapshot shows it."""
    order = Sequencer()

    async def hold(_item: object, _emit: Emit) -> None:
        async with order(0):
            pass
        async with order(2):
            pass

    joined = JoinedStage(Stage("hold", hold, capacity=0), Out().put, Out().close)
    nursery.start_soon(joined.put, 1)
    async with order(1):
        assert joined.snapshot().state == "working"


async def test_whoever_never_waits_gives_way() -> None:
    """Among so many items there is a checkpoint, even if nothing that handles them ever waits."""
    joined = JoinedStage(Stage("pass", pass_on, capacity=0), Out().put, Out().close)
    with trio.move_on_after(0) as scope:
        for item in range(FAIRNESS):
            await joined.put(item)
    assert scope.cancelled_caught
