"""HTTP/1.1 on one connection, and its upgrade to a WebSocket."""

from __future__ import annotations

from typing import Any

import h11
from hypercorn.config import Config
from hypercorn.events import Event, RawData
from hypercorn.protocol.events import Event as StreamEvent
from hypercorn.protocol.events import Request, Response, StreamClosed
from hypercorn.protocol.h11 import STREAM_ID, H11Protocol, H11WSConnection

from .config import ShellConfig
from .events import Finish, ReadWithin, Refuse
from .http_stream import HardenedHTTPStream
from .refusal import refuse
from .websocket_stream import HardenedWSStream, WriteNow

REQUEST_TIMEOUT = 408
VERSION_NOT_SUPPORTED = 505


SWITCHING_PROTOCOLS = 101


class _Upgraded:
    """What stands in for h11 once a connection speaks WebSocket: nothing is parsed, kept or sent here any more."""

    our_state = their_state = None
    they_are_waiting_for_100_continue = False
    trailing_data = (b"", False)

    def next_event(self) -> type[h11.NEED_DATA]:
        """There is none."""
        return h11.NEED_DATA


UPGRADED = _Upgraded()


class UnsupportedVersion(Exception):
    """The peer speaks another HTTP than 1.x."""


class HardenedH11Protocol(H11Protocol):
    """Hypercorn's protocol with streams of our own, and without ways into HTTP/2."""

    config: ShellConfig
    stream: HardenedHTTPStream | HardenedWSStream | None

    def __init__(self, app: Any, config: Config, *arguments: Any, write_now: WriteNow) -> None:
        super().__init__(app, config, *arguments)
        self._write_now = write_now
        self._bodiless = False
        self._answered = False
        """Whether a final response was begun, by an application or by us: there is one for each request."""
        self._refused = False
        """Whether it was ours; what an application still says to this request is dropped."""

    @property
    def websocket(self) -> HardenedWSStream | None:
        """The WebSocket that this connection has become, if it has."""
        return self.stream if isinstance(self.stream, HardenedWSStream) else None

    @property
    def between_requests(self) -> bool:
        """Whether the peer has said nothing since the last response."""
        return self.stream is None and not self.connection.trailing_data[0]

    async def handle(self, event: Event) -> None:
        """Take what the connection saw."""
        if isinstance(event, RawData) and self.websocket is not None:
            await self.websocket.receive(event.data)
            return
        try:
            await super().handle(event)
        except UnsupportedVersion:
            await self._send_error_response(VERSION_NOT_SUPPORTED)
            await self.send(Finish(linger=True))

    async def timed_out(self) -> None:
        """The peer took too long over a request: say so, if it can still be said."""
        if not self.between_requests and self.connection.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            await self._send_error_response(REQUEST_TIMEOUT)

    async def stream_send(self, event: StreamEvent | Event) -> None:
        """Pass on what a stream has to say."""
        if isinstance(event, Refuse):
            await self._send_error_response(event.status)
        elif isinstance(event, Event):
            await self.send(event)
        elif not self._refused or isinstance(event, StreamClosed):
            self._answered = self._answered or isinstance(event, Response)
            await super().stream_send(event)
            if isinstance(event, Response) and event.status_code == SWITCHING_PROTOCOLS:
                self.connection = UPGRADED  # type: ignore[assignment]  # h11's takes 4 KiB, the request's head included

    async def _check_protocol(self, event: h11.Request) -> None:
        """An offer of h2c is ignored, as RFC 9110, section 7.8, allows; HTTP/2 with prior knowledge is refused."""
        self._bodiless = event.method == b"HEAD"
        if event.http_version >= b"2":
            raise UnsupportedVersion

    async def _create_stream(self, request: h11.Request) -> None:
        kind = HardenedWSStream if _asks_for_websocket(request) else HardenedHTTPStream
        self.stream = kind(
            self.app,
            self.config,
            self.context,
            self.task_group,
            self.ssl,
            self.client,
            self.server,
            self.stream_send,
            STREAM_ID,
        )
        if isinstance(self.stream, HardenedWSStream):
            assert isinstance(self.connection, h11.Connection)  # a connection is upgraded once
            self.connection = H11WSConnection(self.connection)
            self.stream.write_now = self._write_now
        else:
            await self.send(ReadWithin(self.config.limits.body_timeout))
        await self.stream.handle(
            Request(
                stream_id=STREAM_ID,
                headers=list(request.headers),
                http_version=request.http_version.decode(),
                method=request.method.decode("ascii").upper(),
                raw_path=request.target,
                state=self.connection_state,
            )
        )
        self.keep_alive_requests += 1
        await self.context.mark_request()

    async def _send_error_response(self, status_code: int) -> None:
        if self._answered:
            return
        self._answered = self._refused = True
        headers, body = refuse(status_code)
        headers += self.config.response_headers("h11")
        await self._send_h11_event(h11.Response(status_code=status_code, headers=headers))
        if not self._bodiless:
            await self._send_h11_event(h11.Data(data=body))
        await self._send_h11_event(h11.EndOfMessage())

    async def _maybe_recycle(self) -> None:
        """After a response: on to the next request, or to an orderly end."""
        mine, theirs = self.connection.our_state, self.connection.their_state
        if mine is h11.DONE and theirs is h11.DONE and not self.context.terminated.is_set():
            self._answered = False
            await super()._maybe_recycle()
            return
        await self._close_stream()
        await self.can_read.set()
        await self.send(Finish(linger=theirs is not h11.DONE))


def _asks_for_websocket(request: h11.Request) -> bool:
    upgrade, connection = b"", b""
    for name, value in request.headers:
        if name == b"upgrade":
            upgrade = value.strip().lower()
        elif name == b"connection":
            connection += b"," + value.lower()
    tokens = {token.strip() for token in connection.split(b",")}
    return request.method == b"GET" and upgrade == b"websocket" and b"upgrade" in tokens
