"""Memory is flat: after 250,000 messages, and after 25,000 actors that came and went; four times as many in a thorough run.

What is counted is what Python allocates and what its collector tracks, not what the operating system lends. One object left by
one actor in 250 is found.
"""

from __future__ import annotations

import gc
import os
import tracemalloc
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager

import pytest
import trio

from smarthealth.actors.actor import Actor, ChildSpec, DynamicSupervisor, SupervisorRef
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed
from smarthealth.actors.policy import Backoff, Restart
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.system import System, open_system
from smarthealth.actors.testing import run_virtual
from smarthealth.actors.topics import Topic

TIMES = 4 if os.environ.get("SMARTHEALTH_TEST_PROFILE") == "thorough" else 1
MESSAGES = 250_000 * TIMES
ACTORS = 25_000 * TIMES
AT_ONCE = 500
OBJECTS_TOLERATED = 100
"""Objects more than before: caches of the interpreter's own."""
BYTES_TOLERATED = 50_000
SAMPLE = 1_000
"""Messages or actors while allocations are traced, which takes ten times as long."""
A_DAY = 86_400
"""Seconds after which every deadline has passed, and is forgotten."""

Work = Callable[[System, int], Awaitable[None]]


class Sink(Actor[object]):
    """Takes everything."""

    async def handle(self, message: object) -> object:
        """Reply to a request."""
        return None


class Ping(Request[object]):
    """Wants any reply."""


class Crash(Request[object]):
    """Wants a crash."""


class Fragile(Sink):
    """Crashes when asked to."""

    async def handle(self, message: object) -> object:
        """Crash, or reply."""
        if isinstance(message, Crash):
            raise OSError
        return None


async def tell(system: System, number: int) -> None:
    """Send so many messages to one actor, in batches that fill its mailbox."""
    sink: ActorRef[object] = system.child("sink") or await system.start_child(ChildSpec(name="sink", start=Sink))
    for message in range(number):
        await sink.tell(message)
    await sink.ask(Ping())


async def ask(system: System, number: int) -> None:
    """So many asks, a third of them given up."""
    sink: ActorRef[object] = system.child("sink") or await system.start_child(ChildSpec(name="sink", start=Sink))
    for _ in range(number // 3):
        await sink.ask(Ping(), timeout=60)
        await sink.ask(Ping())
        with trio.CancelScope() as scope:
            scope.cancel()
            await sink.ask(Ping())


async def come_and_go(system: System, number: int) -> None:
    """So many actors, started, asked and stopped, many at a time."""
    many = system.child("many") or await system.start_supervisor(
        ChildSpec(name="many", start=DynamicSupervisor(max_children=AT_ONCE))
    )
    assert isinstance(many, SupervisorRef)
    for _ in range(number // AT_ONCE):
        refs = [await many.start_child(ChildSpec(name=str(name), start=Sink)) for name in range(AT_ONCE)]
        for ref in refs:
            ref.tell_nowait("hello")
            ref.stop()
        for ref in refs:
            await ref.wait_stopped()


async def crash_and_return(system: System, number: int) -> None:
    """So many crashes and restarts of one actor."""
    fragile: ActorRef[object] = system.child("fragile") or await system.start_child(
        ChildSpec(name="fragile", start=Fragile, restart=Restart.PERMANENT)
    )
    for _ in range(number):
        with pytest.raises(ActorFailed):
            # within `A_DAY`: Trio keeps up to 1,000 deadlines that have not passed, though nobody waits for them any more
            await fragile.ask(Crash(), timeout=60)


def crash_proof() -> AbstractAsyncContextManager[System]:
    """A system that bears any number of crashes, and remembers the last at most."""
    return open_system("app", intensity=10**9, period=0.01, backoff=Backoff(initial=0.1, maximum=0.1))


def grown(work: Work, number: int) -> int:
    """Objects that the collector tracks after the work, more than after a little of it."""
    counts: list[int] = []

    async def main() -> None:
        async with crash_proof() as system:
            for some in (number // 100, number):
                await work(system, some)
                await trio.sleep(A_DAY)
                gc.collect()
                counts.append(len(gc.get_objects()))

    run_virtual(main)
    return counts[1] - counts[0]


def allocated(work: Work, number: int) -> int:
    """Bytes held after the work, more than after the same work before."""
    sizes: list[int] = []

    async def main() -> None:
        async with crash_proof() as system:
            for _ in range(3):
                await work(system, number)
                await trio.sleep(A_DAY)
                gc.collect()
                sizes.append(tracemalloc.get_traced_memory()[0])

    tracemalloc.start()
    try:
        run_virtual(main)
    finally:
        tracemalloc.stop()
    return sizes[2] - sizes[1]


@pytest.mark.parametrize(
    ("work", "number"),
    [(tell, MESSAGES), (ask, MESSAGES // 12), (come_and_go, ACTORS), (crash_and_return, ACTORS // 12)],
)
def test_no_object_is_left(work: Work, number: int) -> None:
    """After so many, as many objects as after a hundredth of them."""
    assert grown(work, number) < OBJECTS_TOLERATED


@pytest.mark.parametrize("work", [tell, ask, come_and_go, crash_and_return])
def test_no_byte_is_left(work: Work) -> None:
    """The third round holds no more than the second, to the noise of the interpreter."""
    assert allocated(work, SAMPLE) < BYTES_TOLERATED


def test_messages_and_asks_are_freed_without_the_collector() -> None:
    """They leave no circles of references behind."""

    async def main() -> None:
        async with open_system("app") as system:
            for work in (tell, ask):
                await work(system, 1000)
                gc.collect()
                gc.set_debug(gc.DEBUG_SAVEALL)
                try:
                    await work(system, 1000)
                    gc.collect()
                    kept = [thing for thing in gc.garbage if type(thing).__module__.startswith("smarthealth")]
                finally:
                    gc.set_debug(0)
                    gc.garbage.clear()
                assert kept == [], work.__name__

    run_virtual(main)


def test_closed_systems_are_forgotten() -> None:
    """One after the other, each with all that a system can have; a reference kept from each keeps little of it."""
    counts: list[int] = []
    kept: list[ActorRef[object]] = []

    async def live() -> None:
        topic: Topic[object] = Topic()
        async with crash_proof() as system, system.open_events(), topic.open_stream(system):
            sink = await system.start_child(ChildSpec(name="sink", start=Sink))
            system.registry.register("sink", sink)
            topic.subscribe(sink)
            await topic.publish("event")
            await come_and_go(system, AT_ONCE)
            await sink.ask(Ping())
            kept.append(sink)

    async def main() -> None:
        for number in (2, 20):
            for _ in range(number):
                await live()
            kept.clear()
            gc.collect()
            counts.append(len(gc.get_objects()))

    run_virtual(main)
    assert counts[1] - counts[0] < OBJECTS_TOLERATED
