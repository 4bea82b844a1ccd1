"""One run of a scenario: in virtual time, watched for hanging, with the invariants checked at its end."""

from __future__ import annotations

import traceback
from collections.abc import Awaitable, Callable, Iterator, Sequence

import trio
from trio.abc import Instrument

from .invariants import check_invariants
from .virtual import run_virtual

Scenario = Callable[[], Awaitable[object]]
"""An async callable without arguments that opens its own systems and closes them."""

HANGS_AFTER = 3600.0
"""Virtual seconds after which a scenario that has not ended will not end."""


class ScenarioFailed(AssertionError):
    """A scenario failed; the message says how to have it again, `__cause__` is its error."""

    def __init__(self, seed: int, step: int | None, error: BaseException) -> None:
        where = f"seed {seed}" if step is None else f"seed {seed}, cancelled at step {step}"
        again = (
            f"explore(scenario, [{seed}])" if step is None else f"cancel_sweep(scenario, seed={seed}, steps=[{step}])"
        )
        super().__init__(f"{where}: {type(error).__name__}: {error}\n{again} does it again")
        self.seed = seed
        """Seed of the schedule."""
        self.step = step
        """Step at which it was cancelled; None when it was not."""


class ScenarioHangs(AssertionError):
    """A scenario did not end within an hour of virtual time; the message shows where its tasks stand."""


def run_scenario(scenario: Scenario, instruments: Sequence[Instrument] = ()) -> None:
    """Run a scenario once.

    Args:
        scenario: What to run.
        instruments: Trio's instruments.

    Raises:
        ScenarioHangs: It did not end.
        InvariantsBroken: It ended and broke a rule of the runtime.
        Exception: What it raised.
    """
    stacks: list[str] = []

    async def watch(scope: trio.CancelScope) -> None:
        await trio.sleep(HANGS_AFTER)
        stacks.extend(standing())
        scope.cancel()

    async def watched() -> None:
        with trio.CancelScope() as scope:
            # A system task does not show in the scenario's nurseries, nor its deadline in the scenario's scopes.
            trio.lowlevel.spawn_system_task(watch, scope)
            await scenario()

    with check_invariants():
        run_virtual(watched, instruments=instruments)
        if stacks:
            raise ScenarioHangs("tasks stand here:\n" + "\n".join(stacks))


def standing() -> Iterator[str]:
    """Where each task of this run but the one that asks stands, as a traceback prints it."""
    root, asker = trio.lowlevel.current_root_task(), trio.lowlevel.current_task()
    assert root is not None
    nurseries = list(root.child_nurseries)
    while nurseries:
        for task in nurseries.pop().child_tasks:
            nurseries.extend(task.child_nurseries)
            if task is not asker:
                frames = traceback.StackSummary.extract(task.iter_await_frames())
                yield f"{task.name}\n{''.join(frames.format())}"
