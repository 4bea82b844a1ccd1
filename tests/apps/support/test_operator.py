"""The staff's side."""

from __future__ import annotations

import pytest
import trio

from smarthealth.apps.support import operator
from smarthealth.storage.errors import StorageUnavailable
from tests.apps.support.conftest import Books, Client, OpenHost


async def ticket_of(client: Client, session: str = "s") -> int:
    """Ask for a person."""
    events = await client.ask("I want to talk to a person", session_id=session)
    number: int = next(event["ticket"] for event in events if event["type"] == "handoff")
    return number


async def test_a_conversation_with_a_person(host: OpenHost) -> None:
    """Joined, spoken, typed, read and closed; the chat is silent meanwhile."""
    async with host() as server:
        client, staff = server.connect(), server.staff()
        number = await ticket_of(client)
        (listed,) = (await staff.heard({"type": "tickets"}, until=["tickets"]))[-1]["tickets"]
        assert (listed["ticket"], listed["state"], listed["question"]) == (number, "open", "I want to talk to a person")
        joined = (await staff.heard({"type": "join", "ticket": number}, until=["joined"]))[-1]
        assert [one["author"] for one in joined["messages"]] == ["customer", "assistant"]
        await staff.heard({"type": "join", "ticket": number}, until=["joined"])
        assert (await client.heard(until=["person"]))[-1]["present"] is True
        staff.say({"type": "typing", "ticket": number})
        assert (await client.heard(until=["typing"]))[-1]["name"] == "Eva"
        await staff.heard({"type": "say", "ticket": number, "message": "How can I help?"}, until=["sent"])
        heard = (await client.heard(until=["person_message"]))[-1]
        client.say({"type": "typing", "session_id": "s"})
        assert (await staff.heard(until=["typing"]))[-1]["name"] == "Ana"
        client.say({"type": "read", "session_id": "s", "message_id": heard["message_id"]})
        assert (await staff.heard(until=["read"]))[-1]["message_id"] == heard["message_id"]
        complete = (await client.ask("my bill", session_id="s"))[-1]
        assert complete["metadata"]["agent"] == "person"
        forwarded = (await staff.heard(until=["customer_message"]))[-1]
        assert forwarded["message"] == "my bill"
        staff.say({"type": "read", "ticket": number, "message_id": forwarded["message_id"]})
        assert (await client.heard(until=["read"]))[-1]["message_id"] == forwarded["message_id"]
        staff.say({"type": "read", "ticket": number, "message_id": forwarded["message_id"]})
        client.say({"type": "delete", "session_id": "s", "message_id": forwarded["message_id"]})
        assert (await staff.heard(until=["deleted"]))[-1]["message_id"] == forwarded["message_id"]
        await staff.heard({"type": "close", "ticket": number}, until=["closed"])
        assert (await client.heard(until=["person"]))[-1]["present"] is False
        assert "2,680" in await client.answer("What is the wheelbase?", session_id="s")


async def test_what_is_refused(host: OpenHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bad messages, tickets that were not joined, such as are not there, and more than one may join."""
    monkeypatch.setattr(operator, "MOST_TICKETS", 1)
    async with host() as server:
        client, staff = server.connect(), server.staff()
        first, second = await ticket_of(client, "a"), await ticket_of(client, "b")
        for message, code in (
            ("nonsense", "INVALID_REQUEST"),
            ({"type": "say", "ticket": first, "message": "hi"}, "NOT_JOINED"),
            ({"type": "join", "ticket": 999}, "NOT_FOUND"),
            ({"type": "close", "ticket": 999}, "NOT_FOUND"),
        ):
            assert (await staff.heard(message))[-1]["code"] == code
        await staff.heard({"type": "join", "ticket": first}, until=["joined"])
        assert (await staff.heard({"type": "join", "ticket": second}))[-1]["code"] == "INVALID_REQUEST"
        assert (await staff.heard({"type": "ping"}, until=["pong"]))[-1]["type"] == "pong"


async def test_who_leaves_is_missed(host: OpenHost) -> None:
    """The customer is told, and the ticket stays joined for another to take."""
    async with host() as server:
        client, staff = server.connect(), server.staff()
        number = await ticket_of(client)
        await staff.heard({"type": "join", "ticket": number}, until=["joined"])
        staff.socket.leave()
        assert [event["present"] for event in await client.heard(until=["person"])] == [True]
        assert (await client.heard(until=["person"]))[-1]["present"] is False


async def test_a_database_that_fails_is_said(books: Books, host: OpenHost) -> None:
    """And the connection stays."""

    class Broken:
        async def list(self) -> None:
            await trio.lowlevel.checkpoint()
            raise StorageUnavailable("gone")

    books.changes["tickets"] = Broken()
    async with host() as server:
        staff = server.staff()
        assert (await staff.heard({"type": "tickets"}))[-1]["code"] == "PROCESSING_ERROR"
