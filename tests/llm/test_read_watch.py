"""Who waits too long for bytes is told so."""

from __future__ import annotations

from math import inf

import attrs
import trio
from trio.testing import MockClock

from smarthealth.llm.read_watch import TICKS, ReadWatch, watch_of


@attrs.define(eq=False)
class Reader:
    """Remembers when it was told."""

    waiting_since: float = inf
    told: list[float] = attrs.field(factory=list)

    def expire(self) -> None:
        """Remember."""
        self.told.append(trio.current_time())


async def test_a_reader_that_waits_too_long_is_told_once(autojump_clock: MockClock) -> None:
    """Others, and those who do not wait, are left alone."""
    watch, begun = ReadWatch(10.0), trio.current_time()
    waiting, quick, busy = Reader(), Reader(), Reader()
    for reader in (waiting, quick, busy):
        watch.add(reader)
    await trio.sleep(3)
    waiting.waiting_since = watch.tick
    for _ in range(40):
        quick.waiting_since = watch.tick
        await trio.sleep(1)
    (told,) = waiting.told
    assert 13 <= told - begun <= 13 + 10 / TICKS
    assert (quick.told, busy.told) == ([], [])


async def test_the_task_is_there_while_there_are_readers(autojump_clock: MockClock) -> None:
    """With the last reader it goes, and with the next it comes again."""
    watch = ReadWatch(1.0)
    before = trio.lowlevel.current_statistics().tasks_living
    for _ in range(2):
        reader = Reader(watch.tick)
        watch.add(reader)
        await trio.sleep(3)
        assert len(reader.told) == 1
        assert trio.lowlevel.current_statistics().tasks_living == before + 1
        watch.discard(reader)
        await trio.sleep(3)
        assert trio.lowlevel.current_statistics().tasks_living == before


async def test_readers_of_the_same_patience_share_a_watch() -> None:
    """An event loop has one for each patience."""
    assert watch_of(1.0) is watch_of(1.0)
    assert watch_of(1.0) is not watch_of(2.0)
