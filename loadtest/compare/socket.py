"""A WebSocket client that costs little: what is measured is the server, and both share one machine.

Text frames only, as whole as servers send them; masks of zeros, which the protocol allows a client that has nothing to hide
from caches in between. A fragmented or compressed message is an error, since none was asked for.
"""

from __future__ import annotations

import asyncio
import base64
import os
import struct
from collections.abc import Callable
from typing import Final, cast

_GREETING: Final = (
    "GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_TEXT: Final = 0x81
_CLOSE: Final = 0x88
_PING: Final = 0x89
_PONG: Final = 0x8A
_LONGEST_SHORT: Final = 125


class Refused(Exception):
    """The server did not let this client in, or sent what a server does not send."""


Heard = Callable[[bytes], None]
"""Told of each text message."""


def frame(opcode: int, payload: bytes) -> bytes:
    """A whole frame of a client, masked with zeros."""
    size = len(payload)
    if size <= _LONGEST_SHORT:
        head = struct.pack("!BB", opcode, 0x80 | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", opcode, 0x80 | 126, size)
    else:
        head = struct.pack("!BBQ", opcode, 0x80 | 127, size)
    return head + b"\0\0\0\0" + payload


class WebSocket(asyncio.Protocol):
    """One connection.

    Args:
        heard: Told of each text message.
    """

    def __init__(self, heard: Heard) -> None:
        self.heard = heard
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed = False
        self._buffer = b""
        self._greeting = b""
        self._transport: asyncio.Transport | None = None

    @classmethod
    async def connect(cls, host: str, port: int, path: str, heard: Heard) -> WebSocket:
        """Open a connection.

        Raises:
            Refused: The server does not want it.
            OSError: There is no server.
        """
        key = base64.b64encode(os.urandom(16)).decode()
        _, socket = await asyncio.get_running_loop().create_connection(lambda: cls(heard), host, port)
        assert socket._transport is not None
        socket._transport.write(_GREETING.format(path=path, host=host, port=port, key=key).encode())
        await socket.opened
        return socket

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self.closed = True
        if not self.opened.done():
            self.opened.set_exception(Refused("the connection ended during the handshake"))

    def data_received(self, data: bytes) -> None:
        """Take bytes and tell of the messages that they complete."""
        buffer = self._buffer + data if self._buffer else data
        if not self.opened.done():
            head, found, buffer = buffer.partition(b"\r\n\r\n")
            if not found:
                self._buffer = head
                return
            if b" 101 " not in head.split(b"\r\n", 1)[0]:
                self.opened.set_exception(Refused(head.split(b"\r\n", 1)[0].decode("latin1")))
                return
            self.opened.set_result(None)
        self._buffer = self._take(buffer)

    def send(self, text: bytes) -> None:
        """Send a text message."""
        assert self._transport is not None
        self._transport.write(frame(_TEXT, text))

    def close(self) -> None:
        """Say goodbye and go."""
        if self._transport is not None and not self.closed:
            self._transport.write(frame(_CLOSE, b"\x03\xe8"))
            self._transport.close()

    def _take(self, buffer: bytes) -> bytes:
        """Tell of whole messages; returns what is left."""
        position, end = 0, len(buffer)
        while end - position >= 2:
            size, start = buffer[position + 1], position + 2
            if size == 126:
                if end - position < 4:
                    break
                size, start = int.from_bytes(buffer[start : start + 2], "big"), position + 4
            elif size == 127:
                if end - position < 10:
                    break
                size, start = int.from_bytes(buffer[start : start + 8], "big"), position + 10
            if end - start < size:
                break
            self._frame(buffer[position], buffer[start : start + size])
            position = start + size
        return buffer[position:]

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode == _TEXT:
            self.heard(payload)
        elif opcode == _PING and self._transport is not None:
            self._transport.write(frame(_PONG, payload))
        elif opcode not in (_CLOSE, _PONG):
            raise Refused(f"a frame of kind {opcode:#x}")
