"""One room: a conversation that many connections see, its log, and its turns.

    NAME        Supervisor
    ├─ turns    DynamicSupervisor of the turns 1, 2, …
    └─ keeper   ends the room when nobody needs it

Theory of operation. Whatever is published is encoded once and put into the room's log; every viewer's outbox reads the log at
its own pace, through a cursor. Nothing here waits for a viewer. A turn belongs to the room: it goes on when the connection that
asked is gone, and when all are gone it is given a grace. The keeper sleeps until something changes or a time has come:

    somebody is there                 nothing is due
    nobody, a turn runs               after the grace the turn is ended, as lost
    nobody, no turn                   after a while the room is closed

Deciding to close and leaving the directory of rooms happen in one step without waiting, so that nobody enters a room that ends.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from math import inf
from typing import Generic, TypeVar

import attrs
import structlog
import trio

from smarthealth.actors import ActorError, ChildSpec, Context, DynamicSupervisor, Restart, Supervisor, SupervisorRef
from smarthealth.conversation.application import Turn, TurnEnd
from smarthealth.conversation.closing import GOING_AWAY, INTERNAL_ERROR, Closing
from smarthealth.conversation.errors import ServerDraining, TurnOver
from smarthealth.conversation.telemetry import Telemetry
from smarthealth.conversation.turns import Ticket, TurnBoard, TurnRun, TurnSurroundings

from .errors import RoomFull
from .log import Cursor, FrameLog
from .ports import RoomLife, RoomLimits, Viewer

E = TypeVar("E")

BURST = 32
"""Events that a turn publishes before others get to run."""
_LABEL_LENGTH = 12
"""Characters that stand for a room's name in logs: where whoever knows a name may enter, it is a secret."""


class Room(Generic[E]):
    """One room.

    Args:
        name: Of the conversation.
        life: What the application does in it; made with the room.
        encode: Event to text frame.
        limits: Of every room.
        telemetry: Who measures its turns.
        application: Name of the application, for telemetry and logs.
        on_close: Told when the room ends, before anything else happens.
    """

    def __init__(
        self,
        name: str,
        life: Callable[[Room[E]], RoomLife[E]],
        *,
        encode: Callable[[E], str],
        limits: RoomLimits,
        telemetry: Telemetry,
        application: str,
        on_close: Callable[[Room[E]], object],
    ) -> None:
        self.name = name
        self.label = hashlib.sha256(name.encode()).hexdigest()[:_LABEL_LENGTH]
        self._encode = encode
        self._limits = limits
        self._on_close = on_close
        self._log = FrameLog(limits.log_frames, limits.log_bytes)
        self._viewers: dict[Viewer[E], Callable[[], None]] = {}
        self._board: TurnBoard[E] = TurnBoard(policy=limits.policy, max_turns=limits.max_turns, busy_elsewhere=set())
        self._surroundings = TurnSurroundings(
            application=application,
            telemetry=telemetry,
            settle_timeout=limits.settle_timeout,
            log=structlog.get_logger().bind(application=application, room=self.label),
        )
        self._deserted_at = self._rested_at = trio.current_time()
        self._changed = trio.Event()
        self._turns: SupervisorRef | None = None
        self.closed = False
        self.life = life(self)

    def child(self, child_name: str) -> ChildSpec:
        """This room, as a child of the supervisor of rooms."""
        children = (
            # a turn leaves the board a moment before its actor is gone
            ChildSpec(
                name="turns",
                start=DynamicSupervisor(max_children=2 * self._limits.max_turns),
                restart=Restart.TEMPORARY,
            ),
            ChildSpec(name="keeper", start=self._keep, restart=Restart.TEMPORARY, significant=True),
        )
        return ChildSpec(name=child_name, start=Supervisor(children=children))

    # --- viewers ------------------------------------------------------------------------------------------------------

    @property
    def viewers(self) -> tuple[Viewer[E], ...]:
        """Who is there, in the order of coming."""
        return tuple(self._viewers)

    @property
    def busy(self) -> bool:
        """Whether a turn runs or waits."""
        return self._board.running > 0

    def enter(self, viewer: Viewer[E]) -> None:
        """Let somebody in: first what was said so far, then everything from now on.

        Raises:
            RoomFull: There are as many viewers as there may be.
        """
        if len(self._viewers) >= self._limits.max_viewers:
            raise RoomFull
        viewer.cursor = Cursor(self._log, lambda: self.busy, lambda: self._board.cancel_all(TurnEnd.SHUTDOWN))
        for event in self.life.welcome(viewer):
            viewer.link.reply(event)
        self._viewers[viewer] = viewer.link.follow(viewer.cursor)
        self._change()
        self.life.entered(viewer)

    def leave(self, viewer: Viewer[E]) -> None:
        """Let somebody go; who is not there is no matter."""
        if self._viewers.pop(viewer, None) is None:
            return
        if not self._viewers:
            self._deserted_at = trio.current_time()
        self._change()
        self.life.left(viewer)

    def publish(self, event: E, *, extra: bool = False) -> None:
        """Send an event to all viewers, or to those alone who asked for more; never waits."""
        self._publish(event, self._encode(event), extra=extra)

    def _publish(self, event: E, frame: str, *, extra: bool = False) -> None:
        self.life.published(event)
        self._log.append(frame, trio.current_time(), extra=extra)
        for wake in tuple(self._viewers.values()):
            wake()

    # --- turns --------------------------------------------------------------------------------------------------------

    async def start_turn(self, turn: Turn[E]) -> None:
        """Start a turn of this room; returns at once, the turn goes on.

        Raises:
            TurnBusy: Another one is running, and the policy is to refuse.
            TooManyTurns: As many as may be run or wait.
            ServerDraining: The server is going away.
        """
        turns = self._turns
        if turns is None or self.closed:
            raise ServerDraining
        ticket = self._board.admit(turn)
        try:
            await turns.start_child(self._turn_child(ticket))
        except ActorError as error:
            raise ServerDraining from error
        finally:
            if not ticket.begun:
                self._turn_over(ticket)

    def cancel_turns(self, key: str) -> bool:
        """Cancel the turns of a key for whoever asked; False when there is none."""
        return self._board.cancel(key)

    def _turn_child(self, ticket: Ticket[E]) -> ChildSpec:
        run = TurnRun(ticket=ticket, lane=RoomLane(self), leave=self._turn_over, surroundings=self._surroundings)

        async def serve_turn(context: Context) -> None:
            _ = context.stopping  # having looked at this, it is given time to settle when the keeper has cancelled it
            ticket.begun = True
            context.started()
            await run.run(context)

        return ChildSpec(name=str(ticket.number), start=serve_turn, stop_timeout=self._limits.settle_timeout + 1)

    def _turn_over(self, ticket: Ticket[E]) -> None:
        self._board.leave(ticket)
        self._rested_at = trio.current_time()
        self._log.forget(
            min((viewer.cursor.position for viewer in self._viewers if viewer.cursor), default=self._log.end)
        )
        for wake in tuple(self._viewers.values()):
            wake()
        self._change()

    # --- its end ------------------------------------------------------------------------------------------------------

    async def _keep(self, context: Context) -> None:
        """Wait until the room is needed no more; whatever ends it, its turns and its viewers hear of it."""
        turns = context.parent.child("turns")
        assert isinstance(turns, SupervisorRef)
        self._turns = turns
        closing = GOING_AWAY
        context.started()
        try:
            await self._wait_deserted()
        except Exception:
            closing = INTERNAL_ERROR
            raise
        finally:
            self._close(closing)

    async def _wait_deserted(self) -> None:
        lost = False
        while True:
            if self._viewers:
                due, lost = inf, False
            elif self.busy:
                due = inf if lost else self._deserted_at + self._limits.grace
            else:
                due = max(self._deserted_at, self._rested_at) + self._limits.linger
            if trio.current_time() >= due:
                if not self.busy:
                    return
                self._board.cancel_running(TurnEnd.CONNECTION_LOST)
                lost = True
                continue
            with trio.move_on_at(due):
                await self._changed.wait()

    def _change(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    def _close(self, closing: Closing) -> None:
        self.closed = True
        self._on_close(self)
        self._board.cancel_all(closing.turns)
        for viewer in self.viewers:
            viewer.link.close(closing.code, closing.reason)


@attrs.define(eq=False)
class RoomLane(Generic[E]):
    """A turn's way to all who are in the room."""

    room: Room[E]
    over: bool = attrs.field(default=False, init=False)
    _sent: int = attrs.field(default=0, init=False)

    async def send(self, event: E) -> None:
        """Publish an event; waits for nobody, but lets others run.

        Raises:
            TurnOver: The turn has ended.
        """
        self._sent += 1
        if self._sent % BURST == 0:  # before, so that what is published has been sent, whoever is cancelled
            await trio.lowlevel.checkpoint()
        if self.over:
            raise TurnOver
        self.room.publish(event)

    def finish(self, events: Sequence[E]) -> None:
        """Publish the last events, all or none, and close this lane.

        Raises:
            TurnOver: The turn has ended.
        """
        if self.over:
            raise TurnOver
        frames = [self.room._encode(event) for event in events]
        self.over = True
        for event, frame in zip(events, frames, strict=True):
            self.room._publish(event, frame)
