"""Bodies of HTTP requests, within bounds."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import trio

from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.testing.raw_peer import open_raw_peer

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LIMITS = ShellLimits(max_body_size=1000, close_timeout=0.2)


async def count(scope: Any, receive: Receive, send: Send) -> None:
    """Answer with the length of the body."""
    size = 0
    while (event := await receive())["type"] == "http.request":
        size += len(event["body"])
        if not event["more_body"]:
            break
    else:
        return
    body = str(size).encode()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"%d" % len(body))]})
    await send({"type": "http.response.body", "body": body})


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body."""
    return b"%x\r\n" % len(data) + data + b"\r\n"


async def test_bodies_up_to_the_bound_pass(open_shell: OpenShell) -> None:
    """The bound itself is allowed, with a length and in chunks, one request after the other."""
    async with open_shell(count, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n" + bytes(1000))
        assert (await peer.read_head()).startswith("HTTP/1.1 200")
        assert await peer.read(4) == b"1000"
        await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await peer.send(chunk(bytes(500)) * 2 + chunk(b""))
        assert (await peer.read_head()).startswith("HTTP/1.1 200")
        assert await peer.read(4) == b"1000"


async def test_announced_body_that_is_too_large_is_413_at_once(open_shell: OpenShell) -> None:
    """A length over the bound is refused before the body comes, and the client that still sends reads the refusal."""
    async with open_shell(count, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(b"POST /a?b HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + bytes(100_000))
        assert (await peer.read_head()).startswith("HTTP/1.1 413")
        assert b"BODY_TOO_LARGE" in await peer.read_rest()


async def test_refused_head_request_gets_no_body(open_shell: OpenShell) -> None:
    """A response to HEAD never has a body, a refusal neither."""
    async with open_shell(count, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(b"HEAD / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
        assert (await peer.read_head()).startswith("HTTP/1.1 413")
        assert await peer.read_rest() == b""


async def test_chunked_body_that_grows_too_large_is_413(open_shell: OpenShell) -> None:
    """A body without a length is refused when it passes the bound; what follows is dropped, the application told."""
    async with open_shell(count, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        await peer.send(chunk(bytes(600)) * 3)
        assert (await peer.read_head()).startswith("HTTP/1.1 413")
        assert b"BODY_TOO_LARGE" in await peer.read_rest()


async def test_body_that_grows_too_large_while_it_is_answered_ends_the_connection(open_shell: OpenShell) -> None:
    """When the response has begun, nothing better can be said than the end."""
    told = trio.Event()

    async def early(scope: Any, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"x", "more_body": True})
        while (await receive())["type"] != "http.disconnect":
            pass
        told.set()

    async with open_shell(early, LIMITS) as port, open_raw_peer(port) as peer:
        await peer.send(b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(bytes(600)))
        assert (await peer.read_head()).startswith("HTTP/1.1 200")
        await peer.send(chunk(bytes(600)) * 2)
        assert b"413" not in await peer.read_rest()
        await told.wait()


async def test_failing_application_is_500_with_a_body(open_shell: OpenShell) -> None:
    """An application that fails before it answers is an error in the server's one shape."""

    async def failing(scope: Any, receive: Receive, send: Send) -> None:
        raise RuntimeError("a private detail")

    async with open_shell(failing) as port, open_raw_peer(port) as peer:
        await peer.send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await peer.read_head()).startswith("HTTP/1.1 500")
        assert b"INTERNAL_ERROR" in await peer.read_rest()
