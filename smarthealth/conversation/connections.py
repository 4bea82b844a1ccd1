"""All connections of the process: the one supervisor under which they live, and its draining."""

from __future__ import annotations

import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any, TypeVar

import structlog
import trio

from smarthealth.actors import (
    ActorFailed,
    ActorRef,
    ActorStopped,
    ChildSpec,
    Down,
    DynamicSupervisor,
    SupervisorFull,
    SupervisorRef,
)

from .application import Endpoint, Principal
from .closing import GOING_AWAY, INTERNAL_ERROR, OVERLOADED, Closing
from .connection import Connection, Environment, Visit
from .settings import ConversationSettings
from .socket import Socket, SocketClosed
from .telemetry import NullTelemetry, Telemetry

E = TypeVar("E")

ID_BYTES = 8
CLEAN_UP = 1.0
"""Seconds of a grace kept, beside `close_timeout`, for turns to settle."""

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)


class Connections:
    """Starts, counts and drains connections.

    Args:
        settings: Limits of each connection and of their number.
        telemetry: Who measures.
        wall_clock: Seconds since the epoch, for the expiry of tokens.
    """

    def __init__(
        self,
        settings: ConversationSettings,
        telemetry: Telemetry | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._environment = Environment(
            settings=settings,
            telemetry=telemetry or NullTelemetry(),
            wall_clock=wall_clock,
            # as many urgent turns as others, and a turn leaves the board a moment before its actor is gone
            queries=DynamicSupervisor(max_children=3 * settings.max_turns),
        )
        self._supervisor: SupervisorRef | None = None
        self._open: set[Connection[Any]] = set()
        self._busy: defaultdict[str, set[str]] = defaultdict(set)
        self._draining = False
        self._empty = trio.Event()
        """Set when the last connection has ended, while draining."""

    async def start(self, system: SupervisorRef) -> None:
        """Start the supervisor of connections as a child of `system`, named `connections`."""
        spec = ChildSpec(name="connections", start=DynamicSupervisor(max_children=self._settings.max_connections))
        self._supervisor = await system.start_supervisor(spec)

    @property
    def count(self) -> int:
        """Connections that are open."""
        return len(self._open)

    @property
    def draining(self) -> bool:
        """Whether the server is going away and accepts nothing new."""
        return self._draining

    @property
    def full(self) -> bool:
        """Whether one more connection would be one too many."""
        return len(self._open) >= self._settings.max_connections

    async def open(
        self,
        socket: Socket,
        endpoint: Endpoint[E],
        principal: Principal | None,
        path_parts: Mapping[str, str],
        *,
        address: str | None = None,
        on_end: Callable[[], object],
    ) -> Connection[E] | None:
        """Start a connection on an accepted socket; it goes on when this has returned.

        Args:
            socket: Accepted; closed at the end.
            endpoint: Where the client came in.
            principal: Who it is, None when nobody signed in.
            path_parts: Named parts of the path.
            address: The client's network address.
            on_end: Called once, when the connection has ended, however it did; neither raises nor waits.

        Returns:
            The connection, or None when it was turned away.

        Cancellation:
            Ends the connection.
        """
        visit = Visit(
            socket=socket,
            endpoint=endpoint,
            principal=principal,
            path_parts=path_parts,
            address=address,
            on_end=on_end,
        )
        connection = Connection(secrets.token_hex(ID_BYTES), visit, self._environment, self._busy[endpoint.application])
        self._open.add(connection)
        try:
            ref = await self._start(connection, visit)
        except BaseException:
            self._leave(connection)
            raise
        if ref is None:
            self._leave(connection)
            return None
        self._environment.telemetry.connection_opened(endpoint.application)
        ref.call_when_stopped(partial(self._closed, connection))
        return connection

    async def serve(
        self,
        socket: Socket,
        endpoint: Endpoint[E],
        principal: Principal | None,
        path_parts: Mapping[str, str],
        *,
        address: str | None = None,
    ) -> None:
        """Serve one accepted socket until its connection has ended: `open`, and a task that waits for the end.

        Cancellation:
            Ends the connection with 1001, within `close_timeout` and the time that its turns need to settle.
        """
        ended = trio.Event()
        connection = await self.open(socket, endpoint, principal, path_parts, address=address, on_end=ended.set)
        try:
            await ended.wait()
        finally:
            if connection is not None:
                connection.end(GOING_AWAY)
            with trio.CancelScope(shield=True):  # as long as its actors may take to stop, and no longer
                await ended.wait()

    async def drain(self, grace: float) -> None:
        """Start nothing new, let running turns go on, close every connection with 1001, and return when all are gone.

        A connection is closed when its last turn is over; turns that still run when the grace is nearly over are ended
        with `TurnEnd.SHUTDOWN`. What is left after the grace is for the system's own stop.

        Args:
            grace: Seconds for all of it.
        """
        self._draining = True
        if not self._open:
            return
        reserve = min(self._settings.close_timeout + CLEAN_UP, grace / 2)
        for connection in tuple(self._open):
            connection.drain()
        with trio.move_on_after(grace):
            with trio.move_on_after(grace - reserve):
                await self._empty.wait()
            for connection in tuple(self._open):
                connection.end(GOING_AWAY)
            await self._empty.wait()

    async def _start(self, connection: Connection[E], visit: Visit[E]) -> ActorRef[object] | None:
        if self._draining:
            await self._turn_away(visit, GOING_AWAY)
            return None
        try:
            return await self._required_supervisor().start_child(connection.child())
        except SupervisorFull:
            await self._turn_away(visit, OVERLOADED)
        except ActorStopped:
            await self._turn_away(visit, GOING_AWAY)
        except ActorFailed:
            # the supervisor has reported it, and the connection's own outbox has closed the socket
            await self._turn_away(visit, INTERNAL_ERROR)
        return None

    def _closed(self, connection: Connection[Any], _down: Down) -> None:
        application, code = connection.application, connection.code
        self._environment.telemetry.connection_closed(application, code)
        log.info(
            "connection_closed",
            application=application,
            connection=connection.connection_id,
            code=code,
            seconds=round(trio.current_time() - connection.opened_at, 3),
        )
        self._leave(connection)

    def _leave(self, connection: Connection[Any]) -> None:
        self._open.discard(connection)
        if self._draining and not self._open:
            self._empty.set()
        connection.on_end()

    async def _turn_away(self, visit: Visit[E], closing: Closing) -> None:
        with trio.move_on_after(self._settings.close_timeout), suppress(SocketClosed):
            await visit.socket.close(closing.code, closing.reason)

    def _required_supervisor(self) -> SupervisorRef:
        if self._supervisor is None:
            raise RuntimeError("Connections.start comes before Connections.serve")
        return self._supervisor
