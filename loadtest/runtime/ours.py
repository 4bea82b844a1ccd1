"""The rows' work on `smarthealth.actors`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import attrs
import trio

from smarthealth.actors import (
    Actor,
    ActorRef,
    Backoff,
    ChildSpec,
    DynamicSupervisor,
    Mailbox,
    Pipeline,
    Request,
    Stage,
    Supervisor,
    SupervisorRef,
    open_system,
)

from .measure import Stopwatch
from .sizes import ASK_TIMEOUT, CAPACITY, FAN_OUT, ITEMS, RING_SIZE

MAILBOX = Mailbox(capacity=CAPACITY)


class Sink(Actor[int]):
    """Hears numbers until a negative one."""

    def __init__(self) -> None:
        self.done = trio.Event()

    async def handle(self, message: int) -> None:
        """Note the last."""
        if message < 0:
            self.done.set()


async def tell(count: int, watch: Stopwatch) -> None:
    """Messages through a mailbox."""
    sink = Sink()
    async with open_system("loadtest") as system:
        ref: ActorRef[int] = await system.start_child(ChildSpec(name="sink", start=lambda: sink, mailbox=MAILBOX))
        with watch:
            for number in range(count):
                await ref.tell(number)
            await ref.tell(-1)
            await sink.done.wait()


@attrs.frozen
class Double(Request[int]):
    """What is asked."""

    value: int


class Doubler(Actor[Double]):
    """Replies."""

    async def handle(self, message: Double) -> int:
        """Double it."""
        return message.value * 2


async def _ask_on(ref: ActorRef[Double], count: int) -> None:
    for number in range(count):
        await ref.ask(Double(number), timeout=ASK_TIMEOUT)


async def ask(pairs: int, count: int, watch: Stopwatch) -> None:
    """Requests and replies between so many pairs, each with a deadline."""
    async with open_system("loadtest") as system:
        specs = [ChildSpec(name=str(number), start=Doubler, mailbox=MAILBOX) for number in range(pairs)]
        refs: list[ActorRef[Double]] = [await system.start_child(spec) for spec in specs]
        with watch:
            async with trio.open_nursery() as nursery:
                for ref in refs:
                    nursery.start_soon(_ask_on, ref, count // pairs)


class Member(Actor[int]):
    """Passes a number on, less by one."""

    def __init__(self, done: trio.Event) -> None:
        self._done = done
        self.next: ActorRef[int] | None = None

    async def handle(self, message: int) -> None:
        """Pass it on until it is zero."""
        if not message:
            self._done.set()
            return
        assert self.next is not None
        await self.next.tell(message - 1)


async def ring(count: int, watch: Stopwatch) -> None:
    """A message goes around."""
    done = trio.Event()
    members = [Member(done) for _ in range(RING_SIZE)]
    async with open_system("loadtest") as system:
        specs = [
            ChildSpec(name=str(number), start=lambda member=member: member, mailbox=MAILBOX)
            for number, member in enumerate(members)
        ]
        refs: list[ActorRef[int]] = [await system.start_child(spec) for spec in specs]
        for number, member in enumerate(members):
            member.next = refs[(number + 1) % RING_SIZE]
        with watch:
            await refs[0].tell(count)
            await done.wait()


class Node(Actor[int]):
    """Sends up the sum of what is below it; at the bottom, its own number."""

    def __init__(self, nodes: SupervisorRef, wait: bool, above: ActorRef[int], number: int, size: int) -> None:
        self._nodes = nodes
        self._wait = wait
        self._above = above
        self._number = number
        self._size = size
        self._sum = 0
        self._awaited = FAN_OUT

    async def started(self) -> None:
        """Start those below."""
        if self._size == 1:
            await self._above.tell(self._number)
            self.context.finish()
            return
        size = self._size // FAN_OUT
        for number in range(self._number, self._number + self._size, size):
            start = partial(Node, self._nodes, self._wait, self.context.self_ref, number, size)
            spec = ChildSpec(name=f"{number}-{size}", start=start)
            if self._wait:
                await self._nodes.start_child(spec)
            else:
                self._nodes.start_child_nowait(spec)

    async def handle(self, message: int) -> None:
        """Add up."""
        self._sum += message
        self._awaited -= 1
        if not self._awaited:
            await self._above.tell(self._sum)
            self.context.finish()


class Top(Actor[int]):
    """Hears the sum of all."""

    def __init__(self) -> None:
        self.sum = 0
        self.done = trio.Event()

    async def handle(self, message: int) -> None:
        """Keep it."""
        self.sum = message
        self.done.set()


async def skynet(count: int, watch: Stopwatch) -> None:
    """A tree of tens with so many leaves adds up its leaves' numbers."""
    await _grow(False, count, watch)


async def skynet_started(count: int, watch: Stopwatch) -> None:
    """The same, each start waited for."""
    await _grow(True, count, watch)


async def _grow(wait: bool, count: int, watch: Stopwatch) -> None:
    top = Top()
    async with open_system("loadtest") as system:
        above: ActorRef[int] = await system.start_child(ChildSpec(name="top", start=lambda: top))
        spec = ChildSpec(name="nodes", start=DynamicSupervisor(max_children=2 * count))
        nodes = await system.start_supervisor(spec)
        with watch:
            await nodes.start_child(ChildSpec(name="root", start=partial(Node, nodes, wait, above, 0, count)))
            await top.done.wait()
    assert top.sum == sum(range(count))


async def restart(count: int, watch: Stopwatch) -> None:
    """An actor crashes at each message and is there again."""
    alive = trio.Event()

    class Fragile(Actor[int]):
        async def started(self) -> None:
            alive.set()

        async def handle(self, message: int) -> None:
            raise ZeroDivisionError(message)

    at_once = Backoff(initial=0.0)
    policy = Supervisor(children=(ChildSpec(name="fragile", start=Fragile),), intensity=count, backoff=at_once)
    async with open_system("loadtest") as system:
        supervisor = await system.start_supervisor(ChildSpec(name="fragile", start=policy))
        ref = supervisor.child("fragile")
        assert ref is not None
        with watch:
            for number in range(count):
                alive = trio.Event()
                await ref.tell(number)
                await alive.wait()


Emit = Callable[[int], Awaitable[None]]


async def _make(count: int, emit: Emit) -> None:
    for number in range(count):
        await emit(number)


async def _pass(item: int, emit: Emit) -> None:
    await emit(item + 1)


async def _check(item: int, emit: Emit) -> None:
    assert item >= 0


PIPELINE = Pipeline(
    stages=(
        Stage("make", _make, capacity=CAPACITY),
        Stage("add", _pass, capacity=CAPACITY),
        Stage("add more", _pass, capacity=CAPACITY),
        Stage("check", _check, capacity=CAPACITY),
    )
)


async def pipeline_per_query(count: int, watch: Stopwatch) -> None:
    """A pipeline of four stages is set up for each query, of which the first makes some items."""
    with watch:
        for _ in range(count):
            await PIPELINE.run(ITEMS)


async def pipeline_persistent(count: int, watch: Stopwatch) -> None:
    """One pipeline, kept open; what makes the items is the block's body, in the place of the first stage."""
    with watch:
        async with Pipeline(stages=PIPELINE.stages[1:]).open() as line:
            for number in range(count):
                await line.put(number)


def park(count: int, look: Callable[[], object]) -> None:
    """Actors that wait for messages."""

    async def main() -> None:
        async with open_system("loadtest") as system:
            many = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=count)))
            for number in range(count):
                await many.start_child(ChildSpec(name=str(number), start=Doubler))
            look()

    trio.run(main)
