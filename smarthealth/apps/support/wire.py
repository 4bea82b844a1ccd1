"""The messages of the support protocol (docs/reference/protocol-support.md), and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.wire.codec import Codec
from smarthealth.wire.fields import length, uuid_text

LONGEST_MESSAGE: Final = 4000
"""Characters."""
LONGEST_NAME: Final = 128
"""Characters of a session's or a customer's name."""
LONGEST_TOKEN: Final = 4096
"""Characters."""
MOST_IMAGES: Final = 4
LONGEST_IMAGE: Final = 8 * 1024 * 1024
"""Characters of an image in base64; `SMARTHEALTH_SUPPORT_IMAGE_SIZE` and `SMARTHEALTH_SUPPORT_MESSAGE_SIZE` bound it further."""

Step = Literal["starting", "agent_routing", "rag_retrieval", "generating"]
Code = Literal[
    "AUTH_REQUIRED",
    "EMPTY_MESSAGE",
    "PROCESSING_ERROR",
    "INVALID_REQUEST",
    "UNKNOWN_MESSAGE_TYPE",
    "FORBIDDEN",
    "NOT_FOUND",
    "SESSION_BUSY",
    "TOO_MANY_REQUESTS",
    "RATE_LIMITED",
    "CANCELLED",
    "GOING_AWAY",
]


@attrs.frozen(kw_only=True)
class Image:
    """A picture in a message."""

    media_type: str = attrs.field(validator=length(1, 40))
    data: str = attrs.field(validator=length(1, LONGEST_IMAGE), repr=False)
    """Base64."""


@attrs.frozen(kw_only=True)
class Authenticate:
    """Sign in."""

    token: str = attrs.field(validator=length(0, LONGEST_TOKEN), repr=False)


@attrs.frozen(kw_only=True)
class Say:
    """Ask something."""

    message: str = attrs.field(validator=length(1, LONGEST_MESSAGE))
    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))
    customer_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))
    message_id: str | None = attrs.field(default=None, validator=uuid_text())
    """For a later edit or deletion; a message that is repeated under its id is answered once."""
    partial: bool = True
    """Whether tokens repeat the answer so far."""
    images: tuple[Image, ...] = attrs.field(default=(), validator=length(0, MOST_IMAGES))


@attrs.frozen(kw_only=True)
class Edit:
    """Ask an earlier message anew in other words; what was said after it is forgotten."""

    message_id: str = attrs.field(validator=uuid_text())
    message: str = attrs.field(validator=length(1, LONGEST_MESSAGE))
    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))
    partial: bool = True


@attrs.frozen(kw_only=True)
class Delete:
    """Forget a message and its answer."""

    message_id: str = attrs.field(validator=uuid_text())
    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))


@attrs.frozen(kw_only=True)
class Typing:
    """Somebody writes; goes to who has joined the conversation."""

    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))


@attrs.frozen(kw_only=True)
class Read:
    """A message, and those before it, were read."""

    message_id: str = attrs.field(validator=uuid_text())
    session_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_NAME))


@attrs.frozen(kw_only=True)
class Ping:
    """Asks for a pong."""


Command = Authenticate | Say | Edit | Delete | Typing | Read | Ping


@attrs.frozen(kw_only=True)
class User:
    """Who signed in."""

    id: str
    email: str | None
    name: str | None


@attrs.frozen(kw_only=True)
class AuthSucceeded:
    """Signed in."""

    message: str
    user: User


@attrs.frozen(kw_only=True)
class AuthFailed:
    """Not signed in."""

    message: str


@attrs.frozen(kw_only=True)
class Progress:
    """A step of the answer begins."""

    step: Step
    message: str


@attrs.frozen(kw_only=True)
class Token:
    """The next piece of the answer."""

    token: str
    partial_response: str | UnsetType = UNSET
    """The answer so far, this piece included."""


@attrs.frozen(kw_only=True)
class Citation:
    """What a mark `[n]` of the answer points to."""

    n: int
    file: str
    section: str
    excerpt: str


@attrs.frozen(kw_only=True)
class AnswerContext:
    """What the answer rests on."""

    sources: tuple[str, ...]
    """Files, each once."""
    citations: tuple[Citation, ...] = ()


@attrs.frozen(kw_only=True)
class AnswerMetadata:
    """How the answer came about."""

    agent: str
    confidence: float
    context: AnswerContext
    agents: tuple[str, ...] | UnsetType = UNSET
    """Of an answer in parts."""
    message_id: str | UnsetType = UNSET
    """Of the message that was answered."""
    ticket: int | UnsetType = UNSET
    model_used: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class Complete:
    """The answer, whole; the last message of a turn."""

    response: str
    session_id: str
    metadata: AnswerMetadata


@attrs.frozen(kw_only=True)
class Failed:
    """A message was refused, or its answer failed."""

    error: str
    code: Code
    session_id: str | UnsetType = UNSET
    retry_after: float | UnsetType = UNSET
    """Seconds to wait before another message."""


@attrs.frozen(kw_only=True)
class HandedOff:
    """A person will take over."""

    reason: str
    ticket: int
    session_id: str


@attrs.frozen(kw_only=True)
class Deleted:
    """A message is forgotten."""

    message_id: str
    session_id: str


@attrs.frozen(kw_only=True)
class PersonJoined:
    """A person has joined the conversation, or left it."""

    name: str
    present: bool
    session_id: str


@attrs.frozen(kw_only=True)
class PersonSaid:
    """What a person of the staff says."""

    message_id: str
    message: str
    name: str
    session_id: str


@attrs.frozen(kw_only=True)
class OtherTyping:
    """The other side is writing."""

    name: str
    session_id: str


@attrs.frozen(kw_only=True)
class OtherRead:
    """The other side has read up to this message."""

    message_id: str
    session_id: str


@attrs.frozen(kw_only=True)
class Pong:
    """Answers a ping."""


Event = (
    AuthSucceeded
    | AuthFailed
    | Progress
    | Token
    | Complete
    | Failed
    | HandedOff
    | Deleted
    | PersonJoined
    | PersonSaid
    | OtherTyping
    | OtherRead
    | Pong
)

COMMANDS: Final[Mapping[str, type[Command]]] = {
    "auth": Authenticate,
    "message": Say,
    "edit": Edit,
    "delete": Delete,
    "typing": Typing,
    "read": Read,
    "ping": Ping,
}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "auth_success": AuthSucceeded,
    "auth_error": AuthFailed,
    "progress": Progress,
    "token": Token,
    "complete": Complete,
    "error": Failed,
    "handoff": HandedOff,
    "deleted": Deleted,
    "person": PersonJoined,
    "person_message": PersonSaid,
    "typing": OtherTyping,
    "read": OtherRead,
    "pong": Pong,
}

CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS)


def merge(first: Event, second: Event) -> Event | None:
    """Join two adjacent tokens; None when they are not that."""
    if isinstance(first, Token) and isinstance(second, Token):
        return attrs.evolve(second, token=first.token + second.token)
    return None
