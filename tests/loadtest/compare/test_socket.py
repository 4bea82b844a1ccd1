"""The cheap WebSocket client, against bytes as servers send them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from loadtest.compare.socket import Refused, WebSocket, frame

ACCEPTED = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n"
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def text(payload: bytes) -> bytes:
    """A server's text frame."""
    size = len(payload)
    if size < 126:
        return bytes([0x81, size]) + payload
    if size < 1 << 16:
        return bytes([0x81, 126]) + size.to_bytes(2, "big") + payload
    return bytes([0x81, 127]) + size.to_bytes(8, "big") + payload


def converse(serve: Serve, talk: Callable[[int], Awaitable[None]]) -> None:
    """Run a server on loopback and a client that is given its port."""

    async def main() -> None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        async with server:
            await talk(server.sockets[0].getsockname()[1])

    asyncio.run(asyncio.wait_for(main(), 20))


def test_messages_are_heard_however_they_are_cut() -> None:
    """Frames of every length, several at once and byte by byte; pings are answered; an end is noticed."""
    messages = [b"a", b"b" * 126, b"c" * 70_000, b""]
    answered: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        assert b"GET /ws HTTP/1.1" in await reader.readuntil(b"\r\n\r\n")
        whole = ACCEPTED + b"".join(map(text, messages)) + b"\x89\x02hi"
        small = ACCEPTED + text(b"first") + text(b"b" * 130)
        for byte in small:
            writer.write(bytes([byte]))
            await writer.drain()
        writer.write(whole[len(ACCEPTED) :])
        answered.append(await reader.readexactly(len(frame(0x8A, b"hi"))))
        answered.append(await reader.readexactly(len(frame(0x81, b"bye"))))
        writer.write(b"\x88\x00")
        writer.close()

    async def talk(port: int) -> None:
        heard: list[bytes] = []
        everything = asyncio.Event()

        def hear(message: bytes) -> None:
            heard.append(message)
            if len(heard) == len(messages) + 2:
                everything.set()

        socket = await WebSocket.connect("127.0.0.1", port, "/ws", hear)
        await everything.wait()
        assert heard == [b"first", b"b" * 130, *messages]
        socket.send(b"bye")
        while not socket.closed:  # noqa: ASYNC110 - the client tells nobody
            await asyncio.sleep(0)
        socket.close()

    converse(serve, talk)
    assert answered == [frame(0x8A, b"hi"), frame(0x81, b"bye")]


@pytest.mark.parametrize("answer", [b"HTTP/1.1 401 Unauthorized\r\n\r\n", b""])
def test_who_is_not_let_in_is_told(answer: bytes) -> None:
    """An answer that is no upgrade, or none at all."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    async def talk(port: int) -> None:
        with pytest.raises(Refused):
            await WebSocket.connect("127.0.0.1", port, "/ws", lambda _: None)

    converse(serve, talk)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_client_s_frame_says_its_size_and_is_masked(size: int) -> None:
    """As RFC 6455, section 5.2, has it."""
    made = frame(0x81, b"x" * size)
    assert made[0] == 0x81
    assert made[1] & 0x80
    assert made.endswith(b"\0\0\0\0" + b"x" * size)


def test_a_frame_of_another_kind_is_refused() -> None:
    """None was asked for, so something is wrong."""

    async def main() -> None:
        socket = WebSocket(lambda _: None)
        with pytest.raises(Refused):
            socket._frame(0x82, b"")
        socket.close()

    asyncio.run(main())
