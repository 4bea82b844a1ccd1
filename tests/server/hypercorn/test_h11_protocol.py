"""HTTP/1.1 against peers that bend it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import h11
import pytest
import trio

from smarthealth.server.hypercorn.h11_protocol import UPGRADED
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.testing.raw_peer import PING, PONG, Frame, frame, open_raw_peer, upgrade_request

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LIMITS = ShellLimits(header_timeout=0.2, body_timeout=0.2, keep_alive_timeout=0.2, close_timeout=0.2)


async def hello(scope: Any, receive: Receive, send: Send) -> None:
    """Say what kind of connection this is."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.accept"})
        await receive()
        return
    while (event := await receive()).get("more_body"):
        pass
    if event["type"] == "http.request":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})


async def test_requests_may_come_one_after_the_other_or_all_at_once(open_shell: OpenShell) -> None:
    """Pipelined requests are answered in order on one connection."""
    async with open_shell(hello) as port, open_raw_peer(port) as peer:
        await peer.send(GET * 3)
        for _ in range(3):
            assert (await peer.read_head()).startswith("HTTP/1.1 200")
            assert await peer.read(2) == b"ok"


async def test_connection_close_is_honoured(open_shell: OpenShell) -> None:
    """A client that asks for the end after its response gets it."""
    async with open_shell(hello) as port, open_raw_peer(port) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert (await peer.read_rest()).endswith(b"ok")


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 20_000, 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505),
        (b"HEAD / HTTP/2.0\r\n\r\n", 505),
    ],
)
async def test_malformed_request_is_refused_in_words(data: bytes, status: int, open_shell: OpenShell) -> None:
    """What is no good HTTP/1.1 gets a status, and its connection ends."""
    async with open_shell(hello, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(data)
        assert (await peer.read_head()).startswith(f"HTTP/1.1 {status} ")
        assert (b"error" in await peer.read_rest()) is not data.startswith(b"HEAD")


async def test_http_2_cannot_be_reached_by_upgrade(open_shell: OpenShell) -> None:
    """An offer of h2c is ignored: the response is HTTP/1.1."""
    async with open_shell(hello) as port, open_raw_peer(port) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n")
        assert (await peer.read_head()).startswith("HTTP/1.1 200")


async def test_upgrade_to_anything_but_a_websocket_is_ignored(open_shell: OpenShell) -> None:
    """Only `GET` with both headers becomes a WebSocket, in whatever case and however the header is split."""
    async with open_shell(hello) as port:
        async with open_raw_peer(port) as peer:
            await peer.send(upgrade_request().replace(b"GET", b"POST"))
            assert (await peer.read_head()).startswith("HTTP/1.1 200")
        async with open_raw_peer(port) as peer:
            split = b"Connection: keep-alive\r\nConnection: UPGRADE"
            await peer.send(upgrade_request().replace(b"Connection: Upgrade", split))
            assert (await peer.read_head()).startswith("HTTP/1.1 101")
            await peer.send(frame(PING, b"x"))
            assert await peer.read_frame() == Frame(PONG, b"x")


@pytest.mark.parametrize(
    "start",
    [
        b"G",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345",
    ],
)
async def test_request_that_drips_in_is_408(start: bytes, open_shell: OpenShell) -> None:
    """A head or body that takes too long as a whole is given up, however steadily it drips."""
    async with open_shell(hello, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(start)
        async with trio.open_nursery() as nursery:

            async def drip() -> None:
                while True:
                    await trio.sleep(0.06)
                    await peer.send(b"x")

            nursery.start_soon(drip)
            with trio.fail_after(2):
                assert (await peer.read_head()).startswith("HTTP/1.1 408")
            nursery.cancel_scope.cancel()


async def test_idle_connection_is_closed_without_words(open_shell: OpenShell) -> None:
    """A connection that says nothing, from the start or after a response, just ends in its time."""
    async with open_shell(hello, LIMITS) as port:
        for requests in (0, 1):
            async with open_raw_peer(port) as peer:
                await peer.send(GET * requests)
                for _ in range(requests):
                    await peer.read_head()
                    await peer.read(2)
                with trio.fail_after(2):
                    assert await peer.read_rest() == b""


async def test_request_left_by_its_client_is_told_to_the_application(open_shell: OpenShell) -> None:
    """A client that leaves in the middle of its request ends it."""
    async with open_shell(hello) as port:
        async with open_raw_peer(port) as peer:
            await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n12345")
        async with open_raw_peer(port) as peer:
            await peer.send(GET)
            assert (await peer.read_head()).startswith("HTTP/1.1 200")


async def test_request_has_one_answer(open_shell: OpenShell) -> None:
    """A refusal of ours is not followed by the application's answer, nor an answer by a refusal of ours."""
    go = trio.Event()

    async def late(scope: Any, receive: Receive, send: Send) -> None:
        if scope["path"] == "/early":
            await send({"type": "http.response.start", "status": 200, "headers": []})
        else:
            await go.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok", "more_body": True})
        await receive()
        await receive()

    async with open_shell(late, LIMITS) as port:
        for path, status in (("/late", 400), ("/early", 200)):
            async with open_raw_peer(port) as peer:
                await peer.send(f"POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
                if path == "/early":
                    assert (await peer.read_head()).startswith("HTTP/1.1 200")
                await peer.send(b"zz\r\n")
                if path == "/late":
                    assert (await peer.read_head()).startswith(f"HTTP/1.1 {status}")
                    go.set()
                assert b"HTTP/1.1" not in await peer.read_rest()


async def test_refusal_of_a_stream_is_written_here(open_shell: OpenShell) -> None:
    """A stream that refuses gets its answer from the protocol, once, whatever was begun before."""

    async def never(scope: Any, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"", "more_body": True})
        await trio.sleep_forever()

    limits = ShellLimits(max_body_size=10, close_timeout=0.2)
    async with open_shell(never, limits) as port:
        async with open_raw_peer(port) as peer:
            await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\n\r\n")
            assert (await peer.read_head()).startswith("HTTP/1.1 413")
        async with open_raw_peer(port) as peer:
            await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n")
            assert (await peer.read_head()).startswith("HTTP/1.1 200")
            await peer.send(b"f\r\n" + b"x" * 15 + b"\r\n")
            with trio.fail_after(2):
                assert b"413" not in await peer.read_rest()


def test_nothing_of_http_is_heard_of_an_upgraded_connection() -> None:
    """Once a connection speaks WebSocket, whoever still reads requests from it finds none, nor anything left over."""
    assert UPGRADED.next_event() is h11.NEED_DATA
    assert UPGRADED.trailing_data == (b"", False)
