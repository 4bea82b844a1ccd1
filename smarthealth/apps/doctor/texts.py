"""The sentences of the doctor protocol itself, in English as its document is; advice is in the person's own language."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from smarthealth.wire.errors import Fault, WireError

from .wire import LONGEST_MESSAGE, ErrorType

EMPTY: Final = "Message cannot be empty"
AGENT_FAILED: Final = "The assistant could not finish its answer; please try again"
TIMED_OUT: Final = "The answer took too long; please try again"
SERVER_FAILED: Final = "Something went wrong on the server; please try again"
GOING_AWAY: Final = "The server is closing the connection; please try again later"
CANCELLED: Final = "The answer was cancelled"
INTERRUPTED: Final = "This answer was broken off for an emergency"
SESSION_BUSY: Final = "This session is being answered already; please wait for its answer"
TOO_MANY_REQUESTS: Final = "Too many messages are waiting for an answer on this connection"
SESSION_OF_ANOTHER: Final = "This session belongs to somebody else"

_FAULTS: Final[Mapping[Fault, str]] = {
    Fault.NOT_AN_OBJECT: "A message must be a JSON object",
    Fault.MISSING_FIELD: "Field '{path}' is required",
    Fault.UNKNOWN_TYPE: "Field 'type' names no message of this protocol",
}


def rate_limited(seconds: float) -> str:
    """Too many messages."""
    return f"Too many messages; please wait {max(1, math.ceil(seconds))} s"


def refused(error: WireError) -> tuple[ErrorType, str]:
    """What a message that does not follow the protocol is told."""
    if error.fault is Fault.NOT_JSON:
        return "parse_error", "The message is not valid JSON"
    if error.path == "message" and error.fault in (Fault.BAD_VALUE, Fault.MISSING_FIELD):
        return "validation_error", EMPTY
    if error.path == "message" and error.fault is Fault.TOO_LONG:
        return "validation_error", f"Message is too long: at most {LONGEST_MESSAGE} characters"
    if error.fault in _FAULTS:
        return "validation_error", _FAULTS[error.fault].format(path=error.path)
    return "validation_error", f"Field '{error.path}' {error.detail}"
