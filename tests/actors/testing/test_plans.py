"""Faults in actors and services that know nothing of them."""

from __future__ import annotations

from math import inf

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed
from smarthealth.actors.events import ChildEnded, ChildFailed, ChildStarted, EndReason, Instrument, TaskStuck
from smarthealth.actors.policy import Backoff, Restart
from smarthealth.actors.system import open_system
from smarthealth.actors.testing.faults import (
    CrashMessage,
    CrashService,
    FailStart,
    FailStop,
    HangMessage,
    InjectedFault,
    SlowStart,
    SlowStop,
)
from smarthealth.actors.testing.plans import FaultPlan

QUICKLY = Backoff(initial=0.1, jitter=0)


class Echo(Actor[Request[object]]):
    """Replies with its own class's name; counts what it is called for."""

    calls: list[str]

    async def started(self) -> None:
        """Count."""
        self.calls.append("started")

    async def handle(self, message: Request[object]) -> object:
        """Count."""
        self.calls.append("handle")
        return type(self).__name__

    async def stopped(self) -> None:
        """Count."""
        self.calls.append("stopped")


class Slotted(Actor[Request[object]]):
    """Has no dictionary of its own."""

    __slots__ = ("number",)

    async def handle(self, message: Request[object]) -> int:
        """Reply."""
        self.number = 7
        return self.number


class Log(Instrument):
    """Keeps all events."""

    def __init__(self) -> None:
        self.events: list[object] = []

    def on_event(self, event: object) -> None:
        """Keep it."""
        self.events.append(event)

    def errors(self) -> list[str]:
        """Names of what was raised."""
        return [type(event.error).__name__ for event in self.events if isinstance(event, ChildFailed)]


@pytest.fixture
def log() -> Log:
    """Of the system under test."""
    return Log()


@pytest.fixture
def calls() -> list[str]:
    """Of the actor under test."""
    Echo.calls = []
    return Echo.calls


async def test_the_nth_message_crashes(autojump_clock: MockClock, calls: list[str]) -> None:
    """Those before it and after it are handled, over a restart; the actor's own method is not called for it."""
    with FaultPlan(CrashMessage(path="app/echo", nth=2)) as plan:
        async with open_system("app", backoff=QUICKLY) as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo))
            assert await ref.ask(Request()) == "Echo"
            assert plan.missed
            with pytest.raises(ActorFailed) as caught:
                await ref.ask(Request())
            assert isinstance(caught.value.__cause__, InjectedFault)
            assert await ref.ask(Request()) == "Echo"
    assert not plan.missed
    assert calls == ["started", "handle", "stopped", "started", "handle", "stopped"]


async def test_each_entry_counts_anew(autojump_clock: MockClock, calls: list[str]) -> None:
    """A plan may be used again."""
    plan = FaultPlan(CrashMessage(path="*/echo", error=LookupError))
    for _ in range(2):
        with plan:
            assert len(plan.missed) == 1
            async with open_system("app", backoff=QUICKLY) as system:
                ref = await system.start_child(ChildSpec(name="echo", start=Echo))
                with pytest.raises(ActorFailed) as caught:
                    await ref.ask(Request())
                assert isinstance(caught.value.__cause__, LookupError)
                assert await ref.ask(Request()) == "Echo"


async def test_others_are_left_alone(autojump_clock: MockClock) -> None:
    """Actors whose path does not fit, supervisors, and all that is opened after the plan."""
    with FaultPlan(CrashMessage(path="app/sup/a", nth=None)):
        policy = Supervisor(children=(ChildSpec(name="a", start=Slotted), ChildSpec(name="b", start=Slotted)))
        async with open_system("app", backoff=QUICKLY) as system:
            sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
            a, b = sup.children()
            with pytest.raises(ActorFailed):
                await a.ask(Request())
            assert await b.ask(Request()) == 7
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="a", start=Slotted))
        assert await ref.ask(Request()) == 7


async def test_a_message_hangs_for_a_while(autojump_clock: MockClock, calls: list[str]) -> None:
    """Then it is handled."""
    with FaultPlan(HangMessage(path="app/echo", seconds=3)):
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo))
            before = trio.current_time()
            assert await ref.ask(Request()) == "Echo"
            assert trio.current_time() - before == 3


async def test_a_message_hangs_for_good_until_cancelled(autojump_clock: MockClock, calls: list[str]) -> None:
    """Its stop takes as long as it may."""
    with FaultPlan(HangMessage(path="app/echo")):
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo, stop_timeout=2))
            await ref.tell(Request())
            await trio.sleep(1)
            before = trio.current_time()
            ref.stop()
            assert (await ref.wait_stopped()).reason is EndReason.KILLED
            assert trio.current_time() - before == 2


async def test_a_message_hangs_shielded(autojump_clock: MockClock, calls: list[str], log: Log) -> None:
    """The task is reported as stuck."""
    with FaultPlan(HangMessage(path="app/echo", seconds=60, shielded=True)):
        async with open_system("app", instrument=log) as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo))
            await ref.tell(Request())
            await trio.sleep(1)
    assert [event.path for event in log.events if isinstance(event, TaskStuck)] == ["app/echo"]


async def test_starts_are_slow_and_fail(autojump_clock: MockClock, calls: list[str], log: Log) -> None:
    """The first crash leads to a start that fails, after a while; the third start works."""
    faults = (
        CrashMessage(path="app/echo"),
        SlowStart(path="app/echo", nth=2, seconds=5),
        FailStart(path="app/echo", nth=2),
    )
    with FaultPlan(*faults) as plan:
        async with open_system("app", backoff=QUICKLY, instrument=log) as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo))
            before = trio.current_time()
            await ref.tell(Request())
            assert await ref.ask(Request(), timeout=60) == "Echo"
            assert trio.current_time() - before == pytest.approx(0.1 + 5 + 0.2)
    assert not plan.missed
    assert log.errors() == ["InjectedFault", "InjectedFault"]
    assert [event.restarts for event in log.events if isinstance(event, ChildStarted)] == [0, 2]


async def test_stops_are_slow_and_fail(autojump_clock: MockClock, calls: list[str], log: Log) -> None:
    """The actor's own clean-up runs between."""
    with FaultPlan(SlowStop(path="app/echo", seconds=2), FailStop(path="app/echo")) as plan:
        async with open_system("app", instrument=log) as system:
            ref = await system.start_child(ChildSpec(name="echo", start=Echo))
            before = trio.current_time()
            ref.stop()
            down = await ref.wait_stopped()
            assert trio.current_time() - before == 2
            assert isinstance(down.error, InjectedFault)
    assert not plan.missed
    assert calls == ["started", "stopped"]
    assert log.errors() == ["InjectedFault"]


async def serve(context: Context) -> None:
    """Serve until told to stop."""
    stopping = context.stopping
    context.started()
    await stopping.wait()


async def test_services_fail_to_start_crash_and_end_badly(autojump_clock: MockClock, log: Log) -> None:
    """All in the course of four incarnations of one that does none of it by itself."""
    faults = (
        SlowStart(path="app/serve", nth=1, seconds=2),
        CrashService(path="app/serve", nth=1, after=3),
        FailStart(path="app/serve", nth=2),
        CrashService(path="app/serve", nth=2, error=OSError),
        SlowStop(path="app/serve", nth=2, seconds=4),
        FailStop(path="app/serve", nth=3),
    )
    with FaultPlan(*faults) as plan:
        async with open_system("app", backoff=QUICKLY, instrument=log) as system:
            ref = await system.start_child(ChildSpec(name="serve", start=serve, restart=Restart.TRANSIENT))
            assert trio.current_time() == 2
            await trio.sleep(30)
            ref.stop()
            assert isinstance((await ref.wait_stopped()).error, InjectedFault)
    assert not plan.missed
    assert log.errors() == ["InjectedFault", "InjectedFault", "OSError", "InjectedFault"]
    assert log.events[-2] == ChildEnded(path="app/serve", reason=EndReason.FAILED)


async def test_a_service_may_end_before_it_is_to_crash(autojump_clock: MockClock) -> None:
    """Then it has ended."""

    async def serve_shortly(context: Context) -> None:
        context.started()
        await trio.sleep(1)

    with FaultPlan(CrashService(path="app/serve", after=5)):
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="serve", start=serve_shortly, restart=Restart.TRANSIENT))
            assert (await ref.wait_stopped()).reason is EndReason.FINISHED


async def test_a_start_may_take_for_ever(autojump_clock: MockClock, calls: list[str]) -> None:
    """It fails at its limit."""
    with FaultPlan(SlowStart(path="app/echo", seconds=inf)):
        async with open_system("app") as system:
            with pytest.raises(ActorFailed) as caught:
                await system.start_child(ChildSpec(name="echo", start=Echo, start_timeout=9))
            assert isinstance(caught.value.__cause__, trio.TooSlowError)
            assert trio.current_time() == 9
