"""Settings of the conversation engine."""

from __future__ import annotations

import attrs
from attrs.validators import ge, gt

MINUTE = 60.0
"""Seconds."""
MIB = 1024 * 1024
"""Bytes."""


@attrs.frozen(kw_only=True)
class ConversationSettings:
    """How many connections, how long and how much of each; durations in seconds, sizes in bytes."""

    max_connections: int = attrs.field(
        default=12_000,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_MAX_CONNECTIONS", "help": "open connections at once; one more is refused"},
    )
    max_turns: int = attrs.field(
        default=4,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_MAX_TURNS", "help": "turns that one connection may run at once"},
    )
    idle_timeout: float = attrs.field(
        default=15 * MINUTE,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_IDLE_TIMEOUT",
            "help": "seconds without a message or a running turn after which a connection is closed with 4408",
        },
    )
    sign_in_timeout: float = attrs.field(
        default=30.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SIGN_IN_TIMEOUT",
            "help": "seconds to sign in where that is done by a message; later the connection is closed with 4401",
        },
    )
    slow_reader_timeout: float = attrs.field(
        default=20.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SLOW_READER_TIMEOUT",
            "help": "seconds that a message may wait for a client that does not read; later it is cut with 4430",
        },
    )
    close_timeout: float = attrs.field(
        default=2.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_CLOSE_TIMEOUT",
            "help": "seconds to send what is queued and the close frame when a connection ends",
        },
    )
    settle_timeout: float = attrs.field(
        default=5.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_SETTLE_TIMEOUT",
            "help": "seconds to write what must be kept of a turn, whatever ended it",
        },
    )
    inbound_rate: float = attrs.field(
        default=500.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_INBOUND_RATE",
            "help": "messages per second that a client may send for long; more is closed with 4429",
        },
    )
    inbound_burst: int = attrs.field(
        default=2000,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_INBOUND_BURST", "help": "messages that a client may send at once"},
    )
    outbox_events: int = attrs.field(
        default=256,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_OUTBOX_EVENTS", "help": "messages waiting for one client before its turns wait"},
    )
    outbox_bytes: int = attrs.field(
        default=MIB,
        validator=ge(1),
        metadata={"env": "SMARTHEALTH_OUTBOX_BYTES", "help": "bytes waiting for one client before its turns wait"},
    )
