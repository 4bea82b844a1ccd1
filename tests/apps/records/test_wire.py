"""The messages of the records protocol."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records import texts, wire
from smarthealth.apps.records.wire import CODEC, Event
from smarthealth.testing.fuzzing import broken_texts
from smarthealth.testing.golden import check_golden
from smarthealth.wire.errors import Fault, WireError

GOLDEN = Path(__file__).parent / "golden"
SESSION = "0b8f1c1e-8a3e-4c0e-9d53-3a6f5f6f1a11"
QUERY = {
    "type": "query",
    "session_id": SESSION,
    "document_type_id": 8,
    "document_number": "30995750",
    "question": "¿Cuál es el historial médico del paciente?",
}

EVENTS: dict[str, Event] = {
    "connected": wire.Connected(user_id=123, message=texts.CONNECTED),
    **{f"status_{name}": wire.Status(status=name, message=message) for name, message in texts.STATUS.items()},
    "stream_start": wire.StreamStarted(session_id=SESSION, timestamp="2024-12-08T10:30:00.000Z"),
    "token": wire.Token(token="El ", session_id=SESSION),
    "stream_end": wire.StreamEnded(session_id=SESSION, timestamp="2024-12-08T10:30:15.000Z"),
    "complete": wire.Complete(
        session_id=SESSION,
        timestamp="2024-12-08T10:30:15.000Z",
        patient_info=wire.PatientSummary(
            patient_id=1, full_name="Laura Morales", document_type="CD", document_number="30995750"
        ),
        answer=wire.Answer(text="Respuesta completa del LLM [1][2]", confidence=0.85, model_used="gpt-4o-mini"),
        metadata=wire.AnswerMetadata(
            total_records_analyzed=25,
            vector_chunks_used=5,
            sources=(
                wire.AnswerSource(
                    id=1,
                    type="observation",
                    date=date(2015, 3, 2),
                    score=0.93,
                    excerpt="Hemoglobin A1c 6.1 %",
                    record="Observation/17",
                ),
                wire.AnswerSource(id=2, type="allergy", date=None, score=0.5, excerpt="Maní", record="Allergy/3"),
            ),
            usage=wire.TokenUsage(prompt_tokens=900, completion_tokens=40),
            timings_ms={"searching_patient": 3.1, "total": 850.0},
            passages_searched=True,
        ),
    ),
    "error": wire.Failed(error=texts.patient_not_found("CD", "30995750")),
    "error_of_turn": wire.Failed(session_id=SESSION, error=texts.SESSION_BUSY),
    "pong": wire.Pong(),
}


def decode_error(**changes: object) -> WireError:
    """What the codec says of the example query with some fields changed, None dropping one."""
    message = {name: value for name, value in {**QUERY, **changes}.items() if value is not None}
    with pytest.raises(WireError) as caught:
        CODEC.decode(json.dumps(message))
    return caught.value


def test_every_event_is_encoded_as_its_golden_vector() -> None:
    """Frames stay as they are on disk, and each type of event has one there."""
    check_golden(GOLDEN, {name: CODEC.encode(event) for name, event in EVENTS.items()})
    assert {type(event) for event in EVENTS.values()} == set(wire.EVENTS.values())


def test_a_complete_without_usage_says_null() -> None:
    """`usage` stands in every `complete`, as null when nobody counted."""
    metadata = wire.AnswerMetadata(
        total_records_analyzed=0, vector_chunks_used=0, sources=(), usage=None, timings_ms={}, passages_searched=False
    )
    done = EVENTS["complete"]
    assert isinstance(done, wire.Complete)
    frame = json.loads(
        CODEC.encode(
            wire.Complete(
                session_id=SESSION,
                timestamp=done.timestamp,
                patient_info=done.patient_info,
                answer=done.answer,
                metadata=metadata,
            )
        )
    )
    assert frame["metadata"]["usage"] is None


def test_the_documented_query_is_decoded_field_by_field() -> None:
    """The example of the document is a query, and fields that nobody knows are passed over."""
    command = CODEC.decode(json.dumps({**QUERY, "client": "v9"}))
    assert command == wire.Query(
        session_id=SESSION,
        document_type_id=8,
        document_number="30995750",
        question="¿Cuál es el historial médico del paciente?",
    )


def test_ping_needs_nothing_but_its_type() -> None:
    """A ping is decoded as one."""
    assert CODEC.decode('{"type": "ping"}') == wire.Ping()


@pytest.mark.parametrize("session_id", [SESSION.upper(), "00000000-0000-1000-8000-000000000000"])
def test_any_canonical_uuid_is_a_session(session_id: str) -> None:
    """Upper case and versions other than 4 are sessions too, and stay as sent."""
    command = CODEC.decode(json.dumps({**QUERY, "session_id": session_id}))
    assert isinstance(command, wire.Query)
    assert command.session_id == session_id


@pytest.mark.parametrize(
    ("changes", "path", "fault"),
    [
        ({"session_id": None}, "session_id", Fault.MISSING_FIELD),
        ({"session_id": "uuid-v4"}, "session_id", Fault.BAD_VALUE),
        ({"session_id": SESSION.replace("-", "")}, "session_id", Fault.BAD_VALUE),
        ({"session_id": 7}, "session_id", Fault.WRONG_TYPE),
        ({"document_type_id": None}, "document_type_id", Fault.MISSING_FIELD),
        ({"document_type_id": "8"}, "document_type_id", Fault.WRONG_TYPE),
        ({"document_type_id": True}, "document_type_id", Fault.WRONG_TYPE),
        ({"document_type_id": 0}, "document_type_id", Fault.BAD_VALUE),
        ({"document_type_id": 14}, "document_type_id", Fault.BAD_VALUE),
        ({"document_number": None}, "document_number", Fault.MISSING_FIELD),
        ({"document_number": 30995750}, "document_number", Fault.WRONG_TYPE),
        ({"document_number": "  "}, "document_number", Fault.BAD_VALUE),
        ({"document_number": "-.-"}, "document_number", Fault.BAD_VALUE),
        ({"document_number": "1" * 33}, "document_number", Fault.TOO_LONG),
        ({"question": None}, "question", Fault.MISSING_FIELD),
        ({"question": "\n \t"}, "question", Fault.BAD_VALUE),
        ({"question": "a" * 4001}, "question", Fault.TOO_LONG),
    ],
)
def test_a_malformed_field_is_refused_by_name(changes: dict[str, object], path: str, fault: Fault) -> None:
    """Each rule of a query's fields is held, and the error says which field broke it."""
    error = decode_error(**changes)
    assert (error.path, error.fault) == (path, fault)


def test_a_question_may_be_as_long_as_the_limit() -> None:
    """4,000 characters are a question."""
    command = CODEC.decode(json.dumps({**QUERY, "question": "a" * 4000}))
    assert isinstance(command, wire.Query)


@given(broken_texts([json.dumps(QUERY), '{"type": "ping"}']))
def test_whatever_comes_is_decoded_or_refused(text: str) -> None:
    """The decoder returns a command or raises WireError, nothing else, and every refusal has a text in Spanish."""
    try:
        command: object = CODEC.decode(text)
    except WireError as error:
        command = texts.refused(error)
    assert isinstance(command, wire.Query | wire.Ping | wire.ErrorDetail)


@given(st.lists(st.text(max_size=5), min_size=2, max_size=2))
def test_tokens_of_one_session_are_joined_in_order(pieces: list[str]) -> None:
    """Two tokens become one whose text is theirs in order."""
    first, second = (wire.Token(token=piece, session_id=SESSION) for piece in pieces)
    assert wire.merge(first, second) == wire.Token(token="".join(pieces), session_id=SESSION)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (wire.Pong(), wire.Token(token="a", session_id=SESSION)),
        (wire.Token(token="a", session_id=SESSION), EVENTS["stream_end"]),
        (wire.Token(token="a", session_id=SESSION), wire.Token(token="b", session_id=SESSION.upper())),
    ],
)
def test_nothing_else_is_joined(first: Event, second: Event) -> None:
    """Only tokens join, and only those that name the same session."""
    assert wire.merge(first, second) is None


def test_schemas_name_every_message() -> None:
    """What is published holds all commands and events."""
    assert "query" in json.dumps(CODEC.commands_schema())
    assert "stream_start" in json.dumps(CODEC.events_schema())


@pytest.mark.parametrize(
    ("text", "session"),
    [
        (f'{{"type": "query", "session_id": "{SESSION}", "question": 1}}', SESSION),
        (f'{{"type": "ping", "session_id": "{SESSION}"}}', None),
        ('{"type": "query", "session_id": "mine"}', None),
        ("{", None),
    ],
)
def test_the_session_of_what_is_refused(text: str, session: str | None) -> None:
    """A query's session is read whatever its other fields are; what is no query, or names no UUID, has none."""
    assert wire.session_of(text) == session
