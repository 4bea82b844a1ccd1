"""A small HTTP/1.1 server on Trio streams that can also misbehave, for scripted providers.

A handler gets an `Exchange` and answers through it, whole or in pieces; meanwhile the connection is read, so that a client
that goes away is noticed at once and the handler cancelled.
"""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final, NoReturn

import h11
import trio

from .errors import ClientGone

MAX_BODY: Final = 16 * 1024 * 1024
_READ_SIZE: Final = 64 * 1024
_BROKEN: Final = (trio.BrokenResourceError, trio.ClosedResourceError, h11.ProtocolError)
_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)

Handler = Callable[["Exchange"], Awaitable[None]]


class Exchange:
    """One request and the way to answer it."""

    def __init__(
        self, stream: trio.SocketStream, connection: h11.Connection, request: h11.Request, body: bytes
    ) -> None:
        self._stream = stream
        self._connection = connection
        self.method = request.method.decode("ascii")
        self.path = request.target.decode("latin-1").partition("?")[0]
        self.headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in request.headers}
        self.body = body
        self.client_port: int = stream.socket.getpeername()[1]

    async def respond(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        """Answer with a JSON value."""
        body = json.dumps(value).encode()
        fields = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        await self._send(self._head(status, fields) + self._framed(h11.Data(data=body)))
        await self._finish()

    async def begin_stream(self, content_type: str = "text/event-stream") -> None:
        """Begin an answer that comes in pieces, of server-sent events unless said otherwise."""
        await self._send(self._head(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked"}))

    async def send_event(self, data: bytes) -> None:
        """Send the data of one event, as one chunk."""
        await self._send(self._framed(h11.Data(data=b"data: %s\n\n" % data)))

    async def send_data(self, data: bytes) -> None:
        """Send the next bytes, as one chunk; none are no chunk."""
        if data:
            await self._send(self._framed(h11.Data(data=data)))

    async def end_stream(self) -> None:
        """End the answer that `begin_stream` began."""
        await self._finish()

    async def reset(self) -> NoReturn:
        """Begin one more chunk and reset the connection in the middle of it."""
        await self._send(b"200\r\ndata: {")
        self._stream.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._stream.socket.close()
        raise ClientGone

    def _head(self, status: int, headers: Mapping[str, str]) -> bytes:
        return self._framed(h11.Response(status_code=status, headers=list(headers.items())))

    def _framed(self, event: h11.Response | h11.Data | h11.EndOfMessage) -> bytes:
        return self._connection.send(event) or b""

    async def _finish(self) -> None:
        end = self._framed(h11.EndOfMessage())
        if end:
            await self._send(end)

    async def _send(self, data: bytes) -> None:
        try:
            await self._stream.send_all(data)
        except _BROKEN:
            raise ClientGone from None


async def serve_connection(stream: trio.SocketStream, handler: Handler) -> None:
    """Serve one connection until it ends."""
    connection = h11.Connection(h11.SERVER)
    async with stream:
        with suppress(ClientGone, OSError, *_BROKEN):
            while await _answer(handler, await _receive(stream, connection), stream, connection):
                connection.start_next_cycle()


@asynccontextmanager
async def open_http_server(handler: Handler, *, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[str]:
    """Serve in this task's process until left, which cuts all connections.

    An exception of the block, or of the handler, leaves as itself and in no group.

    Args:
        handler: Answers each request.
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.

    Returns:
        The URL of the server, without a slash at its end.
    """
    try:
        async with trio.open_nursery() as nursery:
            listeners = await trio.open_tcp_listeners(port, host=host)
            await nursery.start(trio.serve_listeners, partial(serve_connection, handler=handler), listeners)
            try:
                yield f"http://{host}:{listeners[0].socket.getsockname()[1]}"
            finally:
                nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        raise _only_leaf(group) or group from None


def _only_leaf(error: BaseException) -> BaseException | None:
    if not isinstance(error, BaseExceptionGroup):
        return error
    return _only_leaf(error.exceptions[0]) if len(error.exceptions) == 1 else None


async def _receive(stream: trio.SocketStream, connection: h11.Connection) -> Exchange:
    request: h11.Request | None = None
    body = bytearray()
    while True:
        match connection.next_event():
            case h11.Request() as request:
                continue
            case h11.Data(data=data):
                body += data
                if len(body) > MAX_BODY:
                    raise ClientGone
            case h11.EndOfMessage() if request is not None:
                return Exchange(stream, connection, request, bytes(body))
            case h11.NEED_DATA:
                connection.receive_data(await stream.receive_some(_READ_SIZE))
            case _:
                raise ClientGone


async def _answer(handler: Handler, exchange: Exchange, stream: trio.SocketStream, connection: h11.Connection) -> bool:
    """Run the handler while the connection is read; False when the client is gone before the answer is whole."""
    answered = False

    async def watch() -> None:
        with suppress(*_BROKEN):
            while data := await stream.receive_some(_READ_SIZE):
                connection.receive_data(data)
        nursery.cancel_scope.cancel()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(watch)
        with suppress(ClientGone):
            await handler(exchange)
            answered = True
        nursery.cancel_scope.cancel()
    return answered
