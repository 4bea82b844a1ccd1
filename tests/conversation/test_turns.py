"""The turns of one connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Literal

import attrs
import pytest
import structlog
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors import ChildSpec, Context, Restart, StageTimeout, System, open_system
from smarthealth.conversation.application import TurnEnd, TurnOutput, TurnPolicy
from smarthealth.conversation.backlog import Backlog
from smarthealth.conversation.errors import ConnectionLost, ServerDraining, TooManyTurns, TurnBusy
from smarthealth.conversation.outbox import Outbox, OutboxLane
from smarthealth.conversation.telemetry import NullTelemetry
from smarthealth.conversation.turns import Ticket, TurnBoard, TurnRun, TurnSurroundings
from tests.conversation.conftest import Failures, MemorySocket, ScriptedTurn, merge

SETTLE_TIMEOUT = 5.0


async def answer(output: TurnOutput[str]) -> Sequence[str]:
    """Say something and end."""
    await output.send("+a")
    return ["end one"]


async def hang(output: TurnOutput[str]) -> Sequence[str]:
    """Say something and never end."""
    await output.send("+a")
    await trio.sleep_forever()
    raise AssertionError


def make_board(
    when_busy: Literal["reject", "enqueue", "interrupt"] = "reject",
    *,
    sequential: bool = False,
    busy_elsewhere: set[str] | None = None,
) -> TurnBoard[str]:
    """A board for at most three turns."""
    return TurnBoard(
        policy=TurnPolicy(when_busy=when_busy, sequential=sequential),
        max_turns=3,
        busy_elsewhere=set() if busy_elsewhere is None else busy_elsewhere,
    )


def admit(board: TurnBoard[str], *keys: str) -> list[Ticket[str]]:
    """Turns of these keys, admitted in order."""
    return [board.admit(ScriptedTurn(answer, key=key)) for key in keys]


def open_gates(tickets: list[Ticket[str]]) -> list[bool]:
    """Who may run."""
    return [ticket.gate.is_set() for ticket in tickets]


def test_turns_of_different_keys_run_together_up_to_the_limit() -> None:
    """Each may run at once; one too many is refused, and the place of one that left is free."""
    board = make_board()
    tickets = admit(board, "a", "b", "c")
    assert open_gates(tickets) == [True, True, True]
    with pytest.raises(TooManyTurns):
        admit(board, "d")
    board.leave(tickets[0])
    board.leave(tickets[0])
    assert board.running == 2
    assert open_gates(admit(board, "a")) == [True]


def test_a_busy_key_is_refused_on_every_connection() -> None:
    """A key is busy while a turn of it runs, here or on another connection."""
    shared: set[str] = set()
    here, there = make_board(busy_elsewhere=shared), make_board(busy_elsewhere=shared)
    (ticket,) = admit(here, "a")
    for board in (here, there):
        with pytest.raises(TurnBusy):
            admit(board, "a")
    here.leave(ticket)
    assert open_gates(admit(there, "a")) == [True]


def test_a_busy_key_waits_where_the_policy_says_so() -> None:
    """With `enqueue`, a turn of a busy key runs after the one before."""
    board = make_board("enqueue")
    tickets = admit(board, "a", "a", "b")
    assert open_gates(tickets) == [True, False, True]
    board.leave(tickets[0])
    assert open_gates(tickets) == [True, True, True]


def test_a_new_turn_interrupts_where_the_policy_says_so() -> None:
    """With `interrupt`, turns of the same key are cancelled, and the new one waits until they are over."""
    board = make_board("interrupt")
    tickets = admit(board, "a", "b", "a")
    assert [ticket.cause for ticket in tickets] == [TurnEnd.INTERRUPTED, None, None]
    assert open_gates(tickets) == [True, True, False]


def test_sequential_turns_run_one_after_the_other() -> None:
    """With `sequential`, no two turns run at once, whatever their keys, and order is kept."""
    board = make_board(sequential=True)
    tickets = admit(board, "a", "b", "c")
    assert open_gates(tickets) == [True, False, False]
    board.leave(tickets[0])
    assert open_gates(tickets) == [True, True, False]


def test_a_sequential_connection_queues_its_own_busy_key() -> None:
    """What is busy on this very connection waits its turn; elsewhere the key is busy until the last of them is over."""
    shared: set[str] = set()
    here = make_board(sequential=True, busy_elsewhere=shared)
    there = make_board(sequential=True, busy_elsewhere=shared)
    first, second = admit(here, "a", "a")
    assert open_gates([first, second]) == [True, False]
    here.leave(first)
    assert open_gates([second]) == [True]
    with pytest.raises(TurnBusy):
        admit(there, "a")
    here.leave(second)
    assert open_gates(admit(there, "a")) == [True]


def test_an_urgent_turn_interrupts_all_others_and_is_never_busy() -> None:
    """It needs no place among the others, follows only its like, and leaves a key that is busy elsewhere alone."""
    shared = {"z"}
    board = make_board(sequential=True, busy_elsewhere=shared)
    others = admit(board, "a", "b", "c")
    urgent = [board.admit(ScriptedTurn(answer, key="z"), urgent=True) for _ in range(3)]
    assert {ticket.cause for ticket in others} == {TurnEnd.INTERRUPTED}
    assert [ticket.cause for ticket in urgent] == [None, None, None]
    with pytest.raises(TooManyTurns):
        board.admit(ScriptedTurn(answer, key="z"), urgent=True)
    for ticket in others:
        board.leave(ticket)
    assert open_gates(urgent) == [True, False, False]
    for ticket in urgent:
        board.leave(ticket)
    assert shared == {"z"}


def test_turns_are_cancelled_by_key_and_the_first_cause_counts() -> None:
    """A client cancels by key; what comes later changes nothing, and then no turn starts."""
    board = make_board()
    tickets = admit(board, "a", "b")
    assert board.cancel("a")
    assert not board.cancel("z")
    board.cancel_all(TurnEnd.SHUTDOWN)
    assert [ticket.cause for ticket in tickets] == [TurnEnd.CANCELLED, TurnEnd.SHUTDOWN]
    with pytest.raises(ServerDraining):
        admit(board, "c")


@attrs.define(eq=False)
class Telling(NullTelemetry):
    """Remembers outcomes."""

    outcomes: list[tuple[str, str, float]] = attrs.field(factory=list)

    def turn_finished(self, application: str, outcome: str, seconds: float) -> None:
        """Keep it."""
        self.outcomes.append((application, outcome, seconds))


@attrs.define(eq=False)
class Stage:
    """Runs turns as actors, without a connection around them."""

    system: System
    failures: Failures
    board: TurnBoard[str] = attrs.field(factory=make_board)
    telemetry: Telling = attrs.field(factory=Telling)
    backlog: Backlog[str] = attrs.field(
        factory=lambda: Backlog(encode=str, merge=merge, max_events=50, max_bytes=50_000)
    )

    idle: trio.Event = attrs.field(factory=trio.Event)
    """Set when a turn has left and none runs."""

    def leave(self, ticket: Ticket[str]) -> None:
        """A turn is over."""
        self.board.leave(ticket)
        if not self.board.running:
            self.idle.set()

    async def start(self, turn: ScriptedTurn) -> Ticket[str]:
        """Start a turn."""
        ticket = self.board.admit(turn)
        outbox = Outbox(
            socket=MemorySocket(),
            backlog=self.backlog,
            patience=1.0,
            close_timeout=1.0,
            end_timeout=1.0,
            turns_running=lambda: 0,
            is_busy=lambda: True,
            end_connection=print,
        )
        surroundings = TurnSurroundings(
            application="echo",
            telemetry=self.telemetry,
            settle_timeout=SETTLE_TIMEOUT,
            log=structlog.get_logger(),
        )
        run = TurnRun(ticket=ticket, lane=OutboxLane(outbox=outbox), leave=self.leave, surroundings=surroundings)

        async def serve(context: Context) -> None:
            context.started()
            await run.run(context)

        await self.system.start_child(ChildSpec(name=str(ticket.number), start=serve, restart=Restart.TEMPORARY))
        return ticket

    @property
    def frames(self) -> list[str]:
        """What waits to be sent."""
        return self.backlog.take()

    @property
    def outcomes(self) -> list[str]:
        """How turns ended."""
        return [outcome for _, outcome, _ in self.telemetry.outcomes]


@asynccontextmanager
async def open_stage() -> AsyncIterator[Stage]:
    """A system that runs turns."""
    failures = Failures()
    async with open_system("test", instrument=failures) as system:
        yield Stage(system, failures)


async def over(stage: Stage) -> None:
    """Wait until no turn runs."""
    while stage.board.running:
        stage.idle = trio.Event()
        await stage.idle.wait()


async def test_a_turn_ends_in_what_its_run_returned(autojump_clock: MockClock) -> None:
    """The last events follow the others, after what must be kept was written."""
    async with open_stage() as stage:
        turn = ScriptedTurn(answer)
        await stage.start(turn)
        await over(stage)
        assert stage.frames == ["+a", "end one"]
        assert turn.settled == [None]
        assert stage.outcomes == ["finished"]


async def test_each_way_to_end_has_its_name(autojump_clock: MockClock) -> None:
    """A turn that is cancelled, out of time, or cut off ends in the event for that, and only that."""

    async def late_stage(output: TurnOutput[str]) -> Sequence[str]:
        raise StageTimeout("searching", 3.0)

    async def lost(output: TurnOutput[str]) -> Sequence[str]:
        raise ConnectionLost

    async with open_stage() as stage:
        slow = ScriptedTurn(hang, key="slow", time_limit=10.0)
        staged, cut = ScriptedTurn(late_stage, key="staged"), ScriptedTurn(lost, key="cut")
        for turn in (slow, staged, cut):
            await stage.start(turn)
        await trio.sleep(11)
        stopped = ScriptedTurn(hang, key="stopped")
        await stage.start(stopped)
        await wait_all_tasks_blocked()
        assert stage.board.cancel("stopped")
        await over(stage)
        assert stage.outcomes == ["stage_timeout", "connection_lost", "turn_timeout", "cancelled"]
        assert sorted(stage.frames) == [
            "+a",
            "+a",
            "failed cut CONNECTION_LOST",
            "failed slow TURN_TIMEOUT",
            "failed staged STAGE_TIMEOUT searching",
            "failed stopped CANCELLED",
        ]
        assert [turn.settled for turn in (slow, staged, cut, stopped)] == [
            [turn.failures[0]] for turn in (slow, staged, cut, stopped)
        ]
        assert stage.telemetry.outcomes[2][2] == 10.0


async def test_a_turn_may_be_cancelled_while_it_waits(autojump_clock: MockClock) -> None:
    """A turn that never ran has its one ending all the same, and is not counted as one that ran."""
    async with open_stage() as stage:
        stage.board = make_board("enqueue")
        first = await stage.start(ScriptedTurn(hang))
        second = await stage.start(ScriptedTurn(answer))
        second.cancel(TurnEnd.CANCELLED)
        await wait_all_tasks_blocked()
        assert stage.frames == ["+a", "failed one CANCELLED"]
        assert stage.outcomes == []
        first.cancel(TurnEnd.CANCELLED)


async def test_a_crash_is_ended_properly_and_reported_once(autojump_clock: MockClock) -> None:
    """The client gets an ending, and the supervisor the exception."""

    async def crash(output: TurnOutput[str]) -> Sequence[str]:
        await output.send("+a")
        raise LookupError

    async with open_stage() as stage:
        turn = ScriptedTurn(crash)
        await stage.start(turn)
        await over(stage)
        assert stage.frames == ["+a", "failed one CRASHED"]
        assert turn.settled == turn.failures
        assert [type(event.error) for event in stage.failures.crashes] == [LookupError]


async def test_an_answer_that_cannot_be_kept_is_a_crash(autojump_clock: MockClock) -> None:
    """When settling fails, the client does not get the answer's last events."""
    async with open_stage() as stage:
        await stage.start(ScriptedTurn(answer, settle_error=LookupError()))
        await over(stage)
        assert stage.frames == ["+a", "failed one CRASHED"]
        assert stage.outcomes == ["crashed"]
        assert [type(event.error) for event in stage.failures.crashes] == [LookupError]


async def test_settling_has_its_time(autojump_clock: MockClock) -> None:
    """Settling that takes too long ends an answered turn as crashed, and a failed one as it was."""
    async with open_stage() as stage:
        await stage.start(ScriptedTurn(answer, key="a", settle_time=100))
        ticket = await stage.start(ScriptedTurn(hang, key="b", settle_time=100))
        await wait_all_tasks_blocked()
        ticket.cancel(TurnEnd.CANCELLED)
        await over(stage)
        assert trio.current_time() < SETTLE_TIMEOUT + 1
        assert sorted(stage.frames) == ["+a", "+a", "failed a CRASHED", "failed b CANCELLED"]


async def test_cancelling_does_not_stop_settling(autojump_clock: MockClock) -> None:
    """What must be kept is written although the turn was cancelled, by its client or from above."""
    async with open_stage() as stage:
        turn = ScriptedTurn(answer, settle_time=2)
        ticket = await stage.start(turn)
        await wait_all_tasks_blocked()
        ticket.cancel(TurnEnd.CANCELLED)
        stage.system.stop()
        await over(stage)
        assert turn.settled == [None]
        assert stage.frames == ["+a", "end one"]


async def test_a_turn_stopped_from_above_ends_as_shut_down(autojump_clock: MockClock) -> None:
    """A supervisor's stop is an ending like any other."""
    async with open_stage() as stage:
        turn = ScriptedTurn(hang)
        await stage.start(turn)
        await wait_all_tasks_blocked()
        stage.system.stop()
        await over(stage)
        assert stage.frames == ["+a", "failed one SHUTDOWN"]
        assert [failure and failure.end for failure in turn.settled] == [TurnEnd.SHUTDOWN]


async def test_last_events_that_cannot_be_encoded_are_a_crash(autojump_clock: MockClock) -> None:
    """A turn whose last event is unfit to be sent still has its one ending."""

    def encode(event: str) -> str:
        if event == "end one":
            raise ValueError(event)
        return event

    async with open_stage() as stage:
        stage.backlog.encode = encode
        await stage.start(ScriptedTurn(answer))
        await over(stage)
        assert stage.frames == ["+a", "failed one CRASHED"]
        assert [type(event.error) for event in stage.failures.crashes] == [ValueError]
