"""Costs of the actor runtime beside bare Trio, measured in alternation in one run: `python -m loadtest.mailbox`.

Each row runs the same work twice, on actors and on Trio's own channels, tasks and nurseries, turn by turn, so that a busy
machine weighs on both alike; what is printed is the median of each and of their ratio, with its spread.
"""

from __future__ import annotations

import gc
import statistics
import sys
import time
import tracemalloc
from collections.abc import Awaitable, Callable

import attrs
import trio

from smarthealth.actors import (
    Actor,
    ActorRef,
    ChildSpec,
    Context,
    DynamicSupervisor,
    Mailbox,
    Pipeline,
    Request,
    Restart,
    Stage,
    Supervisor,
    SupervisorRef,
    System,
    open_system,
)

ROUNDS = 7
MESSAGES = 20_000
ASKS = 5_000
CHILDREN = 1_000
QUERIES = 200
TOKENS = 20
PARKED = 1_000
MICROSECONDS = 1e6

Work = Callable[[System], Awaitable[int]]
"""Does some work and says how many units it was."""


@attrs.frozen(kw_only=True)
class Double(Request[int]):
    """What is asked."""

    value: int


class Sink(Actor[int]):
    """Counts to the last message."""

    def __init__(self) -> None:
        self.done = trio.Event()

    async def handle(self, message: int | Double) -> int | None:
        """Count, or reply."""
        if isinstance(message, Double):
            return message.value * 2
        if message < 0:
            self.done.set()
        return None


async def _start(system: System, make: Callable[[], Actor[int]], name: str) -> ActorRef[int]:
    mailbox = Mailbox(capacity=64)
    ref: ActorRef[int] = await system.start_child(ChildSpec(name=name, start=make, mailbox=mailbox))
    return ref


async def _end(ref: ActorRef[int]) -> None:
    ref.stop()
    await ref.wait_stopped()


async def tell_actor(system: System) -> int:
    """Messages through a mailbox."""
    sink = Sink()
    ref = await _start(system, lambda: sink, "sink")
    for number in range(MESSAGES):
        await ref.tell(number)
    await ref.tell(-1)
    await sink.done.wait()
    await _end(ref)
    return MESSAGES


async def tell_channel(_system: System) -> int:
    """The same through a memory channel, awaited as its documentation shows."""
    send, receive = trio.open_memory_channel[int](64)

    async def consume() -> None:
        async for number in receive:
            if number < 0:
                return

    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        for number in range(MESSAGES):
            await send.send(number)
        await send.send(-1)
    return MESSAGES


async def tell_channel_nowait(_system: System) -> int:
    """The same through a memory channel, without waiting where that is possible."""
    send, receive = trio.open_memory_channel[int](64)

    async def consume() -> None:
        while True:
            try:
                number = receive.receive_nowait()
            except trio.WouldBlock:
                number = await receive.receive()
            if number < 0:
                return

    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        for number in (*range(MESSAGES), -1):
            try:
                send.send_nowait(number)
            except trio.WouldBlock:
                await send.send(number)
    return MESSAGES


async def ask_actor(system: System) -> int:
    """Questions and answers."""
    ref = await _start(system, Sink, "sink")
    for number in range(ASKS):
        await ref.ask(Double(value=number), timeout=5)
    await _end(ref)
    return ASKS


async def ask_channel(_system: System) -> int:
    """The same with two memory channels and a deadline."""
    send, receive = trio.open_memory_channel[int](1)
    send_back, receive_back = trio.open_memory_channel[int](1)

    async def serve() -> None:
        async for number in receive:
            await send_back.send(number * 2)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(serve)
        for number in range(ASKS):
            with trio.fail_after(5):
                await send.send(number)
                await receive_back.receive()
        await send.aclose()
    return ASKS


async def children_actor(system: System) -> int:
    """Children started and stopped under a dynamic supervisor."""
    supervisor = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=CHILDREN)))
    for number in range(CHILDREN):
        ref = await supervisor.start_child(ChildSpec(name=str(number), start=Sink))
        ref.stop()
        await ref.wait_stopped()
    await _end(supervisor)
    return CHILDREN


async def children_task(_system: System) -> int:
    """Tasks started in a nursery, and cancelled, waited for both times."""
    async with trio.open_nursery() as nursery:
        for _ in range(CHILDREN):
            scope, ended = trio.CancelScope(), trio.Event()

            async def live(
                scope: trio.CancelScope = scope,
                ended: trio.Event = ended,
                task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
            ) -> None:
                with scope:
                    task_status.started()
                    await trio.sleep_forever()
                ended.set()

            await nursery.start(live)
            scope.cancel()
            await ended.wait()
    return CHILDREN


async def _burst(item: int, emit: Callable[[int], Awaitable[None]]) -> None:
    for number in range(TOKENS):
        await emit(number + item)


async def _pass(item: int, emit: Callable[[int], Awaitable[None]]) -> None:
    await emit(item + 1)


async def _swallow(_item: int) -> None:
    pass


async def pipeline_actor(_system: System) -> int:
    """A pipeline of four stages for each query, the first emitting tokens."""
    stages = (Stage("search", _burst), Stage("rank", _pass), Stage("answer", _pass), Stage("check", _pass))
    pipeline = Pipeline(stages=stages)
    for _ in range(QUERIES):
        await pipeline.run(1, _swallow)
    return QUERIES


async def pipeline_channel(_system: System) -> int:
    """The same with a nursery, four tasks and memory channels."""

    async def passing(receive: trio.MemoryReceiveChannel[int], send: trio.MemorySendChannel[int]) -> None:
        async with receive, send:
            async for item in receive:
                await send.send(item + 1)

    async def last(receive: trio.MemoryReceiveChannel[int]) -> None:
        async with receive:
            async for item in receive:
                await _swallow(item)

    async def first(send: trio.MemorySendChannel[int]) -> None:
        async with send:
            for number in range(TOKENS):
                await send.send(number)

    for _ in range(QUERIES):
        channels = [trio.open_memory_channel[int](16) for _ in range(3)]
        async with trio.open_nursery() as nursery:
            nursery.start_soon(first, channels[0][0])
            nursery.start_soon(passing, channels[0][1], channels[1][0])
            nursery.start_soon(passing, channels[1][1], channels[2][0])
            nursery.start_soon(last, channels[2][1])
    return QUERIES


COMPARISONS: tuple[tuple[str, Work, Work], ...] = (
    ("tell / await channel", tell_actor, tell_channel),
    ("tell / nowait channel", tell_actor, tell_channel_nowait),
    ("ask / two channels", ask_actor, ask_channel),
    ("start and stop / task", children_actor, children_task),
    ("pipeline of 4 / by hand", pipeline_actor, pipeline_channel),
)


async def _time(work: Work, system: System) -> float:
    gc.collect()
    begun = time.perf_counter()
    units = await work(system)
    return (time.perf_counter() - begun) / units * MICROSECONDS


async def compare(name: str, ours: Work, bare: Work) -> None:
    """Print one row."""
    async with open_system("loadtest") as system:
        await _time(ours, system)
        await _time(bare, system)
        pairs = [(await _time(ours, system), await _time(bare, system)) for _ in range(ROUNDS)]
    ratios = sorted(mine / theirs for mine, theirs in pairs)
    medians = [statistics.median(column) for column in zip(*pairs, strict=True)]
    print(
        f"{name:26} {medians[0]:9.2f} {medians[1]:9.2f} µs"
        f"   ratio {statistics.median(ratios):5.2f}  ({ratios[0]:.2f} to {ratios[-1]:.2f})"
    )


async def _sleep(context: Context) -> None:
    context.started()
    await trio.sleep_forever()


def _parked_connection(name: str) -> ChildSpec:
    children = (
        ChildSpec(name="outbox", start=Sink, restart=Restart.TEMPORARY),
        ChildSpec(name="keepalive", start=_sleep, restart=Restart.TEMPORARY),
        ChildSpec(name="session", start=_sleep, restart=Restart.TEMPORARY, significant=True),
        ChildSpec(name="query", start=DynamicSupervisor(max_children=4)),
    )
    return ChildSpec(name=name, start=Supervisor(children=children))


async def _memory_each(supervisor: SupervisorRef, make: Callable[[str], ChildSpec]) -> float:
    gc.collect()
    before = tracemalloc.get_traced_memory()[0]
    refs = [await supervisor.start_child(make(str(number))) for number in range(PARKED)]
    gc.collect()
    used = tracemalloc.get_traced_memory()[0] - before
    for ref in refs:
        ref.stop()
    for ref in refs:
        await ref.wait_stopped()
    return used / PARKED


async def measure_memory() -> None:
    """Print what parked actors take."""
    tracemalloc.start()
    async with open_system("loadtest") as system:
        supervisor = await system.start_supervisor(ChildSpec(name="many", start=DynamicSupervisor(max_children=PARKED)))
        actor = await _memory_each(supervisor, lambda name: ChildSpec(name=name, start=Sink))
        connection = await _memory_each(supervisor, _parked_connection)
    tracemalloc.stop()
    print(f"{'parked actor':26} {actor:9.0f} bytes")
    print(f"{'parked connection':26} {connection:9.0f} bytes (its supervisor and 4 actors)")


async def main() -> None:
    """Print all rows."""
    print(f"Python {sys.version.split()[0]}, Trio {trio.__version__}; {ROUNDS} rounds; actors, bare Trio, ratio")
    for name, ours, bare in COMPARISONS:
        await compare(name, ours, bare)
    await measure_memory()


if __name__ == "__main__":
    trio.run(main)
