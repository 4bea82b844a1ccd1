"""The root application."""

from __future__ import annotations

from typing import Any

import structlog
import trio

from smarthealth.server.asgi import RootApp


async def test_scopes_go_where_they_belong() -> None:
    """WebSockets to the gateway, everything else to HTTP, the lifespan too."""
    seen: list[tuple[str, str]] = []

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        seen.append(("gateway", scope["type"]))

    async def http(scope: Any, receive: Any, send: Any) -> None:
        seen.append(("http", scope["type"]))

    async def nothing(*arguments: Any) -> None:
        pass

    root = RootApp(gateway, http, request_timeout=1, language="es")
    for kind in ("websocket", "http", "lifespan"):
        await root({"type": kind}, nothing, nothing)
    assert seen == [("gateway", "websocket"), ("http", "http"), ("http", "lifespan")]


async def test_request_that_is_not_answered_in_time_is_503(autojump_clock: object) -> None:
    """A handler that hangs is cancelled and its client told; one that began to answer may take its time."""
    sent: list[Any] = []

    async def hang(scope: Any, receive: Any, send: Any) -> None:
        if scope["path"] == "/slow":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await trio.sleep(100)
            await send({"type": "http.response.body"})
        else:
            await trio.sleep_forever()

    async def send(event: Any) -> None:
        sent.append(event)

    root = RootApp(hang, hang, request_timeout=5, language="es")
    with structlog.testing.capture_logs() as lines:
        await root({"type": "http", "path": "/hang"}, trio.sleep_forever, send)
    assert [event.get("status") for event in sent] == [503, None]
    assert [line["event"] for line in lines] == ["request_timed_out"]
    assert b"UNAVAILABLE" in sent[1]["body"]
    sent.clear()
    await root({"type": "http", "path": "/slow"}, trio.sleep_forever, send)
    assert [event["type"] for event in sent] == ["http.response.start", "http.response.body"]
