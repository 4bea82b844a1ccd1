"""One run of a scenario."""

from __future__ import annotations

from typing import cast

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.core import Core
from smarthealth.actors.system import open_system
from smarthealth.actors.testing.invariants import InvariantsBroken
from smarthealth.actors.testing.scenarios import HANGS_AFTER, ScenarioFailed, ScenarioHangs, run_scenario, standing
from smarthealth.actors.testing.virtual import settle


def test_a_scenario_runs_in_virtual_time_and_may_take_long() -> None:
    """Anything short of the limit is waited for."""
    ran: list[float] = []

    async def scenario() -> None:
        await trio.sleep(HANGS_AFTER - 1)
        assert trio.current_effective_deadline() == float("inf")
        ran.append(trio.current_time())

    run_scenario(scenario)
    assert ran == [HANGS_AFTER - 1]


def test_a_scenario_that_hangs_is_ended_and_shows_where_it_stands() -> None:
    """The stack of each of its tasks is in the error."""

    async def wait_for_nobody() -> None:
        await trio.Event().wait()

    async def scenario() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait_for_nobody)

    with pytest.raises(ScenarioHangs, match=r"in wait_for_nobody\n.*Event\(\)\.wait\(\)"):
        run_scenario(scenario)


def test_invariants_are_checked() -> None:
    """A scenario that ends well while its system has not closed has failed."""

    async def scenario() -> None:
        Core(cast(trio.Nursery, None), 1.0, print)

    with pytest.raises(InvariantsBroken, match="a system has not closed"):
        run_scenario(scenario)


def test_what_a_scenario_raises_leaves() -> None:
    """As itself."""

    async def scenario() -> None:
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="idle", start=Actor))
            raise LookupError

    with pytest.raises(LookupError):
        run_scenario(scenario)


async def test_each_task_but_the_one_that_asks_stands_somewhere(autojump_clock: MockClock) -> None:
    """However deep in nurseries."""

    async def inner() -> None:
        await trio.sleep_forever()

    async def outer() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(inner)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(outer)
        await settle()
        found = list(standing())
        assert sum("in inner" in stack and "sleep_forever" in stack for stack in found) == 1
        assert sum("in outer" in stack for stack in found) == 1
        assert not any("list(standing())" in stack for stack in found)
        nursery.cancel_scope.cancel()


def test_a_failure_says_how_to_have_it_again() -> None:
    """With the seed, and with the step if there was one."""
    failed = ScenarioFailed(7, None, LookupError("gone"))
    assert (failed.seed, failed.step) == (7, None)
    assert str(failed) == "seed 7: LookupError: gone\nexplore(scenario, [7]) does it again"
    failed = ScenarioFailed(7, 21, LookupError("gone"))
    assert (failed.seed, failed.step) == (7, 21)
    assert str(failed).endswith("cancel_sweep(scenario, seed=7, steps=[21]) does it again")
