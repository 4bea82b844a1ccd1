"""Counts and durations, of as many places as a program has, not of as many as it has visitors."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, DynamicSupervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, AskTimeout
from smarthealth.actors.events import ChildFailed, DeadLetterReason, Outcome
from smarthealth.actors.instruments.metrics import OTHERS, Metrics
from smarthealth.actors.system import System, open_system


@attrs.frozen
class Work(Request[None]):
    """Takes some time."""

    seconds: float


class Crash(Request[None]):
    """Raises."""


class Worker(Actor[Any]):
    """Works or crashes."""

    async def handle(self, message: Any) -> None:
        """Work, crash, or set a timer."""
        match message:
            case Work(seconds):
                await trio.sleep(seconds)
            case "timer":
                self.context.timers.once("a", 1, Work(0))
            case _:
                raise LookupError


async def start(system: System, name: str) -> Any:
    """A visitor's worker."""
    many = system.child("many") or await system.start_child(
        ChildSpec(name="many", start=DynamicSupervisor(max_children=100))
    )
    return await many.start_child(ChildSpec(name=name, start=Worker))  # type: ignore[attr-defined]  # is a supervisor


async def test_visitors_share_a_series(autojump_clock: MockClock) -> None:
    """Children of a dynamic supervisor are one place; what they wait for and work is measured."""
    metrics = Metrics()
    async with open_system("app", instrument=metrics) as system:
        for name in "abc":
            ref = await start(system, name)
            await ref.ask(Work(0.5))
            ref.tell_nowait(Work(0.5))
            await wait_all_tasks_blocked()
            await ref.ask(Work(0.05))
    (series,) = metrics.series()
    assert (series.actor, series.message, series.sent) == ("app/many/*", "Work", 9)
    assert series.outcomes == {Outcome.DONE: 9}
    assert series.ask_errors == {}
    assert series.handling.count == 9
    assert series.handling.total == pytest.approx(3.15)
    assert series.handling.longest == pytest.approx(0.5)
    assert series.handling.up_to == {0.0001: 0, 0.001: 0, 0.01: 0, 0.1: 3, 1.0: 9, 10.0: 9}
    assert series.waiting.longest == pytest.approx(0.5)
    assert series.waiting.up_to[0.0001] == 6


async def test_failures_are_counted_by_class(autojump_clock: MockClock) -> None:
    """Crashes, asks without a reply, dead letters; a timer's message is handled but was not sent."""
    metrics = Metrics()
    async with open_system("app", instrument=metrics) as system:
        ref = await start(system, "a")
        with pytest.raises(AskTimeout):
            await ref.ask(Work(2), timeout=1)
        await trio.sleep(2)
        await ref.tell("timer")
        await trio.sleep(2)
        with pytest.raises(ActorFailed):
            await ref.ask(Crash())
    assert metrics.crashes == {"LookupError": 1}
    assert metrics.dead_letters == {DeadLetterReason.LATE_REPLY: 1}
    crash, work, text = metrics.series()
    assert (crash.message, crash.ask_errors, crash.outcomes) == ("Crash", {"ActorFailed": 1}, {Outcome.FAILED: 1})
    assert (text.message, text.outcomes) == ("str", {Outcome.DONE: 1})
    assert (work.sent, work.outcomes, work.waiting.count) == (1, {Outcome.DONE: 2}, 1)
    assert work.ask_errors == {"AskTimeout": 1}


class Place:
    """Stands for an actor."""

    def __init__(self, path: str) -> None:
        self.path = self.pattern = path


def test_series_are_bounded() -> None:
    """Beyond the limit all is counted in one series, and known ones go on."""
    metrics = Metrics(max_series=2)
    for number in (0, 1, 2, 3, 0):
        metrics.on_handled(Place(f"app/{number}"), "message", None, Outcome.DONE, None)
    assert {series.actor: series.outcomes[Outcome.DONE] for series in metrics.series()} == {
        "app/0": 2,
        "app/1": 1,
        OTHERS: 2,
    }
    for error in (KeyError(), IndexError(), OSError(), KeyError()):
        metrics.on_event(ChildFailed(path="app/a", error=error, restart_in=None))
    assert metrics.crashes == {"KeyError": 2, "IndexError": 1, OTHERS: 1}
