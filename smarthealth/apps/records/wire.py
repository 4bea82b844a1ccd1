"""The messages of the records protocol (docs/reference/protocol-records.md), and its codec."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import date
from typing import Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.wire.codec import Codec
from smarthealth.wire.errors import FieldError, WireError
from smarthealth.wire.fields import between, length, uuid_text

LONGEST_DOCUMENT_NUMBER: Final = 32
"""Characters."""
LONGEST_QUESTION: Final = 4000
"""Characters."""
FIRST_DOCUMENT_TYPE: Final = 1
LAST_DOCUMENT_TYPE: Final = 13

StatusName = Literal["searching_patient", "vector_search", "building_context", "generating"]


class ErrorCode(enum.Enum):
    """What went wrong, for programs."""

    INVALID_REQUEST = "INVALID_REQUEST"
    UNKNOWN_MESSAGE_TYPE = "UNKNOWN_MESSAGE_TYPE"
    PATIENT_NOT_FOUND = "PATIENT_NOT_FOUND"
    VECTOR_SEARCH_TIMEOUT = "VECTOR_SEARCH_TIMEOUT"
    LLM_TIMEOUT = "LLM_TIMEOUT"
    LLM_ERROR = "LLM_ERROR"
    PROCESSING_ERROR = "PROCESSING_ERROR"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"
    SESSION_BUSY = "SESSION_BUSY"
    TOO_MANY_REQUESTS = "TOO_MANY_REQUESTS"
    RATE_LIMITED = "RATE_LIMITED"


@attrs.frozen(kw_only=True)
class Query:
    """A question about one patient."""

    session_id: str = attrs.field(validator=uuid_text())
    document_type_id: int = attrs.field(validator=between(FIRST_DOCUMENT_TYPE, LAST_DOCUMENT_TYPE))
    document_number: str = attrs.field(validator=length(1, LONGEST_DOCUMENT_NUMBER))
    question: str = attrs.field(validator=length(1, LONGEST_QUESTION))

    def __attrs_post_init__(self) -> None:
        # numbers are compared without their punctuation, and one of punctuation alone would be empty
        if not any(character.isalnum() for character in self.document_number):
            raise FieldError("document_number", "must hold a letter or a digit")


@attrs.frozen(kw_only=True)
class Ping:
    """Asks for a pong."""


Command = Query | Ping


@attrs.frozen(kw_only=True)
class Connected:
    """The greeting."""

    user_id: int
    message: str


@attrs.frozen(kw_only=True)
class Status:
    """A stage of a query began."""

    status: StatusName
    message: str


@attrs.frozen(kw_only=True)
class StreamStarted:
    """The answer's first token follows."""

    session_id: str
    timestamp: str


@attrs.frozen(kw_only=True)
class Token:
    """The next piece of the answer's text."""

    token: str
    session_id: str


@attrs.frozen(kw_only=True)
class StreamEnded:
    """No token follows."""

    session_id: str
    timestamp: str


@attrs.frozen(kw_only=True)
class PatientSummary:
    """Whose record answered."""

    patient_id: int
    full_name: str
    document_type: str
    """Code of the type asked for, such as `CD`."""
    document_number: str


@attrs.frozen(kw_only=True)
class Answer:
    """The answer, whole."""

    text: str
    """All tokens, joined."""
    confidence: float
    """In [0, 1]."""
    model_used: str


@attrs.frozen(kw_only=True)
class AnswerSource:
    """What a mark `[id]` in the answer's text points to."""

    id: int
    type: str
    """Kind of the record's entry, such as `observation`."""
    date: date | None
    score: float
    excerpt: str
    record: str
    """FHIR id of the entry."""


@attrs.frozen(kw_only=True)
class TokenUsage:
    """Tokens that the model's provider counted."""

    prompt_tokens: int
    completion_tokens: int


@attrs.frozen(kw_only=True)
class AnswerMetadata:
    """What the answer was made of."""

    total_records_analyzed: int
    vector_chunks_used: int
    sources: tuple[AnswerSource, ...]
    usage: TokenUsage | None
    """None when the provider does not count."""
    timings_ms: Mapping[str, float]
    """Milliseconds per stage, and `total`."""
    passages_searched: bool
    """False when the index could not be searched, so that the answer rests on the database's rows alone."""


@attrs.frozen(kw_only=True)
class Complete:
    """The query was answered: the last message of its turn."""

    session_id: str
    timestamp: str
    patient_info: PatientSummary
    answer: Answer
    metadata: AnswerMetadata


@attrs.frozen(kw_only=True)
class ErrorDetail:
    """What went wrong."""

    code: ErrorCode
    message: str
    """A sentence in Spanish."""


@attrs.frozen(kw_only=True)
class Failed:
    """A message was refused, or a query failed: then the last message of its turn."""

    session_id: str | UnsetType = UNSET
    """The session of the query, left out when the error belongs to none."""
    error: ErrorDetail


@attrs.frozen(kw_only=True)
class Pong:
    """Answers a ping."""


Event = Connected | Status | StreamStarted | Token | StreamEnded | Complete | Failed | Pong

COMMANDS: Final[Mapping[str, type[Command]]] = {"query": Query, "ping": Ping}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "connected": Connected,
    "status": Status,
    "stream_start": StreamStarted,
    "token": Token,
    "stream_end": StreamEnded,
    "complete": Complete,
    "error": Failed,
    "pong": Pong,
}

CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS)


@attrs.frozen(kw_only=True)
class _InSession:
    """Of a query, where it belongs."""

    session_id: str = attrs.field(validator=uuid_text())


_SESSION: Final[Codec[_InSession, Event]] = Codec(commands={"query": _InSession}, events={})


def session_of(text: str) -> str | None:
    """The session of a query that is refused for something else; None when the message is no query, or names none."""
    try:
        return _SESSION.decode(text).session_id
    except WireError:
        return None


def merge(first: Event, second: Event) -> Event | None:
    """Join two adjacent tokens of one answer; None when they are not that."""
    if isinstance(first, Token) and isinstance(second, Token) and first.session_id == second.session_id:
        return Token(token=first.token + second.token, session_id=first.session_id)
    return None
