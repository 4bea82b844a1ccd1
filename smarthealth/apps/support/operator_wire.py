"""The messages of the staff's endpoint `/ws/operator` (docs/reference/protocol-support.md), and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs

from smarthealth.wire.codec import Codec
from smarthealth.wire.fields import length, uuid_text

from .wire import LONGEST_MESSAGE, Deleted, OtherRead, OtherTyping, PersonSaid, Pong


@attrs.frozen(kw_only=True)
class ListTickets:
    """Who waits."""


@attrs.frozen(kw_only=True)
class Join:
    """Take a ticket."""

    ticket: int


@attrs.frozen(kw_only=True)
class Tell:
    """Say something to the customer of a ticket that was joined."""

    ticket: int
    message: str = attrs.field(validator=length(1, LONGEST_MESSAGE))


@attrs.frozen(kw_only=True)
class Types:
    """Writing."""

    ticket: int


@attrs.frozen(kw_only=True)
class HasRead:
    """The customer's message, and those before it, were read."""

    ticket: int
    message_id: str = attrs.field(validator=uuid_text())


@attrs.frozen(kw_only=True)
class Close:
    """The ticket is done."""

    ticket: int


@attrs.frozen(kw_only=True)
class OperatorPing:
    """Asks for a pong."""


Command = ListTickets | Join | Tell | Types | HasRead | Close | OperatorPing


@attrs.frozen(kw_only=True)
class Waiting:
    """One ticket."""

    ticket: int
    session_id: str
    reason: str
    question: str
    state: Literal["open", "joined", "closed"]
    operator: str | None
    opened_at: str


@attrs.frozen(kw_only=True)
class TicketList:
    """Tickets that are not closed, oldest first."""

    tickets: tuple[Waiting, ...]


@attrs.frozen(kw_only=True)
class Said:
    """One message of a conversation."""

    message_id: str
    author: str
    content: str
    at: str


@attrs.frozen(kw_only=True)
class Joined:
    """The ticket is taken; what was said so far."""

    ticket: int
    session_id: str
    messages: tuple[Said, ...]


@attrs.frozen(kw_only=True)
class Sent:
    """What was told is kept; `delivered` says whether the customer is connected to this process now."""

    ticket: int
    message_id: str
    delivered: bool


@attrs.frozen(kw_only=True)
class Closed:
    """The ticket is closed."""

    ticket: int


@attrs.frozen(kw_only=True)
class OperatorFailed:
    """A message was refused."""

    error: str
    code: Literal["INVALID_REQUEST", "NOT_FOUND", "NOT_JOINED", "PROCESSING_ERROR"]


Event = TicketList | Joined | Sent | Closed | OperatorFailed | PersonSaid | OtherTyping | OtherRead | Deleted | Pong

COMMANDS: Final[Mapping[str, type[Command]]] = {
    "tickets": ListTickets,
    "join": Join,
    "say": Tell,
    "typing": Types,
    "read": HasRead,
    "close": Close,
    "ping": OperatorPing,
}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "tickets": TicketList,
    "joined": Joined,
    "sent": Sent,
    "closed": Closed,
    "error": OperatorFailed,
    "customer_message": PersonSaid,
    "typing": OtherTyping,
    "read": OtherRead,
    "deleted": Deleted,
    "pong": Pong,
}
CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS)
