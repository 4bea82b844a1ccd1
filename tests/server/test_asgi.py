"""The root application."""

from __future__ import annotations

from typing import Any

import structlog
import trio

from smarthealth.server.asgi import ASGIApp, RootApp


async def nothing(*arguments: Any) -> None:
    """Neither receives nor sends."""


async def test_scopes_go_where_they_belong() -> None:
    """WebSockets go to the gateway and requests to the HTTP application, which is made once, for the first of them."""
    seen: list[tuple[str, str]] = []

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        seen.append(("gateway", scope["type"]))

    async def http(scope: Any, receive: Any, send: Any) -> None:
        seen.append(("http", scope["type"]))

    def make_http() -> ASGIApp:
        seen.append(("made", ""))
        return http

    root = RootApp(gateway, make_http, request_timeout=1, language="es")
    await root({"type": "websocket"}, nothing, nothing)
    assert seen == [("gateway", "websocket")]
    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(root, {"type": "http"}, nothing, nothing)
    assert seen[1:] == [("made", ""), ("http", "http"), ("http", "http")]


async def test_starting_and_ending_need_nothing() -> None:
    """The lifespan is answered at once, and makes nothing."""
    told, heard = trio.open_memory_channel[Any](2)
    sent: list[str] = []

    async def send(event: Any) -> None:
        sent.append(event["type"])

    def make_http() -> ASGIApp:
        raise AssertionError("made for a lifespan")

    for kind in ("lifespan.startup", "lifespan.shutdown"):
        told.send_nowait({"type": kind})
    await RootApp(nothing, make_http, request_timeout=1, language="es")({"type": "lifespan"}, heard.receive, send)
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


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

    root = RootApp(hang, lambda: hang, request_timeout=5, language="es")
    with structlog.testing.capture_logs() as lines:
        await root({"type": "http", "path": "/hang"}, trio.sleep_forever, send)
    assert [event.get("status") for event in sent] == [503, None]
    assert [line["event"] for line in lines] == ["request_timed_out"]
    assert b"UNAVAILABLE" in sent[1]["body"]
    sent.clear()
    await root({"type": "http", "path": "/slow"}, trio.sleep_forever, send)
    assert [event["type"] for event in sent] == ["http.response.start", "http.response.body"]
