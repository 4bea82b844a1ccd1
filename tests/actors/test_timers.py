"""One task keeps all deadlines of a system."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.timers import Timers


def spawner(nursery: trio.Nursery) -> Callable[[Callable[[], Awaitable[object]], str], object]:
    """Starts the task of timers in a nursery."""
    return lambda run, name: nursery.start_soon(run, name=name)


async def test_calls_come_in_order_of_their_deadlines(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """Whatever the order in which calls are asked for, they come when their time has come."""
    timers, heard = Timers(spawner(nursery)), list[tuple[str, float]]()
    start = trio.current_time()

    def hear(what: str) -> Callable[[], None]:
        return lambda: heard.append((what, trio.current_time() - start))

    timers.after(3, hear("late"))
    timers.after(1, hear("early"))
    timers.at(start + 2, hear("middle"))
    await trio.sleep(1.5)
    timers.after(0.1, hear("soon"))
    timers.after(2, hear("last"))
    await trio.sleep(10)
    assert [what for what, _ in heard] == ["early", "soon", "middle", "late", "last"]
    assert [at for _, at in heard] == pytest.approx([1, 1.6, 2, 3, 3.5])
    timers.close()


async def test_cancelled_call_does_not_come(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A timer that was cancelled, even twice, or after its call, does nothing."""
    timers, heard = Timers(spawner(nursery)), list[str]()
    timers.after(1, lambda: heard.append("cancelled")).cancel()
    kept = timers.after(2, lambda: heard.append("kept"))
    assert len(timers) == 1
    await trio.sleep(3)
    kept.cancel()
    kept.cancel()
    assert heard == ["kept"]
    assert len(timers) == 0
    timers.close()


async def test_dead_entries_are_swept(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A million asks answered in time do not leave a million deadlines behind."""
    timers, heard = Timers(spawner(nursery)), list[str]()
    timers.after(50, lambda: heard.append("kept"))
    for _ in range(5000):
        timers.after(5, lambda: heard.append("never")).cancel()
    assert len(timers._heap) < 2500
    assert len(timers) == 1
    await trio.sleep(100)
    assert heard == ["kept"]
    timers.close()


async def test_a_call_may_ask_for_another(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A deadline set from within a call is kept, be it past or to come."""
    timers, heard = Timers(spawner(nursery)), list[str]()

    def again() -> None:
        timers.after(0, lambda: heard.append("at once"))
        timers.after(1, lambda: heard.append("later"))

    timers.after(1, again)
    await trio.sleep(1.5)
    assert heard == ["at once"]
    await trio.sleep(1)
    assert heard == ["at once", "later"]
    timers.close()


async def test_closing_ends_the_task(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """Nothing is called after the end, and a heap that was never used ends too."""
    timers, heard = Timers(spawner(nursery)), list[str]()
    Timers(spawner(nursery)).close()
    timers.after(1, lambda: heard.append("never"))
    timers.close()
    await trio.sleep(2)
    assert heard == []
    assert not nursery.child_tasks
