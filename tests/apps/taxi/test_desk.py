"""Work that outlives the turn that began it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.taxi import desk as desk_module
from smarthealth.apps.taxi.desk import TIME_LIMIT, Desk, DeskFull


@asynccontextmanager
async def open_desk() -> AsyncIterator[Desk]:
    """A desk at work."""
    desk = Desk()
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="desk", start=desk.serve))
        yield desk


async def never(result: str) -> None:
    """Nobody is late."""
    raise AssertionError(result)


async def test_work_and_its_result(autojump_clock: MockClock) -> None:
    """Comes back to who waits, or what it raised does."""

    async def work() -> str:
        await trio.sleep(1)
        return "hecho"

    async def fail() -> str:
        raise KeyError

    async with open_desk() as desk:
        assert await desk.run("t", work, never) == "hecho"
        with pytest.raises(KeyError):
            await desk.run("t", fail, never)
        await desk.settled("t")


async def test_work_goes_on_when_nobody_waits(autojump_clock: MockClock) -> None:
    """Its result is given to `late`, and the thread is settled after that."""
    late: list[str] = []

    async def work() -> str:
        await trio.sleep(5)
        return "hecho"

    async def keep(result: str) -> None:
        late.append(result)

    async with open_desk() as desk:
        with trio.move_on_after(1):
            await desk.run("t", work, keep)
        assert late == []
        await desk.settled("t")
        assert late == ["hecho"]


async def test_late_work_that_fails_is_logged(autojump_clock: MockClock) -> None:
    """And disturbs nobody."""

    async def fail() -> str:
        await trio.sleep(5)
        raise KeyError

    async with open_desk() as desk:
        with trio.move_on_after(1):
            await desk.run("t", fail, never)
        await desk.settled("t")


async def test_work_has_a_limit(autojump_clock: MockClock) -> None:
    """Then it is broken off."""

    async def hang() -> str:
        await trio.sleep_forever()
        raise AssertionError

    async with open_desk() as desk:
        began = trio.current_time()
        with pytest.raises(TimeoutError):
            await desk.run("t", hang, never)
        assert trio.current_time() - began == TIME_LIMIT


async def test_a_desk_that_closes_finishes_its_work(autojump_clock: MockClock) -> None:
    """Within the limit, and takes no more."""
    done: list[str] = []

    async def work() -> str:
        await trio.sleep(3)
        done.append("hecho")
        return "hecho"

    async def keep(result: str) -> None:
        done.append(result)

    async with open_desk() as desk:
        with trio.move_on_after(1):
            await desk.run("t", work, keep)
    assert done == ["hecho", "hecho"]
    with pytest.raises(DeskFull):
        await desk.run("t", work, keep)


async def test_a_full_desk_takes_no_more(autojump_clock: MockClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rather than growing without bound; two pieces of work of one thread are told apart."""
    monkeypatch.setattr(desk_module, "CAPACITY", 2)

    async def work() -> str:
        await trio.sleep(1)
        return "hecho"

    async with open_desk() as desk, trio.open_nursery() as nursery:
        nursery.start_soon(desk.run, "t", work, never)
        nursery.start_soon(desk.run, "t", work, never)
        await trio.sleep(0.1)
        with pytest.raises(DeskFull):
            await desk.run("u", work, never)
        await desk.settled("t")
