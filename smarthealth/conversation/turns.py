"""The turns of one connection: which may start, in what order they run, and how each one ends.

Theory of operation. A turn that is admitted holds a `Ticket` until it is over. Its actor starts at once and waits at its gate
until no earlier turn stands in its way; so a waiting turn is cancelled, and counted, like a running one.

`run_turn` makes the ending. The last events of a turn come either from its `run`, which returned them, or from its `ending`,
and go out in one piece that closes the turn's lane: nothing else can send a last event, and nothing can follow one. What
must be kept is written before, shielded from whatever ended the turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, Protocol, TypeVar

import attrs
import structlog
import trio

from smarthealth.actors import Context, StageTimeout

from .application import Turn, TurnEnd, TurnFailure, TurnOutput, TurnPolicy
from .errors import ConnectionLost, ServerDraining, TooManyTurns, TurnBusy
from .telemetry import Telemetry

E = TypeVar("E")
E_contra = TypeVar("E_contra", contravariant=True)


class TurnLane(TurnOutput[E_contra], Protocol[E_contra]):
    """A turn's way out, with its end: `outbox.OutboxLane` to one client, `rooms.room.RoomLane` to all in a room."""

    def finish(self, events: Sequence[E_contra]) -> None:
        """Queue the turn's last events and close this lane; never waits.

        Raises:
            TurnOver: The turn has ended.
        """
        ...


@attrs.define(eq=False)
class Ticket(Generic[E]):
    """A turn that was admitted and is not over."""

    turn: Turn[E]
    key: str
    number: int
    urgent: bool = False
    """Whether it interrupted the others, and is not interrupted by one like it."""
    scope: trio.CancelScope = attrs.field(factory=trio.CancelScope)
    gate: trio.Event = attrs.field(factory=trio.Event)
    """Set when no earlier turn stands in the way."""
    begun: bool = False
    """Whether its actor runs, and will see to its end."""
    cause: TurnEnd | None = None
    """Who cancelled it, None when nobody did."""

    def cancel(self, cause: TurnEnd) -> None:
        """End the turn; the first cause is the one that counts."""
        if self.cause is None:
            self.cause = cause
            self.scope.cancel()


@attrs.define(eq=False)
class TurnBoard(Generic[E]):
    """Who runs, who waits and who is refused."""

    policy: TurnPolicy
    max_turns: int
    busy_elsewhere: set[str]
    """Keys of the turns that run on any connection of the application; kept only where busy keys are refused."""
    _tickets: list[Ticket[E]] = attrs.field(factory=list, init=False)
    _admitted: int = attrs.field(default=0, init=False)
    _refusing: bool = attrs.field(default=False, init=False)

    @property
    def running(self) -> int:
        """Turns that are not over, waiting ones included."""
        return len(self._tickets)

    def admit(self, turn: Turn[E], *, urgent: bool = False) -> Ticket[E]:
        """Take a turn in; its ticket must be given to `leave` in the end.

        Raises:
            ServerDraining: No turn starts any more.
            TurnBusy: A turn of this key is running and the policy is to refuse.
            TooManyTurns: The connection runs as many turns as it may.
        """
        key = turn.key
        if self._refusing:
            raise ServerDraining
        if not urgent and self._is_busy(key):
            raise TurnBusy
        if sum(ticket.urgent is urgent for ticket in self._tickets) >= self.max_turns:
            raise TooManyTurns
        if urgent:
            self._interrupt(ticket for ticket in self._tickets if not ticket.urgent)
        elif self.policy.when_busy == "interrupt":
            self._interrupt(ticket for ticket in self._tickets if ticket.key == key)
        if self._marks_keys and not urgent:
            self.busy_elsewhere.add(key)
        self._admitted += 1
        ticket = Ticket(turn=turn, key=key, number=self._admitted, urgent=urgent)
        self._tickets.append(ticket)
        self._open_gates()
        return ticket

    def leave(self, ticket: Ticket[E]) -> None:
        """A turn is over; saying so twice is no matter."""
        if ticket not in self._tickets:
            return
        self._tickets.remove(ticket)
        if self._marks_keys and not ticket.urgent and not self._has(ticket.key):
            self.busy_elsewhere.discard(ticket.key)
        self._open_gates()

    def cancel(self, key: str) -> bool:
        """Cancel the turns of a key for the client; False when there is none."""
        found = [ticket for ticket in self._tickets if ticket.key == key]
        for ticket in found:
            ticket.cancel(TurnEnd.CANCELLED)
        return bool(found)

    def cancel_all(self, cause: TurnEnd) -> None:
        """Cancel every turn and admit none any more."""
        self.refuse()
        self.cancel_running(cause)

    def cancel_running(self, cause: TurnEnd) -> None:
        """Cancel every turn, waiting ones included; others may follow."""
        for ticket in self._tickets:
            ticket.cancel(cause)

    def refuse(self) -> None:
        """Admit no turn any more."""
        self._refusing = True

    @property
    def _marks_keys(self) -> bool:
        return self.policy.when_busy == "reject"

    def _is_busy(self, key: str) -> bool:
        if not self._marks_keys or key not in self.busy_elsewhere:
            return False
        return not (self.policy.sequential and self._has(key))

    def _has(self, key: str) -> bool:
        """Whether a turn of this connection has marked this key as busy."""
        return any(ticket.key == key and not ticket.urgent for ticket in self._tickets)

    def _interrupt(self, tickets: Iterable[Ticket[E]]) -> None:
        for ticket in tickets:
            ticket.cancel(TurnEnd.INTERRUPTED)

    def _open_gates(self) -> None:
        ahead: set[str] = set()
        for ticket in self._tickets:
            blocked = bool(ahead) if self.policy.sequential else ticket.key in ahead
            if not blocked:
                ticket.gate.set()
            ahead.add(ticket.key)


@attrs.frozen(kw_only=True)
class TurnSurroundings:
    """What every turn of a connection runs with."""

    application: str
    telemetry: Telemetry
    settle_timeout: float
    log: structlog.stdlib.BoundLogger


@attrs.define(eq=False)
class TurnRun(Generic[E]):
    """One turn being run to its one ending."""

    ticket: Ticket[E]
    lane: TurnLane[E]
    leave: Callable[[Ticket[E]], None]
    surroundings: TurnSurroundings
    _events: Sequence[E] = attrs.field(default=(), init=False)
    _failure: TurnFailure | None = attrs.field(default=None, init=False)
    _started: float | None = attrs.field(default=None, init=False)

    async def run(self, context: Context) -> None:
        """Wait for the gate, run, settle, end.

        Raises:
            Exception: What the application did not expect, once the turn is properly ended.

        Cancellation:
            Ends the turn like any other cause; what must be kept is still written.
        """
        self._failure = TurnFailure(end=TurnEnd.SHUTDOWN)  # holds when this task is cancelled by its supervisor
        try:
            self._failure = await self._work(context)
        except StageTimeout as timeout:
            self._failure = TurnFailure(end=TurnEnd.STAGE_TIMEOUT, stage=timeout.stage)
        except ConnectionLost:
            self._failure = TurnFailure(end=TurnEnd.CONNECTION_LOST)
        except Exception:
            self._failure = TurnFailure(end=TurnEnd.CRASHED)
            raise
        finally:
            try:
                with trio.CancelScope(shield=True):  # bounded within
                    await self._settle()
            finally:
                self._end()

    async def _work(self, context: Context) -> TurnFailure | None:
        ticket, surroundings = self.ticket, self.surroundings
        with ticket.scope as scope:
            await ticket.gate.wait()
            self._started = trio.current_time()
            scope.deadline = self._started + ticket.turn.time_limit
            surroundings.telemetry.turn_started(surroundings.application)
            self._events = await ticket.turn.run(self.lane, context)
            return None
        return TurnFailure(end=ticket.cause or TurnEnd.TURN_TIMEOUT)

    async def _settle(self) -> None:
        """Have what must be kept written; an answer that could not be kept is not finished."""
        failure, self._failure = self._failure, self._failure or TurnFailure(end=TurnEnd.CRASHED)
        with trio.move_on_after(self.surroundings.settle_timeout) as scope:
            await self.ticket.turn.settle(failure)
            self._failure = failure
        if scope.cancelled_caught:
            self.surroundings.log.error("turn_not_settled", turn=self.ticket.number)

    def _end(self) -> None:
        try:
            if self._failure is None:
                try:
                    self.lane.finish(self._events)
                    return
                except Exception:
                    self._failure = TurnFailure(end=TurnEnd.CRASHED)
                    raise
        finally:
            if self._failure is not None:
                self.lane.finish(self.ticket.turn.ending(self._failure))
            self.leave(self.ticket)
            self._report()

    def _report(self) -> None:
        surroundings, now = self.surroundings, trio.current_time()
        outcome = "finished" if self._failure is None else self._failure.end.name.lower()
        seconds = now - (self._started if self._started is not None else now)
        if self._started is not None:
            surroundings.telemetry.turn_finished(surroundings.application, outcome, seconds)
        surroundings.log.info("turn_finished", turn=self.ticket.number, outcome=outcome, seconds=round(seconds, 3))
