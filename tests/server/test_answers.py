"""Responses of the HTTP side."""

from __future__ import annotations

import json

import pytest
from quart import Quart, Request, Response, request

from smarthealth.server.answers import file_answer, json_answer, refusal_answer
from smarthealth.server.errors import too_many, unauthorised
from smarthealth.server.static import StaticFile

FILE = StaticFile(body=b"long", compressed=b"gz", etag='"tag"', content_type="text/css", stamp=(0, 0))


async def body(response: Response) -> bytes:
    """What a response holds."""
    data = await response.get_data(as_text=False)
    assert isinstance(data, bytes)
    return data


async def test_json_is_not_kept() -> None:
    """Answers about people stay nowhere."""
    response = json_answer({"a": 1}, 503)
    assert (response.status_code, json.loads(await body(response))) == (503, {"a": 1})
    assert response.headers["Cache-Control"] == "no-store"


async def test_refusal_has_its_headers() -> None:
    """Retry-After in whole seconds, WWW-Authenticate for 401."""
    assert refusal_answer(too_many("TOO_MANY_ATTEMPTS", 1.2), "es").headers["Retry-After"] == "2"
    response = refusal_answer(unauthorised(), "en")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert json.loads(await body(response))["error"]["message"] == "Missing or invalid token"


@pytest.mark.parametrize(
    ("headers", "status", "content"),
    [
        ({}, 200, b"long"),
        ({"Accept-Encoding": "gzip, br"}, 200, b"gz"),
        ({"Accept-Encoding": "gzip;q=0"}, 200, b"long"),
        ({"If-None-Match": '"other", W/"tag"'}, 304, b""),
        ({"If-None-Match": '"other"'}, 200, b"long"),
    ],
)
async def test_file_is_sent_as_the_client_wants_it(headers: dict[str, str], status: int, content: bytes) -> None:
    """Compressed for who takes that, not at all for who has it."""
    async with Quart("x").test_request_context("/", headers=headers):
        given: Request = request._get_current_object()  # type: ignore[attr-defined]  # the proxy's target
        response = file_answer(FILE, given)
    assert (response.status_code, await body(response)) == (status, content)
    assert response.headers["ETag"] == '"tag"'
