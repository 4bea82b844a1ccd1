"""Everything at once, at random: whatever is done to a system, in whatever order, it closes soundly.

Each seed gives another tree, other deeds and another schedule; half of the runs are cancelled from outside in the middle.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

import attrs
import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec, Context, DynamicSupervisor, Supervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorError
from smarthealth.actors.events import Instrument, RuntimeEvent
from smarthealth.actors.pipeline import Emit, Pipeline, Stage
from smarthealth.actors.policy import Backoff, Mailbox, Overflow, Restart, Strategy
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import System, open_system
from smarthealth.actors.testing import explore
from smarthealth.actors.topics import Topic

DEEDS = 60
"""Things that are done to a system, by each of those who do them."""
DOERS = 4
LONGEST = 2.0
"""Seconds between two of them, at most."""


class Watching(Instrument):
    """Has events made."""

    def on_event(self, event: RuntimeEvent) -> None:
        """Look at it."""
        repr(event)


@attrs.frozen
class Act(Request[object]):
    """Has an actor do one of its deeds."""

    errors = (LookupError,)
    name: str
    depth: int = 0


class World:
    """The system, and all who ever lived in it."""

    def __init__(self, system: System) -> None:
        self.system = system
        self.topic: Topic[object] = Topic()
        self.numbers = iter(range(10**6))

    def anyone(self) -> ActorRef[Any]:
        """Someone in the tree, the system included."""
        at: ActorRef[Any] = self.system
        while isinstance(at, SupervisorRef) and (below := at.children()) and random.random() < 0.9:
            at = random.choice(below)
        return at

    def a_supervisor(self) -> SupervisorRef:
        """Some supervisor."""
        at: SupervisorRef = self.system
        while (below := [ref for ref in at.children() if isinstance(ref, SupervisorRef)]) and random.random() < 0.7:
            at = random.choice(below)
        return at

    def spec(self, depth: int = 0) -> ChildSpec:
        """Any child."""
        policy: dict[str, Any] = {
            "intensity": random.choice([0, 1, 3, 10]),
            "period": random.choice([1.0, 5.0]),
            "backoff": Backoff(initial=random.choice([0.0, 0.1, 1.0])),
        }
        start: Any
        match random.randrange(6 if depth < 3 else 4):
            case 0:
                start = partial(serve, random.choice([0.0, 0.5, 5.0, 100.0]), random.random() < 0.3)
            case 4:
                children = tuple(self.spec(depth + 1) for _ in range(random.randrange(4)))
                start = Supervisor(children=children, strategy=random.choice(list(Strategy)), **policy)
            case 5:
                start = DynamicSupervisor(max_children=3, **policy)
            case _:
                start = partial(Worker, self)
        restart = random.choice([None, *Restart])
        return ChildSpec(
            name=str(next(self.numbers)),
            start=start,
            restart=restart,
            significant=restart in (Restart.TRANSIENT, Restart.TEMPORARY) and random.random() < 0.2,
            mailbox=Mailbox(
                capacity=random.choice([1, 2, 10]),
                overflow=random.choice(list(Overflow)),
                key=lambda _: random.randrange(3),
            ),
            drain=random.random() < 0.3,
            start_timeout=random.choice([0.5, 30.0]),
            stop_timeout=random.choice([None, 0.0, 0.5]),
            stash_capacity=2,
        )


async def serve(seconds: float, fails: bool, context: Context) -> None:
    """A service that ends by itself, now and then badly."""
    if random.random() < 0.5:
        context.stopping  # noqa: B018 - to have looked changes how it is stopped
    if random.random() < 0.2:
        await trio.sleep(1)
    context.started()
    await trio.sleep(seconds)
    if fails:
        raise OSError


class Worker(Actor[object]):
    """Does whatever comes."""

    def __init__(self, world: World) -> None:
        if random.random() < 0.05:
            raise OSError("not made")
        self.world = world

    async def started(self) -> None:
        """Take a while, or fail."""
        await trio.sleep(random.choice([0, 0, 0, 0.1, 1]))
        if random.random() < 0.1:
            raise OSError("not started")
        if random.random() < 0.2:
            self.context.timers.every("tick", 0.3, "tick")

    async def handle(self, message: object) -> object:
        """Do it."""
        if isinstance(message, Act):
            return await ACTS[message.name](self, message)
        await trio.sleep(random.choice([0, 0, 0.1]))
        return None

    async def stopped(self) -> None:
        """Take a while, or fail."""
        await trio.sleep(random.choice([0, 0, 0.1, 2]))
        if random.random() < 0.1:
            raise OSError("not stopped")


# What actors do


async def reply(actor: Worker, act: Act) -> object:
    """After a while."""
    await trio.sleep(random.choice([0, 0.1, 1]))
    return act.name


async def fail(actor: Worker, act: Act) -> object:
    """With an error that is declared, or not."""
    raise random.choice([LookupError, OSError])


async def finish(actor: Worker, act: Act) -> object:
    """End by itself."""
    actor.context.finish()
    return None


async def ask_on(actor: Worker, act: Act) -> object:
    """Ask somebody else."""
    if act.depth > 3:
        return None
    other = actor.world.anyone()
    return await other.ask(Act(random.choice(list(ACTS)), act.depth + 1), random.choice([None, 0.2, 5.0]))


async def tell_on(actor: Worker, act: Act) -> object:
    """Tell somebody else."""
    await actor.world.anyone().tell(Act(random.choice(list(ACTS)), act.depth + 1) if act.depth < 3 else "end")
    return None


async def set_aside(actor: Worker, act: Act) -> object:
    """Not now."""
    with suppress(ActorError):
        actor.context.stash()
    return None


async def take_back(actor: Worker, act: Act) -> object:
    """Now."""
    return actor.context.unstash_all()


async def set_timer(actor: Worker, act: Act) -> object:
    """Or cancel it."""
    if random.random() < 0.5:
        actor.context.timers.cancel("tick")
    actor.context.timers.once("act", random.random(), Act(random.choice(list(ACTS)), 3))
    return None


async def take_part(actor: Worker, act: Act) -> object:
    """In the registry and the topic."""
    with suppress(ActorError):
        actor.context.registry.register(random.choice("abc"), actor.context.self_ref)
    with suppress(ActorError):
        actor.world.topic.subscribe(actor.context.self_ref)
    return await actor.world.topic.publish("event")


async def start_another(actor: Worker, act: Act) -> object:
    """A child of its own supervisor, or of another."""
    where = random.choice([actor.context.parent, actor.world.a_supervisor()])
    with trio.move_on_after(random.choice([0.5, 5.0])):
        await where.start_child(actor.world.spec(depth=3))
    return None


async def run_pipeline(actor: Worker, act: Act) -> object:
    """Of three stages."""

    async def pass_on(item: int, emit: Emit[int]) -> None:
        await trio.sleep(random.choice([0, 0.1]))
        for _ in range(2):
            await emit(item)

    stages = (Stage("a", pass_on), Stage("b", pass_on, concurrency=2, capacity=1), Stage("c", pass_on, timeout=0.15))
    await Pipeline(stages=stages).run(1, context=actor.context)
    return None


ACTS: dict[str, Callable[[Worker, Act], Awaitable[object]]] = {
    act.__name__: act
    for act in (
        reply,
        fail,
        finish,
        ask_on,
        tell_on,
        set_aside,
        take_back,
        set_timer,
        take_part,
        start_another,
        run_pipeline,
    )
}


# What is done to them


async def tell(world: World) -> None:
    """Tell someone something."""
    await world.anyone().tell(Act(random.choice(list(ACTS))))


async def tell_nowait(world: World) -> None:
    """Tell someone many things."""
    ref = world.anyone()
    for _ in range(5):
        ref.tell_nowait(Act(random.choice(list(ACTS))))


async def ask(world: World) -> None:
    """Ask someone, for as long as one has patience."""
    with trio.move_on_after(random.choice([0.1, 1.0, 10.0])):
        await world.anyone().ask(Act(random.choice(list(ACTS))), random.choice([None, 0.0, 0.3, 3.0]))


async def start(world: World) -> None:
    """Start something somewhere."""
    with trio.move_on_after(random.choice([0.1, 1.0, 10.0])):
        await world.a_supervisor().start_child(world.spec())


async def start_nowait(world: World) -> None:
    """Start something somewhere, and tell it something before it is ready."""
    ref = world.a_supervisor().start_child_nowait(world.spec())
    await ref.tell(Act(random.choice(list(ACTS))))


async def stop(world: World) -> None:
    """Stop someone, but not all."""
    ref = world.anyone()
    if ref != world.system:
        ref.stop()


async def suspend(world: World) -> None:
    """Suspend someone for a while."""
    ref = world.anyone()
    try:
        await ref.suspend(timeout=1.0)
        await trio.sleep(random.choice([0.1, 1.0]))
    finally:
        ref.resume()


async def look(world: World) -> None:
    """At all there is."""
    for node in world.system.snapshot(stacks=random.random() < 0.3).walk():
        repr(node)
    await world.anyone().get_state(timeout=0.5)


async def watch(world: World) -> None:
    """For someone's end, and for events."""
    with trio.move_on_after(1.0):
        async with world.system.open_events(capacity=5) as events, world.anyone().monitor() as monitor:
            await monitor.receive()
            async for _ in events:
                pass


async def wait_for_name(world: World) -> None:
    """For anyone of that name."""
    with trio.move_on_after(1.0):
        await world.system.registry.wait_for(random.choice("abcd"))


async def publish(world: World) -> None:
    """To whoever has subscribed."""
    with trio.move_on_after(random.choice([0.1, 1.0])):
        await world.topic.publish("news")


async def subscribe(world: World) -> None:
    """For a while."""
    with trio.move_on_after(1.0):
        async with world.topic.open_stream(world.system, Mailbox(capacity=1)) as stream:
            async for _ in stream:
                await trio.sleep(0.1)


DEED: tuple[Callable[[World], Awaitable[None]], ...] = (
    tell,
    tell_nowait,
    ask,
    start,
    start,
    start_nowait,
    stop,
    suspend,
    look,
    watch,
    wait_for_name,
    publish,
    subscribe,
)


async def do_deeds(world: World) -> None:
    """One after the other."""
    for _ in range(DEEDS):
        with suppress(ActorError, LookupError):
            await random.choice(DEED)(world)
        await trio.sleep(random.random() ** 3 * LONGEST)


async def chaos() -> None:
    """A system to which anything may happen."""
    with trio.move_on_after(random.choice([float("inf"), random.random() * DEEDS])), suppress(ActorError):
        async with open_system(
            "app",
            intensity=random.choice([3, 1000]),
            strategy=random.choice(list(Strategy)),
            backoff=Backoff(initial=0.1),
            ask_timeout=random.choice([0.5, 5.0]),
            shutdown_timeout=random.choice([0.5, 10.0]),
            instrument=Watching() if random.random() < 0.5 else None,
        ) as system:
            world = World(system)
            for _ in range(5):
                with suppress(ActorError):
                    await system.start_child(world.spec())
            async with trio.open_nursery() as nursery:
                for _ in range(DOERS):
                    nursery.start_soon(do_deeds, world)


@pytest.mark.parametrize("first", [*range(0, 100, 20), 520])
def test_any_system_closes_soundly(first: int) -> None:
    """Nothing of ours is raised, nothing hangs, nothing is lost or left."""
    explore(chaos, range(first, first + 20))
