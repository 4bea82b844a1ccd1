"""Schedules by seed: the same scenario, with the tasks of each round run in another order.

Trio runs the tasks that are ready in one round in an order that programs may not rely on. It draws that order from one
random generator, and sorts the tasks beforehand when it is told to be reproducible, as its plugin for Hypothesis does.
The same two switches are used here, for the length of one run.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from types import ModuleType

import trio

from .scenarios import Scenario, ScenarioFailed, run_scenario

SEEDS = range(50)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Have Trio run tasks in the order that this seed gives; `random` gives what follows from it, too."""
    scheduler = _scheduler()
    switches = vars(scheduler)
    before = switches["_r"], switches["_ALLOW_DETERMINISTIC_SCHEDULING"]
    chance = random.getstate()
    switches.update(_r=random.Random(seed), _ALLOW_DETERMINISTIC_SCHEDULING=True)
    random.seed(seed)
    try:
        yield
    finally:
        random.setstate(chance)
        switches["_r"], switches["_ALLOW_DETERMINISTIC_SCHEDULING"] = before


def _scheduler() -> ModuleType:
    """Trio's module that holds the two switches."""
    scheduler: ModuleType = trio._core._run
    if not {"_r", "_ALLOW_DETERMINISTIC_SCHEDULING"} <= vars(scheduler).keys():
        raise RuntimeError(f"trio {trio.__version__} cannot be scheduled by seed")
    return scheduler


def explore(scenario: Scenario, seeds: Iterable[int] = SEEDS) -> None:
    """Run a scenario once for each seed, and check the invariants after each run.

    What the scenario draws from the module `random` follows from the seed as well. Threads and real input and output do
    not, nor does the order of sets of strings unless `PYTHONHASHSEED` is set.

    Args:
        scenario: An async callable without arguments, which opens its own systems. It runs in virtual time.
        seeds: One run each.

    Raises:
        ScenarioFailed: The first failure, with its seed.
    """
    for seed in seeds:
        with failing_as(seed, None), seeded(seed):
            run_scenario(scenario)


@contextmanager
def failing_as(seed: int, step: int | None) -> Iterator[None]:
    """Say in what is raised how to have it again."""
    try:
        yield
    except Exception as error:
        raise ScenarioFailed(seed, step, error) from error
