"""The life of a cell, whatever its kind."""

from __future__ import annotations

from math import inf

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.errors import ActorFailed, ActorStopped, AskCycle
from smarthealth.actors.events import ChildEnded, Down, EndReason
from smarthealth.actors.policy import Backoff, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system
from smarthealth.actors.waiting import circle


class Ping(Request[object]):
    """Wants anything back."""


class Obedient(Actor[object]):
    """Raises, finishes, asks."""

    async def handle(self, message: object) -> object:
        """Obey."""
        if isinstance(message, Exception):
            raise message
        if message == "finish":
            self.context.finish()
        if isinstance(message, Request):
            return await self.context.self_ref.ask(Ping())
        return None


async def idle(context: Context) -> None:
    """Wait."""
    context.started()
    await trio.sleep_forever()


async def test_everybody_who_waits_hears_of_the_end(autojump_clock: MockClock) -> None:
    """All waiters and monitors, early and late, get the same end; a monitor that left, or twice, gets none."""
    heard: list[Down] = []
    async with open_system("app") as system, trio.open_nursery() as nursery:
        ref = await system.start_child(ChildSpec(name="a", start=Obedient))

        async def wait() -> None:
            heard.append(await ref.wait_stopped())

        async with ref.monitor() as first, ref.monitor() as second:
            async with ref.monitor() as third:
                pass
            ref._cell.unlisten(heard.append)
            nursery.start_soon(wait)
            nursery.start_soon(wait)
            await wait_all_tasks_blocked()
            async with system.open_events() as events:
                ref.stop()
                heard += [await ref.wait_stopped(), await ref.wait_stopped(), await first.receive()]
                async with ref.monitor() as late:
                    heard += [await second.receive(), await late.receive()]
                assert events.receive_nowait() == ChildEnded(path="app/a", reason=EndReason.STOPPED)
        assert third.receive_nowait() is None
        ref._cell.unlisten(heard.append)
        ref.stop()
    assert heard == [Down(path="app/a", reason=EndReason.STOPPED)] * 7


async def test_state_follows_the_life(autojump_clock: MockClock) -> None:
    """A snapshot shows a child that starts, runs, waits for its restart, stops and has stopped; age only while it runs."""

    class Slow(Obedient):
        async def started(self) -> None:
            await trio.sleep(1)

        async def stopped(self) -> None:
            await trio.sleep(1)

    async with open_system("app", backoff=Backoff(initial=2, jitter=0)) as system, trio.open_nursery() as nursery:
        nursery.start_soon(system.start_child, ChildSpec(name="a", start=Slow))
        await trio.sleep(0.5)
        ref: ActorRef[object] = system.children()[0]
        seen = [ref.snapshot()]
        await trio.sleep(1)
        seen.append(ref.snapshot())
        await ref.tell(LookupError())
        await trio.sleep(2)
        seen.append(ref.snapshot())
        await trio.sleep(4)
        ref.stop()
        seen.append(ref.snapshot())
        await ref.wait_stopped()
        seen.append(ref.snapshot())
    assert [shot.state for shot in seen] == [
        State.STARTING,
        State.RUNNING,
        State.WAITING,
        State.STOPPING,
        State.STOPPED,
    ]
    assert [shot.age for shot in seen] == pytest.approx([0, 0.5, 0, 2, 0], abs=0.6)
    assert [shot.restarts for shot in seen] == [0, 0, 0, 1, 1]
    assert seen[-1].last_failure == "LookupError"


async def test_finished_child_that_is_revived_takes_messages_again(autojump_clock: MockClock) -> None:
    """A child brought back by a group restart ends, and is heard of, anew; a service has no mailbox to open."""
    children = (
        ChildSpec(name="actor", start=Obedient, restart=Restart.TRANSIENT),
        ChildSpec(name="service", start=brief, restart=Restart.TRANSIENT),
        ChildSpec(name="z", start=Obedient),
    )
    policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=0))
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        actor, z = sup.child("actor"), sup.child("z")
        assert actor is not None
        assert z is not None
        for _ in range(2):
            await actor.tell("finish")
            assert (await actor.wait_stopped()).reason is EndReason.FINISHED
            await z.tell(LookupError())
            await trio.sleep(1)
            assert actor.snapshot().state is State.RUNNING


async def brief(context: Context) -> None:
    """Be ready and return."""
    context.started()


async def test_circles_are_found_through_others(autojump_clock: MockClock) -> None:
    """An actor that asks itself would wait for ever, and is told so."""
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="a", start=Obedient))
        other = await system.start_child(ChildSpec(name="b", start=Obedient))
        with pytest.raises(ActorFailed) as caught:
            await ref.ask(Ping())
        assert isinstance(caught.value.__cause__, AskCycle)
    for first, second in ((ref, other), (other, ref)):
        assert circle(first._cell, second._cell) is None
    ref._cell.waiting_for = other._cell
    assert circle(other._cell, ref._cell) == ("app/b", "app/a", "app/b")


async def test_one_who_waits_for_a_start_hears_of_its_outcome(autojump_clock: MockClock) -> None:
    """A start that fails raises `ActorFailed` with the cause, one that is stopped raises `ActorStopped`."""

    async def fail(_context: Context) -> None:
        raise LookupError

    async def slow(_context: Context) -> None:
        await trio.sleep_forever()

    async def start_slow(spec: ChildSpec) -> None:
        with pytest.raises(ActorStopped):
            await system.start_child(spec)

    async with open_system("app") as system, trio.open_nursery() as nursery:
        with pytest.raises(ActorFailed):
            await system.start_child(ChildSpec(name="a", start=fail))
        nursery.start_soon(start_slow, ChildSpec(name="a", start=slow))
        nested = Supervisor(children=(ChildSpec(name="slow", start=slow),))
        nursery.start_soon(start_slow, ChildSpec(name="b", start=nested))
        await wait_all_tasks_blocked()
        for ref in system.children():
            ref.stop()


async def test_stop_again_and_after_the_end_is_no_matter(autojump_clock: MockClock) -> None:
    """Stopping twice, a child that has finished, or a supervisor between incarnations, does what it says or nothing."""
    failing = Supervisor(children=(ChildSpec(name="a", start=Obedient),), intensity=0)
    async with open_system("app", backoff=Backoff(initial=10)) as system:
        flapping = await system.start_child(ChildSpec(name="flapping", start=Obedient))
        await flapping.tell(LookupError())
        await trio.sleep(1)
        flapping.stop()
        flapping.stop()
        assert (await flapping.wait_stopped()).reason is EndReason.STOPPED
        sup = await system.start_supervisor(ChildSpec(name="sup", start=failing))
        a = sup.child("a")
        assert a is not None
        await a.tell(LookupError())
        await trio.sleep(1)
        assert sup.snapshot().state is State.WAITING
        sup.stop()
        sup.stop()
        a.stop()
        assert (await sup.wait_stopped()).reason is EndReason.STOPPED
        service = await system.start_child(ChildSpec(name="service", start=idle))
        assert isinstance(system, SupervisorRef)
        service.stop()
        await service.wait_stopped()


async def test_stop_for_good_may_overtake_another(autojump_clock: MockClock) -> None:
    """A child that is being stopped to be restarted, or is stuck, can be stopped for good, and refuses messages then."""

    async def stand(context: Context) -> None:
        if context.name == "ready":
            context.started()
        with trio.move_on_after(20, shield=True):
            await trio.sleep_forever()

    class Slow(Obedient):
        async def stopped(self) -> None:
            await trio.sleep(3)

    children = (ChildSpec(name="slow", start=Slow), ChildSpec(name="z", start=Obedient))
    policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=0))
    async with open_system("app") as system:
        with pytest.raises(ActorFailed):
            await system.start_child(ChildSpec(name="stuck", start=stand, start_timeout=1))
        stuck = system.child("stuck")
        assert stuck is not None
        stuck.stop()
        assert stuck.snapshot().state is State.STUCK
        ready = await system.start_child(ChildSpec(name="ready", start=stand))
        ready.stop()
        await trio.sleep(2)
        assert ready.snapshot().state is State.STUCK
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        slow, z = sup.child("slow"), sup.child("z")
        assert slow is not None
        assert z is not None
        await z.tell(LookupError())
        await trio.sleep(1)
        assert slow.tell_nowait("kept for the next incarnation")
        slow.stop()
        assert not slow.tell_nowait("late")
        await slow.wait_stopped()
        await trio.sleep(1)
        assert [child.name for child in sup.children()] == ["z"]


async def test_a_stop_after_the_end_is_for_good(autojump_clock: MockClock) -> None:
    """A child that had finished and is then stopped leaves the tree, and is not started again with its group."""
    async with open_system("app") as system:
        children = (
            ChildSpec(name="a", start=Obedient),
            ChildSpec(name="b", start=Obedient, restart=Restart.TRANSIENT),
        )
        policy = Supervisor(children=children, strategy=Strategy.ONE_FOR_ALL, backoff=Backoff(initial=0))
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        a, b = sup.children()
        await b.tell("finish")
        assert (await b.wait_stopped()).reason is EndReason.FINISHED
        assert sup.children() == (a, b)
        b.stop()
        assert sup.children() == (a,)
        await a.tell(OSError())
        await trio.sleep(1)
        assert a.snapshot().restarts == 1
        assert (await b.wait_stopped()).reason is EndReason.FINISHED


async def test_cell_of_a_service_takes_nothing_urgent(autojump_clock: MockClock) -> None:
    """It cannot be looked into or suspended; it has no asker and nothing set aside; its pattern is its path."""
    async with open_system("app") as system:
        service = (await system.start_child(ChildSpec(name="service", start=idle)))._cell
        with pytest.raises(ActorStopped):
            service.take_urgent(Ask(Ping(), trio.lowlevel.current_task()))
        service.resume()
        assert (service.asked_until, service.stashed, service.pattern) == (inf, 0, "app/service")
        assert system._cell.stack() == ""
        other = await system.start_child(ChildSpec(name="other", start=idle))
        other.stop()
        other.stop()
        assert system._cell.pattern == "app"
        assert system.snapshot(stacks=True).children[0].stack is not None


async def test_child_waits_for_the_one_before(autojump_clock: MockClock) -> None:
    """While an ordered supervisor starts its children, those to come wait; children of a dynamic one do not."""

    async def slow(context: Context) -> None:
        await trio.sleep(2)
        context.started()

    children = tuple(ChildSpec(name=name, start=slow) for name in "ab")
    async with open_system("app") as system, trio.open_nursery() as nursery:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=1)))
        nursery.start_soon(system.start_child, ChildSpec(name="sup", start=Supervisor(children=children)))
        await wait_all_tasks_blocked()
        b = system._cell.children["sup"].children["b"]  # type: ignore[attr-defined]  # cells of supervisors
        assert b.snapshot().waiting_for == "app/sup/a"
        stranger = many._supervisor.adopt(ChildSpec(name="x", start=idle))
        assert stranger.waits_for() is None
        assert many._cell.turn_before(stranger) is None
        stranger.launch()
        nursery.cancel_scope.cancel()
