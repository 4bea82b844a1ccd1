"""The messages of the doctor protocol."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor import texts, wire
from smarthealth.apps.doctor.profile import Allergies, Medication, PatientProfile
from smarthealth.apps.doctor.wire import CODEC, Event
from smarthealth.testing.fuzzing import broken_texts
from smarthealth.testing.golden import check_golden
from smarthealth.wire.errors import Fault, WireError
from tests.apps.doctor.conftest import STAMP

GOLDEN = Path(__file__).parent / "golden"
SESSION = "550e8400-e29b-41d4-a716-446655440000"
SAY = {
    "message": "I'm feeling dizzy",
    "session_id": SESSION,
    "enable_agents": True,
    "patient_profile": {
        "age": 45,
        "chronic_conditions": ["diabetes", "hypertension"],
        "current_medications": [{"name": "Metformin", "dose": "1000mg"}],
        "allergies": {"drug": ["penicillin"]},
    },
}
AGENTS = ("triage", "diagnostic", "treatment")
NONE = wire.StatusDetails()


def status(name: wire.StatusName, agent: str | None = None) -> wire.Status:
    """A step, of an agent or of none."""
    details = NONE if agent is None else wire.StatusDetails(current_agent=agent)
    return wire.Status(status=name, details=details, timestamp=STAMP)


EVENTS: dict[str, Event] = {
    "connection": wire.Connected(session_id=SESSION, timestamp=STAMP),
    "status_validating": status("validating"),
    "status_checking_emergency": status("checking_emergency"),
    **{f"status_running_{agent}": status(f"running_{agent}", agent) for agent in AGENTS},  # type: ignore[arg-type]  # names
    "status_processing": status("processing", "general"),
    "status_retrieving_context": status("retrieving_context", "triage"),
    "status_generating_response": status("generating_response", "triage"),
    "emergency": wire.Emergency(
        severity="critical",
        conditions=("chest pain",),
        recommendation="Call 123 now.",
        contacts=(wire.Contact(name="Emergency line", number="123"),),
        session_id=SESSION,
        timestamp=STAMP,
    ),
    "stream_start": wire.StreamStarted(
        timestamp=STAMP, metadata=wire.StartMetadata(workflow="multi_agent", agents=AGENTS)
    ),
    "stream_start_general": wire.StreamStarted(
        timestamp=STAMP, metadata=wire.StartMetadata(workflow="general", agents=())
    ),
    "stream_start_emergency": wire.StreamStarted(
        timestamp=STAMP, metadata=wire.StartMetadata(emergency=True, severity="critical")
    ),
    "token": wire.Token(content="Based", timestamp=STAMP),
    "stream_end": wire.StreamEnded(
        timestamp=STAMP,
        metadata=wire.EndMetadata(
            session_id=SESSION,
            agents_completed=AGENTS,
            triage=wire.TriageSummary(level="IV", scale="Colombia I-V, Resolución 5596 de 2015", reasons=("3 weeks",)),
            sources=(
                wire.CitedSource(
                    id=1,
                    title="Cough",
                    section="What you can do",
                    source="NHS",
                    url="https://www.nhs.uk/conditions/cough/",
                ),
            ),
            model_used="offline",
        ),
    ),
    "stream_end_emergency": wire.StreamEnded(
        timestamp=STAMP,
        metadata=wire.EndMetadata(session_id=SESSION, emergency_detected=True, severity="critical"),
    ),
    "stream_end_interrupted": wire.StreamEnded(
        timestamp=STAMP,
        metadata=wire.EndMetadata(session_id=SESSION, agents_completed=("triage",), interrupted=True),
    ),
    "error": wire.Failed(error_type="validation_error", message=texts.EMPTY, timestamp=STAMP),
    "error_busy": wire.Failed(
        error_type="rate_limit_error",
        message=texts.SESSION_BUSY,
        timestamp=STAMP,
        session_id=SESSION,
        code="SESSION_BUSY",
    ),
    "error_rate_limit": wire.Failed(
        error_type="rate_limit_error",
        message=texts.rate_limited(12.3),
        timestamp=STAMP,
        session_id=SESSION,
        retry_after=12.3,
    ),
    "pong": wire.Pong(timestamp=STAMP),
    "history": wire.History(
        session_id=SESSION,
        messages=(
            wire.SaidBefore(role="user", content="I cough", timestamp=STAMP),
            wire.SaidBefore(role="assistant", content="Rest.", timestamp=STAMP),
        ),
        timestamp=STAMP,
    ),
}


def test_every_event_is_encoded_as_its_golden_vector() -> None:
    """Frames stay as they are on disk, and each type of event has one there."""
    check_golden(GOLDEN, {name: CODEC.encode(event) for name, event in EVENTS.items()})
    assert {type(event) for event in EVENTS.values()} == set(wire.EVENTS.values())


def test_the_documented_message_is_decoded_field_by_field() -> None:
    """It has no type; fields that nobody knows are passed over."""
    assert CODEC.decode(json.dumps({**SAY, "client": "v9"})) == wire.Say(
        message="I'm feeling dizzy",
        session_id=SESSION,
        patient_profile=PatientProfile(
            age=45,
            chronic_conditions=("diabetes", "hypertension"),
            current_medications=(Medication(name="Metformin", dose="1000mg"),),
            allergies=Allergies(drug=("penicillin",)),
        ),
    )


@pytest.mark.parametrize(
    ("frame", "command"),
    [
        ({"message": "hello"}, wire.Say(message="hello")),
        ({"type": "message", "message": "hello"}, wire.Say(message="hello")),
        ({"message": "hello", "session_id": None, "patient_profile": None}, wire.Say(message="hello")),
        ({"message": "hello", "enable_agents": False}, wire.Say(message="hello", enable_agents=False)),
        ({"type": "ping"}, wire.Ping()),
        ({"type": "history"}, wire.Recall()),
        ({"type": "history", "session_id": "my-cough"}, wire.Recall(session_id="my-cough")),
    ],
)
def test_what_a_client_may_say(frame: dict[str, object], command: wire.Command) -> None:
    """Null is absent, agents work unless told not to, and a session may have any name."""
    assert CODEC.decode(json.dumps(frame)) == command


@pytest.mark.parametrize(
    ("changes", "path", "fault"),
    [
        ({"message": ""}, "message", Fault.BAD_VALUE),
        ({"message": "\n \t"}, "message", Fault.BAD_VALUE),
        ({"message": "a" * (wire.LONGEST_MESSAGE + 1)}, "message", Fault.TOO_LONG),
        ({"message": 7}, "message", Fault.WRONG_TYPE),
        ({"session_id": ""}, "session_id", Fault.BAD_VALUE),
        ({"session_id": "s" * (wire.LONGEST_SESSION_ID + 1)}, "session_id", Fault.TOO_LONG),
        ({"session_id": 7}, "session_id", Fault.WRONG_TYPE),
        ({"enable_agents": 1}, "enable_agents", Fault.WRONG_TYPE),
        ({"patient_profile": []}, "patient_profile", Fault.WRONG_TYPE),
        ({"patient_profile": {"age": "45"}}, "patient_profile.age", Fault.WRONG_TYPE),
        ({"patient_profile": {"age": -1}}, "patient_profile.age", Fault.BAD_VALUE),
        ({"patient_profile": {"sex": "f"}}, "patient_profile.sex", Fault.BAD_VALUE),
        ({"patient_profile": {"country": "COL"}}, "patient_profile.country", Fault.TOO_LONG),
    ],
)
def test_a_malformed_field_is_refused_by_name(changes: dict[str, object], path: str, fault: Fault) -> None:
    """Each rule of a message's fields is held, and the error says which field broke it."""
    with pytest.raises(WireError) as caught:
        CODEC.decode(json.dumps({**SAY, **changes}))
    assert (caught.value.path, caught.value.fault) == (path, fault)


@given(broken_texts([json.dumps(SAY), '{"type": "ping"}', '{"type": "history", "session_id": "s"}']))
def test_whatever_comes_is_decoded_or_refused(text: str) -> None:
    """The decoder returns a command or raises WireError, nothing else, and every refusal has a type and a text."""
    try:
        command = CODEC.decode(text)
    except WireError as error:
        error_type, message = texts.refused(error)
        assert error_type in ("parse_error", "validation_error")
        assert message
    else:
        assert isinstance(command, wire.Say | wire.Ping | wire.Recall)


@given(broken_texts([json.dumps(SAY)]) | st.text(st.characters(exclude_categories=())))
def test_words_are_read_in_whatever_comes(text: str) -> None:
    """Nothing raises; what is found is not empty and not longer than a message."""
    words = wire.words_of(text)
    assert words is None or 0 < len(words) <= wire.LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"message": "chest pain", "patient_profile": 7}', "chest pain"),
        ('{"type": "dance", "message": "chest pain"}', "chest pain"),
        (json.dumps({"message": "chest pain" + "!" * 9000}), "chest pain" + "!" * 9000),
        ('{"message": "  "}', None),
        ('{"message": 7}', None),
        ('["chest pain"]', None),
        ("chest pain", None),
        ("[" * 5000, None),
        ('{"message": "\\ud800"}', None),
    ],
)
def test_words_of_a_frame_that_breaks_the_rules(text: str, words: str | None) -> None:
    """What a person says is found beside what is malformed."""
    assert wire.words_of(text) == words


@given(st.text(max_size=5), st.text(max_size=5))
def test_tokens_are_joined_in_order(first: str, second: str) -> None:
    """Two tokens become one whose text is theirs in order; nothing else is joined."""
    tokens = [wire.Token(content=content, timestamp=STAMP) for content in (first, second)]
    assert wire.merge(*tokens) == wire.Token(content=first + second, timestamp=STAMP)
    assert wire.merge(tokens[0], wire.Pong(timestamp=STAMP)) is None
    assert wire.merge(wire.Pong(timestamp=STAMP), tokens[0]) is None


def test_schemas_name_every_message() -> None:
    """What is published holds all commands and events."""
    assert "patient_profile" in json.dumps(CODEC.commands_schema())
    assert "stream_start" in json.dumps(CODEC.events_schema())
