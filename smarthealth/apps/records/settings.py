"""Settings of the records application."""

from __future__ import annotations

from typing import Literal

import attrs
from attrs.validators import ge, gt


@attrs.frozen(kw_only=True)
class RecordsSettings:
    """Deadlines of a query, in seconds, and how much goes into an answer."""

    vector_search_timeout: float = attrs.field(
        default=10.0,
        validator=gt(0),
        metadata={
            "env": "VECTOR_SEARCH_TIMEOUT",
            "help": "seconds for searching a patient's record; later the query fails with VECTOR_SEARCH_TIMEOUT",
        },
    )
    llm_timeout: float = attrs.field(
        default=45.0,
        validator=gt(0),
        metadata={
            "env": "LLM_TIMEOUT",
            "help": "seconds for the model's whole answer; later the query fails with LLM_TIMEOUT",
        },
    )
    total_request_timeout: float = attrs.field(
        default=60.0,
        validator=gt(0),
        metadata={
            "env": "TOTAL_REQUEST_TIMEOUT",
            "help": "seconds for a whole query; later it fails with REQUEST_TIMEOUT",
        },
    )
    when_busy: Literal["reject", "enqueue", "interrupt"] = attrs.field(
        default="reject",
        metadata={
            "env": "SMARTHEALTH_RECORDS_WHEN_BUSY",
            "help": "what happens to a query whose session is busy: refused, answered next, or answered instead",
        },
    )
    history_length: int = attrs.field(
        default=6,
        validator=ge(0),
        metadata={
            "env": "SMARTHEALTH_RECORDS_HISTORY",
            "help": "earlier questions of a session that the model sees",
        },
    )
