"""The sentences of the protocol."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.texts import rate_limited, refused
from smarthealth.wire.errors import Fault, WireError


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (WireError(Fault.UNKNOWN_TYPE, "type", "x"), "UNKNOWN_MESSAGE_TYPE", "names no message"),
        (WireError(Fault.MISSING_FIELD, "message", "x"), "EMPTY_MESSAGE", "cannot be empty"),
        (WireError(Fault.TOO_LONG, "message", "x"), "INVALID_REQUEST", "at most 4000"),
        (WireError(Fault.NOT_JSON, "", "x"), "INVALID_REQUEST", "not valid JSON"),
        (WireError(Fault.WRONG_TYPE, "session_id", "must be text"), "INVALID_REQUEST", "'session_id' must be text"),
    ],
)
def test_each_fault_has_its_code(error: WireError, code: str, text: str) -> None:
    """And names the field."""
    found = refused(error)
    assert found[0] == code
    assert text in found[1]


def test_a_wait_is_told_in_whole_seconds() -> None:
    """At least one."""
    assert rate_limited(0.1).endswith("1 s")
    assert rate_limited(2.1).endswith("3 s")
