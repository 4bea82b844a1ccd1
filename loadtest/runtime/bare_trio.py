"""The rows' work on Trio's own tasks, channels and scopes, as its documentation has them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress

import trio
import trio.testing

from .measure import Stopwatch, each, once
from .sizes import ASK_TIMEOUT, CAPACITY, FAN_OUT, ITEMS, RING_SIZE

Send = trio.MemorySendChannel[int]
Receive = trio.MemoryReceiveChannel[int]


async def tell(count: int, watch: Stopwatch) -> None:
    """Messages through a memory channel."""
    send, receive = trio.open_memory_channel[int](CAPACITY)

    async def consume() -> None:
        async for number in receive:
            if number < 0:
                return

    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        with watch:
            for number in range(count):
                await send.send(number)
            await send.send(-1)


async def tell_nowait(count: int, watch: Stopwatch) -> None:
    """The same, waiting only where one must; nobody else gets a turn meanwhile."""
    send, receive = trio.open_memory_channel[int](CAPACITY)
    done = trio.Event()

    async def consume() -> None:
        number = 0
        while number >= 0:
            try:
                number = receive.receive_nowait()
            except trio.WouldBlock:
                number = await receive.receive()
        done.set()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(consume)
        with watch:
            for number in (*range(count), -1):
                try:
                    send.send_nowait(number)
                except trio.WouldBlock:
                    await send.send(number)
            await done.wait()


Question = tuple[int, trio.MemorySendChannel[int]]


async def _ask_many(send: trio.MemorySendChannel[Question], count: int) -> None:
    async with send:
        for number in range(count):
            with trio.fail_after(ASK_TIMEOUT):
                send_reply, receive_reply = trio.open_memory_channel[int](1)
                await send.send((number, send_reply))
                await receive_reply.receive()


async def _answer(receive: trio.MemoryReceiveChannel[Question]) -> None:
    async for number, reply in receive:
        await reply.send(number * 2)


async def ask(pairs: int, count: int, watch: Stopwatch) -> None:
    """A request carries a channel for its reply, within `fail_after`."""
    with watch:
        async with trio.open_nursery() as nursery:
            for _ in range(pairs):
                send, receive = trio.open_memory_channel[Question](CAPACITY)
                nursery.start_soon(_answer, receive)
                nursery.start_soon(_ask_many, send, count // pairs)


async def ring(count: int, watch: Stopwatch) -> None:
    """A message goes around memory channels."""
    channels = [trio.open_memory_channel[int](CAPACITY) for _ in range(RING_SIZE)]
    done = trio.Event()

    async def member(receive: Receive, send: Send) -> None:
        async for hops in receive:
            if not hops:
                done.set()
            else:
                await send.send(hops - 1)

    async with trio.open_nursery() as nursery:
        for number in range(RING_SIZE):
            nursery.start_soon(member, channels[number][1], channels[(number + 1) % RING_SIZE][0])
        with watch:
            await channels[0][0].send(count)
            await done.wait()
        nursery.cancel_scope.cancel()


Node = Callable[[int, int, list[int]], Awaitable[None]]


async def _node(number: int, size: int, above: list[int], below: Node | None = None) -> None:
    if size == 1:
        above.append(number)
        return
    sums: list[int] = []
    async with trio.open_nursery() as nursery:
        for first in range(number, number + size, size // FAN_OUT):
            nursery.start_soon(below or _node, first, size // FAN_OUT, sums)
    above.append(sum(sums))


async def _cancellable_node(number: int, size: int, above: list[int]) -> None:
    with trio.CancelScope():
        await _node(number, size, above, _cancellable_node)


async def _started_node(
    number: int, size: int, above: list[int], *, task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED
) -> None:
    if size == 1:
        above.append(number)
        task_status.started()
        return
    sums: list[int] = []
    async with trio.open_nursery() as nursery:
        for first in range(number, number + size, size // FAN_OUT):
            await nursery.start(_started_node, first, size // FAN_OUT, sums)
        task_status.started()
    above.append(sum(sums))


async def _grow(node: Node, count: int, watch: Stopwatch) -> None:
    top: list[int] = []
    with watch:
        await node(0, count, top)
    assert top == [sum(range(count))]


async def skynet(count: int, watch: Stopwatch) -> None:
    """A task for each node, a nursery for each that has others below it."""
    await _grow(_node, count, watch)


async def skynet_cancellable(count: int, watch: Stopwatch) -> None:
    """The same, each task in a cancel scope of its own, as it takes to stop one."""
    await _grow(_cancellable_node, count, watch)


async def skynet_started(count: int, watch: Stopwatch) -> None:
    """The same without scopes, each start waited for, as `nursery.start` does."""
    await _grow(_started_node, count, watch)


async def _make(send: Send, count: int) -> None:
    async with send:
        for number in range(count):
            await send.send(number)


async def _pass(receive: Receive, send: Send) -> None:
    async with receive, send:
        async for item in receive:
            await send.send(item + 1)


async def _check(receive: Receive) -> None:
    async with receive:
        async for item in receive:
            assert item >= 0


async def _run_pipeline(count: int) -> None:
    channels = [trio.open_memory_channel[int](CAPACITY) for _ in range(3)]
    async with trio.open_nursery() as nursery:
        nursery.start_soon(_make, channels[0][0], count)
        nursery.start_soon(_pass, channels[0][1], channels[1][0])
        nursery.start_soon(_pass, channels[1][1], channels[2][0])
        nursery.start_soon(_check, channels[2][1])


pipeline_per_query = each(_run_pipeline, ITEMS)
"""A nursery of four tasks and three channels for each query."""
pipeline_persistent = once(_run_pipeline)
"""The same, once."""


async def restart(count: int, watch: Stopwatch) -> None:
    """A loop by hand around what crashes at each message."""
    send, receive = trio.open_memory_channel[int](CAPACITY)
    alive = trio.Event()

    async def live() -> None:
        alive.set()
        raise ZeroDivisionError(await receive.receive())

    async def supervise() -> None:
        while True:
            with suppress(ZeroDivisionError):
                await live()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(supervise)
        await alive.wait()
        with watch:
            for number in range(count):
                alive = trio.Event()
                await send.send(number)
                await alive.wait()
        nursery.cancel_scope.cancel()


def park(count: int, look: Callable[[], object]) -> None:
    """Tasks that wait for messages, with a channel each."""

    async def wait(receive: Receive) -> None:
        async for _ in receive:
            pass

    async def main() -> None:
        channels = [trio.open_memory_channel[int](CAPACITY) for _ in range(count)]
        async with trio.open_nursery() as nursery:
            for _, receive in channels:
                nursery.start_soon(wait, receive)
            await trio.testing.wait_all_tasks_blocked()
            look()
            nursery.cancel_scope.cancel()

    trio.run(main)
