"""When Python looks for garbage."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, open_system
from smarthealth.bootstrap.garbage import (
    MIDDLE,
    MOST_FROZEN,
    NEVER,
    PERIOD,
    WORTH_IT,
    YOUNG,
    GarbageRounds,
    keep_garbage_short,
)


class Circle:
    """Something that only the collector finds."""

    def __init__(self) -> None:
        self.itself = self


class Cpu:
    """A process's clock of work done."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        """Seconds so far."""
        return self.seconds


@pytest.fixture(autouse=True)
def untouched() -> Iterator[None]:
    """The collector as it was, and nothing of its own accord meanwhile."""
    before = gc.get_threshold()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)


def grow_old() -> None:
    """Have the collector move what lives to the oldest."""
    gc.collect(1)


def test_what_is_dead_among_the_old_is_found_at_the_next_look() -> None:
    """A circle that was left before it was frozen goes at the next look, however busy it is."""
    cpu = Cpu()
    rounds = GarbageRounds(cpu)
    rounds.look(PERIOD)
    circle = weakref.ref(Circle())
    grow_old()
    cpu.seconds += PERIOD
    rounds.look(PERIOD)
    assert circle() is None
    assert rounds.great_rounds == 0


def test_nothing_is_looked_through_where_nothing_has_grown_old() -> None:
    """Without a round over the young, a look costs nothing and finds nothing."""
    rounds = GarbageRounds(Cpu())
    rounds.look(PERIOD)
    frozen = gc.get_freeze_count()
    circle = weakref.ref(Circle())
    if gc.get_freeze_count() >= WORTH_IT:
        rounds.look(PERIOD)  # the first quiet period is used for a great round over what was there before
        circle = weakref.ref(Circle())
        frozen = gc.get_freeze_count()
    rounds.look(PERIOD)
    assert circle() is not None
    assert gc.get_freeze_count() == frozen


def test_a_frozen_circle_is_found_in_a_quiet_period_and_not_in_a_busy_one() -> None:
    """What died after it was frozen goes when hardly anything runs, once enough was frozen to be worth it."""
    cpu = Cpu()
    rounds = GarbageRounds(cpu)
    rounds.look(PERIOD)
    rounds.look(PERIOD)
    made = rounds.great_rounds
    held = Circle()
    held.more = [[] for _ in range(WORTH_IT)]  # type: ignore[attr-defined]  # much to look through
    circle = weakref.ref(held)
    grow_old()
    cpu.seconds += PERIOD
    rounds.look(PERIOD)
    del held
    cpu.seconds += PERIOD
    rounds.look(PERIOD)
    assert circle() is not None, "a busy period is none for a great round"
    rounds.look(PERIOD)
    assert circle() is None
    assert rounds.great_rounds == made + 1


def test_a_busy_process_makes_a_great_round_before_what_is_frozen_has_doubled() -> None:
    """However busy: when as many objects were frozen as there were before, all are looked through."""
    cpu = Cpu()
    rounds = GarbageRounds(cpu)
    kept: list[list[list[int]]] = []
    for _ in range(3):
        before = gc.get_freeze_count()
        kept.append([[] for _ in range(max(MOST_FROZEN, before) + 1)])
        grow_old()
        cpu.seconds += PERIOD
        made = rounds.great_rounds
        rounds.look(PERIOD)
        assert rounds.great_rounds == made + 1


async def test_the_thresholds_are_the_services_while_it_runs(autojump_clock: MockClock) -> None:
    """Full rounds never come by themselves while the service runs, and do again when it has ended."""
    before = gc.get_threshold()
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="garbage", start=keep_garbage_short))
        assert gc.get_threshold() == (YOUNG, MIDDLE, NEVER)
        circle = weakref.ref(Circle())
        grow_old()
        await trio.sleep(PERIOD * 1.5)
        assert circle() is None
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
    assert gc.get_freeze_count() == 0
