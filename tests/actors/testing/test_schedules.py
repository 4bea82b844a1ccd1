"""Schedules by seed."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
import trio

from smarthealth.actors.testing.scenarios import ScenarioFailed
from smarthealth.actors.testing.schedules import SEEDS, explore, seeded

TASKS = 6


async def race(order: list[int]) -> None:
    """Tasks that are ready in the same rounds, and a draw."""

    async def run(number: int) -> None:
        for _ in range(3):
            await trio.lowlevel.checkpoint()
            order.append(number)

    async with trio.open_nursery() as nursery:
        for number in range(TASKS):
            nursery.start_soon(run, number)
    order.append(random.randrange(1_000_000))


def order_of(seed: int) -> list[int]:
    """The course of the race under a seed."""
    order: list[int] = []

    async def scenario() -> None:
        await race(order)

    explore(scenario, [seed])
    return order


def test_a_seed_fixes_the_order_and_the_draws() -> None:
    """The same seed gives the same course again, other seeds give others."""
    courses = [order_of(seed) for seed in range(10)]
    assert courses == [order_of(seed) for seed in range(10)]
    assert len({tuple(course) for course in courses}) == len(courses)


def test_each_seed_is_run_once() -> None:
    """Fifty, if nothing is said."""
    ran: list[int] = []

    async def scenario() -> None:
        ran.append(1)

    explore(scenario)
    assert len(ran) == len(SEEDS) == 50


def test_a_failure_names_its_seed_and_comes_again() -> None:
    """A race that is lost under some schedules only is lost again under the seed in the error."""

    async def scenario() -> None:
        order: list[int] = []
        await race(order)
        assert order[0] != 2, "two was first"

    with pytest.raises(ScenarioFailed, match="two was first") as caught:
        explore(scenario)
    seed = caught.value.seed
    assert isinstance(caught.value.__cause__, AssertionError)
    explore(scenario, range(seed))
    for _ in range(3):
        with pytest.raises(ScenarioFailed, match=f"seed {seed}"):
            explore(scenario, [seed])


def test_what_is_no_error_of_the_scenario_leaves_as_itself() -> None:
    """An interrupt is not wrapped."""

    async def scenario() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explore(scenario)


def test_random_and_trio_are_left_as_they_were() -> None:
    """Whoever draws or runs after knows nothing of it."""
    scheduler = vars(trio._core._run)
    before = random.getstate(), scheduler["_r"], scheduler["_ALLOW_DETERMINISTIC_SCHEDULING"]
    with seeded(3):
        assert scheduler["_r"] is not before[1]
        random.random()
    assert before == (random.getstate(), scheduler["_r"], scheduler["_ALLOW_DETERMINISTIC_SCHEDULING"])


@pytest.fixture
def another_trio(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A Trio that draws its order otherwise."""
    with monkeypatch.context() as patch:
        patch.delattr(trio._core._run, "_r")
        yield


@pytest.mark.usefixtures("another_trio")
def test_a_trio_that_cannot_be_scheduled_is_an_error() -> None:
    """Rather than schedules that are no schedules."""
    with pytest.raises(RuntimeError, match="cannot be scheduled by seed"), seeded(1):
        pass
