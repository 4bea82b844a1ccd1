"""A WebSocket peer that does exactly what it is told, for tests of how a server takes it."""

from __future__ import annotations

import base64
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs
import trio

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
KEY = base64.b64encode(bytes(16))
NO_MASK = bytes(4)
"""The mask that leaves a payload as it is."""
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@attrs.frozen
class Frame:
    """A frame of the server."""

    opcode: int
    payload: bytes
    compressed: bool = False


class PeerClosed(Exception):
    """The server ended the stream before what was waited for."""


def frame(opcode: int, payload: bytes = b"", *, fin: bool = True, compressed: bool = False) -> bytes:
    """A masked frame of a client."""
    first = (0x80 if fin else 0) | (0x40 if compressed else 0) | opcode
    if len(payload) < 126:
        head = struct.pack("!BB", first, 0x80 | len(payload))
    elif len(payload) < 65536:
        head = struct.pack("!BBH", first, 0x80 | 126, len(payload))
    else:
        head = struct.pack("!BBQ", first, 0x80 | 127, len(payload))
    return head + NO_MASK + payload


def close_frame(code: int, reason: str = "") -> bytes:
    """A client's close frame."""
    return frame(CLOSE, struct.pack("!H", code) + reason.encode())


def upgrade_request(path: str = "/", headers: Sequence[tuple[str, str]] = ()) -> bytes:
    """A client's opening handshake."""
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {KEY.decode()}",
        *(f"{name}: {value}" for name, value in headers),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


class RawPeer:
    """One TCP connection to a server."""

    def __init__(self, stream: trio.abc.Stream) -> None:
        self.stream = stream
        self._buffer = bytearray()

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        await self.stream.send_all(data)

    async def upgrade(self, path: str = "/", headers: Sequence[tuple[str, str]] = (), *, early: bytes = b"") -> str:
        """Send an opening handshake, with `early` bytes in the same segment; the head of the answer."""
        await self.send(upgrade_request(path, headers) + early)
        return await self.read_head()

    async def read_head(self) -> str:
        """The head of the next HTTP response, without its empty line."""
        while b"\r\n\r\n" not in self._buffer:
            await self._more()
        head, _, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        self._buffer = bytearray(rest)
        return head.decode()

    async def read(self, size: int) -> bytes:
        """So many bytes."""
        while len(self._buffer) < size:
            await self._more()
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    async def read_frame(self) -> Frame:
        """The next frame of the server."""
        first, length = await self.read(2)
        if length == 126:
            (length,) = struct.unpack("!H", await self.read(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await self.read(8))
        return Frame(first & 0x0F, await self.read(length), bool(first & 0x40))

    async def read_text(self) -> str:
        """The next frame, which must be a text."""
        got = await self.read_frame()
        assert got.opcode == TEXT, got
        return got.payload.decode()

    async def read_close(self) -> tuple[int, str]:
        """Code and reason of the server's close frame, whatever other frames come before it."""
        while (got := await self.read_frame()).opcode != CLOSE:
            pass
        (code,) = struct.unpack("!H", got.payload[:2])
        return code, got.payload[2:].decode()

    async def read_rest(self) -> bytes:
        """Everything until the server ends the stream."""
        try:
            while True:
                await self._more()
        except PeerClosed:
            return bytes(self._buffer)

    async def reset(self) -> None:
        """Vanish with a TCP reset."""
        assert isinstance(self.stream, trio.SocketStream)
        self.stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        await trio.aclose_forcefully(self.stream)

    async def _more(self) -> None:
        try:
            data = await self.stream.receive_some()
        except trio.BrokenResourceError:
            data = b""
        if not data:
            raise PeerClosed
        self._buffer += data


@asynccontextmanager
async def open_raw_peer(
    port: int, *, receive_buffer: int | None = None, send_buffer: int | None = None
) -> AsyncIterator[RawPeer]:
    """Connect to a port of this machine.

    Args:
        port: The server's port on loopback.
        receive_buffer: Bytes of the kernel's buffer for what this peer does not read, None for the kernel's choice.
        send_buffer: Bytes of the kernel's buffer for what the server does not read, None for the kernel's choice.
    """
    connecting = trio.socket.socket()
    for option, size in ((socket.SO_RCVBUF, receive_buffer), (socket.SO_SNDBUF, send_buffer)):
        if size is not None:
            connecting.setsockopt(socket.SOL_SOCKET, option, size)
    await connecting.connect(("127.0.0.1", port))
    stream = trio.SocketStream(connecting)
    try:
        yield RawPeer(stream)
    finally:
        await trio.aclose_forcefully(stream)
