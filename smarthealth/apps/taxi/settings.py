"""Settings of the taxi application."""

from __future__ import annotations

from typing import Literal

import attrs
from attrs.validators import ge, gt, le, matches_re, optional


@attrs.frozen(kw_only=True)
class TaxiSettings:
    """Deadlines in seconds, how often one may speak, and where services are dispatched to."""

    hearing_timeout: float = attrs.field(
        default=80.0,  # the longest utterance, and the patience with its transcript
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_HEARING_TIMEOUT",
            "help": "seconds until what a taxi caller said is transcribed; later the turn fails",
        },
    )
    agent_timeout: float = attrs.field(
        default=45.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_AGENT_TIMEOUT",
            "help": "seconds for a taxi agent's answer, tools included; later the turn fails",
        },
    )
    turn_timeout: float = attrs.field(
        default=180.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_TURN_TIMEOUT",
            "help": "seconds for a whole turn of the taxi application, its speech included",
        },
    )
    when_busy: Literal["reject", "enqueue", "interrupt"] = attrs.field(
        default="interrupt",
        metadata={
            "env": "SMARTHEALTH_TAXI_WHEN_BUSY",
            "help": "what happens to a message whose taxi thread is being answered: refused, answered next, or instead",
        },
    )
    history_length: int = attrs.field(
        default=40,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_HISTORY",
            "help": "earlier messages of a thread, tool results included, that the taxi agents see",
        },
    )
    backend_url: str | None = attrs.field(
        default=None,
        validator=optional(matches_re(r"https?://[^\s/]+\S*")),
        metadata={
            "env": "SMARTHEALTH_TAXI_BACKEND_URL",
            "help": "address of the fleet's HTTP backend, to which services are posted; unset: they are rows here alone",
        },
    )
    backend_token: str | None = attrs.field(
        default=None,
        repr=False,
        metadata={
            "env": "SMARTHEALTH_TAXI_BACKEND_TOKEN",
            "help": "bearer token for the fleet's backend",
            "secret": True,
        },
    )
    backend_timeout: float = attrs.field(
        default=5.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_BACKEND_TIMEOUT",
            "help": "seconds for one attempt at the fleet's backend",
        },
    )
    backend_retries: int = attrs.field(
        default=2,
        validator=[ge(0), le(10)],
        metadata={
            "env": "SMARTHEALTH_TAXI_BACKEND_RETRIES",
            "help": "further attempts when the fleet's backend fails, with the same idempotency key",
        },
    )
    service_age: float = attrs.field(
        default=10_800.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_SERVICE_AGE",
            "help": "seconds for which a dispatched taxi counts as under way, and can be asked about and cancelled",
        },
    )
    thread_days: float = attrs.field(
        default=365.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_THREAD_DAYS",
            "help": "days after which a taxi conversation that nobody goes on with is forgotten; its bookings stay",
        },
    )
    messages_per_minute: float = attrs.field(
        default=120.0,
        validator=gt(0),
        metadata={
            "env": "SMARTHEALTH_TAXI_MESSAGES_PER_MINUTE",
            "help": "messages a minute that one connection, and one user over all connections, may send the taxi dispatcher",
        },
    )
    message_burst: int = attrs.field(
        default=60,
        validator=ge(1),
        metadata={
            "env": "SMARTHEALTH_TAXI_MESSAGE_BURST",
            "help": "messages that may be sent to the taxi dispatcher at once",
        },
    )
