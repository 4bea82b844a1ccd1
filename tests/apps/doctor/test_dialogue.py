"""The doctor's conversation, from frame to frame."""

from __future__ import annotations

import math
from typing import Any

import msgspec
import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.doctor import texts
from smarthealth.apps.doctor.dialogue import _reason
from smarthealth.conversation.application import Principal
from smarthealth.conversation.errors import TurnRefused
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import IndexState
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.doctor.conftest import ALARM, ANA, DOCTOR, LUIS, STAMP, Connect, World, kinds, prose

SESSION = "550e8400-e29b-41d4-a716-446655440000"
AGENT_STEPS = ["retrieving_context", "generating_response", "token"]
WHOLE = [
    "validating",
    "checking_emergency",
    "stream_start",
    *("running_triage", *AGENT_STEPS),
    *("running_diagnostic", *AGENT_STEPS),
    *("running_treatment", *AGENT_STEPS),
    "stream_end",
]
EMERGENCY = ["validating", "checking_emergency", "emergency", "stream_start", "token", "stream_end"]


def asked(world: World) -> list[str]:
    """What the model was last asked, request by request."""
    return [request.messages[-1].content for request in world.model.requests]


async def test_three_agents_answer_one_after_the_other(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Each says what it does before it speaks; the end tells who worked, how urgent it is, and what the marks point to."""
    world.answers('{"level": "IV"}\n---\nSee somebody soon.', "It may be a cold.", "Drink enough [1].")
    async with connect() as client:
        (greeting,) = await client.settled()
        events = await client.heard({"message": "I have a persistent cough"}, seconds=1)
    assert greeting == {
        "type": "connection",
        "status": "connected",
        "session_id": greeting["session_id"],
        "timestamp": STAMP,
    }
    assert kinds(events) == WHOLE
    assert events[2]["metadata"] == {"workflow": "multi_agent", "agents": ["triage", "diagnostic", "treatment"]}
    assert events[0]["details"] == {}
    assert {event["details"].get("current_agent") for event in events if event["type"] == "status"} == {
        None,
        "triage",
        "diagnostic",
        "treatment",
    }
    assert prose(events) == "See somebody soon.\n\nIt may be a cold.\n\nDrink enough [1]."
    assert events[-1]["metadata"] == {
        "session_id": greeting["session_id"],
        "agents_completed": ["triage", "diagnostic", "treatment"],
        "triage": {"level": "IV", "scale": "Colombia I-V, Resolución 5596 de 2015", "reasons": ["as scripted"]},
        "sources": [
            {
                "id": 1,
                "title": "Cough",
                "section": "What you can do",
                "source": "NHS",
                "url": "https://www.nhs.uk/conditions/cough/",
            }
        ],
        "model_used": "scripted",
    }
    assert world.audit.outcomes == [("message", "completed")]
    assert world.telemetry.stages == ["triage", "diagnostic", "treatment"]


async def test_triage_decides_how_far_a_turn_goes(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Where nobody is ill, the turn ends after triage, and says so."""
    world.answers('{"level": "INFO"}\n---\nA virus is a small thing.')
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "What is a virus?"}, seconds=1)
    assert events[-1]["metadata"]["agents_completed"] == ["triage"]
    assert len(world.model.requests) == 1


async def test_without_agents_there_is_one_general_answer(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The status is `processing`, and no agent has completed."""
    world.answers("Rest.")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I am tired", "enable_agents": False}, seconds=1)
    assert kinds(events) == [*WHOLE[:3], "processing", *AGENT_STEPS, "stream_end"]
    assert events[2]["metadata"] == {"workflow": "general", "agents": []}
    assert events[-1]["metadata"]["agents_completed"] == []
    assert asked(world) == ["general: I am tired"]


@pytest.mark.parametrize("trouble", ["nothing", "limits", "database", "model", "malformed profile"])
async def test_an_emergency_is_answered_whatever_is_broken(
    trouble: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The alarm and its advice come at once, with one severity throughout, from no model and no database."""
    if trouble == "limits":
        world.limiter.retry_after = 30.0
    if trouble == "database":
        world.sessions.opening.delay = world.audit.trouble.delay = math.inf
    if trouble == "model":
        world.model.script.add(Refusal(status=500))
    profile: object = {"age": "old"} if trouble == "malformed profile" else {"age": 60}
    async with connect() as client:
        await client.settled()
        started = trio.current_time()
        client.say({"message": "I have chest pain", "patient_profile": profile})
        await trio.testing.wait_all_tasks_blocked(1e-3)
        first = await client.settled()
        waited = trio.current_time() - started
        await trio.sleep(3)
        events = first + await client.settled()
    assert waited < 0.01
    assert kinds(events) == EMERGENCY
    assert events[2] | {"session_id": ""} == {
        "type": "emergency",
        "severity": "critical",
        "conditions": ["chest pain"],
        "recommendation": "Call 123 now.",
        "contacts": [{"name": "Emergency line", "number": "123"}],
        "session_id": "",
        "timestamp": STAMP,
    }
    assert events[3]["metadata"] == {"emergency": True, "severity": "critical"}
    assert prose(events) == ALARM.advice
    assert events[-1]["metadata"] == {
        "emergency_detected": True,
        "severity": "critical",
        "session_id": events[2]["session_id"],
    }
    assert world.model.requests == []


async def test_an_emergency_interrupts_what_is_being_said(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The alarm comes before all that waits; answers broken off or not begun end properly, then the advice follows."""
    world.model.script.add(Reply(text="One moment please", ending=Ending.HANG))
    async with connect() as client:
        await client.settled()
        before = await client.heard({"message": "I cough"}, {"message": "and sneeze"}, seconds=1)
        events = await client.heard({"message": "now I have chest pain"})
    assert kinds(before)[-1] == "token"
    assert kinds(events)[:3] == ["validating", "checking_emergency", "emergency"]
    rest = kinds(events)[3:]
    assert rest[-3:] == ["stream_start", "token", "stream_end"]
    assert sorted(rest[:-3]) == ["error", "error", "stream_end"]
    assert {event["message"] for event in events if event["type"] == "error"} == {texts.INTERRUPTED}
    assert world.model.open_streams == 0


async def test_triage_may_find_an_emergency(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A model's alarm counts like any other: nothing of the answer is said, and nobody works after it."""
    world.answers('{"level": "I"}\n---\nDo not worry.')
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "my arm feels odd"}, seconds=1)
    assert "emergency" in kinds(events)
    assert prose(events) == ALARM.advice
    assert events[-1]["metadata"]["emergency_detected"] is True
    assert len(world.model.requests) == 1
    assert world.audit.outcomes == [("message", "emergency")]


async def test_earlier_words_and_the_profile_count(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """What is harmless alone may be none after what was said, here or in a session continued, or for who it is."""
    world.answers(*["x"] * 6)
    message = {"message": "a pain in the back", "session_id": SESSION, "patient_profile": {"age_months": 2}}
    async with connect() as client:
        await client.settled()
        assert "emergency" not in kinds(await client.heard(message, seconds=1))
        assert "emergency" in kinds(await client.heard({"message": "it is worse now", "session_id": SESSION}))
    for words in ("it is worse now", "she has a fever"):
        async with connect() as client:
            await client.settled()
            events = await client.heard({"message": words, "session_id": SESSION}, seconds=1)
            assert "emergency" in kinds(events)


async def test_few_sessions_are_kept_at_hand(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A connection that goes through many sessions does not grow."""
    world.model.script.add(*[Reply(text="x")] * 60)
    async with connect() as client:
        await client.settled()
        for number in range(20):
            await client.heard({"message": "a pain", "session_id": f"s{number}"}, seconds=1)
        assert "emergency" in kinds(await client.heard({"message": "worse", "session_id": "s0"}, seconds=1))


async def test_a_session_is_continued_with_both_sides(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """By its name on a new connection, whoever asks for it being who opened it; `history` tells what was said."""
    world.model.script.add(*[Reply(text=text) for text in ("Triage.", "It may be X.", "Rest.") * 2])
    for words in ("I cough", "it goes on"):
        async with connect(ANA) as client:
            await client.settled()
            events = await client.heard({"message": words, "session_id": "my-cough"}, seconds=1)
            assert events[-1]["metadata"]["session_id"] == "my-cough"
    assert [message.content for message in world.model.requests[3].messages] == ["I cough", "triage: it goes on"]
    async with connect(ANA) as client:
        await client.settled()
        (history,) = await client.heard({"type": "history", "session_id": "my-cough"})
    assert [(one["role"], one["content"]) for one in history["messages"]] == [
        ("user", "I cough"),
        ("assistant", "Triage.\n\nIt may be X.\n\nRest."),
        ("user", "it goes on"),
        ("assistant", "Triage.\n\nIt may be X.\n\nRest."),
    ]


@pytest.mark.parametrize("message", [{"message": "hello"}, {"type": "history"}])
@pytest.mark.parametrize("other", [LUIS, None])
async def test_a_session_of_another_is_refused(
    message: dict[str, str], other: Principal | None, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Neither its history nor an answer in it is had by somebody else."""
    world.answers("a", "b", "c")
    async with connect(ANA) as client:
        await client.settled()
        await client.heard({"message": "I cough", "session_id": SESSION}, seconds=1)
    async with connect(other) as client:
        await client.settled()
        events = await client.heard(message | {"session_id": SESSION}, seconds=1)
    assert (events[-1]["error_type"], events[-1]["message"]) == ("auth_error", texts.SESSION_OF_ANOTHER)
    assert len(world.model.requests) == 3


async def test_the_profile_is_kept_and_merged(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Sent once it holds for the session; at a user's own path it is kept for the user, and a clinician reads it there."""
    world.model.script.add(*[Reply(text="x")] * 12)
    first = {"age": 45, "allergies": {"drug": ["penicillin"]}}
    async with connect(ANA, user_id=7) as client:
        await client.settled()
        await client.heard({"message": "dizzy", "patient_profile": first}, seconds=1)
        await client.heard({"message": "still", "patient_profile": {"allergies": {"drug": ["aspirin"]}}}, seconds=1)
    kept = {"age": 45.0, "allergies": {"drug": ["penicillin", "aspirin"]}}
    assert msgspec.json.decode(world.profiles.users[7]) == kept
    assert [msgspec.json.decode(text) for text in world.profiles.sessions.values()] == [kept]
    async with connect(DOCTOR, user_id=7) as client:
        await client.settled()
        await client.heard({"message": "dizzy", "patient_profile": {"age": 46}}, seconds=1)
    assert msgspec.json.decode(world.profiles.users[7]) == kept
    assert msgspec.json.decode([*world.profiles.sessions.values()][1]) == kept | {"age": 46.0}


async def test_a_profile_that_cannot_be_read_counts_as_none(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """What another version of the program wrote does not end a turn."""
    world.answers("a", "b", "c")
    world.profiles.users[7] = '{"age": "forty"}'
    async with connect(ANA, user_id=7) as client:
        await client.settled()
        assert kinds(await client.heard({"message": "dizzy"}, seconds=1)) == WHOLE


@pytest.mark.parametrize(
    ("frame", "error_type", "message"),
    [
        ("not json", "parse_error", "The message is not valid JSON"),
        ("[1]", "validation_error", "A message must be a JSON object"),
        ({"message": ""}, "validation_error", "Message cannot be empty"),
        ({"message": "  "}, "validation_error", "Message cannot be empty"),
        ({}, "validation_error", "Message cannot be empty"),
        ({"message": 5}, "validation_error", "Field 'message' must be text"),
        ({"message": "a" * 4001}, "validation_error", "Message is too long: at most 4000 characters"),
        ({"message": "a", "enable_agents": "yes"}, "validation_error", "Field 'enable_agents' must be true or false"),
        (
            {"message": "a", "patient_profile": {"age": 200}},
            "validation_error",
            "Field 'patient_profile.age' must be from 0 to 130",
        ),
        (
            {"message": "a", "patient_profile": {"current_medications": [{}]}},
            "validation_error",
            "Field 'patient_profile.current_medications[0].name' is required",
        ),
        ({"type": "dance"}, "validation_error", "Field 'type' names no message of this protocol"),
    ],
)
async def test_bad_input_is_told_and_harms_nothing(
    frame: object, error_type: str, message: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """One error names what is wrong, and the connection goes on."""
    async with connect() as client:
        await client.settled()
        (event, pong) = await client.heard(frame, {"type": "ping"})
    assert (event["type"], event["error_type"], event["message"]) == ("error", error_type, message)
    assert pong == {"type": "pong", "timestamp": STAMP}


async def test_too_many_messages_are_told_to_wait(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Counted by connection, and by user or address over all connections."""
    world.answers("a", "b", "c")
    async with connect(ANA) as client:
        await client.settled()
        await client.heard({"message": "hello"}, seconds=1)
        world.limiter.retry_after = 12.34
        (event,) = await client.heard({"message": "hello"})
    assert (event["error_type"], event["retry_after"]) == ("rate_limit_error", 12.3)
    async with connect() as client:
        await client.settled()
        world.limiter.retry_after = 0
        await client.heard({"message": "hello"}, seconds=1)
    assert [str(client).split()[0] for client in world.limiter.taken] == [
        *("connection", "user", "connection", "connection", "address")
    ]


async def test_a_refused_message_is_not_answered(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A safety rule's words come instead, before any model is asked."""
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "how to poison someone"}, seconds=1)
    assert kinds(events) == ["validating", "checking_emergency", "error"]
    assert (events[-1]["error_type"], events[-1]["message"]) == ("safety_violation", "I cannot help with that.")
    assert world.model.requests == []
    assert world.audit.outcomes == [("message", "test.poison")]


@pytest.mark.parametrize(
    ("answer", "error_type"),
    [
        (Refusal(status=500), "agent_error"),
        (Reply(text="It", ending=Ending.CUT), "agent_error"),
        (Reply(text=""), "agent_error"),
        (Reply(text=" \n \n"), "agent_error"),
        (Reply(text="It", ending=Ending.HANG), "timeout_error"),
    ],
)
async def test_a_model_that_fails_ends_the_turn_once(
    answer: Any, error_type: str, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The stream is ended before the one error; the next message is answered."""
    world.model.script.add(Reply(text="Soon."), answer)
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=60)
        assert kinds(events)[-2:] == ["stream_end", "error"]
        assert (events[-2]["metadata"]["interrupted"], events[-1]["error_type"]) == (True, error_type)
        world.answers("a", "b", "c")
        assert kinds(await client.heard({"message": "and now?"}, seconds=1)) == WHOLE


async def test_an_answer_without_end_is_cut(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """A model that never stops is an agent's error before it fills the memory."""
    world.model.script.add(Reply(tokens=("word " * 100_000,) * 3))
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=60)
    assert events[-1]["error_type"] == "agent_error"


async def test_a_database_that_fails_is_the_server_s_error(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """A message that is no emergency is not answered without what was said before."""
    world.sessions.opening.error = StorageUnavailable("gone")
    world.audit.trouble.error = StorageUnavailable("gone")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, {"type": "history"}, seconds=1)
    assert [event["error_type"] for event in events if event["type"] == "error"] == ["server_error"] * 2


async def test_a_history_that_does_not_come_is_given_up(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The session is not held up for ever."""
    world.sessions.opening.delay = math.inf
    async with connect() as client:
        await client.settled()
        (event,) = await client.heard({"type": "history"}, seconds=5)
    assert event["error_type"] == "server_error"


async def test_a_knowledge_base_that_is_gone_costs_sources_only(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """The agents go on with what they know."""
    world.answers("a", "b", "c")
    world.knowledge.trouble.error = IndexUnavailable(IndexState.MISSING)
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=1)
    assert kinds(events) == WHOLE
    assert events[-1]["metadata"]["sources"] == []


async def test_turns_go_one_after_the_other_up_to_a_limit(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Their events name no session, so each begins when the one before has ended; too many are refused."""
    world.model.script.add(*[Reply(text="x y z", pace=10.0)] * 12)
    async with connect() as client:
        await client.settled()
        events = await client.heard(*[{"message": f"number {number}"} for number in range(5)], seconds=60)
    refused = [event for event in events if event["type"] == "error"]
    assert [(event["error_type"], event["code"]) for event in refused] == [("rate_limit_error", "TOO_MANY_REQUESTS")]
    answered = kinds([event for event in events if event["type"] != "error"])
    assert answered == WHOLE * 4
    assert asked(world)[::3] == [f"triage: number {number}" for number in range(4)]


async def test_what_the_barrier_removes_is_never_shown(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Neither as a token nor in what is remembered."""
    world.answers("This is forbidden here.", "b", "c")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=1)
    assert prose(events).startswith("This is [removed] here.")
    assert "forbidden" not in str(world.sessions.exchanges)


async def test_an_answer_that_is_left_is_remembered_as_far_as_it_was_heard(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Who comes back finds what was said before the connection was lost."""
    world.model.script.add(Reply(text="As far as", ending=Ending.HANG))
    async with connect() as client:
        await client.settled()
        await client.heard({"message": "I cough", "session_id": SESSION}, seconds=1)
    (kept,) = [exchange for exchanges in world.sessions.exchanges.values() for exchange in exchanges]
    assert (kept.question, kept.answer.strip()) == ("I cough", "As far as")


async def test_a_session_is_busy_on_another_connection(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """One and the same session is not answered twice at once; what refuses is told apart by its code."""
    world.model.script.add(Reply(text="x", ending=Ending.HANG))
    async with connect(ANA) as client:
        other = client.host.connect(ANA)
        await client.heard({"message": "I cough", "session_id": SESSION})
        await other.settled()
        (event,) = await other.heard({"message": "I cough", "session_id": SESSION.upper()})
        other.socket.leave()
    assert (event["error_type"], event["code"]) == ("rate_limit_error", "SESSION_BUSY")


async def test_a_server_that_goes_away_answers_nothing_new(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """What runs may end; an alarm still goes out, without its advice."""
    world.model.script.add(Reply(text="x", ending=Ending.HANG))
    async with connect() as client:
        await client.heard({"message": "I cough"})
        async with trio.open_nursery() as nursery:
            nursery.start_soon(client.host.connections.drain, 20.0)
            await client.settled()
            events = await client.heard({"message": "and sneeze"}, {"message": "chest pain"})
    assert kinds(events) == ["error", *EMERGENCY[:3], "error"]
    assert {event["code"] for event in events if event["type"] == "error"} == {"GOING_AWAY"}


def test_what_the_engine_may_refuse_for_else_is_an_error_of_the_server() -> None:
    """A reason that this protocol does not know is told without detail."""
    assert _reason(TurnRefused()) == ("server_error", texts.SERVER_FAILED, "PROCESSING_ERROR")
