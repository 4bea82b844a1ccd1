"""The sentences of the support protocol itself, in English as its document is; answers are in the user's language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from smarthealth.wire.errors import Fault, WireError

from .wire import LONGEST_MESSAGE, Code, Step

AUTHENTICATED: Final = "Authentication successful"
BAD_TOKEN: Final = "Invalid token"
AUTHENTICATED_ALREADY: Final = "Already authenticated"
AUTH_UNAVAILABLE: Final = "Authentication is not possible right now; please try again"
AUTH_REQUIRED: Final = "Authentication required"
EMPTY: Final = "Message cannot be empty"
FAILED: Final = "The message could not be processed; please try again"
TIMED_OUT: Final = "The answer took too long; please try again"
GOING_AWAY: Final = "The server is closing the connection; please try again later"
CANCELLED: Final = "The answer was cancelled"
INTERRUPTED: Final = "A newer message took this one's place"
SESSION_BUSY: Final = "This session is being answered already; please wait for its answer"
TOO_MANY_REQUESTS: Final = "Too many messages are waiting for an answer on this connection"
NOT_YOURS: Final = "This session or customer belongs to somebody else"
NO_SUCH_MESSAGE: Final = "There is no such message in this session"
NO_SUCH_TICKET: Final = "There is no such ticket that is open"

PROGRESS: Final[Mapping[Step, str]] = {
    "starting": "Processing your message...",
    "agent_routing": "Routing to the right specialist...",
    "rag_retrieval": "Searching knowledge base...",
    "generating": "Generating response...",
}
_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.NOT_JSON: "The message is not valid JSON",
    Fault.NOT_AN_OBJECT: "A message must be a JSON object",
    Fault.MISSING_FIELD: "Field '{path}' is required",
}


def rate_limited(seconds: float) -> str:
    """Too many messages."""
    return f"Too many messages; please wait {max(1, math.ceil(seconds))} s"


def refused(error: WireError) -> tuple[Code, str]:
    """What a message that does not follow the protocol is told."""
    if error.fault is Fault.UNKNOWN_TYPE:
        return "UNKNOWN_MESSAGE_TYPE", "Field 'type' names no message of this protocol"
    if error.path == "message" and error.fault in (Fault.BAD_VALUE, Fault.MISSING_FIELD):
        return "EMPTY_MESSAGE", EMPTY
    if error.path == "message" and error.fault is Fault.TOO_LONG:
        return "INVALID_REQUEST", f"Message is too long: at most {LONGEST_MESSAGE} characters"
    if error.fault in _FAULTS:
        return "INVALID_REQUEST", _FAULTS[error.fault].format(path=error.path)
    return "INVALID_REQUEST", f"Field '{error.path}' {error.detail}"
