"""Cancellation at every step."""

from __future__ import annotations

import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.asking import Request
from smarthealth.actors.system import open_system
from smarthealth.actors.testing.cancelling import cancel_sweep
from smarthealth.actors.testing.scenarios import ScenarioFailed, ScenarioHangs


class Hello(Request[str]):
    """Wants a reply."""


class Polite(Actor[Hello]):
    """Replies after a while."""

    async def handle(self, message: Hello) -> str:
        """Reply."""
        await trio.sleep(1)
        return "hello"


def test_every_step_of_a_scenario_is_cancelled_once() -> None:
    """The run is repeated once for each of its steps, and gets a little further each time."""
    furthest: list[int] = []

    async def scenario() -> None:
        at = 0
        try:
            for _ in range(5):
                await trio.lowlevel.checkpoint()
                at += 1
        finally:
            furthest.append(at)

    total = cancel_sweep(scenario)
    assert total > 5
    assert len(furthest) <= total + 1
    assert furthest[0] == 5
    assert set(furthest) == set(range(6))
    assert sorted(furthest[1:]) == furthest[1:]


def test_a_whole_system_is_swept() -> None:
    """The runtime's own rules hold at each step."""

    async def scenario() -> None:
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="polite", start=Polite))
            assert await ref.ask(Hello()) == "hello"

    assert cancel_sweep(scenario) > 10


def test_a_scenario_may_say_what_is_cancelled() -> None:
    """Given the scope, it enters it around an asker; what is outside goes on."""
    replies: list[str] = []

    async def scenario(scope: trio.CancelScope) -> None:
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="polite", start=Polite))
            with scope:
                await ref.ask(Hello())
            replies.append(await ref.ask(Hello()))

    total = cancel_sweep(scenario)
    assert replies == ["hello"] * (total + 1)


def test_a_failure_names_seed_and_step_and_comes_again() -> None:
    """A cancellation that is swallowed at one place is found, and found again there."""

    async def scenario() -> None:
        await trio.lowlevel.checkpoint()
        try:
            await trio.sleep(1)
        except trio.Cancelled:
            raise LookupError("lost") from None  # the defect to be found

    with pytest.raises(ScenarioFailed, match="lost") as caught:
        cancel_sweep(scenario, seed=5)
    assert caught.value.seed == 5
    assert caught.value.step is not None
    with pytest.raises(ScenarioFailed, match=f"seed 5, cancelled at step {caught.value.step}"):
        cancel_sweep(scenario, seed=5, steps=[caught.value.step])
    cancel_sweep(scenario, seed=5, steps=[])


def test_a_scenario_that_hangs_once_cancelled_is_found() -> None:
    """Nothing waits for ever."""

    async def scenario(scope: trio.CancelScope) -> None:
        done = trio.Event()
        with scope:
            await trio.sleep(1)
            done.set()
        await done.wait()

    with pytest.raises(ScenarioFailed, match="tasks stand here") as caught:
        cancel_sweep(scenario)
    assert isinstance(caught.value.__cause__, ScenarioHangs)
