"""The shell: accepts connections, watches over them, and lets go of them in order.

Theory of operation. Stopping has three steps under one budget, `grace`. From the first moment `draining` is true: the
application refuses what is new, and connections between two requests end. Then whoever owns the WebSockets closes them in its
own way (`drain`), and the shell waits for them to be gone. Whatever is left when the grace ends gets 1001 from the shell
itself, a moment to hear it, and is cancelled. Listening goes on until the end, so that who comes meanwhile is refused in words.
"""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog
import trio
from hypercorn.app_wrappers import ASGIWrapper
from hypercorn.trio.lifespan import Lifespan
from hypercorn.trio.worker_context import WorkerContext

from .config import ShellConfig
from .connection import HardenedTCPServer
from .limits import ShellLimits
from .listeners import Listener
from .refusal import refuse_connection
from .tasks import ASGIApp
from .watch import Unwatched, Watch
from .writer import Stream

log = structlog.get_logger()

REFUSALS = 64
"""Connections over the limit that are answered in words at once; those beyond are reset."""
LAST_WORDS = 2.0
"""Seconds for the 1001 of the shell itself, and for the peers' answers to it."""
CHECKS_PER_INTERVAL = 4
"""How often silence is looked for within the time that matters."""


class Shell:
    """Hypercorn, embedded and hardened."""

    def __init__(self, app: ASGIApp, limits: ShellLimits, watch: Watch | None = None) -> None:
        self._app = app
        self._limits = limits
        self._config = ShellConfig(limits)
        self._watch: Watch = watch if watch is not None else Unwatched()
        self._context = WorkerContext(None)
        self._connections: set[HardenedTCPServer] = set()
        self._refusing = 0
        self._changed = trio.Event()

    @property
    def connections(self) -> int:
        """TCP connections open now."""
        return len(self._connections)

    async def serve(
        self,
        listeners: Sequence[Listener],
        *,
        tls: ssl.SSLContext | None = None,
        stopping: trio.Event,
        drain: Callable[[], Awaitable[None]],
        grace: float,
        task_status: trio.TaskStatus[None] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        """Serve until `stopping` is set and everybody has gone, at most `grace` seconds later.

        Args:
            listeners: Listening sockets; they stay open.
            tls: Certificate and key, or None for plain HTTP.
            stopping: Set it to begin the end.
            drain: Called then; makes the application close its WebSockets.
            grace: Seconds for that.
            task_status: Told when connections are accepted and the application has started.

        Raises:
            LifespanFailureError: The application could not start.
        """
        lifespan = Lifespan(ASGIWrapper(self._app), self._config, {})  # type: ignore[arg-type]  # a plain ASGI callable
        async with trio.open_nursery() as outer:
            await outer.start(lifespan.handle_lifespan)
            await lifespan.wait_for_startup()
            async with trio.open_nursery() as nursery:
                for listener in listeners:
                    await nursery.start(self._listen, listener, tls)
                nursery.start_soon(self._look_after)
                task_status.started()
                await stopping.wait()
                await self._context.terminated.set()
                await self._let_go(drain, grace)
                nursery.cancel_scope.cancel()
            await lifespan.wait_for_shutdown()
            outer.cancel_scope.cancel()

    async def _listen(  # noqa: ASYNC128  # serve_listeners says started
        self,
        listener: Listener,
        tls: ssl.SSLContext | None,
        task_status: trio.TaskStatus[object] = trio.TASK_STATUS_IGNORED,
    ) -> None:
        # A duplicate, since serving closes what it serves, and the next incarnation will want the socket.
        sockets = trio.SocketListener(trio.socket.from_stdlib_socket(listener.socket.dup()))
        accepting = trio.SSLListener(sockets, tls, https_compatible=True) if tls is not None else sockets
        await trio.serve_listeners(partial(self._handle, listener.name), [accepting], task_status=task_status)

    async def _handle(self, name: str, stream: Stream) -> None:
        if len(self._connections) >= self._limits.max_connections:
            self._watch.refused()
            await self._refuse(stream)
            return
        connection = HardenedTCPServer(self._app, self._config, self._context, {"listener": name}, stream, self._watch)
        self._connections.add(connection)
        try:
            await connection.run()
        finally:
            self._connections.discard(connection)
            self._changed.set()

    async def _refuse(self, stream: Stream) -> None:
        if self._refusing >= REFUSALS:
            return
        self._refusing += 1
        try:
            with trio.move_on_after(self._limits.close_timeout):
                await stream.send_all(refuse_connection())
                await stream.aclose() if isinstance(stream, trio.SSLStream) else await _linger(stream)
        except (trio.BrokenResourceError, ssl.SSLError):
            pass
        finally:
            self._refusing -= 1

    async def _look_after(self) -> None:
        pause = min(self._limits.ping_interval, self._limits.pong_timeout) / CHECKS_PER_INTERVAL
        while True:
            await trio.sleep(pause)
            now = trio.current_time()
            for connection in tuple(self._connections):
                connection.look_after(now)

    async def _let_go(self, drain: Callable[[], Awaitable[None]], grace: float) -> None:
        log.info("server_draining", connections=self.connections, grace=grace)
        for connection in tuple(self._connections):
            connection.rest()
        with trio.move_on_after(grace):
            await drain()
            await self._wait_empty()
        if self._connections:
            log.warning("server_closing_the_rest", connections=self.connections)
            with trio.move_on_after(LAST_WORDS):
                async with trio.open_nursery() as nursery:
                    for connection in tuple(self._connections):
                        nursery.start_soon(connection.leave)
                await self._wait_empty()

    async def _wait_empty(self) -> None:
        while self._connections:
            self._changed = trio.Event()
            await self._changed.wait()


async def _linger(stream: trio.SocketStream) -> None:
    await stream.send_eof()
    while await stream.receive_some():
        pass
