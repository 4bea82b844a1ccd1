"""Whoever waits for a start gets its outcome, once, and does not wait in vain."""

from __future__ import annotations

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.starter import MOST_SETBACKS, Starter


async def test_starter_is_woken_by_the_outcome(autojump_clock: MockClock) -> None:
    """Whoever waits goes on when the outcome comes."""
    starter = Starter()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(starter.wait)
        await wait_all_tasks_blocked()
        starter.end()
    assert starter.done


async def test_starter_may_have_its_outcome_before_it_waits(autojump_clock: MockClock) -> None:
    """An outcome that comes before its starter waits is not lost, nor does a cancelled starter keep its place."""
    starter = Starter()
    starter.end()
    await starter.wait()
    cancelled = Starter()
    with trio.move_on_after(1):
        await cancelled.wait()
    cancelled.end(LookupError())
    with pytest.raises(LookupError):
        await cancelled.wait()


def test_starter_outlasts_so_many_setbacks() -> None:
    """A start may be set back a few times; the last failure is kept, to be told as the cause."""
    starter, last = Starter(), LookupError()
    assert all(starter.set_back(OSError()) for _ in range(MOST_SETBACKS))
    assert not starter.set_back(last)
    assert starter.setback is last
