"""Refusals."""

from __future__ import annotations

import pytest

from smarthealth.server.errors import (
    Refused,
    TryLater,
    forbidden,
    invalid_request,
    not_found,
    too_many,
    unauthorised,
    unavailable,
)


@pytest.mark.parametrize(
    ("refused", "status"),
    [
        (unauthorised(), 401),
        (forbidden(), 403),
        (forbidden("ORIGIN_NOT_ALLOWED"), 403),
        (not_found(), 404),
        (invalid_request(), 400),
        (too_many("TOO_MANY_CONNECTIONS", 3), 429),
        (unavailable("DRAINING"), 503),
    ],
)
def test_refusal_has_a_status_a_code_and_a_sentence(refused: Refused, status: int) -> None:
    """What a client reads is the code, what a person reads a sentence in either language."""
    assert refused.status == status
    for language in ("es", "en"):
        body = refused.body(language)
        assert body["error"]["code"] == refused.code
        assert body["error"]["message"]
    assert refused.body("es") != refused.body("en")
    assert isinstance(refused, TryLater) is (status in (429, 503))
