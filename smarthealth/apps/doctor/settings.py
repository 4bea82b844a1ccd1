"""Settings of the doctor application."""

from __future__ import annotations

from typing import Literal

import attrs
from attrs.validators import ge, gt, matches_re


@attrs.frozen(kw_only=True)
class DoctorSettings:
    """Deadlines of a turn in seconds, how often one may ask, and whose emergency numbers are given."""

    agent_timeout: float = attrs.field(
        default=45.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_DOCTOR_AGENT_TIMEOUT",
            "help": "seconds for each agent of the doctor; later its turn fails with timeout_error",
        },
    )
    turn_timeout: float = attrs.field(
        default=120.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_DOCTOR_TURN_TIMEOUT",
            "help": "seconds for a whole turn of the doctor; later it fails with timeout_error",
        },
    )
    country: str = attrs.field(
        default="CO",
        validator=matches_re("[A-Z]{2}"),
        metadata={
            "env": "SMARTHEALTH_DOCTOR_COUNTRY",
            "help": "country (ISO 3166-1) whose emergency numbers are given when a profile names none",
        },
    )
    when_busy: Literal["reject", "enqueue", "interrupt"] = attrs.field(
        default="reject",
        metadata={
            "env": "SMARTHEALTH_DOCTOR_WHEN_BUSY",
            "help": "what happens to a message whose session is busy on another connection: refused, answered next, or instead",
        },
    )
    history_length: int = attrs.field(
        default=8,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_DOCTOR_HISTORY",
            "help": "earlier exchanges of a session that the doctor's agents see",
        },
    )
    messages_per_minute: float = attrs.field(
        default=60.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_DOCTOR_MESSAGES_PER_MINUTE",
            "help": "messages a minute that one connection, and one user over all connections, may send the doctor",
        },
    )
    message_burst: int = attrs.field(
        default=20,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_DOCTOR_MESSAGE_BURST", "help": "messages that may be sent to the doctor at once"},
    )
