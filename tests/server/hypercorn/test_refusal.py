"""Refusals of the shell itself."""

from __future__ import annotations

import msgspec
import pytest

from smarthealth.server.hypercorn.refusal import refuse, refuse_connection


@pytest.mark.parametrize(
    ("status", "code"), [(413, "BODY_TOO_LARGE"), (426, "UPGRADE_REQUIRED"), (503, "OVERLOADED"), (405, "BAD_REQUEST")]
)
def test_refusal_is_json_with_a_code(status: int, code: str) -> None:
    """A refusal says what it is in the server's one shape of errors, and how long it is."""
    headers, body = refuse(status)
    assert msgspec.json.decode(body)["error"]["code"] == code
    assert dict(headers)[b"content-length"] == str(len(body)).encode()
    assert ((b"sec-websocket-version", b"13") in headers) is (status == 426)


def test_connection_too_many_gets_a_whole_response() -> None:
    """A refused connection gets 503 with Retry-After."""
    head, _, body = refuse_connection().partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"retry-after: " in head
    assert msgspec.json.decode(body)["error"]["code"] == "OVERLOADED"
