"""Cancellation at every step of a scenario, one after the other."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import cast

import trio

from .scenarios import Scenario, run_scenario
from .schedules import failing_as, seeded

PartialScenario = Callable[[trio.CancelScope], Awaitable[object]]
"""A scenario that enters the scope it is given around that part of it which is to be cancelled."""

NEVER = 0


class CancelAt(trio.abc.Instrument):
    """Counts the steps of all tasks, and cancels a scope before the step of that number."""

    def __init__(self, at: int) -> None:
        self.scope = trio.CancelScope()
        self.steps = 0
        """Steps so far."""
        self._at = at

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        """Count, and cancel when it is time."""
        self.steps += 1
        if self.steps == self._at:
            self.scope.cancel()


def cancel_sweep(scenario: Scenario | PartialScenario, *, seed: int = 0, steps: Iterable[int] | None = None) -> int:
    """Run a scenario to its end, then once for each step of that run, cancelled from outside at that step.

    Whatever the step, the scenario must end without an error and with its invariants kept.

    Args:
        scenario: An async callable, which opens its own systems and runs in virtual time. If it takes an argument, it
            is given the cancel scope, and enters it around what is to be cancelled; else it is cancelled as a whole.
        seed: Of the schedule, which is the same in each run.
        steps: Those to cancel at; None is all.

    Returns:
        Steps of the run that was not cancelled.

    Raises:
        ScenarioFailed: The first failure, with the seed and the step.
    """
    total = _run(scenario, seed, NEVER)
    for step in range(1, total + 1) if steps is None else steps:
        _run(scenario, seed, step)
    return total


def _run(scenario: Scenario | PartialScenario, seed: int, step: int) -> int:
    instrument = CancelAt(step)
    with failing_as(seed, step or None), seeded(seed):
        run_scenario(partial(_enter, scenario, instrument.scope), [instrument])
    return instrument.steps


async def _enter(scenario: Scenario | PartialScenario, scope: trio.CancelScope) -> None:
    if inspect.signature(scenario).parameters:
        await cast(PartialScenario, scenario)(scope)
        return
    with scope:
        await cast(Scenario, scenario)()
