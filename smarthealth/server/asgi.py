"""The root application: WebSockets to the gateway, HTTP to Quart, which is loaded when it is first asked for.

Quart and what it stands on take a tenth of a second to load, more on a slow machine. Whoever speaks by WebSocket alone, as a
server's first client mostly does, need not wait for that.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import structlog
import trio

from smarthealth.conversation.application import Language

from .errors import unavailable
from .gateway import refusal_headers

log = structlog.get_logger()

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LIMIT = "smarthealth.limit"
"""Key of a request's scope: the cancel scope that bounds its answer, for who may take longer."""


class RootApp:
    """An ASGI application.

    Args:
        gateway: For WebSocket scopes.
        make_http: Makes the application for HTTP scopes; called once, in a thread, since what it imports blocks.
        request_timeout: Seconds to answer an HTTP request.
        language: Of the refusal when that is over.
    """

    def __init__(
        self, gateway: ASGIApp, make_http: Callable[[], ASGIApp], *, request_timeout: float, language: Language
    ) -> None:
        self._gateway = gateway
        self._make_http = make_http
        self._http: ASGIApp | None = None
        self._making = trio.Lock()
        self._request_timeout = request_timeout
        self._language = language

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one scope."""
        match scope["type"]:
            case "websocket":
                await self._gateway(scope, receive, send)
            case "http":
                await self._answer(scope, receive, send)
            case _:
                await _live(receive, send)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = False

        async def sending(event: Any) -> None:
            nonlocal begun
            if not begun:
                begun, limit.deadline = True, float("inf")  # from here on it is the client that may be slow
            await send(event)

        with trio.move_on_after(self._request_timeout) as limit:
            http = await self._made_http()
            await http({**scope, LIMIT: limit}, receive, sending)
        if limit.cancelled_caught:
            log.warning("request_timed_out", path=scope["path"])
            refused = unavailable("UNAVAILABLE")
            body = msgspec.json.encode(refused.body(self._language))
            headers = refusal_headers(refused, body)
            await send({"type": "http.response.start", "status": int(refused.status), "headers": headers})
            await send({"type": "http.response.body", "body": body})

    async def _made_http(self) -> ASGIApp:
        async with self._making:
            if self._http is None:
                self._http = await trio.to_thread.run_sync(self._make_http)
            return self._http


async def _live(receive: Receive, send: Send) -> None:
    """Say yes to starting and to ending: whatever must be opened and closed is another child of the system."""
    ended = False
    while not ended:
        event = await receive()
        await send({"type": f"{event['type']}.complete"})
        ended = event["type"] == "lifespan.shutdown"
