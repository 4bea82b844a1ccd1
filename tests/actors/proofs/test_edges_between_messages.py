"""What happens between messages (stash, timers, suspension, state, names), under schedules and cancelled at each step."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import attrs
import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec, DynamicSupervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorError, ActorFailed, ActorStopped, AskCycle, AskTimeout, NameTaken, StashFull
from smarthealth.actors.events import DeadLetterReason
from smarthealth.actors.policy import Backoff, Mailbox, Overflow
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import State
from smarthealth.actors.system import open_system
from smarthealth.actors.testing import CrashMessage, FaultPlan, HangMessage, cancel_sweep, explore, run_virtual, settle
from smarthealth.actors.topics import Topic

QUICKLY = Backoff(initial=0.1, jitter=0.5)
Edge = Callable[[], Awaitable[None]]
EDGES: list[Edge] = []


def edge(scenario: Edge) -> Edge:
    """Add a row."""
    EDGES.append(scenario)
    return scenario


@pytest.mark.parametrize("scenario", EDGES, ids=lambda scenario: scenario.__name__)
def test_edge_under_any_schedule(scenario: Edge) -> None:
    """The rule holds in whichever order tasks run."""
    explore(scenario)


@pytest.mark.parametrize("scenario", EDGES, ids=lambda scenario: scenario.__name__)
def test_edge_cancelled_at_any_step(scenario: Edge) -> None:
    """Cancelled from outside, a system ends in order: nothing is left, nothing is raised, nobody waits."""
    assert cancel_sweep(scenario) > 5


# Stash


@attrs.frozen
class Item(Request[int]):
    """Waits until the gate is open."""

    number: int


class Gate(Actor[object]):
    """Sets items aside while it is closed."""

    def __init__(self, passed: list[int]) -> None:
        self.passed = passed
        self.open = False

    async def handle(self, message: object) -> object:
        """Open, or let through, or set aside."""
        await trio.lowlevel.checkpoint()
        if message == "open":
            self.open = True
            self.context.unstash_all()
        elif message == "crash":
            raise OSError
        elif isinstance(message, Item):
            if not self.open:
                self.context.stash()
                return None
            self.passed.append(message.number)
            return message.number * 10
        return None


@edge
async def set_aside() -> None:
    """What was set aside comes back in order, before what came later; asks get their replies then."""
    passed: list[int] = []
    async with open_system("app") as system:
        gate = await system.start_child(ChildSpec(name="gate", start=partial(Gate, passed)))
        replies: list[int] = []

        async def ask(number: int) -> None:
            replies.append(await gate.ask(Item(number)))

        async with trio.open_nursery() as nursery:
            await gate.tell(Item(1))
            nursery.start_soon(ask, 2)
            await settle()
            await gate.tell(Item(3))
            await settle()
            assert gate.snapshot().stashed == 3
            await gate.tell("open")
            await gate.tell(Item(4))
        await settle()
        assert passed == [1, 2, 3, 4]
        assert replies == [20]


@edge
async def set_aside_over_a_crash() -> None:
    """The stash goes back into the mailbox; the next incarnation finds it, in order."""
    passed: list[int] = []
    async with open_system("app", backoff=QUICKLY) as system:
        gate = await system.start_child(ChildSpec(name="gate", start=partial(Gate, passed)))
        for message in (Item(1), Item(2), "crash", Item(3), "open"):
            await gate.tell(message)
        await trio.sleep(1)
        assert passed == [1, 2, 3]


@edge
async def set_aside_to_the_end() -> None:
    """At the final stop asks fail and the told are dead letters; those whose askers gave up have expired."""
    passed: list[int] = []
    async with open_system("app") as system:
        gate = await system.start_child(ChildSpec(name="gate", start=partial(Gate, passed)))
        failed: list[type[Exception]] = []

        async def ask(seconds: float) -> None:
            try:
                await gate.ask(Item(1), timeout=seconds)
            except (ActorStopped, AskTimeout) as error:
                failed.append(type(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask, 1.0)
            nursery.start_soon(ask, 100.0)
            await gate.tell(Item(2))
            await trio.sleep(2)
            gate.stop()
        assert failed == [AskTimeout, ActorStopped]
        assert system.dead_letters == {DeadLetterReason.STOPPED: 2, DeadLetterReason.EXPIRED: 1}


@edge
async def too_much_set_aside() -> None:
    """Is a crash of the actor that does it, unless it catches it; nothing is lost in silence."""
    passed: list[int] = []
    async with open_system("app", backoff=QUICKLY) as system:
        gate = await system.start_child(ChildSpec(name="gate", start=partial(Gate, passed), stash_capacity=2))
        for number in range(2):
            await gate.tell(Item(number))
        with pytest.raises(ActorFailed) as caught:
            await gate.ask(Item(2))
        assert isinstance(caught.value.__cause__, StashFull)
        await gate.tell("open")
        await trio.sleep(1)
        assert passed == [0, 1]


# Timers


class Clockwork(Actor[object]):
    """Has timers."""

    def __init__(self, ticks: list[tuple[object, float]]) -> None:
        self.ticks = ticks

    async def started(self) -> None:
        """Wind up."""
        self.context.timers.every("tick", 1.0, "tick")
        self.context.timers.once("once", 2.5, "once")

    async def handle(self, message: object) -> None:
        """Note, or do as told."""
        if callable(message):
            message(self)
            return
        await trio.lowlevel.checkpoint()
        self.ticks.append((message, trio.current_time()))


@edge
async def timers() -> None:
    """They fire on time and in order, and no more once the actor is told to stop."""
    ticks: list[tuple[object, float]] = []
    async with open_system("app") as system:
        before = trio.current_time()
        ref = await system.start_child(ChildSpec(name="clock", start=partial(Clockwork, ticks)))
        await trio.sleep(3.5)
        ref.stop()
        await ref.wait_stopped()
        await trio.sleep(10)
        assert [message for message, _ in ticks] == ["tick", "tick", "once", "tick"]
        assert [at - before for _, at in ticks] == pytest.approx([1, 2, 2.5, 3])


@edge
async def timers_die_with_their_incarnation() -> None:
    """A crash ends them; the next incarnation has its own."""
    ticks: list[tuple[object, float]] = []
    with FaultPlan(CrashMessage(path="app/clock", nth=2)):
        async with open_system("app", backoff=Backoff(initial=0.25, jitter=0)) as system:
            before = trio.current_time()
            await system.start_child(ChildSpec(name="clock", start=partial(Clockwork, ticks)))
            await trio.sleep(4.5)
            assert [at - before for _, at in ticks] == pytest.approx([1, 3.25, 4.25])


@edge
async def timers_of_a_busy_actor() -> None:
    """One that is behind gets one tick, not a backlog, even when its mailbox is full."""
    ticks: list[tuple[object, float]] = []
    with FaultPlan(HangMessage(path="app/clock", seconds=5.3)):
        async with open_system("app") as system:
            mailbox = Mailbox(capacity=1, overflow=Overflow.REJECT)
            ref = await system.start_child(ChildSpec(name="clock", start=partial(Clockwork, ticks), mailbox=mailbox))
            before = trio.current_time()
            await ref.tell("busy")
            await settle()
            await ref.tell("full")
            await trio.sleep(7.5)
            assert sorted(str(message) for message, _ in ticks) == ["busy", "full", "once", "tick", "tick", "tick"]
            message, at = ticks[-1]
            assert message == "tick"
            assert at - before == pytest.approx(7)


@edge
async def timers_replaced_and_cancelled() -> None:
    """What was queued of them is void, too."""
    ticks: list[tuple[object, float]] = []
    with FaultPlan(HangMessage(path="app/clock", seconds=1.5)):
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="clock", start=partial(Clockwork, ticks)))

            def rewind(actor: Clockwork) -> None:
                assert actor.context.timers.cancel("tick")
                actor.context.timers.once("once", 1.0, "again")
                assert not actor.context.timers.cancel("tick")

            await ref.tell(rewind)
            await trio.sleep(10)
            assert [message for message, _ in ticks] == ["again"]


# Suspension and state


class Counter(Actor[Item]):
    """Adds up."""

    def __init__(self) -> None:
        self.total = 0

    async def handle(self, message: Item) -> int:
        """Add."""
        await trio.sleep(0.1)
        self.total += message.number
        return self.total


@edge
async def suspension() -> None:
    """A suspended actor handles nothing until it is resumed; its state can be had, messages wait."""
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="counter", start=Counter))
        await ref.tell(Item(1))
        await settle()
        await ref.suspend()
        assert ref.snapshot().state is State.SUSPENDED
        await ref.tell(Item(2))
        with pytest.raises(AskTimeout):
            await ref.ask(Item(4), timeout=3)
        assert await ref.get_state() == {"total": 1}
        ref.resume()
        assert await ref.ask(Item(8)) == 11
        assert ref.snapshot().state is State.RUNNING


@edge
async def suspension_ends_with_the_stop() -> None:
    """A suspended actor can be stopped; who waits for it is told."""
    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="counter", start=Counter))
        await ref.suspend()
        outcome: list[type[Exception]] = []

        async def ask() -> None:
            try:
                await ref.ask(Item(1))
            except ActorStopped as error:
                outcome.append(type(error))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(ask)
            await settle()
            ref.stop()
        assert outcome == [ActorStopped]
        for request in (ref.suspend, ref.get_state):
            with pytest.raises(ActorStopped):
                await request()


@edge
async def urgent_requests_of_a_busy_actor() -> None:
    """They overtake the mailbox, wait for the message in hand, and hold when it crashes or takes too long."""
    with FaultPlan(HangMessage(path="app/counter", seconds=2), CrashMessage(path="app/counter", nth=2)):
        async with open_system("app", backoff=QUICKLY) as system:
            ref = await system.start_child(ChildSpec(name="counter", start=Counter))
            for number in range(3):
                await ref.tell(Item(number))
            await settle()
            with pytest.raises(AskTimeout):
                await ref.get_state(timeout=1)
            assert await ref.get_state() == {"total": 0}
            await settle()
            assert await ref.get_state(timeout=60) is not None
            await trio.sleep(1)
            assert await ref.get_state() == {"total": 2}


@edge
async def urgent_requests_in_a_circle() -> None:
    """An actor that asks for its own state is told so."""
    errors: list[type[Exception]] = []

    class Curious(Actor[Item]):
        async def handle(self, message: Item) -> None:
            for request in (self.context.self_ref.get_state, self.context.self_ref.suspend):
                try:
                    await request()
                except AskCycle as error:
                    errors.append(type(error))

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="curious", start=Curious))
        await ref.ask(Item(1))
        assert errors == [AskCycle, AskCycle]


# Names


@edge
async def names() -> None:
    """One name, one actor, over restarts and until its end; who waits for a name gets it."""
    with FaultPlan(CrashMessage(path="app/one")):
        async with open_system("app", backoff=QUICKLY) as system:
            registry = system.registry
            found: list[ActorRef[Any]] = []

            async def find() -> None:
                found.append(await registry.wait_for("counter"))

            async with trio.open_nursery() as nursery:
                nursery.start_soon(find)
                nursery.start_soon(find)
                await settle()
                one = await system.start_child(ChildSpec(name="one", start=Counter))
                registry.register("counter", one)
            other = await system.start_child(ChildSpec(name="other", start=Counter))
            with pytest.raises(NameTaken):
                registry.register("counter", other)
            await one.tell(Item(1))
            await trio.sleep(1)
            assert found == [one, one]
            assert registry.find("counter") == one
            one.stop()
            await one.wait_stopped()
            assert registry.find("counter") is None
            registry.register("counter", other)
            assert await registry.wait_for("counter") == other


@edge
async def names_of_many() -> None:
    """Many register at once for the same name: one gets it, and the next when that one has ended."""
    async with open_system("app") as system:
        many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=9)))
        leaders: list[str] = []

        async def run_for(number: int) -> None:
            ref = await many.start_child(ChildSpec(name=str(number), start=Counter))
            while True:
                try:
                    system.registry.register("leader", ref)
                except NameTaken:
                    with suppress(ActorError):
                        await (await system.registry.wait_for("leader")).wait_stopped()
                    continue
                leaders.append(ref.name)
                await trio.sleep(0.1)
                ref.stop()
                return

        async with trio.open_nursery() as nursery:
            for number in range(4):
                nursery.start_soon(run_for, number)
        assert sorted(leaders) == ["0", "1", "2", "3"]


# Topics


class Listener(Actor[int]):
    """Hears events, at its own pace."""

    def __init__(self, heard: list[int], seconds: float) -> None:
        self.heard = heard
        self.seconds = seconds

    async def handle(self, message: int) -> None:
        """Hear one."""
        await trio.sleep(self.seconds)
        self.heard.append(message)


@edge
async def topics() -> None:
    """Two publish at once: all hear all, in one order, however slow; who falls behind by its own choice misses some."""
    heard: dict[str, list[int]] = {name: [] for name in ("fast", "slow", "lossy")}
    topic: Topic[int] = Topic()
    async with open_system("app") as system:
        for name, seconds, overflow in (
            ("fast", 0.0, Overflow.WAIT),
            ("slow", 0.1, Overflow.WAIT),
            ("lossy", 0.1, Overflow.DROP_OLDEST),
        ):
            start = partial(Listener, heard[name], seconds)
            mailbox = Mailbox(capacity=2, overflow=overflow)
            topic.subscribe(await system.start_child(ChildSpec(name=name, start=start, mailbox=mailbox)))

        async def publish(first: int) -> None:
            for number in range(first, first + 5):
                assert await topic.publish(number) == 3

        async with trio.open_nursery() as nursery:
            nursery.start_soon(publish, 0)
            nursery.start_soon(publish, 100)
        await trio.sleep(5)
        assert heard["fast"] == heard["slow"]
        assert [number for number in heard["fast"] if number < 100] == list(range(5))
        assert [number for number in heard["slow"] if number in heard["lossy"]] == heard["lossy"]
        assert len(heard["lossy"]) + system.dead_letters.get(DeadLetterReason.DROPPED, 0) == 10


@edge
async def subscribers_come_and_go() -> None:
    """One that crashes stays subscribed, one that ends is forgotten, and holds up nobody who publishes."""
    heard: list[int] = []
    topic: Topic[int] = Topic()
    with FaultPlan(CrashMessage(path="app/crash", nth=2), HangMessage(path="app/hang")):
        async with open_system("app", backoff=QUICKLY) as system:
            for name in ("crash", "hang"):
                spec = ChildSpec(
                    name=name, start=partial(Listener, heard, 0.0), mailbox=Mailbox(capacity=1), stop_timeout=0.0
                )
                topic.subscribe(await system.start_child(spec))
            hang = system.child("hang")
            assert hang is not None
            async with trio.open_nursery() as nursery:

                async def publish() -> None:
                    for number in range(4):
                        await topic.publish(number)

                nursery.start_soon(publish)
                await trio.sleep(1)
                hang.stop()
            await trio.sleep(1)
            assert topic.subscribers == 1
            assert heard == [0, 2, 3]


@edge
async def streams() -> None:
    """A task that is no actor reads a topic until the system ends; what it was sent before, it gets."""
    heard: list[int] = []
    topic: Topic[int] = Topic()
    async with open_system("app") as system, trio.open_nursery() as nursery:

        async def read() -> None:
            async with topic.open_stream(system, Mailbox(capacity=2)) as stream:
                async for number in stream:
                    heard.append(number)
                    await trio.sleep(0.1)

        nursery.start_soon(read)
        await settle()
        for number in range(5):
            assert await topic.publish(number) == 1
        system.stop()
        await system.wait_stopped()
        await trio.sleep(1)
        assert heard == list(range(5))
        assert topic.subscribers == 0


async def published_in_part(scope: trio.CancelScope) -> None:
    """Who publishes is cancelled at any step: those who had room have heard it, and the topic goes on."""
    heard: list[list[int]] = [[], []]
    topic: Topic[int] = Topic()
    async with open_system("app") as system:
        for number in range(2):
            start = partial(Listener, heard[number], 0.1 * number)
            spec = ChildSpec(name=str(number), start=start, mailbox=Mailbox(capacity=1))
            topic.subscribe(await system.start_child(spec))
        with scope:
            for number in range(5):
                await topic.publish(number)
        await topic.publish(100)
        await trio.sleep(5)
        fast, slow = heard
        assert fast[-1] == slow[-1] == 100
        assert [number for number in fast if number in slow] == [number for number in slow if number in fast]
        assert len(set(fast) ^ set(slow)) <= 1


@pytest.mark.parametrize("seed", range(3))
def test_a_publisher_cancelled_at_any_step(seed: int) -> None:
    """Nobody else notices."""
    assert cancel_sweep(published_in_part, seed=seed) > 20


# The end of a system, seen from its own block


@pytest.mark.parametrize("what", ["a name", "the next event"])
def test_who_waits_in_the_block_is_told_of_the_end(what: str) -> None:
    """An actor stops the system while the block's body waits for something of it: the body goes on."""

    async def main() -> None:
        async with open_system("app") as system:

            async def stop_later() -> None:
                await trio.sleep(1)
                system.stop()

            async with trio.open_nursery() as nursery:
                nursery.start_soon(stop_later)
                with trio.fail_after(60):
                    if what == "a name":
                        with pytest.raises(ActorStopped):
                            await system.registry.wait_for("nobody")
                    else:
                        async with system.open_events() as events:
                            async for _ in events:
                                pass

    run_virtual(main)


@pytest.mark.parametrize("what", ["a name", "the next event"])
def test_who_comes_after_the_end_is_told_at_once(what: str) -> None:
    """Nothing more will come of a system that has ended."""

    async def main() -> None:
        async with open_system("app") as system:
            pass
        with trio.fail_after(60):
            if what == "a name":
                with pytest.raises(ActorStopped):
                    await system.registry.wait_for("nobody")
            else:
                async with system.open_events() as events:
                    async for _ in events:
                        pass

    run_virtual(main)


def test_names_given_and_taken_back_leave_nothing() -> None:
    """However often: an actor that lives on does not remember them."""

    async def main() -> None:
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="counter", start=Counter))
            for _ in range(100):
                system.registry.register("counter", ref)
                system.registry.unregister("counter")
            assert len(ref._cell._listeners or ()) <= 1
            for _ in range(100):
                with trio.move_on_after(0):
                    await system.registry.wait_for("nobody")
            assert not system.registry._arrivals

    run_virtual(main)
