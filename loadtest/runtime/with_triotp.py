"""The rows' work on triotp: generic servers, casts and calls, as its documentation has them.

Release 0.3.1 asks for Python 3.13; on older ones pip installs 0.2.1, which asks for Trio before 0.20. So this runs in a process
of its own, whose interpreter may be another one: `python -m loadtest.runtime.with_triotp`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

import trio
import trio.testing
from triotp import application, dynamic_supervisor, gen_server, mailbox, node, supervisor

from .measure import AsyncWork, Stopwatch, Work, timed
from .peer import serve
from .sizes import ASK_TIMEOUT, FAN_OUT, RING_SIZE

Args = tuple[int, Stopwatch]


def on_node(work: AsyncWork) -> Work:
    """Work as the one application of a node."""

    async def start(arguments: Args) -> None:
        await work(*arguments)

    def run(count: int, watch: Stopwatch) -> None:
        module = SimpleNamespace(__name__="loadtest", start=start)
        node.run(apps=[application.app_spec(module=module, start_arg=(count, watch), permanent=False)])

    return timed(run)


class Server:
    """Callbacks of a generic server; a class stands in for the module that triotp looks them up in."""

    @staticmethod
    async def init(state: Any) -> Any:
        """Begin with what was given."""
        return state


class Sink(Server):
    """Hears numbers until a negative one."""

    @staticmethod
    async def handle_cast(message: int, done: trio.Event) -> tuple[object, trio.Event]:
        """Note the last."""
        if message < 0:
            done.set()
        return gen_server.NoReply(), done


async def tell(count: int, watch: Stopwatch) -> None:
    """Casts to a generic server."""
    done = trio.Event()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(gen_server.start, Sink, done, "sink")
        await trio.testing.wait_all_tasks_blocked()
        with watch:
            for number in range(count):
                await gen_server.cast("sink", number)
            await gen_server.cast("sink", -1)
            await done.wait()
        nursery.cancel_scope.cancel()


class Doubler(Server):
    """Replies."""

    @staticmethod
    async def handle_call(message: int, _caller: object, state: None) -> tuple[object, None]:
        """Double it."""
        return gen_server.Reply(message * 2), state


async def _ask_many(name: str, count: int) -> None:
    for number in range(count):
        await gen_server.call(name, number, timeout=ASK_TIMEOUT)


async def ask(pairs: int, count: int, watch: Stopwatch) -> None:
    """Calls of generic servers, each with a timeout."""
    async with trio.open_nursery() as servers:
        for pair in range(pairs):
            servers.start_soon(gen_server.start, Doubler, None, str(pair))
        await trio.testing.wait_all_tasks_blocked()
        with watch:
            async with trio.open_nursery() as askers:
                for pair in range(pairs):
                    askers.start_soon(_ask_many, str(pair), count // pairs)
        servers.cancel_scope.cancel()


class Member(Server):
    """Passes a number on, less by one."""

    @staticmethod
    async def handle_cast(message: int, state: tuple[str, trio.Event]) -> tuple[object, object]:
        """Pass it on until it is zero."""
        following, done = state
        if message:
            await gen_server.cast(following, message - 1)
        else:
            done.set()
        return gen_server.NoReply(), state


async def ring(count: int, watch: Stopwatch) -> None:
    """A message goes around generic servers."""
    done = trio.Event()
    async with trio.open_nursery() as nursery:
        for number in range(RING_SIZE):
            following = str((number + 1) % RING_SIZE)
            nursery.start_soon(gen_server.start, Member, (following, done), str(number))
        await trio.testing.wait_all_tasks_blocked()
        with watch:
            await gen_server.cast("0", count)
            await done.wait()
        nursery.cancel_scope.cancel()


async def _node(above: str, number: int, size: int) -> None:
    if size == 1:
        await mailbox.send(above, number)
        return
    async with mailbox.open() as here:
        for below in range(number, number + size, size // FAN_OUT):
            await dynamic_supervisor.start_child("nodes", _node_spec(here, below, size // FAN_OUT))
        total = 0
        for _ in range(FAN_OUT):
            total += await mailbox.receive(here)
    await mailbox.send(above, total)


def _node_spec(above: str, number: int, size: int) -> object:
    return supervisor.child_spec(
        id=f"{number}-{size}",
        task=_node,
        args=[above, number, size],
        restart=supervisor.restart_strategy.TEMPORARY,
    )


async def skynet(count: int, watch: Stopwatch) -> None:
    """A tree of supervised tasks, with a mailbox for each that has others below it."""
    async with trio.open_nursery() as nursery, mailbox.open() as top:
        await nursery.start(dynamic_supervisor.start, supervisor.options(), "nodes")
        with watch:
            await dynamic_supervisor.start_child("nodes", _node_spec(top, 0, count))
            total = await mailbox.receive(top)
        nursery.cancel_scope.cancel()
    assert total == sum(range(count))


async def restart(count: int, watch: Stopwatch) -> None:
    """A supervised generic server crashes at each cast and is there again."""
    alive = trio.Event()

    class Fragile:
        """Without `terminate` the crash would be logged twice."""

        @staticmethod
        async def init(_state: None) -> None:
            alive.set()

        @staticmethod
        async def handle_cast(message: int, _state: None) -> tuple[object, None]:
            raise ZeroDivisionError(message)

        @staticmethod
        async def terminate(_reason: Exception, _state: None) -> None:
            pass

    spec = supervisor.child_spec(id="fragile", task=gen_server.start, args=[Fragile, None, "fragile"])
    options = supervisor.options(max_restarts=count, max_seconds=1)
    async with trio.open_nursery() as nursery:
        await nursery.start(supervisor.start, [spec], options)
        await alive.wait()
        with watch:
            for number in range(count):
                alive = trio.Event()
                await gen_server.cast("fragile", number)
                await alive.wait()
        nursery.cancel_scope.cancel()


class Stage(Server):
    """Passes items on, more by one, or is the last."""

    @staticmethod
    async def handle_cast(message: int, state: tuple[str, trio.Event]) -> tuple[object, object]:
        """Pass it on."""
        following, done = state
        if following:
            await gen_server.cast(following, message + 1 if message >= 0 else message)
        elif message < 0:
            done.set()
        return gen_server.NoReply(), state


async def pipeline_persistent(count: int, watch: Stopwatch) -> None:
    """Items pass from a task through three generic servers."""
    done = trio.Event()
    async with trio.open_nursery() as nursery:
        for name, following in (("add", "add more"), ("add more", "check"), ("check", "")):
            nursery.start_soon(gen_server.start, Stage, (following, done), name)
        await trio.testing.wait_all_tasks_blocked()
        with watch:
            for number in (*range(count), -1):
                await gen_server.cast("add", number)
            await done.wait()
        nursery.cancel_scope.cancel()


def park(count: int, look: Callable[[], object]) -> None:
    """Generic servers that wait for messages."""

    async def work(count: int, _watch: Stopwatch) -> None:
        async with trio.open_nursery() as nursery:
            for _ in range(count):
                nursery.start_soon(gen_server.start, Doubler)
            await trio.testing.wait_all_tasks_blocked()
            look()
            nursery.cancel_scope.cancel()

    on_node(work)(count)


WORK: dict[str, Work] = {
    "tell": on_node(tell),
    "ask 1": on_node(partial(ask, 1)),
    "ask 100": on_node(partial(ask, 100)),
    "ring": on_node(ring),
    "skynet": on_node(skynet),
    "pipeline": on_node(pipeline_persistent),
    "restart": on_node(restart),
}

if __name__ == "__main__":
    serve(WORK)
