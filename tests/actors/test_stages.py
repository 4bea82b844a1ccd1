"""One stage at work, between a channel and what comes after it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from itertools import pairwise

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.errors import StageTimeout
from smarthealth.actors.snapshot import TaskSnapshot
from smarthealth.actors.stages import Stage, StageReport, StageRun

Emit = Callable[[object], Awaitable[None]]


class Out:
    """What comes after the stage."""

    def __init__(self) -> None:
        self.items: list[object] = []
        self.closed = 0

    async def put(self, item: object) -> None:
        """Keep it."""
        self.items.append(item)

    def close(self) -> None:
        """Count."""
        self.closed += 1


async def sleep_and_pass(seconds: float, emit: Emit) -> None:
    """Emit the item when so many seconds are over."""
    await trio.sleep(seconds)
    await emit(seconds)


def running(out: Out, **settings: object) -> StageRun:
    """A stage's run."""
    return StageRun(Stage("sleep", sleep_and_pass, **settings), out.put, out.close)  # type: ignore[arg-type]


async def work(run: StageRun) -> None:
    """Work as one worker does."""
    await run.work()
    run.worker_ended()
    run.end_output()


async def test_stage_handles_what_comes_and_ends(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """It waits for items and for room, reports what it did, and closes what comes after when its last worker ends."""
    out = Out()
    run = running(out, capacity=1)
    assert run.snapshot() == TaskSnapshot(name="sleep", state="waiting", handled=0)
    run.put_nowait(1)
    nursery.start_soon(work, run)
    await run.put(2)
    await wait_all_tasks_blocked()
    assert run.snapshot().state == "working"
    await run.put(3)
    await trio.sleep(9)
    run.close_input()
    await wait_all_tasks_blocked()
    assert (out.items, out.closed) == ([1, 2, 3], 1)
    assert run.report(6) == StageReport(stage="sleep", seconds=6, items=3, error=None)
    assert run.snapshot().state == "ended"
    run.close()


async def test_workers_keep_the_order_unless_told_otherwise(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """What is done early waits for its turn, or, unordered, comes out when it is done."""
    for ordered, expected in ((True, [3, 1, 2]), (False, [1, 2, 3])):
        out = Out()
        run = running(out, concurrency=3, ordered=ordered)
        for item in (3, 1, 2):
            run.put_nowait(item)
        run.close_input()
        for _ in range(3):
            nursery.start_soon(work, run)
        await trio.sleep(5)
        assert (out.items, out.closed) == (expected, 1)


async def test_time_limits_one_item(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """Each item has its time; one that takes longer ends the stage with its name."""
    out = Out()
    run = running(out, timeout=2.5)
    for item in (2, 2, 3):
        run.put_nowait(item)
    with pytest.raises(StageTimeout) as caught:
        await run.work()
    assert (caught.value.stage, caught.value.timeout, out.items) == ("sleep", 2.5, [2, 2])


async def test_stage_that_never_waits_gives_way(nursery: trio.Nursery) -> None:
    """At least every 32 items; a closed channel ends it wherever it stands."""
    seen: list[int] = []

    async def pass_on(item: object, emit: Emit) -> None:
        await emit(item)

    out = Out()
    run = StageRun(Stage("pass", pass_on, capacity=1000), out.put, out.close)
    for number in range(100):
        run.put_nowait(number)
    nursery.start_soon(partial(work, run))
    while len(out.items) < 100:
        await trio.lowlevel.checkpoint()
        seen.append(len(out.items))
    assert max(b - a for a, b in pairwise(seen)) <= 64
    run.close_input()
    await wait_all_tasks_blocked()
    assert out.closed == 1
    again = running(out, timeout=1)
    nursery.start_soon(work, again)
    await wait_all_tasks_blocked()
    again.close_input()


@pytest.mark.parametrize("settings", [{"concurrency": 2}, {"concurrency": 2, "ordered": False}])
async def test_an_item_that_is_not_put_is_not_waited_for(
    autojump_clock: MockClock, nursery: trio.Nursery, settings: dict[str, object]
) -> None:
    """Who puts it is cancelled while there is no room; those put after it are handled."""
    out = Out()
    run = running(out, capacity=1, **settings)
    await run.put(1)
    with trio.move_on_after(1):
        await run.put(2)
    nursery.start_soon(work, run)
    nursery.start_soon(work, run)
    await run.put(3)
    await run.put(4)
    run.close_input()
    await trio.sleep(20)
    assert out.items == [1, 3, 4]
    run.close()


@pytest.mark.parametrize("own", [{"timeout": 1.0}, {"concurrency": 2}])
def test_a_stage_without_a_task_has_no_limits_of_its_own(own: dict[str, float]) -> None:
    """Capacity 0 joins a stage to the one before it, whose time limit and whose one worker it shares."""
    with pytest.raises(ValueError, match="'sleep'"):
        Stage("sleep", sleep_and_pass, capacity=0, **own)  # type: ignore[arg-type]  # refused for that
    assert Stage("sleep", sleep_and_pass, capacity=0).joined
