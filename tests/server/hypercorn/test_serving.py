"""The shell as a whole: too many connections, and going away in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import trio

from smarthealth.server.hypercorn import serving
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.listeners import Bind, open_listeners
from smarthealth.server.hypercorn.serving import Shell
from smarthealth.server.hypercorn.watch import Unwatched
from smarthealth.testing.raw_peer import TEXT, close_frame, frame, open_raw_peer

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope: Any, receive: Receive, send: Send) -> None:
    """HTTP gets `ok`, WebSockets an echo."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event["text"]})


class Refusals(Unwatched):
    """Counts."""

    count = 0

    def refused(self) -> None:
        """One more."""
        self.count += 1


async def test_connection_too_many_is_503_until_there_is_room(open_shell: OpenShell) -> None:
    """Over the limit a connection is refused in words; when one leaves, the next is served."""
    refusals = Refusals()
    async with open_shell(app, ShellLimits(max_connections=1), watch=refusals) as port:
        async with open_raw_peer(port) as first:
            await first.send(GET)
            await first.read_head()
            async with open_raw_peer(port) as second:
                await second.send(GET)
                assert (await second.read_head()).startswith("HTTP/1.1 503")
                assert b"OVERLOADED" in await second.read_rest()
        await trio.sleep(0.02)
        async with open_raw_peer(port) as third:
            await third.send(GET)
            assert (await third.read_head()).startswith("HTTP/1.1 200")
    assert refusals.count == 1


async def test_flood_of_connections_too_many_is_answered_only_so_much(
    open_shell: OpenShell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refusing in words is bounded too, in number and in time; a refused peer that vanishes is no error."""
    monkeypatch.setattr(serving, "REFUSALS", 1)
    async with open_shell(app, ShellLimits(max_connections=0, close_timeout=0.2)) as port:
        async with open_raw_peer(port) as first, open_raw_peer(port) as second:
            assert (await first.read_head()).startswith("HTTP/1.1 503")
            assert await second.read_rest() == b""
            with trio.fail_after(2):
                await first.read_rest()
        async with open_raw_peer(port) as third:
            await trio.sleep(0.01)
            await third.reset()
        await trio.sleep(0.05)


async def test_silent_websockets_are_looked_after(open_shell: OpenShell) -> None:
    """Every connection is asked for a sign of life in its time, and let go without one."""
    limits = ShellLimits(ping_interval=0.05, pong_timeout=0.05)
    async with open_shell(app, limits) as port, open_raw_peer(port) as peer:
        await peer.upgrade()
        with trio.fail_after(2):
            assert (await peer.read_rest())[:1] == b"\x89"


async def test_draining_waits_for_the_owner_of_the_websockets(open_shell: OpenShell) -> None:
    """While the application drains, its connections go on; idle ones end; new ones are still answered."""
    stopping, drained = trio.Event(), trio.Event()
    async with (
        open_shell(app, stopping=stopping, drain=drained.wait, grace=5) as port,
        open_raw_peer(port) as talking,
        open_raw_peer(port) as idle,
        open_raw_peer(port) as silent,
    ):
        await talking.upgrade()
        await idle.send(GET)
        await idle.read_head()
        stopping.set()
        with trio.fail_after(1):
            assert await idle.read_rest() == b"ok"
            assert await silent.read_rest() == b""
        async with open_raw_peer(port) as late:
            await late.send(GET)
            assert b"ok" in await late.read_rest()
        await talking.send(frame(TEXT, b"still here"))
        assert await talking.read_text() == "still here"
        drained.set()
        await talking.send(close_frame(1000))
        assert await talking.read_close() == (1000, "")


async def test_everybody_hears_1001_within_the_grace(open_shell: OpenShell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is left at the end of the grace gets 1001, a request that hangs is cancelled, and serving returns."""
    monkeypatch.setattr(serving, "LAST_WORDS", 0.5)
    stopping, cancelled = trio.Event(), trio.Event()

    async def hanging(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await app(scope, receive, send)
            return
        try:
            await trio.sleep_forever()
        finally:
            cancelled.set()

    started = trio.current_time()
    async with (
        open_shell(hanging, stopping=stopping, grace=0.2) as port,
        open_raw_peer(port) as peer,
        open_raw_peer(port) as request,
    ):
        await peer.upgrade()
        await request.send(GET)
        await trio.sleep(0.02)
        stopping.set()
        assert await peer.read_close() == (1001, "server going away")
        await peer.send(close_frame(1001))
        assert await peer.read_rest() == b""
        await cancelled.wait()
    assert trio.current_time() - started < 2


async def test_listening_sockets_outlive_the_shell() -> None:
    """A shell that is started again serves on the same port, and tells applications which listener it is."""
    seen: list[str] = []

    async def noting(scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            raise NotImplementedError  # an application need not support it
        seen.append(scope["state"]["listener"])
        await app(scope, receive, send)

    limits = ShellLimits()

    async def do_nothing() -> None:
        pass

    with open_listeners([Bind(name="taxi", address="127.0.0.1:0")], limits) as listeners:
        for _ in range(2):
            async with trio.open_nursery() as nursery:
                shell, stopping = Shell(noting, limits), trio.Event()

                async def serve(shell: Shell, stopping: trio.Event, task_status: trio.TaskStatus[None]) -> None:
                    await shell.serve(listeners, stopping=stopping, drain=do_nothing, grace=1, task_status=task_status)

                await nursery.start(serve, shell, stopping)
                async with open_raw_peer(listeners[0].port) as peer:
                    await peer.send(GET)
                    assert (await peer.read_head()).startswith("HTTP/1.1 200")
                    assert shell.connections == 1
                    stopping.set()
    assert seen == ["taxi", "taxi"]
