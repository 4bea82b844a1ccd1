"""The rows' work on asyncio's own tasks, queues and futures, as its documentation has them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

from .measure import Stopwatch, each, once
from .sizes import ASK_TIMEOUT, CAPACITY, FAN_OUT, ITEMS, RING_SIZE

Queue = asyncio.Queue[int]


async def tell(count: int, watch: Stopwatch) -> None:
    """Messages through a queue."""
    queue: Queue = asyncio.Queue(CAPACITY)

    async def consume() -> None:
        while await queue.get() >= 0:
            pass

    consumer = asyncio.create_task(consume())
    with watch:
        for number in range(count):
            await queue.put(number)
        await queue.put(-1)
        await consumer


Question = tuple[int, asyncio.Future[int]]


async def _answer(queue: asyncio.Queue[Question]) -> None:
    while True:
        number, reply = await queue.get()
        if not reply.done():
            reply.set_result(number * 2)


async def _ask_with_wait_for(queue: asyncio.Queue[Question], count: int) -> None:
    loop = asyncio.get_running_loop()
    for number in range(count):
        reply: asyncio.Future[int] = loop.create_future()
        await queue.put((number, reply))
        await asyncio.wait_for(reply, ASK_TIMEOUT)


async def _ask_with_timeout(queue: asyncio.Queue[Question], count: int) -> None:
    loop = asyncio.get_running_loop()
    for number in range(count):
        async with asyncio.timeout(ASK_TIMEOUT):
            reply: asyncio.Future[int] = loop.create_future()
            await queue.put((number, reply))
            await reply


async def _ask(
    ask_many: Callable[[asyncio.Queue[Question], int], Awaitable[None]], pairs: int, count: int, watch: Stopwatch
) -> None:
    queues: list[asyncio.Queue[Question]] = [asyncio.Queue(CAPACITY) for _ in range(pairs)]
    servers = [asyncio.create_task(_answer(queue)) for queue in queues]
    with watch:
        await asyncio.gather(*(ask_many(queue, count // pairs) for queue in queues))
    for server in servers:
        server.cancel()


async def ask_with_wait_for(pairs: int, count: int, watch: Stopwatch) -> None:
    """A request carries a future for its reply, within `wait_for`."""
    await _ask(_ask_with_wait_for, pairs, count, watch)


async def ask_with_timeout(pairs: int, count: int, watch: Stopwatch) -> None:
    """The same within `timeout`."""
    await _ask(_ask_with_timeout, pairs, count, watch)


async def ring(count: int, watch: Stopwatch) -> None:
    """A message goes around queues."""
    queues: list[Queue] = [asyncio.Queue(CAPACITY) for _ in range(RING_SIZE)]
    done = asyncio.Event()

    async def member(receive: Queue, send: Queue) -> None:
        while True:
            hops = await receive.get()
            if not hops:
                done.set()
            else:
                await send.put(hops - 1)

    members = [
        asyncio.create_task(member(queues[number], queues[(number + 1) % RING_SIZE])) for number in range(RING_SIZE)
    ]
    with watch:
        await queues[0].put(count)
        await done.wait()
    for task in members:
        task.cancel()


async def _node(number: int, size: int) -> int:
    if size == 1:
        return number
    async with asyncio.TaskGroup() as group:
        below = range(number, number + size, size // FAN_OUT)
        tasks = [group.create_task(_node(first, size // FAN_OUT)) for first in below]
    return sum(task.result() for task in tasks)


async def skynet(count: int, watch: Stopwatch) -> None:
    """A task for each node, a group for each that has others below it."""
    with watch:
        total = await _node(0, count)
    assert total == sum(range(count))


async def _make(send: Queue, count: int) -> None:
    for number in range(count):
        await send.put(number)
    await send.put(-1)


async def _pass(receive: Queue, send: Queue) -> None:
    while (item := await receive.get()) >= 0:
        await send.put(item + 1)
    await send.put(-1)


async def _check(receive: Queue) -> None:
    while (item := await receive.get()) >= 0:
        assert item >= 0


async def _run_pipeline(count: int) -> None:
    queues: list[Queue] = [asyncio.Queue(CAPACITY) for _ in range(3)]
    async with asyncio.TaskGroup() as group:
        group.create_task(_make(queues[0], count))
        group.create_task(_pass(queues[0], queues[1]))
        group.create_task(_pass(queues[1], queues[2]))
        group.create_task(_check(queues[2]))


pipeline_per_query = each(_run_pipeline, ITEMS)
"""A group of four tasks and three queues for each query."""
pipeline_persistent = once(_run_pipeline)
"""The same, once."""


async def restart(count: int, watch: Stopwatch) -> None:
    """A loop by hand around what crashes at each message."""
    queue: Queue = asyncio.Queue(CAPACITY)
    alive = asyncio.Event()

    async def live() -> None:
        alive.set()
        raise ZeroDivisionError(await queue.get())

    async def supervise() -> None:
        while True:
            with suppress(ZeroDivisionError):
                await live()

    supervisor = asyncio.create_task(supervise())
    await alive.wait()
    with watch:
        for number in range(count):
            alive = asyncio.Event()
            await queue.put(number)
            await alive.wait()
    supervisor.cancel()


def park(count: int, look: Callable[[], object]) -> None:
    """Tasks that wait for messages, with a queue each."""

    async def main() -> None:
        queues: list[Queue] = [asyncio.Queue(CAPACITY) for _ in range(count)]
        tasks = [asyncio.create_task(queue.get()) for queue in queues]
        await asyncio.sleep(0)
        look()
        for task in tasks:
            task.cancel()

    asyncio.run(main())
