"""`POST /api/v1/chat`."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import attrs
import msgspec
import pytest
import trio

from smarthealth.apps.support import http
from smarthealth.apps.support.http import chat_route
from smarthealth.apps.support.settings import SupportSettings
from smarthealth.conversation.application import HttpRequest, Principal
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Reply
from tests.apps.support.conftest import ANA, LUIS, Books


async def post(
    books: Books, body: object, principal: Principal | None = ANA
) -> tuple[int, dict[str, Any], dict[str, str]]:
    """Ask by HTTP."""
    data = body if isinstance(body, bytes) else msgspec.json.encode(body)
    request = HttpRequest(principal=principal, address="192.0.2.7", path_parts={}, query={}, body=data)
    answer = await chat_route(books.services()).answer(request)
    return answer.status, msgspec.json.decode(answer.body), dict(answer.headers)


async def test_an_answer_in_one_piece(books: Books) -> None:
    """What `complete` holds; the session goes on, and a message that comes again is answered once."""
    message = str(uuid4())
    status, body, _ = await post(books, {"message": "my brakes squeal", "session_id": "s", "message_id": message})
    assert (status, body["session_id"], body["metadata"]["agent"]) == (200, "s", "troubleshooting")
    again = await post(books, {"message": "my brakes squeal", "session_id": "s", "message_id": message})
    assert again[1]["response"] == body["response"]
    assert "pads are worn" in (await post(books, {"message": "yes", "session_id": "s"}))[1]["response"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"\xff", 422, "INVALID_REQUEST"),
        ({}, 422, "EMPTY_MESSAGE"),
        ({"message": "x", "images": [{"media_type": "image/tiff", "data": "AA=="}]}, 422, "INVALID_REQUEST"),
    ],
)
async def test_bad_bodies_are_refused(body: object, status: int, code: str, books: Books) -> None:
    """In the protocol's words."""
    assert (await post(books, body))[:2] == (status, {**(await post(books, body))[1], "code": code})


async def test_who_may_not_ask(books: Books) -> None:
    """Nobody without a token, nobody in another's session, nobody too often."""
    assert (await post(books, {"message": "hi"}, None))[0] == 401
    await post(books, {"message": "hi", "session_id": "s"})
    assert (await post(books, {"message": "hi", "session_id": "s"}, LUIS))[0] == 403
    books.limiter.retry_after = 3.0
    status, body, headers = await post(books, {"message": "hi"})
    assert (status, body["retry_after"], headers) == (429, 3.0, {"Retry-After": "3"})


async def test_a_session_is_answered_once_at_a_time(books: Books) -> None:
    """Another request for it is refused meanwhile."""
    with books.services().busy.held(f"{ANA.user_id}/{uuid4()}"):
        pass
    session = str(uuid4())
    with books.services().busy.held(f"{ANA.user_id}/{session}"):
        assert (await post(books, {"message": "hi", "session_id": session}))[0] == 409


@pytest.mark.parametrize("setting", ["model_timeout", "turn_timeout"])
async def test_an_answer_that_takes_too_long(setting: str, books: Books) -> None:
    """Ends with an error, whichever limit is first."""
    books.model = ScriptedChatModel(Reply(text="It", ending=Ending.HANG))
    books.settings = attrs.evolve(SupportSettings(), **{setting: 0.2})  # type: ignore[arg-type] # by its name
    assert (await post(books, {"message": "What is the wheelbase?"}))[0] == 502


async def test_what_cannot_be_kept_is_no_answer(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that hangs at the end makes an error of it."""
    monkeypatch.setattr(http, "SETTLE_LIMIT", 0.1)

    class Slow:
        async def record(self, entry: object) -> None:
            await trio.sleep_forever()

    books.changes["audit"] = Slow()
    assert (await post(books, {"message": "hello"}))[0] == 502
