"""Items handled at once come out in the order in which they came in."""

from __future__ import annotations

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.turns import Turn, Turns


async def test_what_is_early_is_kept_and_then_waits(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """Out of turn, so many items are buffered; one more waits until the items before are done."""
    out: list[object] = []

    async def put(item: object) -> None:
        out.append(item)

    turns = Turns(put, capacity=2)
    first, second, third = [Turn(turns, number) for number in range(3)]
    emitted: list[int] = []

    async def emit_three() -> None:
        for number in range(3):
            await second.emit(f"second {number}")
            emitted.append(number)
        await second.end()

    async def end_third() -> None:
        await third.emit("third")
        await third.end()

    nursery.start_soon(end_third)
    nursery.start_soon(emit_three)
    await wait_all_tasks_blocked()
    assert emitted == [0, 1]
    await first.emit("first")
    assert out == ["first"]
    await first.end()
    await wait_all_tasks_blocked()
    assert out == ["first", "second 0", "second 1", "second 2", "third"]


async def test_a_number_that_will_not_come_is_skipped(autojump_clock: MockClock) -> None:
    """When its turn is now, and when it is later, alone or in a row."""
    out: list[object] = []

    async def put(item: object) -> None:
        out.append(item)

    turns = Turns(put, capacity=2)
    turns.skip(0)
    turns.skip(2)
    turns.skip(3)
    second, last = Turn(turns, 1), Turn(turns, 4)
    await last.emit("last")
    assert out == []
    await second.emit("second")
    await second.end()
    await last.end()
    assert out == ["second", "last"]


async def test_who_gives_up_waiting_gives_up_what_it_waits_with(autojump_clock: MockClock) -> None:
    """What it emitted before, and was kept until its turn, is passed on with the next."""
    out: list[object] = []

    async def put_slowly(item: object) -> None:
        await trio.sleep(1)
        out.append(item)

    turns = Turns(put_slowly, capacity=2)
    first, second = Turn(turns, 0), Turn(turns, 1)
    await second.emit("kept")
    await first.end()
    with trio.move_on_after(0.5):
        await second.emit("given up")
    assert out == []
    await second.end()
    assert out == ["kept"]
