"""The messages of the doctor protocol (docs/reference/protocol-doctor.md), and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs
import msgspec
from msgspec import UNSET, UnsetType

from smarthealth.wire.codec import Codec
from smarthealth.wire.fields import length

from .profile import PatientProfile

LONGEST_MESSAGE: Final = 4000
"""Characters."""
LONGEST_SESSION_ID: Final = 128
"""Characters."""

AgentName = Literal["triage", "diagnostic", "treatment"]
StatusName = Literal[
    "validating",
    "checking_emergency",
    "processing",
    "retrieving_context",
    "generating_response",
    "running_triage",
    "running_diagnostic",
    "running_treatment",
]
ErrorType = Literal[
    "parse_error",
    "validation_error",
    "safety_violation",
    "agent_error",
    "timeout_error",
    "rate_limit_error",
    "auth_error",
    "server_error",
]
Severity = Literal["critical", "high", "moderate"]


@attrs.frozen(kw_only=True)
class Say:
    """What a person says; the one message that has no `type`."""

    message: str = attrs.field(validator=length(1, LONGEST_MESSAGE))
    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_SESSION_ID))
    enable_agents: bool = True
    patient_profile: PatientProfile | None = None


@attrs.frozen(kw_only=True)
class Ping:
    """Asks for a pong."""


@attrs.frozen(kw_only=True)
class Recall:
    """Asks for what was said in a session."""

    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_SESSION_ID))


Command = Say | Ping | Recall


@attrs.frozen(kw_only=True)
class Connected:
    """The greeting."""

    status: Literal["connected"] = "connected"
    session_id: str
    timestamp: str


@attrs.frozen(kw_only=True)
class StatusDetails:
    """What a status is about; empty where no agent works."""

    current_agent: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class Status:
    """A step of a turn began."""

    status: StatusName
    details: StatusDetails
    timestamp: str


@attrs.frozen(kw_only=True)
class Contact:
    """Whom to call."""

    name: str
    number: str


@attrs.frozen(kw_only=True)
class Emergency:
    """The alarm, before anything else is said."""

    severity: str
    conditions: tuple[str, ...]
    recommendation: str
    contacts: tuple[Contact, ...]
    session_id: str
    timestamp: str


@attrs.frozen(kw_only=True)
class StartMetadata:
    """What will stream: the work of agents, or advice in an emergency."""

    workflow: Literal["multi_agent", "general"] | UnsetType = UNSET
    agents: tuple[str, ...] | UnsetType = UNSET
    emergency: bool | UnsetType = UNSET
    severity: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class StreamStarted:
    """The answer's first token follows."""

    timestamp: str
    metadata: StartMetadata


@attrs.frozen(kw_only=True)
class Token:
    """The next piece of the answer's text."""

    content: str
    timestamp: str


@attrs.frozen(kw_only=True)
class CitedSource:
    """What a mark `[id]` in the answer's text points to."""

    id: int
    title: str
    section: str
    source: str
    """Who published what the article rests on."""
    url: str


@attrs.frozen(kw_only=True)
class TriageSummary:
    """How urgent it is."""

    level: str
    scale: str
    reasons: tuple[str, ...]


@attrs.frozen(kw_only=True)
class EndMetadata:
    """What the turn came to."""

    session_id: str
    agents_completed: tuple[str, ...] | UnsetType = UNSET
    emergency_detected: bool | UnsetType = UNSET
    severity: str | UnsetType = UNSET
    triage: TriageSummary | UnsetType = UNSET
    sources: tuple[CitedSource, ...] | UnsetType = UNSET
    model_used: str | UnsetType = UNSET
    interrupted: bool | UnsetType = UNSET
    """Whether an emergency broke this answer off."""


@attrs.frozen(kw_only=True)
class StreamEnded:
    """The last message of a turn that was answered; before the error of one that was not."""

    timestamp: str
    metadata: EndMetadata


@attrs.frozen(kw_only=True)
class Failed:
    """A message was refused, or a turn failed: then the last message of it."""

    error_type: ErrorType
    message: str
    timestamp: str
    session_id: str | UnsetType = UNSET
    code: str | UnsetType = UNSET
    """More exactly, for programs: `SESSION_BUSY`, `TOO_MANY_REQUESTS`, …"""
    retry_after: float | UnsetType = UNSET
    """Seconds to wait before another message."""


@attrs.frozen(kw_only=True)
class Pong:
    """Answers a ping."""

    timestamp: str


@attrs.frozen(kw_only=True)
class SaidBefore:
    """One message of a session."""

    role: Literal["user", "assistant"]
    content: str
    timestamp: str


@attrs.frozen(kw_only=True)
class History:
    """What was said in a session, oldest first."""

    session_id: str
    messages: tuple[SaidBefore, ...]
    timestamp: str


Event = Connected | Status | Emergency | StreamStarted | Token | StreamEnded | Failed | Pong | History

SAY: Final = "message"
COMMANDS: Final[Mapping[str, type[Command]]] = {SAY: Say, "ping": Ping, "history": Recall}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "connection": Connected,
    "status": Status,
    "emergency": Emergency,
    "stream_start": StreamStarted,
    "token": Token,
    "stream_end": StreamEnded,
    "error": Failed,
    "pong": Pong,
    "history": History,
}

CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS, default_command=SAY)


def words_of(text: str) -> str | None:
    """What a person says in a frame that may break every other rule; None when it holds no words.

    An emergency is heard although the profile beside it is malformed or the text is too long.
    """
    try:
        frame = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    words = frame.get("message") if isinstance(frame, dict) else None
    return words if isinstance(words, str) and words.strip() else None


def merge(first: Event, second: Event) -> Event | None:
    """Join two adjacent tokens; None when they are not that."""
    if isinstance(first, Token) and isinstance(second, Token):
        return attrs.evolve(first, content=first.content + second.content)
    return None
