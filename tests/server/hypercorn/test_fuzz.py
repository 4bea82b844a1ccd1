"""Bytes that nobody should send, by the hundred."""

from __future__ import annotations

import random
import zlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any

import pytest
import structlog
import trio

from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.testing.raw_peer import close_frame, frame, open_raw_peer, upgrade_request

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LIMITS = ShellLimits(
    max_message_size=2000,
    max_body_size=1500,
    read_ahead=2000,
    compression=True,
    header_timeout=0.2,
    body_timeout=0.2,
    keep_alive_timeout=0.1,
    close_timeout=0.1,
    send_timeout=0.3,
)
CONNECTIONS = 200
AT_ONCE = 20


async def app(scope: Any, receive: Receive, send: Send) -> None:
    """Echo on WebSockets; on HTTP answer when the body is whole."""
    if scope["type"] == "http":
        while (event := await receive()).get("more_body"):
            pass
        if event["type"] == "http.request":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ok"})
        return
    await receive()
    await send({"type": "websocket.accept"})
    while (event := await receive())["type"] == "websocket.receive":
        await send(event | {"type": "websocket.send"})


def websocket_bytes(dice: random.Random) -> bytes:
    """A handshake and some frames, of every kind and combination."""
    compressor = zlib.compressobj(wbits=-15)
    packed = compressor.compress(b"hello" * 50) + compressor.flush(zlib.Z_SYNC_FLUSH)
    payloads = [b"", b"hi", b"x" * 300, b"\xff\xfe", "ñ".encode() * 40, b"\x03\xe8bye", packed[:-4]]
    frames = [
        frame(
            dice.choice([0, 1, 1, 2, 8, 9, 10, 3]),
            dice.choice(payloads),
            fin=dice.random() < 0.7,
            compressed=dice.random() < 0.3,
        )
        for _ in range(dice.randrange(10))
    ]
    offer = dice.choice(["permessage-deflate", "permessage-deflate; client_max_window_bits=x", "other"])
    return upgrade_request("/", [("Sec-WebSocket-Extensions", offer)]) + b"".join(frames) + close_frame(1000)


def http_bytes(dice: random.Random) -> bytes:
    """Some requests in a row."""
    body = b"x" * dice.randrange(2000)
    requests = [
        b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n",
        b"HEAD / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\n\r\n",
        b"GET /%ff%00 HTTP/1.0\r\n\r\n",
    ]
    return b"".join(dice.choices(requests, k=3))


def spoiled(data: bytes, dice: random.Random) -> Iterator[bytes]:
    """The bytes with some changed, lost and added, in pieces of any size."""
    spoilt = bytearray(data)
    for _ in range(dice.choice([0, 1, 3])):
        at = dice.randrange(len(spoilt))
        spoilt[at : at + dice.randrange(8)] = dice.randbytes(dice.randrange(8))
    while spoilt:
        size = dice.choice([1, 10, 100, len(spoilt)])
        yield bytes(spoilt[:size])
        del spoilt[:size]


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_no_bytes_make_the_server_fail(seed: int, open_shell: OpenShell) -> None:
    """Whatever comes, however it is cut, and however the peer leaves: no fault is logged, and the server serves on."""
    dice, places = random.Random(seed), trio.CapacityLimiter(AT_ONCE)

    async def attack(port: int) -> None:
        async with places, open_raw_peer(port) as peer:
            try:
                for piece in spoiled(dice.choice([websocket_bytes, http_bytes])(dice), dice):
                    await peer.send(piece)
                if dice.random() < 0.3:
                    await peer.reset()
                else:
                    with trio.move_on_after(0.05):
                        await peer.read_rest()
            except (trio.BrokenResourceError, trio.ClosedResourceError):
                pass

    async with open_shell(app, LIMITS) as port:
        with structlog.testing.capture_logs() as lines:
            async with trio.open_nursery() as nursery:
                for _ in range(CONNECTIONS):
                    nursery.start_soon(attack, port)
        assert {line["event"] for line in lines} == {"request_answered"}
        async with open_raw_peer(port) as peer:
            await peer.upgrade(early=frame(1, b"still there"))
            assert await peer.read_text() == "still there"
