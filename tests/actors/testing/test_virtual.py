"""Seconds that pass as soon as nobody has anything left to do."""

from __future__ import annotations

import trio
from trio.testing import MockClock

from smarthealth.actors.testing.virtual import advance, run_virtual, settle


def test_virtual_time_takes_no_time_and_returns_what_main_returns() -> None:
    """A day passes at once."""

    async def main() -> float:
        before = trio.current_time()
        await trio.sleep(86_400)
        return trio.current_time() - before

    assert run_virtual(main) == 86_400


async def test_settle_waits_for_all_but_lets_no_time_pass(autojump_clock: MockClock) -> None:
    """Whoever has something to do does it; who sleeps goes on sleeping."""
    seen: list[str] = []

    async def busy() -> None:
        for _ in range(10):
            await trio.lowlevel.checkpoint()
        seen.append("busy")
        await trio.sleep(1)
        seen.append("slept")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(busy)
        before = trio.current_time()
        await settle()
        assert seen == ["busy"]
        assert trio.current_time() == before


async def rounds(seen: list[float]) -> None:
    """Note the time each second; each deadline is set when the one before has passed."""
    while True:
        await trio.sleep(1)
        seen.append(trio.current_time())


def test_advance_passes_every_deadline_on_the_way() -> None:
    """Under a clock stepped by hand, tasks that sleep again and again wake as often as in real time; it stands still after."""
    clock = MockClock()

    async def main() -> None:
        seen: list[float] = []
        async with trio.open_nursery() as nursery:
            nursery.start_soon(rounds, seen)
            await advance(3.5)
            assert seen == [1, 2, 3]
            assert clock.autojump_threshold == float("inf")
            nursery.cancel_scope.cancel()

    trio.run(main, clock=clock)


async def test_advance_goes_with_a_jumping_clock(autojump_clock: MockClock) -> None:
    """The clock that pytest-trio gives stays as it was."""
    seen: list[float] = []
    async with trio.open_nursery() as nursery:
        nursery.start_soon(rounds, seen)
        await advance(2)
        assert len(seen) == 2
        assert autojump_clock.autojump_threshold == 0
        nursery.cancel_scope.cancel()


async def test_advance_goes_without_a_mock_clock() -> None:
    """Under the real clock it takes the time it says."""
    before = trio.current_time()
    await advance(0.001)
    assert trio.current_time() - before >= 0.001
