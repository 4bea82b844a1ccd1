"""Stops, starts and asks where one should make none: the runtime keeps its rules."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from functools import partial
from math import inf, nan
from typing import Any

import pytest
import trio
from trio.testing import MockClock

from smarthealth.actors.actor import Actor, ChildSpec, DynamicSupervisor, Supervisor
from smarthealth.actors.errors import ActorStopped, AskCycle, AskTimeout
from smarthealth.actors.events import DeadLetterReason, EndReason
from smarthealth.actors.policy import Mailbox, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import check_invariants, probe, settle
from tests.actors.proofs.obedient import SLOWLY, Do, Obedient, child, doing, raising, sleeping


@pytest.fixture(autouse=True)
def invariants() -> Iterator[None]:
    """Hold after each of these."""
    with check_invariants():
        yield


# Stopping from within


async def test_an_actor_may_stop_itself(autojump_clock: MockClock) -> None:
    """Twice, and have its reply delivered."""
    async with open_system("app") as system:
        ref = await system.start_child(child())

        def stop(actor: Obedient) -> int:
            actor.context.self_ref.stop()
            actor.context.self_ref.stop()
            return 7

        assert await ref.ask(doing(stop)) == 7
        assert (await ref.wait_stopped()).reason is EndReason.STOPPED


@pytest.mark.parametrize("moment", ["starting", "ending"])
async def test_an_actor_may_stop_itself_while_it_starts_or_ends(autojump_clock: MockClock, moment: str) -> None:
    """Its start then has not happened; its end goes on."""

    async def stop(actor: Obedient) -> None:
        actor.context.self_ref.stop()
        actor.context.system.stop()

    async with open_system("app") as system:
        start = partial(Obedient, **{moment: stop})
        spec = ChildSpec(name="a", start=start)
        if moment == "starting":
            with pytest.raises(ActorStopped):
                await system.start_child(spec)
        else:
            ref = await system.start_child(spec)
            ref.stop()
        assert (await system.wait_stopped()).reason is EndReason.STOPPED


async def test_an_actor_may_stop_all_above_it(autojump_clock: MockClock) -> None:
    """Its supervisor, and the system, in the middle of a message."""
    async with open_system("app") as system:
        policy = Supervisor(children=(child("a"), child("b")))
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        a = sup.children()[0]

        def stop_all(actor: Obedient) -> str:
            actor.context.parent.stop()
            actor.context.system.stop()
            return "done"

        assert await a.ask(doing(stop_all)) == "done"
        assert (await sup.wait_stopped()).reason is EndReason.STOPPED


async def test_an_actor_that_waits_for_its_own_end_is_cut(autojump_clock: MockClock) -> None:
    """When its time to stop is over."""
    async with open_system("app") as system:
        ref = await system.start_child(child(stop_timeout=2))

        async def wait(actor: Obedient) -> None:
            actor.context.self_ref.stop()
            await actor.context.self_ref.wait_stopped()

        with pytest.raises(ActorStopped):
            await ref.ask(Do(wait), timeout=100)
        assert (await ref.wait_stopped()).reason is EndReason.KILLED


# Stopping between two lives


@pytest.mark.parametrize("strategy", list(Strategy))
async def test_stop_during_the_backoff(autojump_clock: MockClock, strategy: Strategy) -> None:
    """No restart follows, queued asks fail at once, monitors hear of it, and the siblings' restart goes on."""
    async with open_system("app") as system:
        policy = Supervisor(children=(child("a"), child("b")), strategy=strategy, backoff=SLOWLY)
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        a, b = sup.children()
        await a.tell(raising(OSError()))
        await settle()
        async with trio.open_nursery() as nursery, a.monitor() as monitor:

            async def ask() -> None:
                with pytest.raises(ActorStopped):
                    await a.ask(doing(lambda actor: 1), timeout=5)

            nursery.start_soon(ask)
            await settle()
            before = trio.current_time()
            a.stop()
            assert (await monitor.receive()).reason is EndReason.STOPPED
            assert trio.current_time() == before
        assert await b.ask(doing(lambda actor: 2), timeout=100) == 2
        assert sup.children() == (b,)


async def test_stop_of_everything_during_the_backoff(autojump_clock: MockClock) -> None:
    """Nothing is started any more, and no time passes."""
    async with open_system("app", backoff=SLOWLY) as system:
        ref = await system.start_child(child())
        await ref.tell(raising(OSError()))
        await settle()
        before = trio.current_time()
        system.stop()
        assert (await ref.wait_stopped()).reason is EndReason.STOPPED
    assert trio.current_time() == before


# Asks where one should not


async def test_ask_from_started(autojump_clock: MockClock) -> None:
    """Earlier siblings reply; itself, and those that start later, can not."""
    found: list[object] = []

    async def ask(actor: Obedient, name: str) -> None:
        sibling = actor.context.parent.child(name)
        assert sibling is not None
        try:
            found.append(await sibling.ask(doing(lambda other: other.context.name)))
        except (AskCycle, AskTimeout, ActorStopped) as error:
            found.append(type(error))

    async def ask_all(actor: Obedient) -> None:
        for name in "abc":
            await ask(actor, name)

    starts: dict[str, Callable[[], Obedient]] = {"a": Obedient, "b": partial(Obedient, starting=ask_all), "c": Obedient}
    policy = Supervisor(children=tuple(ChildSpec(name=name, start=start) for name, start in starts.items()))
    async with open_system("app") as system:
        sup = await system.start_supervisor(ChildSpec(name="sup", start=policy))
        assert found[:2] == ["a", AskCycle]
        assert found[2] in (AskCycle, AskTimeout)
        assert [ref.name for ref in sup.children()] == ["a", "b", "c"]


async def test_ask_of_a_supervisor(autojump_clock: MockClock) -> None:
    """It takes no messages: an error at once, a dead letter."""
    async with open_system("app") as system:
        with pytest.raises(ActorStopped):
            await system.ask(doing(lambda actor: 1))
        await system.tell("hello")
        assert system.dead_letters == {DeadLetterReason.NO_MAILBOX: 1}


@pytest.mark.parametrize("seconds", [0.0, -1.0, -inf])
async def test_ask_without_time(autojump_clock: MockClock, seconds: float) -> None:
    """Is over at once."""
    async with open_system("app") as system:
        ref = await system.start_child(child())
        with pytest.raises(AskTimeout):
            await ref.ask(Do(sleeping(1)), timeout=seconds)


async def test_a_deadline_that_is_no_number_is_refused(autojump_clock: MockClock) -> None:
    """It would never come, and would confuse the others."""
    async with open_system("app") as system:
        ref = await system.start_child(child())
        with trio.fail_after(60), pytest.raises(ValueError, match="nan"):
            await ref.ask(Do(sleeping(inf)), timeout=nan)


async def test_tell_to_oneself_when_full(autojump_clock: MockClock) -> None:
    """Would wait for itself: it is a dead letter."""
    async with open_system("app") as system:
        ref = await system.start_child(child(mailbox=Mailbox(capacity=1)))

        async def tell(actor: Obedient) -> None:
            for _ in range(3):
                await actor.context.self_ref.tell(doing(lambda actor: None))

        await ref.ask(Do(tell))
        assert system.dead_letters == {DeadLetterReason.CYCLE: 2}


async def test_a_circle_of_full_mailboxes(autojump_clock: MockClock) -> None:
    """Three that tell in a circle do not wait for each other for ever."""
    async with open_system("app") as system:
        refs = [await system.start_child(child(name, mailbox=Mailbox(capacity=1))) for name in "abc"]

        async def pass_on(actor: Obedient, left: int) -> None:
            following = refs[(("abc".index(actor.context.name)) + 1) % 3]
            for _ in range(2):
                await following.tell(Do(partial(pass_on, left=left - 1)) if left else doing(lambda actor: None))

        for ref in refs:
            await ref.tell(Do(partial(pass_on, left=4)))
        await trio.sleep(100)
        for ref in refs:
            assert await ref.ask(doing(lambda actor: "alive")) == "alive"


# The dead


async def test_the_dead(autojump_clock: MockClock) -> None:
    """May be monitored, waited for, told, asked, stopped and looked at, in the system's life and after it."""
    async with open_system("app") as system:
        ref = await system.start_child(child())
        ref.stop()
        first = await ref.wait_stopped()
        await look_at_the_dead(ref)
        await system.start_child(child())
        system.stop()
        await system.wait_stopped()
        with pytest.raises(ActorStopped):
            await system.start_child(child("b"))
    assert await ref.wait_stopped() == first
    await look_at_the_dead(ref)


async def look_at_the_dead(ref: ActorRef[Any]) -> None:
    """All that one may do with a reference."""
    async with ref.monitor() as monitor:
        assert monitor.receive_nowait() is not None
        assert (await monitor.receive()).path == ref.path
    await ref.tell(doing(lambda actor: 1))
    assert not ref.tell_nowait(doing(lambda actor: 1))
    with pytest.raises(ActorStopped):
        await ref.ask(doing(lambda actor: 1))
    ref.stop()
    assert ref.snapshot().state is State.STOPPED
    assert "stopped" in repr(ref)


def test_a_reference_outside_of_trio() -> None:
    """Is as dead as its system."""
    kept: list[ActorRef[Any]] = []

    async def main() -> None:
        async with open_system("app") as system:
            kept.append(await system.start_child(child()))

    trio.run(main)
    assert not kept[0].tell_nowait(doing(lambda actor: 1))
    assert kept[0].snapshot().state is State.STOPPED
    kept[0].stop()


async def test_actors_without_references_live_and_the_stopped_are_forgotten(autojump_clock: MockClock) -> None:
    """A reference keeps nobody alive, and nothing of the runtime keeps a stopped actor's object."""
    objects: list[weakref.ref[Actor[Any]]] = []

    class Seen(Actor[str]):
        async def started(self) -> None:
            objects.append(weakref.ref(self))

    async with open_system("app") as system:
        seen = await probe(system)
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=9)))
        await many.start_child(ChildSpec(name="seen", start=Seen))
        gc.collect()
        assert objects[0]() is not None
        ref = many.child("seen")
        assert ref is not None
        ref.stop()
        await ref.wait_stopped()
        await settle()
        gc.collect()
        assert objects[0]() is None
        await seen.ref.tell("x")


# Children at the wrong time


async def test_children_started_during_shutdown(autojump_clock: MockClock) -> None:
    """Are refused, wherever from, and the stop goes on."""
    refused: list[str] = []

    async def start(actor: Obedient) -> None:
        for where in (actor.context.parent, actor.context.system):
            try:
                await where.start_child(child("late"))
            except ActorStopped as error:
                refused.append(error.path)

    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=9)))
        await many.start_child(ChildSpec(name="a", start=partial(Obedient, ending=start)))
    assert refused == ["app/many", "app"]


async def test_a_child_started_by_a_child_that_is_being_started(autojump_clock: MockClock) -> None:
    """In an ordered supervisor it would wait for the one that starts it: an error, not a deadlock."""
    outcome: list[type[BaseException]] = []

    async def start(actor: Obedient) -> None:
        try:
            with trio.fail_after(20):
                await actor.context.parent.start_child(child("later"))
        except (AskCycle, ActorStopped, trio.TooSlowError) as error:
            outcome.append(type(error))

    policy = Supervisor(children=(ChildSpec(name="a", start=partial(Obedient, starting=start)),))
    async with open_system("app") as system:
        await system.start_supervisor(ChildSpec(name="sup", start=policy))
    assert outcome


async def test_stop_of_a_child_while_it_starts(autojump_clock: MockClock) -> None:
    """Who started it learns of it."""
    async with open_system("app") as system, trio.open_nursery() as nursery:

        async def start() -> None:
            with pytest.raises(ActorStopped):
                await system.start_child(ChildSpec(name="slow", start=partial(Obedient, starting=sleeping(20))))

        nursery.start_soon(start)
        await trio.sleep(1)
        slow = system.child("slow")
        assert slow is not None
        slow.stop()
        await slow.wait_stopped()
