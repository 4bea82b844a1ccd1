"""Systems in programs that are not theirs: nothing of theirs leaks, and nothing of the program's is disturbed."""

from __future__ import annotations

import contextvars
import gc
import queue
import weakref
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import trio
from hypercorn.config import Config
from hypercorn.trio import serve as serve_app
from trio.testing import MockClock, open_stream_to_socket_listener

from smarthealth.actors.actor import Actor, ChildSpec, Context, Supervisor
from smarthealth.actors.asking import Request
from smarthealth.actors.errors import ActorFailed, SupervisionError
from smarthealth.actors.policy import Restart
from smarthealth.actors.system import System, open_system
from smarthealth.actors.testing import check_invariants, run_virtual, settle


class Add(Request[int]):
    """One and one."""


class Adder(Actor[Add]):
    """Adds, and notes its clean-up."""

    def __init__(self, ended: list[str]) -> None:
        self.ended = ended

    async def handle(self, message: Add) -> int:
        """Add."""
        await trio.lowlevel.checkpoint()
        return 2

    async def stopped(self) -> None:
        """Take a while."""
        await trio.sleep(0.01)
        self.ended.append(self.context.path)


async def work(system: System, ended: list[str]) -> None:
    """Use it."""
    ref = await system.start_child(ChildSpec(name="adder", start=partial(Adder, ended)))
    assert await ref.ask(Add()) == 2


async def crash(context: Context) -> None:
    """Crash as soon as all is well."""
    context.started()
    await trio.sleep(1)
    raise OSError


# Several


def test_one_system_after_the_other_in_runs_of_their_own() -> None:
    """A process may run Trio again and again."""
    ended: list[str] = []

    async def main() -> None:
        async with open_system("app") as system:
            await work(system, ended)

    for _ in range(3):
        with check_invariants():
            trio.run(main)
    assert ended == ["app/adder"] * 3


async def test_several_systems_side_by_side(autojump_clock: MockClock) -> None:
    """The end of one, in failure, is nothing to the others; one may ask into another."""
    ended: list[str] = []
    with check_invariants():
        async with open_system("one") as one, open_system("two") as two:
            await work(one, ended)
            await work(two, ended)
            with pytest.raises(SupervisionError):
                await fail_alone("three")
            adder = two.child("adder")
            assert adder is not None
            ask_other = adder.ask

            class Bridge(Actor[Add]):
                async def handle(self, message: Add) -> object:
                    return await ask_other(message)

            bridge = await one.start_child(ChildSpec(name="bridge", start=Bridge))
            assert await bridge.ask(Add()) == 2
            one.stop()
            await one.wait_stopped()
            assert await adder.ask(Add()) == 2
    assert ended == ["one/adder", "two/adder"]


async def fail_alone(name: str) -> None:
    """A system that gives up."""
    async with open_system(name, intensity=0) as system:
        await system.start_child(ChildSpec(name="crash", start=crash))
        await trio.sleep_forever()


# In a nursery of somebody else's


async def test_under_a_foreign_nursery(autojump_clock: MockClock) -> None:
    """The program's own tasks go on beside it, and come and go; leaving the system leaves them alone."""
    ended: list[str] = []
    beats: list[float] = []

    async def beat() -> None:
        while True:
            beats.append(trio.current_time())
            await trio.sleep(1)

    async def run_system() -> None:
        async with open_system("app") as system:
            await work(system, ended)
            await trio.sleep(3.5)

    with check_invariants():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(beat)
            nursery.start_soon(run_system)
            await trio.sleep(5.5)
            assert ended == ["app/adder"]
            assert len(beats) == 6
            nursery.cancel_scope.cancel()


async def test_the_failure_of_a_system_is_one_error_in_the_programs_own_nursery(autojump_clock: MockClock) -> None:
    """No group within the group, nothing of our inside."""

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail_alone, "app")
            await trio.sleep_forever()

    with pytest.raises(BaseExceptionGroup) as caught:
        await run()
    [error] = caught.value.exceptions
    assert isinstance(error, SupervisionError)
    assert [type(cause) for cause in error.causes] == [OSError]


async def test_a_sibling_that_crashes_ends_the_system_in_order(autojump_clock: MockClock) -> None:
    """The program's error is what the program sees."""
    ended: list[str] = []

    async def crash_later() -> None:
        await trio.sleep(1)
        raise LookupError

    async def run() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(crash_later)
            async with open_system("app") as system:
                await work(system, ended)
                await trio.sleep_forever()

    with check_invariants(), pytest.raises(BaseExceptionGroup) as caught:
        await run()
    [error] = caught.value.exceptions
    assert isinstance(error, LookupError)
    assert ended == ["app/adder"]


# Cancelled by somebody else


async def test_cancelled_before_it_is_opened(autojump_clock: MockClock) -> None:
    """The block is entered, cancelled at its first checkpoint, and left in order."""
    ended: list[str] = []
    with check_invariants(), trio.CancelScope() as scope:
        scope.cancel()
        async with open_system("app") as system:
            await work(system, ended)
            pytest.fail("a cancelled block went on")
    assert scope.cancelled_caught


@pytest.mark.parametrize("moment", ["before its started", "in its started"])
async def test_cancelled_while_a_child_starts(autojump_clock: MockClock, moment: str) -> None:
    """The child is rolled back, those before it are stopped, and the cancellation goes on."""
    ended: list[str] = []

    async def slow(context: Context) -> None:
        try:
            await trio.sleep(10)
            context.started()
        finally:
            ended.append("slow")

    with check_invariants(), trio.move_on_after(0 if moment == "before its started" else 5) as scope:
        async with open_system("app") as system:
            children = (
                ChildSpec(name="first", start=partial(Adder, ended)),
                ChildSpec(name="slow", start=slow),
                ChildSpec(name="never", start=partial(Adder, ended)),
            )
            await system.start_supervisor(ChildSpec(name="sup", start=Supervisor(children=children)))
    assert scope.cancelled_caught
    # Whether the first one had its turn at all before the cancellation is up to Trio.
    assert ended in ([[], ["app/sup/first"]] if moment == "before its started" else [["slow", "app/sup/first"]])


@pytest.mark.parametrize("after", [0.0, 0.5, 1.5, 2.5])
async def test_cancelled_while_it_stops(autojump_clock: MockClock, after: float) -> None:
    """The stop goes on in order, within its budget; then the cancellation."""
    ended: list[str] = []

    class Slow(Actor[Any]):
        async def stopped(self) -> None:
            await trio.sleep(1)
            ended.append(self.context.name)

    with check_invariants(), trio.CancelScope() as scope:
        async with open_system("app") as system:
            for name in "abc":
                await system.start_child(ChildSpec(name=name, start=Slow))
            scope.deadline = trio.current_time() + after
    assert ended == ["c", "b", "a"]


async def test_a_deadline_around_a_system_does_not_reach_its_actors(autojump_clock: MockClock) -> None:
    """They end in order when it passes, with all the time that the budget of the stop gives."""
    ended: list[str] = []

    async def serve(context: Context) -> None:
        stopping = context.stopping
        context.started()
        await stopping.wait()
        await trio.sleep(2)
        ended.append("in order")

    with check_invariants(), trio.move_on_after(5) as scope:
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="serve", start=serve))
            await trio.sleep_forever()
    assert scope.cancelled_caught
    assert ended == ["in order"]
    assert trio.current_time() == 7


# Context variables


WHO: contextvars.ContextVar[object] = contextvars.ContextVar("who")


async def test_actors_do_not_keep_the_context_of_who_starts_them(autojump_clock: MockClock) -> None:
    """An actor that lives on holds nothing of the request that happened to start it."""

    class Something:
        pass

    async with open_system("app") as system:
        something = Something()
        seen = weakref.ref(something)
        token = WHO.set(something)
        ref = await system.start_child(ChildSpec(name="adder", start=partial(Adder, [])))
        assert await ref.ask(Add()) == 2
        WHO.reset(token)
        del something, token
        await settle()
        gc.collect()
        assert seen() is None
        assert await ref.ask(Add()) == 2


async def test_the_programs_context_is_left_as_it_was(autojump_clock: MockClock) -> None:
    """Whatever actors set, and whatever the runtime sets for itself."""
    before = dict(contextvars.copy_context())

    class Setter(Actor[Add]):
        async def handle(self, message: Add) -> None:
            WHO.set("the actor")

    async with open_system("app") as system:
        ref = await system.start_child(ChildSpec(name="setter", start=Setter))
        await ref.ask(Add())
        assert dict(contextvars.copy_context()) == before
    assert dict(contextvars.copy_context()) == before


# Under Hypercorn


async def test_in_an_application_that_hypercorn_serves() -> None:
    """A plain ASGI application opens a system in its lifespan, asks it in each request, and closes it at shutdown."""
    ended: list[str] = []
    systems: list[System] = []

    async def lifespan(receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]) -> None:
        await receive()
        async with open_system("app") as system:
            await system.start_child(ChildSpec(name="adder", start=partial(Adder, ended)))
            systems.append(system)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def application(
        scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if scope["type"] == "lifespan":
            await lifespan(receive, send)
            return
        adder = systems[0].child("adder")
        assert adder is not None
        body = str(await adder.ask(Add())).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})

    config = Config()
    config.bind = ["127.0.0.1:0"]
    config.accesslog = config.errorlog = None
    shutdown = trio.Event()
    with check_invariants(), trio.fail_after(20):
        async with trio.open_nursery() as nursery:
            serve = partial(serve_app, application, config, shutdown_trigger=shutdown.wait)
            [address] = await nursery.start(serve)
            host, _, port = address.rpartition("//")[2].rpartition(":")
            for _ in range(3):
                stream = await trio.open_tcp_stream(host, int(port))
                async with stream:
                    await stream.send_all(b"GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")
                    response = b"".join([chunk async for chunk in stream])
                assert response.startswith(b"HTTP/1.1 200")
                assert response.endswith(b"\r\n\r\n2")
            shutdown.set()
    assert ended == ["app/adder"]


# Under another loop


def test_as_a_guest_of_another_loop() -> None:
    """Trio's guest mode: a foreign loop drives Trio, and Trio the system."""
    ended: list[str] = []
    todo: queue.Queue[Callable[[], object] | None] = queue.Queue()
    outcomes: list[Any] = []

    async def main() -> None:
        async with open_system("app") as system:
            await work(system, ended)

    def done(outcome: Any) -> None:
        outcomes.append(outcome)
        todo.put(None)

    with check_invariants():
        trio.lowlevel.start_guest_run(main, run_sync_soon_threadsafe=todo.put, done_callback=done)
        while (call := todo.get()) is not None:
            call()
    outcomes[0].unwrap()
    assert ended == ["app/adder"]


def test_with_and_without_strict_exception_groups() -> None:
    """A program that runs Trio the old way sees the same one error."""

    async def main() -> None:
        await fail_alone("app")

    for strict in (True, False):
        with pytest.raises(SupervisionError), pytest.warns() if not strict else check_invariants():
            trio.run(main, strict_exception_groups=strict, clock=MockClock(autojump_threshold=0))


def test_a_failing_ask_leaves_as_itself() -> None:
    """Also through a whole run."""

    async def main() -> None:
        async with open_system("app") as system:
            ref = await system.start_child(ChildSpec(name="a", start=Actor, restart=Restart.TEMPORARY))
            await ref.ask(Add())

    with check_invariants(), pytest.raises(ActorFailed) as caught:
        run_virtual(main)
    assert isinstance(caught.value.__cause__, NotImplementedError)


async def test_a_system_in_a_task_that_serves_a_socket(nursery: trio.Nursery) -> None:
    """One system for each connection of a plain Trio server, opened and closed in its handler."""
    ended: list[str] = []

    async def handle(stream: trio.SocketStream) -> None:
        async with stream, open_system("connection") as system:
            await work(system, ended)
            await stream.send_all(b"2")

    listener = (await trio.open_tcp_listeners(0, host="127.0.0.1"))[0]
    with check_invariants():
        nursery.start_soon(trio.serve_listeners, handle, [listener])
        for _ in range(3):
            async with await open_stream_to_socket_listener(listener) as stream:
                assert b"".join([chunk async for chunk in stream]) == b"2"
        await trio.sleep(0.1)
    assert ended == ["connection/adder"] * 3
    nursery.cancel_scope.cancel()
