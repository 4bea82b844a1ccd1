"""One HTTP request and its response, the request's body within bounds."""

from __future__ import annotations

from time import time
from typing import Any

import trio
from hypercorn.protocol.events import Body, EndBody, Event, Request, StreamClosed
from hypercorn.protocol.http_stream import ASGIHTTPState, HTTPStream

from .config import ShellConfig
from .events import ReadWithin, Refuse

TOO_LARGE = 413


class HardenedHTTPStream(HTTPStream):
    """Hypercorn's stream with a bound on the body, and errors that say what they are."""

    config: ShellConfig
    _received = 0

    async def handle(self, event: Event) -> None:
        """Take an event of the protocol."""
        if self.closed:
            return
        if isinstance(event, Request) and _declared_length(event) > self.config.limits.max_body_size:
            await self._refuse_request(event)
            return
        if isinstance(event, Body):
            self._received += len(event.data)
            if self._received > self.config.limits.max_body_size:
                await self._refuse_body()
                return
        await super().handle(event)
        if isinstance(event, EndBody):
            await self.send(ReadWithin())  # type: ignore[arg-type]  # passed through to the connection

    async def _refuse_request(self, event: Request) -> None:
        self.closed = True
        self.start_time = time()
        path, _, query = event.raw_path.partition(b"?")
        self.scope = {  # type: ignore[typeddict-item]  # only what the access log reads of it
            "type": "http",
            "method": event.method,
            "path": path.decode("ascii"),
            "query_string": query,
            "http_version": event.http_version,
            "headers": event.headers,
            "client": self.client,
        }
        await self._send_error_response(TOO_LARGE)
        await self.send(StreamClosed(stream_id=self.stream_id))

    async def _refuse_body(self) -> None:
        self.closed = True
        await self._send_error_response(TOO_LARGE)
        await self.app_put({"type": "http.disconnect"})
        await self.send(StreamClosed(stream_id=self.stream_id))

    async def app_send(self, message: Any) -> None:
        """Do what the application wants; once its request is over, nothing."""
        if self.closed:
            await trio.lowlevel.checkpoint()
        else:
            await super().app_send(message)

    async def _send_error_response(self, status_code: int) -> None:
        """Too late when the application has begun to answer: then the connection just ends."""
        self.state = ASGIHTTPState.CLOSED
        await self.send(Refuse(status_code))  # type: ignore[arg-type]  # the protocol's own affair
        response = {"status": status_code, "headers": []}
        await self.config.log.access(self.scope, response, time() - self.start_time)  # type: ignore[arg-type]  # a response of our own making


def _declared_length(request: Request) -> int:
    """The body's length as announced; h11 has checked that it is a number."""
    return max((int(value) for name, value in request.headers if name.lower() == b"content-length"), default=0)
