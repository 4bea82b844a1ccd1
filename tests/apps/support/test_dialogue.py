"""What the support application does with a client's messages."""

from __future__ import annotations

import base64
from uuid import uuid4

import pytest
import trio

from smarthealth.apps.support import dialogue, texts
from smarthealth.apps.support.dialogue import _reason
from smarthealth.apps.support.services import TokenRefused
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.storage.errors import StorageUnavailable
from tests.apps.support.conftest import LUIS, Books, OpenHost

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n....").decode()


async def test_a_handshake_s_token_is_told_about(host: OpenHost) -> None:
    """A good one at once, a bad one too, none not at all."""
    async with host() as server:
        good, bad, none = server.connect(), server.connect(None, token="x"), server.connect(None)
        assert (await good.heard(until=["auth_success"]))[0]["user"] == {
            "id": "7",
            "email": "ana@example.org",
            "name": "Ana",
        }
        assert (await bad.heard(until=["auth_error"]))[0]["message"] == texts.BAD_TOKEN
        assert [event["type"] for event in await none.heard({"type": "ping"}, until=["pong"])] == ["pong"]


async def test_signing_in_by_a_message(books: Books, host: OpenHost) -> None:
    """Needed before anything else; a bad token may be mended, a second one is refused, and trouble is told apart."""
    async with host() as server:
        client = server.connect(None)
        for message in ({"type": "message", "message": "hi"}, {"type": "typing"}):
            assert (await client.heard(message))[-1]["code"] == "AUTH_REQUIRED"
        assert (await client.heard({"type": "auth", "token": "x"}, until=["auth_error"]))[-1][
            "message"
        ] == texts.BAD_TOKEN
        books.accounts.error = TokenRefused(is_temporary=True)
        said = await client.heard({"type": "auth", "token": "ana"}, until=["auth_error"])
        assert said[-1]["message"] == texts.AUTH_UNAVAILABLE
        books.accounts.error = trio.TooSlowError()
        await client.heard({"type": "auth", "token": "ana"}, until=["auth_error"])
        books.accounts.error = None
        await client.heard({"type": "auth", "token": "luis"}, until=["auth_success"])
        again = await client.heard({"type": "auth", "token": "luis"}, until=["auth_error"])
        assert again[-1]["message"] == texts.AUTHENTICATED_ALREADY
        assert (await client.ask("hello"))[-1]["type"] == "complete"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", "INVALID_REQUEST"),
        ("[]", "INVALID_REQUEST"),
        ({"type": "dance"}, "UNKNOWN_MESSAGE_TYPE"),
        ({"type": "message"}, "EMPTY_MESSAGE"),
        ({"type": "message", "message": " "}, "EMPTY_MESSAGE"),
        ({"type": "message", "message": "x" * 4001}, "INVALID_REQUEST"),
        ({"type": "message", "message": "x", "session_id": 5}, "INVALID_REQUEST"),
        (
            {"type": "message", "message": "x", "images": [{"media_type": "image/png", "data": "AAAA"}]},
            "INVALID_REQUEST",
        ),
    ],
)
async def test_bad_input_is_refused(frame: object, code: str, host: OpenHost) -> None:
    """By its code, and the connection stays of use."""
    async with host() as server:
        client = server.connect()
        assert (await client.heard(frame))[-1]["code"] == code
        assert (await client.ask("hello"))[-1]["type"] == "complete"


async def test_too_many_messages_wait(books: Books, host: OpenHost) -> None:
    """And are told for how long; images within bounds are taken."""
    async with host() as server:
        client = server.connect()
        image = {"media_type": "image/png", "data": PNG}
        assert "cannot look at pictures" in await client.answer("What is the wheelbase?", images=[image])
        books.limiter.retry_after = 2.04
        refused = (await client.ask("hello"))[-1]
        assert (refused["code"], refused["retry_after"]) == ("RATE_LIMITED", 2.0)


async def test_more_turns_than_may_wait_are_refused(host: OpenHost) -> None:
    """The others are answered in order."""
    async with host() as server:
        client = server.connect()
        client.say(*[{"type": "message", "message": "hello"}] * 5)
        assert (await client.heard(until=["error"]))[-1]["code"] == "TOO_MANY_REQUESTS"


@pytest.mark.parametrize(
    ("refused", "code"),
    [
        (TurnBusy(), "SESSION_BUSY"),
        (TooManyTurns(), "TOO_MANY_REQUESTS"),
        (ServerDraining(), "GOING_AWAY"),
        (TurnRefused(), "PROCESSING_ERROR"),
    ],
)
def test_each_refusal_has_its_code(refused: TurnRefused, code: str) -> None:
    """As the engine says it."""
    assert _reason(refused)[0] == code


async def test_messages_are_edited_and_deleted(host: OpenHost) -> None:
    """In one's own session alone; what is not there is not found."""
    message, session = str(uuid4()), "s-1"
    async with host() as server:
        client, other = server.connect(), server.connect(LUIS)
        await client.ask("What is the engine power?", session_id=session, message_id=message)
        edited = {"type": "edit", "session_id": session, "message_id": message, "message": "What is the wheelbase?"}
        assert "2,680" in (await client.heard(edited))[-1]["response"]
        missing = {**edited, "message_id": str(uuid4())}
        assert (await client.heard(missing))[-1]["code"] == "NOT_FOUND"
        delete = {"type": "delete", "session_id": session, "message_id": message}
        assert (await other.heard(delete))[-1]["code"] == "FORBIDDEN"
        assert (await client.heard(delete, until=["deleted"]))[-1]["message_id"] == message
        assert (await client.heard(delete))[-1]["code"] == "NOT_FOUND"
        client.say({"type": "typing"}, {"type": "read", "session_id": session, "message_id": message})
        await client.heard({"type": "ping"}, until=["pong"])


async def test_a_database_that_fails_is_said(books: Books, host: OpenHost) -> None:
    """To whoever deletes or reads meanwhile."""

    class Broken:
        async def open(self, *_: object) -> None:
            await trio.lowlevel.checkpoint()
            raise StorageUnavailable("gone")

    books.changes["conversations"] = Broken()
    async with host() as server:
        client = server.connect()
        events = await client.heard({"type": "delete", "message_id": str(uuid4())})
        assert events[-1]["code"] == "PROCESSING_ERROR"


async def test_a_person_is_heard_in_the_latest_sessions(host: OpenHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as many as a connection may speak in, by the names that the client gave them."""
    monkeypatch.setattr(dialogue, "MOST_SESSIONS", 1)
    async with host() as server:
        client, staff = server.connect(), server.staff()
        tickets = {}
        for session in ("first", "second", "second"):
            events = await client.ask("I want to talk to a person", session_id=session)
            tickets[session] = next(event["ticket"] for event in events if event["type"] == "handoff")
        for session, delivered in (("first", False), ("second", True)):
            await staff.heard({"type": "join", "ticket": tickets[session]}, until=["joined"])
            sent = await staff.heard({"type": "say", "ticket": tickets[session], "message": "hi"}, until=["sent"])
            assert sent[-1]["delivered"] is delivered
        heard = await client.heard(until=["person_message"])
        assert heard[-1]["session_id"] == "second"
        client.say({"type": "read", "session_id": "second", "message_id": heard[-1]["message_id"]})
        assert (await staff.heard(until=["read"]))[-1]["message_id"] == heard[-1]["message_id"]
