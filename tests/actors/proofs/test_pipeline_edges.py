"""Pipelines under schedules and cancellation: order, bounds, and nothing lost or left."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.errors import StageTimeout
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.testing import cancel_sweep, explore, run_virtual

ITEMS = 30


async def dawdle(item: int, emit: Emit[int]) -> None:
    """Take a while, at random, and emit the item once or twice."""
    await trio.sleep(random.choice([0, 0.01, 0.1]))
    await emit(item)
    if item % 3 == 0:
        await emit(item)


async def twice(item: int, emit: Emit[int]) -> None:
    """Take a while between two."""
    await emit(item)
    await trio.sleep(random.choice([0, 0.01]))
    await emit(item)


def stages(**settings: Any) -> tuple[Stage[Any, Any], ...]:
    """Three, of which two handle several items at once."""
    return (
        Stage("dawdle", dawdle, concurrency=3, capacity=2, **settings),
        Stage("twice", twice, capacity=1),
        Stage("dawdle again", dawdle, concurrency=4, capacity=1, **settings),
    )


def through(items: list[int]) -> list[int]:
    """What comes out in the end."""
    for step in (once_or_twice, lambda item: [item, item], once_or_twice):
        items = [out for item in items for out in step(item)]
    return items


def once_or_twice(item: int) -> list[int]:
    """As `dawdle` does."""
    return [item, item] if item % 3 == 0 else [item]


async def read_all() -> None:
    """Put items in and read what comes out at the same time."""
    seen: list[int] = []
    async with Pipeline(stages=stages()).open(outputs=2) as line, trio.open_nursery() as nursery:

        async def put_all() -> None:
            for item in range(ITEMS):
                await line.put(item)
            line.end()

        nursery.start_soon(put_all)
        async for item in line:
            seen.append(item)
            await trio.sleep(random.choice([0, 0.05]))
    assert seen == through(list(range(ITEMS)))


async def read_in_any_order() -> None:
    """Stages that need not keep the order lose nothing either."""
    seen: list[int] = []
    async with Pipeline(stages=stages(ordered=False)).open(outputs=2) as line, trio.open_nursery() as nursery:

        async def put_all() -> None:
            for item in range(ITEMS):
                await line.put(item)
            line.end()

        nursery.start_soon(put_all)
        seen.extend([item async for item in line])
    assert sorted(seen) == sorted(through(list(range(ITEMS))))


async def put_in_part(scope: trio.CancelScope) -> None:
    """Who puts items in is cancelled at any step: all that was put comes out, in order, and later items do, too."""
    seen: list[int] = []
    put: list[int] = []

    async def keep(item: int) -> None:
        seen.append(item)
        await trio.sleep(0.01)

    async with Pipeline(stages=stages()).open(keep) as line:
        with scope:
            for item in range(8):
                await line.put(item)
                put.append(item)
        with trio.fail_after(60):
            for item in (100, 101, 102, 103):
                await line.put(item)
    assert seen == through([*put, 100, 101, 102, 103])


def test_order_is_kept_under_any_schedule() -> None:
    """However many items are handled at once."""
    explore(read_all)


def test_nothing_is_lost_under_any_schedule() -> None:
    """Also when the order does not matter."""
    explore(read_in_any_order)


@pytest.mark.parametrize("seed", range(3))
def test_one_who_puts_is_cancelled(seed: int) -> None:
    """The line goes on as if the item had never been."""
    assert cancel_sweep(put_in_part, seed=seed) > 50


def test_a_line_is_cancelled_at_any_step() -> None:
    """Nothing hangs, nothing is raised."""
    assert cancel_sweep(read_all) > 50


def test_an_emit_that_is_given_up_loses_no_other_item() -> None:
    """A stage that gives up on a slow reader loses the item it gave up, and the next ones come out in order."""
    seen: list[int] = []

    async def impatient(item: int, emit: Emit[int]) -> None:
        await emit(item)
        with trio.move_on_after(1.0):
            await emit(item + 100)

    async def pass_on(item: int, emit: Emit[int]) -> None:
        await emit(item)

    async def main() -> None:
        line_of = Pipeline(
            stages=(
                Stage("impatient", impatient, concurrency=2, capacity=1),
                Stage("pass on", pass_on, concurrency=2, capacity=1),
            )
        )

        async def slowly(item: int) -> None:
            await trio.sleep(10)
            seen.append(item)

        with trio.fail_after(10_000):
            async with line_of.open(slowly) as line:
                for item in range(8):
                    await line.put(item)

    run_virtual(main)
    assert [item for item in seen if item < 100] == list(range(8))


async def test_a_worker_waiting_for_its_turn_is_timed_out_like_any(autojump_clock: MockClock) -> None:
    """One error leaves, and it is the slow one's own."""

    async def slow_first(item: int, emit: Emit[int]) -> None:
        await trio.sleep(100 if item == 0 else 0)
        await emit(item)

    async def run() -> None:
        pipeline = Pipeline(stages=(Stage("slow", slow_first, concurrency=3, timeout=5),))
        async with pipeline.open() as line:
            for item in range(3):
                await line.put(item)
            async for _ in line:
                pass

    before = trio.current_time()
    with pytest.raises(StageTimeout):
        await run()
    assert trio.current_time() - before == pytest.approx(5)


async def test_a_body_that_leaves_early(autojump_clock: MockClock) -> None:
    """What was put is handled, what nobody reads is dropped, and nobody waits."""
    handled: list[int] = []

    async def note(item: int, emit: Emit[int]) -> None:
        handled.append(item)
        await emit(item)

    async with Pipeline(stages=(Stage("note", note, concurrency=2, capacity=1),)).open(outputs=1) as line:
        for item in range(3):
            with suppress(trio.WouldBlock):
                await line.put(item)
    assert sorted(handled) == [0, 1, 2]
