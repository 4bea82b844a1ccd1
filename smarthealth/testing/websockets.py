"""A WebSocket server on real sockets that can also misbehave, for scripted providers."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final, NoReturn
from urllib.parse import parse_qsl, urlsplit

import trio
import trio_websocket

from .errors import ClientGone

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)

Handler = Callable[["Peer"], Awaitable[None]]
Refuse = Callable[[trio_websocket.WebSocketRequest], int | None]
"""The HTTP status with which a handshake is refused, None where it is not."""


class Peer:
    """A client that has connected."""

    def __init__(
        self, request: trio_websocket.WebSocketRequest, connection: trio_websocket.WebSocketConnection
    ) -> None:
        self._connection = connection
        parts = urlsplit(request.path)
        self.path: str = parts.path
        self.query: dict[str, str] = dict(parse_qsl(parts.query))
        self.headers: dict[str, str] = {name.decode().lower(): value.decode() for name, value in request.headers}

    async def receive(self) -> bytes | dict[str, Any]:
        """The next message: bytes, or the object of a text frame.

        Raises:
            ClientGone: There is none.
        """
        try:
            frame = await self._connection.get_message()
        except trio_websocket.ConnectionClosed:
            raise ClientGone from None
        return frame if isinstance(frame, bytes) else dict(json.loads(frame))

    async def send(self, message: dict[str, object] | str) -> None:
        """Send an object, or a text as it is.

        Raises:
            ClientGone: Nobody takes it.
        """
        try:
            await self._connection.send_message(message if isinstance(message, str) else json.dumps(message))
        except trio_websocket.ConnectionClosed:
            raise ClientGone from None

    async def close(self, code: int = 1000) -> NoReturn:
        """Close in order."""
        await self._connection.aclose(code)
        raise ClientGone

    async def hang(self) -> NoReturn:
        """Say nothing more, and hear no answer, until the client goes."""
        while True:
            await self.receive()

    async def reset(self) -> NoReturn:
        """Reset the connection, as a provider does that crashes."""
        stream = self._connection._stream  # the library knows no other way
        assert isinstance(stream, trio.SocketStream)
        raw = stream.socket
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        raw.close()
        raise ClientGone


def accept_all(request: trio_websocket.WebSocketRequest) -> None:
    """Refuse nobody."""


async def _serve(request: trio_websocket.WebSocketRequest, handler: Handler, refuse: Refuse) -> None:
    status = refuse(request)
    if status is not None:
        await request.reject(status)
        return
    connection = await request.accept()
    try:
        await handler(Peer(request, connection))
        await connection.aclose()
    except ClientGone:
        return


@asynccontextmanager
async def open_websocket_server(handler: Handler, *, refuse: Refuse = accept_all) -> AsyncIterator[str]:
    """Serve on this machine until left, which cuts all connections.

    Args:
        handler: Talks to each client; when it returns, the connection is closed.
        refuse: Looks at each handshake first.

    Returns:
        The URL of the server, without a slash at its end.
    """
    async with trio.open_nursery() as nursery:
        server = await nursery.start(
            partial(
                trio_websocket.serve_websocket,
                partial(_serve, handler=handler, refuse=refuse),
                "127.0.0.1",
                0,
                ssl_context=None,
            )
        )
        try:
            yield f"ws://127.0.0.1:{server.port}"
        finally:
            nursery.cancel_scope.cancel()
