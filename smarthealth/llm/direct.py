"""The body of a streamed response, read straight from its socket.

Theory of operation. Between a provider's socket and its text stand three libraries, whose work on a response's body costs
four times what is done with the body. They keep what they are good at: finding, opening, securing and pooling connections,
writing requests, reading heads, saying what went wrong. The body of a chunked response is read here:

    backend ─► DirectStream ─► h11 reads the head, and gets not one byte of the body
                    └────────► ChunkedBody reads the body, and leaves its last chunk to h11

A `DirectStream` ends what it gives out at the end of a head, and holds back the rest. As long as nobody has asked for that,
`direct_body` finds it whole. `ChunkedBody` takes chunk after chunk (RFC 9112, section 7.1) until the last, of size nothing,
which it puts back: h11 reads that one, trailers included, and so finds the response at its end and the connection fit for
the next request. Whatever is not as expected (another framing, an interim response, another transport, a proxy) leaves the
body with the library.

The library sends a request's head by itself, and so would have a call and a packet for it, and another for the body. A
`DirectStream` keeps a head until more comes.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
import urllib.request
from collections.abc import Iterable
from contextlib import suppress
from math import inf
from typing import Any, Final

import httpcore2
import httpx2
import trio

from .read_watch import watch_of

MOST_READ: Final = 64 * 1024
"""Bytes of one read."""
LONGEST_SIZE_LINE: Final = 1024
"""Bytes of a chunk's size and its extensions."""
_HEAD_END: Final = b"\r\n\r\n"
_LINE_END: Final = b"\r\n"
_SIZE_LINE: Final = re.compile(rb"([0-9A-Fa-f]{1,15})[ \t]*(?:;[^\r\n]{0,%d})?\r\n" % (LONGEST_SIZE_LINE - 32))


class DirectStream(httpcore2.AsyncNetworkStream):
    """A connection of the pool, which never gives out a piece of a body together with a head.

    Args:
        stream: The connection.
    """

    def __init__(self, stream: httpcore2.AsyncNetworkStream) -> None:
        self._stream = stream
        self._held = b""
        self._seen = b""
        """The end of what was given out of a head: its last line may end in the next piece."""
        self._unsent = b""
        """A request's head."""
        self._in_head = False
        self.at_body = False
        """Whether a head has just ended, and nothing after it was given out."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 - the library's
        """Give out what comes next, a head's end being the end of a piece."""
        if self._unsent:
            await self.write(b"", timeout)
        data = self._held or await self._stream.read(max_bytes, timeout)
        self._held = b""
        self.at_body = False
        if not self._in_head:
            return data
        end = (self._seen + data).find(_HEAD_END)
        if end < 0:
            self._seen = (self._seen + data)[1 - len(_HEAD_END) :]
            return data
        cut = end + len(_HEAD_END) - len(self._seen)
        self._held = data[cut:]
        self._in_head, self.at_body, self._seen = False, True, b""
        return data[:cut]

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the library's
        """Send a piece of a request, its first together with the second; what comes next begins with a head."""
        if not self._in_head:
            self._in_head, self._seen, self._unsent = True, b"", buffer
            return
        unsent, self._unsent = self._unsent, b""
        await self._stream.write(unsent + buffer, timeout)

    async def aclose(self) -> None:
        """Close."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's
    ) -> httpcore2.AsyncNetworkStream:
        """The same, secured."""
        return DirectStream(await self._stream.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """As of the connection within."""
        return self._stream.get_extra_info(info)

    def take_held(self) -> bytes:
        """What was held back of the body's beginning; the body is the caller's from here on."""
        held, self._held, self.at_body = self._held, b"", False
        return held

    def put_back(self, data: bytes) -> None:
        """Give this out next."""
        self._held = data


class ChunkedBody:
    """A chunked body on its way.

    Args:
        stream: Whose body it is; nothing of it was given out.
        timeout: Seconds that the next bytes may take, once it is open.
    """

    def __init__(self, stream: DirectStream, timeout: float) -> None:
        self._stream = stream
        self._timeout = timeout
        self._socket = plain_socket(stream)
        self._watch = watch_of(timeout)
        self._expired = False
        self.waiting_since: float = inf
        self._data = stream.take_held()
        self._at = 0
        """Where what is left of it begins."""
        self._due = 0
        """Bytes of the present chunk that have not come, the end of its line included."""
        self.ended = False
        """Whether all chunks have come but the last, which the library is left to read."""

    async def read(self) -> bytes:
        """The next bytes of the body, of one chunk at most: mostly an event; nothing when it has ended.

        Raises:
            httpx2.HTTPError: The connection broke, ended too soon, took too long, or brought no chunks.
        """
        piece = None
        if self._at < len(self._data):
            await trio.lowlevel.checkpoint_if_cancelled()  # many chunks may come in one read
            piece = self._take()
        while not piece and not self.ended:
            if piece is None or self._at == len(self._data):
                received = await (self._of_stream() if self._socket is None else self._of_socket(self._socket))
                if not received or self._expired:
                    raise self._failure()
                self._data, self._at = self._data[self._at :] + received, 0
            piece = self._take()
        return piece or b""

    def open(self) -> None:
        """Begin to read; from here on it has to be closed."""
        self._watch.add(self)

    def close(self) -> None:
        """Read no more."""
        self._watch.discard(self)

    def expire(self) -> None:
        """End the read that is under way; the connection is of no further use."""
        self._expired = True
        assert self._socket is not None  # it waits for no other
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RD)

    def _failure(self) -> httpx2.HTTPError:
        if self._expired:
            return httpx2.ReadTimeout("nothing came in time")
        return httpx2.RemoteProtocolError("the connection ended in the middle of a body")

    async def _of_socket(self, plain: trio.socket.SocketType) -> bytes:
        self.waiting_since = self._watch.tick
        try:
            while True:
                # The next token is hardly ever there already: asking the kernel first would be one call in vain.
                await trio.lowlevel.wait_readable(plain)
                try:
                    return os.read(plain.fileno(), MOST_READ)
                except BlockingIOError:
                    continue
        except (OSError, trio.ClosedResourceError) as error:
            raise httpx2.ReadError(type(error).__name__) from None
        finally:
            self.waiting_since = inf

    async def _of_stream(self) -> bytes:
        try:
            return await self._stream.read(MOST_READ, self._timeout)
        except httpcore2.ReadTimeout:
            raise httpx2.ReadTimeout("nothing came in time") from None
        except httpcore2.NetworkError as error:
            raise httpx2.ReadError(type(error).__name__) from None

    def _take(self) -> bytes | None:
        """What has come of a chunk, be it nothing or the end of its line alone; None where its size has not come whole."""
        data, at, due = self._data, self._at, self._due
        if not due:
            line = _SIZE_LINE.match(data, at)
            if line is None:
                _check_beginning_of_size(data[at:])
                return None
            size = int(line[1], 16)
            if not size:
                self.ended = True
                self._stream.put_back(data[at:])
                return None
            at, due = line.end(), size + len(_LINE_END)
        stop, end = at + due, len(data)
        if stop > end:
            self._at, self._due = end, stop - end
        else:
            self._at, self._due = stop, 0
        return data[at : stop - 2] if due > 2 else b""  # without the end of its line


def _check_beginning_of_size(data: bytes) -> None:
    """Fail where what has come of a size will never be one."""
    if _LINE_END in data or len(data) >= LONGEST_SIZE_LINE:
        raise httpx2.RemoteProtocolError("a chunk has no size")


def plain_socket(stream: DirectStream) -> trio.socket.SocketType | None:
    """The socket of a connection, where nothing stands between it and its reader."""
    if stream.get_extra_info("ssl_object") is not None:
        return None
    plain: trio.socket.SocketType = stream.get_extra_info("socket")
    return plain


def direct_body(response: httpx2.Response, timeout: float) -> ChunkedBody | None:
    """The body of a response for reading past the library, to be closed; None where that is not to be had.

    Args:
        response: Of which nothing was read yet.
        timeout: Seconds that the next bytes may take.
    """
    stream = response.extensions.get("network_stream")
    if not isinstance(stream, DirectStream) or not stream.at_body:
        return None
    if response.headers.get("transfer-encoding", "").lower() != "chunked":
        return None
    body = ChunkedBody(stream, timeout)
    body.open()
    return body


class DirectBackend(httpcore2.AsyncNetworkBackend):
    """Connects as the library does."""

    def __init__(self) -> None:
        self._backend = httpcore2.TrioBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the library's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Open a connection."""
        return DirectStream(await self._backend.connect_tcp(host, port, timeout, local_address, socket_options))


class DirectTransport(httpx2.AsyncHTTPTransport):
    """The library's transport over connections whose bodies can be read past it.

    Args:
        limits: Of the pool.
    """

    def __init__(self, limits: httpx2.Limits) -> None:
        super().__init__(limits=limits)
        # The library takes no backend for its pool, but a pool takes one.
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=httpx2.create_ssl_context(),
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=DirectBackend(),
        )


def make_transport(limits: httpx2.Limits) -> httpx2.AsyncBaseTransport | None:
    """The transport for a client; None, which means the library's own, where the environment names a proxy."""
    return None if urllib.request.getproxies() else DirectTransport(limits)
