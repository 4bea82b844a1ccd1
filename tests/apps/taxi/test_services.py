from __future__ import annotations

from uuid import uuid4

import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.services import ThreadLocks, utc_now


async def test_one_turn_at_a_time_in_a_thread(autojump_clock: MockClock) -> None:
    """In order of asking; another thread's does not wait, and nothing is left behind."""
    locks, thread, ended = ThreadLocks(), uuid4(), list[tuple[str, float]]()

    async def turn(name: str, where: object) -> None:
        async with locks.hold(where):  # type: ignore[arg-type]  # a UUID
            await trio.sleep(1)
            ended.append((name, trio.current_time()))

    began = trio.current_time()
    async with trio.open_nursery() as nursery:
        for name, where in (("a", thread), ("other", uuid4())):
            nursery.start_soon(turn, name, where)
        await trio.sleep(0.5)
        nursery.start_soon(turn, "b", thread)
    assert [(name, when - began) for name, when in sorted(ended)] == [("a", 1), ("b", 2), ("other", 1)]
    assert locks == ThreadLocks() or not locks._locks


def test_time_has_a_zone() -> None:
    """Of the wall clock."""
    assert utc_now().tzinfo is not None
