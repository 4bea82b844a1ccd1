"""The tasks of one connection."""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any, Self

import structlog
import trio
from hypercorn.trio.task_group import TaskGroup

log = structlog.get_logger()

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]


async def run_app(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Run an application; what it raises is logged once and ends there, a cancellation goes on."""
    try:
        await app(scope, receive, send)
    except* Exception as failure:  # the peer's connection must end properly whatever the application did
        log.error("app_failed", kind=scope["type"], path=scope["path"], exc_info=failure)


class ConnectionTasks(TaskGroup):
    """Hypercorn's task group, whose applications are plain ASGI and whose cancellation sends nothing."""

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def spawn_app(  # type: ignore[override]  # plain ASGI, without the WSGI bridge's two extra arguments
        self, app: ASGIApp, config: Any, scope: Any, send: Callable[[Any], Awaitable[None]]
    ) -> Callable[[Any], Awaitable[None]]:
        """Start an application; the returned function gives it an event, or drops it when it has ended."""
        events, incoming = trio.open_memory_channel[Any](config.max_app_queue_size)

        async def run() -> None:
            with incoming:
                await run_app(app, scope, incoming.receive, send)
            await send(None)

        async def put(event: Any) -> None:
            with contextlib.suppress(trio.BrokenResourceError):
                try:
                    events.send_nowait(event)
                except trio.WouldBlock:
                    await events.send(event)

        self.spawn(run)
        return put
