"""One connection: its four actors, and the link that its dialogue holds.

    connection    Supervisor
    ├─ outbox     sends; when it ends, so does the connection
    ├─ query      DynamicSupervisor of the turns 1, 2, …
    ├─ keepalive  idle limit and token expiry
    └─ session    reads

Whatever ends a connection calls `end`. That cancels the turns, whose last events the outbox still sends before the close
frame. Stopped by its supervisor, the connection takes the same way: its session is stopped first, and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Generic, TypeVar

import attrs
import structlog
import trio

from smarthealth.actors import (
    ActorError,
    Asleep,
    ChildSpec,
    Context,
    DynamicSupervisor,
    Restart,
    Supervisor,
    SupervisorRef,
)

from .application import Endpoint, Principal, Turn
from .backlog import Backlog
from .closing import GOING_AWAY, INTERNAL_ERROR, Closing
from .errors import ServerDraining
from .feeds import Feed
from .keepalive import Keepalive
from .outbox import Outbox, OutboxLane
from .session import Session
from .settings import ConversationSettings
from .socket import Socket
from .telemetry import Telemetry
from .throttle import Throttle
from .turns import Ticket, TurnBoard, TurnRun, TurnSurroundings

E = TypeVar("E")


@attrs.frozen(kw_only=True)
class Environment:
    """What all connections share."""

    settings: ConversationSettings
    telemetry: Telemetry
    wall_clock: Callable[[], float]
    """Seconds since the epoch."""
    queries: DynamicSupervisor
    """What each connection's turns live under."""


@attrs.frozen(kw_only=True)
class Visit(Generic[E]):
    """Who came, where to, and on which socket."""

    socket: Socket
    endpoint: Endpoint[E]
    principal: Principal | None
    path_parts: Mapping[str, str]
    address: str | None
    on_end: Callable[[], object]
    """Called once when the connection has ended."""


class Connection(Generic[E]):
    """One client's connection; to its dialogue, a `Link`."""

    __slots__ = (
        "_board",
        "_closing",
        "_draining",
        "_environment",
        "_feed",
        "_keepalive",
        "_outbox",
        "_queries",
        "_visit",
        "connection_id",
        "opened_at",
    )

    _queries: SupervisorRef
    """Set before there is a dialogue that could start a turn."""

    def __init__(self, connection_id: str, visit: Visit[E], environment: Environment, busy_elsewhere: set[str]) -> None:
        settings, endpoint = environment.settings, visit.endpoint
        self.connection_id = connection_id
        self._closing: Closing | None = None
        self._visit = visit
        self._environment = environment
        self._draining = False
        self._feed: Feed | None = None
        self._board: TurnBoard[E] = TurnBoard(
            policy=endpoint.turns, max_turns=settings.max_turns, busy_elsewhere=busy_elsewhere
        )
        self._outbox: Outbox[E] = Outbox(
            socket=visit.socket,
            backlog=Backlog(
                encode=endpoint.encode,
                merge=endpoint.merge,
                max_events=settings.outbox_events,
                max_bytes=settings.outbox_bytes,
            ),
            patience=settings.slow_reader_timeout,
            close_timeout=settings.close_timeout,
            end_timeout=settings.settle_timeout + settings.close_timeout,
            turns_running=lambda: self._awaited,
            is_busy=lambda: self._is_busy,
            end_connection=self.end,
        )
        self.opened_at = now = trio.current_time()
        in_band = endpoint.authentication == "in-band" and visit.principal is None
        self._keepalive = Keepalive(
            idle_timeout=settings.idle_timeout,
            sign_in_by=now + settings.sign_in_timeout if in_band else None,
            wall_clock=environment.wall_clock,
            is_busy=lambda: self._is_busy,
            end=self.end,
            principal=visit.principal,
        )

    def child(self) -> ChildSpec:
        """This connection, as a child of the supervisor of connections."""
        settings = self._environment.settings
        within = settings.settle_timeout + settings.close_timeout
        helper = partial(ChildSpec, restart=Restart.TEMPORARY)
        children = (
            helper(
                name="outbox", start=self._serve_outbox, stop_timeout=within + settings.close_timeout, significant=True
            ),
            helper(name="query", start=self._environment.queries),
            helper(name="keepalive", start=self._serve_keepalive),
            helper(name="session", start=self._serve_session),
        )
        return ChildSpec(name=self.connection_id, start=Supervisor(children=children))

    # --- the link of a dialogue ---------------------------------------------------------------------------------------

    @property
    def principal(self) -> Principal | None:
        """Who is connected, None when nobody signed in."""
        return self._keepalive.principal

    @property
    def address(self) -> str | None:
        """The client's network address."""
        return self._visit.address

    def sign_in(self, principal: Principal) -> None:
        """Say who this is; the connection ends when this principal's token runs out."""
        self._keepalive.sign_in(principal)
        self._visit.socket.take_longer(self._visit.endpoint.longest_message)

    def reply(self, event: E) -> None:
        """Queue a control event (never waits, never dropped); a client too far behind is cut with 4430."""
        self._outbox.reply(event)

    async def start_turn(self, turn: Turn[E], *, urgent: bool = False) -> None:
        """Start a turn as an actor of its own; an urgent one interrupts the others.

        Raises:
            TurnBusy: A turn of the same key is running.
            TooManyTurns: The connection runs as many turns as it may.
            ServerDraining: The server, or this connection, is going away.
        """
        ticket = self._board.admit(turn, urgent=urgent)
        try:
            await self._queries.start_child(self._turn_child(ticket))
        except ActorError as error:
            raise ServerDraining from error
        finally:
            if not ticket.begun:
                self._leave(ticket)

    def cancel_turn(self, key: str) -> bool:
        """Cancel the turns of this key; False when there is none."""
        return self._board.cancel(key)

    def follow(self, feed: Feed) -> Callable[[], None]:
        """Send also what comes of a feed; what is returned is to be called when there is more, or its work is done."""
        self._feed = feed
        self._outbox.follow(feed)
        return self._wake

    def close(self, code: int, reason: str) -> None:
        """End the connection once what is queued has gone out."""
        self.end(Closing(code=code, reason=reason))

    # --- the ending ---------------------------------------------------------------------------------------------------

    def end(self, closing: Closing) -> None:
        """End the connection: turns are cancelled, what is queued goes out, then the close frame. The first call counts."""
        if self._closing is None:
            self._closing = closing
            if closing is GOING_AWAY and self._feed is not None:
                self._feed.go_away()
        self._board.cancel_all(closing.turns)
        self._outbox.end(closing)

    @property
    def application(self) -> str:
        """Whose endpoint the client came in by."""
        return self._visit.endpoint.application

    @property
    def on_end(self) -> Callable[[], object]:
        """To be called when all its actors have ended."""
        return self._visit.on_end

    @property
    def code(self) -> int:
        """The close code, or what it will be if the connection ends now."""
        return (self._closing or GOING_AWAY).code

    def drain(self) -> None:
        """Start no turn any more, and end the connection once the last one is over."""
        self._draining = True
        self._board.refuse()
        self._end_if_drained()

    @property
    def _awaited(self) -> int:
        """Turns whose last events must be out before the close frame: those of others only where they end with the server."""
        followed = self._closing is GOING_AWAY and self._feed is not None and self._feed.busy
        return self._board.running + followed

    @property
    def _is_busy(self) -> bool:
        return self._board.running > 0 or (self._feed is not None and self._feed.busy)

    def _wake(self) -> None:
        self._outbox.wake()
        self._end_if_drained()

    def _end_if_drained(self) -> None:
        if self._draining and not self._is_busy:
            self.end(GOING_AWAY)

    # --- the actors ---------------------------------------------------------------------------------------------------

    async def _serve_outbox(self, context: Context) -> Asleep | None:
        # having looked at this, it is given time to end by itself: the session, stopped before it, has told it to
        _ = context.stopping
        self._outbox.rouse = context.wake
        context.started()
        try:
            return None if await self._outbox.run() else Asleep()
        except Exception:
            self.end(INTERNAL_ERROR)
            raise

    async def _serve_keepalive(self, context: Context) -> Asleep | None:
        self._keepalive.wake = context.wake
        context.started()
        due = self._keepalive.look()
        return None if due is None else Asleep(until=due)

    async def _serve_session(self, context: Context) -> None:
        try:
            session = self._open_session(context)
            context.started()
            await session.run()
        except Exception:
            self.end(INTERNAL_ERROR)
            raise
        finally:
            self.end(GOING_AWAY)  # stopped from above; otherwise the ending is decided already

    def _open_session(self, context: Context) -> Session:
        queries = context.parent.child("query")
        assert isinstance(queries, SupervisorRef)
        self._queries = queries
        settings, visit = self._environment.settings, self._visit
        return Session(
            socket=visit.socket,
            dialogue=visit.endpoint.open_dialogue(self, visit.path_parts),
            keepalive=self._keepalive,
            throttle=Throttle(rate=settings.inbound_rate, burst=settings.inbound_burst, now=trio.current_time()),
            end=self.end,
        )

    def _turn_child(self, ticket: Ticket[E]) -> ChildSpec:
        lane = OutboxLane(outbox=self._outbox)
        run = TurnRun(ticket=ticket, lane=lane, leave=self._leave, surroundings=self._surroundings())

        async def serve_turn(context: Context) -> None:
            _ = context.stopping  # as for the outbox: `end` has cancelled the turn, which now has time to settle
            ticket.begun = True
            context.started()
            await run.run(context)

        return ChildSpec(
            name=str(ticket.number), start=serve_turn, stop_timeout=self._environment.settings.settle_timeout + 1
        )

    def _surroundings(self) -> TurnSurroundings:
        """Made for each turn: most of the time a connection runs none, and a bound logger takes a kilobyte."""
        application, environment = self._visit.endpoint.application, self._environment
        return TurnSurroundings(
            application=application,
            telemetry=environment.telemetry,
            settle_timeout=environment.settings.settle_timeout,
            log=structlog.get_logger(__name__).bind(application=application, connection=self.connection_id),
        )

    def _leave(self, ticket: Ticket[E]) -> None:
        self._board.leave(ticket)
        self._wake()
