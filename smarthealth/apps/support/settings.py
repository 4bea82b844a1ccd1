"""Settings of the support application."""

from __future__ import annotations

from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import attrs
from attrs.validators import ge, gt


def _known_zone(instance: object, attribute: attrs.Attribute[str], value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"SMARTHEALTH_SUPPORT_TIME_ZONE: {value!r} is no time zone") from None


@attrs.frozen(kw_only=True)
class SupportSettings:
    """Deadlines of a turn in seconds, how often one may ask, and how the workshop works."""

    model_timeout: float = attrs.field(
        default=45.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_MODEL_TIMEOUT",
            "help": "seconds for each specialist of the support chat; later its turn fails with PROCESSING_ERROR",
        },
    )
    turn_timeout: float = attrs.field(
        default=90.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_TURN_TIMEOUT",
            "help": "seconds for a whole turn of the support chat; later it fails with PROCESSING_ERROR",
        },
    )
    history_length: int = attrs.field(
        default=12,
        validator=ge(0),
        metadata={"env": "SMARTHEALTH_SUPPORT_HISTORY", "help": "earlier messages of a session that a specialist sees"},
    )
    when_busy: Literal["reject", "enqueue", "interrupt"] = attrs.field(
        default="reject",
        metadata={
            "env": "SMARTHEALTH_SUPPORT_WHEN_BUSY",
            "help": "what happens to a message whose session is busy on another connection: refused, answered next, or instead",
        },
    )
    messages_per_minute: float = attrs.field(
        default=120.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_MESSAGES_PER_MINUTE",
            "help": "messages a minute that one connection may send the support chat",
        },
    )
    message_burst: int = attrs.field(
        default=30,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_MESSAGE_BURST",
            "help": "messages that one connection may send the support chat at once",
        },
    )
    image_size: int = attrs.field(
        default=4 * 1024 * 1024,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_IMAGE_SIZE",
            "help": "bytes of one image in a message; SMARTHEALTH_SUPPORT_MESSAGE_SIZE bounds the whole message",
        },
    )
    message_size: int = attrs.field(
        default=6 * 1024 * 1024,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_SUPPORT_MESSAGE_SIZE",
            "help": "bytes of a WebSocket message of who has signed in to the support chat: one photo of a phone in base64;"
            " before that SMARTHEALTH_MAX_MESSAGE_SIZE counts",
        },
    )
    bays: int = attrs.field(
        default=3,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_SUPPORT_BAYS", "help": "cars that the workshop takes at once"},
    )
    time_zone: str = attrs.field(
        default="America/Bogota",
        validator=_known_zone,
        metadata={
            "env": "SMARTHEALTH_SUPPORT_TIME_ZONE",
            "help": "time zone of the workshop's hours, such as Europe/Madrid",
        },
    )
