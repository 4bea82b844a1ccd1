"""The messages of the workspace protocol (docs/reference/protocol-workspace.md), and its codec."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

import attrs
from msgspec import UNSET, UnsetType

from smarthealth.wire.codec import Codec
from smarthealth.wire.fields import between, length

LONGEST_MESSAGE: Final = 16_000
"""Characters."""
LONGEST_CALL_ID: Final = 128
"""Characters."""
LARGEST_ID: Final = 2**53 - 1

Access = Literal["owner", "editor", "viewer"]
ErrorCode = Literal[
    "INVALID_REQUEST",
    "UNKNOWN_MESSAGE_TYPE",
    "NOT_ALLOWED",
    "NOTHING_TO_APPROVE",
    "SESSION_BUSY",
    "TOO_MANY_REQUESTS",
    "RATE_LIMITED",
    "GOING_AWAY",
    "UNAVAILABLE",
    "MODEL_FAILED",
    "TURN_TIMEOUT",
    "ABANDONED",
    "INTERNAL_ERROR",
]


@attrs.frozen(kw_only=True)
class Say:
    """What a person says; the one message that has no `type`."""

    message: str = attrs.field(validator=length(1, LONGEST_MESSAGE))


@attrs.frozen(kw_only=True)
class ApprovalResponse:
    """Whether a call may run."""

    tool_call_id: str = attrs.field(validator=length(1, LONGEST_CALL_ID))
    approved: bool


@attrs.frozen(kw_only=True)
class Cancel:
    """Stops the running turn."""


@attrs.frozen(kw_only=True)
class Ping:
    """Asks for a pong."""


@attrs.frozen(kw_only=True)
class Attend:
    """Asks who is there, and to be told from now on who comes and goes, writes, reads, and says what."""


@attrs.frozen(kw_only=True)
class Writing:
    """The person is writing, or no longer."""

    active: bool = True


@attrs.frozen(kw_only=True)
class HasRead:
    """The person has read up to a message."""

    message_id: int = attrs.field(validator=between(1, LARGEST_ID))


Command = Say | ApprovalResponse | Cancel | Ping | Attend | Writing | HasRead


@attrs.frozen(kw_only=True)
class Connected:
    """The greeting."""

    conversation_id: str
    message: str


@attrs.frozen(kw_only=True)
class HistoryItem:
    """One thing that was said or done."""

    role: Literal["user", "assistant", "tool"]
    timestamp: str
    content: str | UnsetType = UNSET
    """Of what was said."""
    message_id: int | UnsetType = UNSET
    author: str | UnsetType = UNSET
    """Who said it, where known."""
    tool: str | UnsetType = UNSET
    arguments: Mapping[str, object] | UnsetType = UNSET
    tool_call_id: str | UnsetType = UNSET
    success: bool | UnsetType = UNSET
    """Not there while the tool still works."""
    result: object | UnsetType = UNSET
    error: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class History:
    """What was said and done before, oldest first; sent to who enters a conversation in which something was."""

    messages: tuple[HistoryItem, ...]


@attrs.frozen(kw_only=True)
class ThinkingEvent:
    """The agent thinks, for the so-manieth time in this turn."""

    iteration: int


@attrs.frozen(kw_only=True)
class ToolCallEvent:
    """A tool is about to be called."""

    tool: str
    arguments: Mapping[str, object]
    tool_call_id: str


@attrs.frozen(kw_only=True)
class ApprovalRequired:
    """The call waits for a person."""

    tool: str
    arguments: Mapping[str, object]
    tool_call_id: str


@attrs.frozen(kw_only=True)
class ToolResultEvent:
    """A call is answered: with a result, or with an error."""

    success: bool
    result: object | UnsetType = UNSET
    error: str | UnsetType = UNSET
    tool_call_id: str


@attrs.frozen(kw_only=True)
class MessageEvent:
    """The agent's answer."""

    content: str
    message_id: int | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class DoneEvent:
    """The turn is over."""

    iterations: int


@attrs.frozen(kw_only=True)
class Failed:
    """A message was refused, or the turn failed; then `done` follows."""

    error: str
    code: ErrorCode


@attrs.frozen(kw_only=True)
class Pong:
    """Answers a ping."""

    timestamp: str


@attrs.frozen(kw_only=True)
class Person:
    """One connection in the conversation."""

    viewer_id: str
    access: Access
    name: str | UnsetType = UNSET


@attrs.frozen(kw_only=True)
class Presence:
    """Who is there: all of them to who asks, then each who comes or goes."""

    event: Literal["here", "joined", "left"]
    viewers: tuple[Person, ...]
    count: int


@attrs.frozen(kw_only=True)
class UserMessage:
    """What somebody in the conversation said."""

    content: str
    message_id: int
    viewer_id: str
    author: str | UnsetType = UNSET
    timestamp: str


@attrs.frozen(kw_only=True)
class Typing:
    """Somebody is writing, or no longer."""

    viewer_id: str
    active: bool


@attrs.frozen(kw_only=True)
class ReadMark:
    """Somebody has read up to a message."""

    viewer_id: str
    message_id: int


Event = (
    Connected
    | History
    | ThinkingEvent
    | ToolCallEvent
    | ApprovalRequired
    | ToolResultEvent
    | MessageEvent
    | DoneEvent
    | Failed
    | Pong
    | Presence
    | UserMessage
    | Typing
    | ReadMark
)

SAY: Final = "message"
COMMANDS: Final[Mapping[str, type[Command]]] = {
    SAY: Say,
    "approval_response": ApprovalResponse,
    "cancel": Cancel,
    "ping": Ping,
    "attend": Attend,
    "typing": Writing,
    "read": HasRead,
}
EVENTS: Final[Mapping[str, type[Event]]] = {
    "connected": Connected,
    "history": History,
    "thinking": ThinkingEvent,
    "tool_call": ToolCallEvent,
    "approval_required": ApprovalRequired,
    "tool_result": ToolResultEvent,
    "message": MessageEvent,
    "done": DoneEvent,
    "error": Failed,
    "pong": Pong,
    "presence": Presence,
    "user_message": UserMessage,
    "typing": Typing,
    "read": ReadMark,
}

CODEC: Final[Codec[Command, Event]] = Codec(commands=COMMANDS, events=EVENTS, default_command=SAY)


@attrs.frozen
class Encoded:
    """An event that is encoded already, for several clients."""

    text: str


Sent = Event | Encoded


def encode(event: Sent) -> str:
    """Event to text frame."""
    return event.text if isinstance(event, Encoded) else CODEC.encode(event)
