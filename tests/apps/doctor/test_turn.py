"""One message as a turn."""

from __future__ import annotations

import math

import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.doctor import texts
from smarthealth.apps.doctor.caller import Caller
from smarthealth.apps.doctor.turn import EmergencyTurn, emergency_end
from smarthealth.conversation.application import TurnEnd, TurnFailure
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.doctor.conftest import ALARM, ANA, LUIS, STAMP, Connect, World, kinds, prose

SESSION = "550e8400-e29b-41d4-a716-446655440000"


async def test_an_answer_and_its_rows(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Both sides are in the session and a row is in the audit."""
    world.answers("Soon.", "X.", "Rest.")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=1)
    (kept,) = [exchange for exchanges in world.sessions.exchanges.values() for exchange in exchanges]
    assert (kept.question, kept.answer) == ("I cough", prose(events))
    assert world.audit.outcomes == [("message", "completed")]


async def test_without_agents_nobody_has_completed(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """And a case without a triage has no summary of one."""
    world.answers("Rest.")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough", "enable_agents": False}, seconds=1)
    assert events[-1]["metadata"]["agents_completed"] == []
    assert "triage" not in events[-1]["metadata"]


@pytest.mark.parametrize(
    ("answer", "error_type"),
    [(Refusal(status=500), "agent_error"), (Reply(text="It", ending=Ending.HANG), "timeout_error")],
)
async def test_a_failure_ends_the_stream_first(
    answer: Reply | Refusal, error_type: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Then the one error; what was said is kept as far as it went."""
    world.model.script.add(Reply(text="Soon."), answer)
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=60)
    assert kinds(events)[-2:] == ["stream_end", "error"]
    assert events[-2]["metadata"]["agents_completed"] == ["triage"]
    assert events[-1]["error_type"] == error_type


async def test_a_refused_message_is_told_why(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """By a safety rule; and a session of somebody else is refused likewise, before any stream."""
    world.answers("a", "b", "c")
    async with connect(ANA) as client:
        await client.settled()
        refused = await client.heard({"message": "poison"}, seconds=1)
        await client.heard({"message": "I cough", "session_id": SESSION}, seconds=1)
    async with connect(LUIS) as client:
        await client.settled()
        foreign = await client.heard({"message": "I cough", "session_id": SESSION}, seconds=1)
    assert kinds(refused) == ["validating", "checking_emergency", "error"]
    assert (refused[-1]["error_type"], foreign[-1]["error_type"]) == ("safety_violation", "auth_error")


@pytest.mark.parametrize("when", ["at the start", "at the end"])
async def test_a_database_that_fails(when: str, world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Is the server's error, whenever it fails; no answer ends well that was not kept."""
    world.answers("Soon.", "X.", "Rest.")
    trouble = world.sessions.opening if when == "at the start" else world.audit.trouble
    trouble.error = StorageUnavailable("gone")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=5)
    assert events[-1]["error_type"] == "server_error"


async def test_a_broken_answer_is_not_waited_for(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Neither a database that fails nor one that hangs holds up what follows."""
    world.model.script.add(Reply(text="It", ending=Ending.CUT), Reply(text="It", ending=Ending.CUT))
    world.audit.trouble.error = StorageUnavailable("gone")
    async with connect() as client:
        await client.settled()
        first = await client.heard({"message": "I cough"}, seconds=5)
        world.audit.trouble.error, world.audit.trouble.delay = None, math.inf
        second = await client.heard({"message": "I cough"}, seconds=5)
    assert [events[-1]["error_type"] for events in (first, second)] == ["agent_error"] * 2


@pytest.mark.parametrize(("delay", "error"), [(0.0, None), (0.0, StorageUnavailable("gone")), (math.inf, None)])
async def test_an_alarm_needs_no_database(
    delay: float, error: StorageUnavailable | None, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Its advice goes out whole, whatever becomes of the rows."""
    world.audit.trouble.delay, world.audit.trouble.error = delay, error
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "chest pain"}, seconds=5)
    assert prose(events) == ALARM.advice
    assert events[-1]["metadata"]["emergency_detected"] is True


async def test_advice_that_cannot_be_given_ends_all_the_same(world: World) -> None:
    """With its severity: the alarm itself is out."""
    caller = Caller(user_id=None, subject=None, address=None, connection_id="c", session_name=SESSION)
    turn = EmergencyTurn(services=world.services(), message="chest pain", alarm=ALARM, caller=caller)
    await trio.lowlevel.checkpoint()
    (end,) = turn.ending(TurnFailure(end=TurnEnd.TURN_TIMEOUT))
    assert end == emergency_end(ALARM, caller, STAMP)


async def test_triage_s_alarm_comes_in_the_stream(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """After what was said by then, parted from it; a loaded session may raise one before any stream."""
    world.model.script.add(*[Reply(text="x")] * 3)
    async with connect() as client:
        await client.settled()
        await client.heard({"message": "a pain", "session_id": SESSION}, seconds=1)
    async with connect() as client:
        await client.settled()
        loaded = await client.heard({"message": "it is worse", "session_id": SESSION}, seconds=1)
    world.answers('{"level": "I"}\n---\nx')
    async with connect() as client:
        await client.settled()
        found = await client.heard({"message": "my arm feels odd"}, seconds=1)
    assert kinds(loaded) == ["validating", "checking_emergency", "emergency", "stream_start", "token", "stream_end"]
    assert kinds(found)[2] == "stream_start"
    assert prose(found) == ALARM.advice
    assert world.audit.outcomes[-1] == ("message", "emergency")


async def test_an_alarm_is_not_held_up_by_who_does_not_read(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """What is under way ends with its own error when an alarm takes its place, begun or not."""
    world.model.script.add(Reply(text="One moment", ending=Ending.HANG))
    async with connect() as client:
        await client.settled()
        await client.heard({"message": "I cough"}, {"message": "and sneeze"}, seconds=1)
        events = await client.heard({"message": "now I have chest pain"})
        await trio.sleep(1)
    errors = [event["message"] for event in events if event["type"] == "error"]
    assert errors == [texts.INTERRUPTED] * 2
    assert kinds(events)[2] == "emergency"
