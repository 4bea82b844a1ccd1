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
    FIRST,
    MIDDLE,
    NEVER,
    PAUSE,
    PERIOD,
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


def settled(cpu: Cpu) -> GarbageRounds:
    """Rounds whose first great round, over the loaded program, is over."""
    rounds = GarbageRounds(cpu)
    while not rounds.great_rounds:
        rounds.look(PERIOD)
    return rounds


def freeze_many(rounds: GarbageRounds, cpu: Cpu, objects: int) -> list[list[int]]:
    """So many objects that outlive a look in a busy period."""
    held: list[list[int]] = [[] for _ in range(objects)]
    grow_old()
    cpu.seconds += PERIOD
    rounds.look(PERIOD)
    return held


def test_what_is_dead_among_the_old_is_found_at_the_next_look() -> None:
    """A circle that was left before it was frozen goes at the next look, however busy it is."""
    cpu = Cpu()
    rounds = settled(cpu)
    circle = weakref.ref(Circle())
    grow_old()
    cpu.seconds += PERIOD
    rounds.look(PERIOD)
    assert circle() is None
    assert rounds.great_rounds == 1


def test_many_new_objects_are_frozen_unseen() -> None:
    """More than one round's are left to the next great round, which finds what is dead among them."""
    cpu = Cpu()
    rounds = settled(cpu)
    old = Circle()
    circle = weakref.ref(old)
    grow_old()
    del old
    held = freeze_many(rounds, cpu, 1)
    assert circle() is not None
    rounds.look(PAUSE)
    assert circle() is None
    del held


def test_nothing_is_looked_through_where_nothing_has_grown_old() -> None:
    """Without a round over the young, a look costs nothing and finds nothing."""
    rounds = settled(Cpu())
    circle = weakref.ref(Circle())
    rounds.look(PERIOD)
    assert circle() is not None
    assert rounds.great_rounds == 1


def test_a_frozen_circle_is_found_in_a_quiet_period_and_not_in_a_busy_one() -> None:
    """What died after it was frozen goes when hardly anything runs, once the last great round is long ago."""
    cpu = Cpu()
    rounds = settled(cpu)
    held = Circle()
    circle = weakref.ref(held)
    freeze_many(rounds, cpu, 1)
    del held
    rounds.look(PERIOD)
    assert circle() is not None, "the last great round was just now"
    cpu.seconds += PAUSE
    rounds.look(PAUSE)
    assert circle() is not None, "a busy period is none for a great round"
    rounds.look(PERIOD)
    assert circle() is None
    assert rounds.great_rounds == 2
    rounds.look(PAUSE)
    assert rounds.great_rounds == 2, "nothing was frozen since"


def test_a_busy_process_makes_a_great_round_when_what_is_frozen_has_doubled(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy: when more objects are frozen than had outlived the last great round, all are looked through."""
    monkeypatch.setattr("smarthealth.bootstrap.garbage.MOST_FROZEN", 1000)
    cpu = Cpu()
    rounds = settled(cpu)
    living = gc.get_freeze_count()
    monkeypatch.setattr("smarthealth.bootstrap.garbage.MOST_OF_A_ROUND", living)
    held = Circle()
    circle = weakref.ref(held)
    for _ in range(3):
        freeze_many(rounds, cpu, living // 2)  # which are gone again
    del held
    assert rounds.great_rounds == 1
    some = freeze_many(rounds, cpu, living // 2)
    more = freeze_many(rounds, cpu, living)
    assert circle() is None
    assert rounds.great_rounds == 2
    del some, more


async def test_the_thresholds_are_the_services_while_it_runs(autojump_clock: MockClock) -> None:
    """Full rounds never come by themselves while the service runs, and do again when it has ended."""
    before = gc.get_threshold()
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="garbage", start=keep_garbage_short))
        assert gc.get_threshold() == (YOUNG, MIDDLE, NEVER)
        circle = weakref.ref(Circle())
        grow_old()
        await trio.sleep(FIRST + PERIOD * 1.5)
        assert circle() is None
        assert gc.get_freeze_count() > 0
    assert gc.get_threshold() == before
