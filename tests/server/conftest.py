"""A hardened Hypercorn on a free port of loopback, for tests with real sockets."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

import pytest
import trio

from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.server.hypercorn.listeners import Bind, open_listeners
from smarthealth.server.hypercorn.serving import Shell
from smarthealth.server.hypercorn.watch import Watch

OpenShell = Callable[..., AbstractAsyncContextManager[int]]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


async def do_nothing() -> None:
    """Drain nothing."""


@pytest.fixture
def open_shell() -> OpenShell:
    """Serve an ASGI application, yielding the port; its lifespan is dealt with, its end is forced."""

    @asynccontextmanager
    async def open_it(
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        limits: ShellLimits | None = None,
        *,
        watch: Watch | None = None,
        stopping: trio.Event | None = None,
        drain: Callable[[], Awaitable[None]] = do_nothing,
        grace: float = 1.0,
        tls: ssl.SSLContext | None = None,
    ) -> AsyncIterator[int]:
        async def with_lifespan(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                await app(scope, receive, send)
                return
            for step in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{step}.complete"})

        limits = limits or ShellLimits()
        event = stopping if stopping is not None else trio.Event()
        shell = Shell(with_lifespan, limits, watch)
        with open_listeners([Bind(name="main", address="127.0.0.1:0")], limits) as listeners:
            async with trio.open_nursery() as nursery:
                serve = partial(shell.serve, listeners, tls=tls, stopping=event, drain=drain, grace=grace)
                await nursery.start(serve)
                yield listeners[0].port
                if not event.is_set():
                    nursery.cancel_scope.cancel()

    return open_it
