"""One message as a turn."""

from __future__ import annotations

from uuid import uuid4

import attrs
import pytest
import trio

from smarthealth.apps.support import texts
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.settings import SupportSettings
from smarthealth.apps.support.turn import AnswerTurn, Asked, typing_of
from smarthealth.conversation.application import TurnEnd, TurnFailure
from smarthealth.storage.errors import StorageUnavailable
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Ending, Refusal, Reply
from tests.apps.support.conftest import LUIS, Books, OpenHost


async def audit(books: Books) -> list[str]:
    """The outcomes in the audit."""
    return [row[0] for row in await books.pool.fetch("select outcome from audit_entry order by id")]


async def test_an_answer_is_kept(books: Books, host: OpenHost) -> None:
    """Both sides, where the session stands, and a row in the audit."""
    async with host() as server:
        client = server.connect()
        events = await client.ask("my brakes squeal", session_id="s")
    rows = await books.pool.fetch("select author, content from support_message order by id")
    assert rows == [("customer", "my brakes squeal"), ("assistant", events[-1]["response"])]
    assert await audit(books) == ["completed"]


async def test_a_session_and_a_customer_have_owners(host: OpenHost) -> None:
    """Another user gets neither, and a customer that a session has is used again."""
    async with host() as server:
        client, other = server.connect(), server.connect(LUIS)
        await client.ask("book an oil change tomorrow at 10", session_id="s", customer_id="fleet-1")
        assert (await other.ask("hi", session_id="s"))[-1]["code"] == "FORBIDDEN"
        assert (await other.ask("hi", customer_id="fleet-1"))[-1]["code"] == "FORBIDDEN"
        assert "oil" in await client.answer("what appointments do I have?", session_id="s")
        own = await client.answer("what appointments do I have?", session_id="another")
        assert own.startswith("You have no open appointment")


async def test_a_message_that_comes_again_is_answered_once(books: Books, host: OpenHost) -> None:
    """With the answer that it had, and nothing is kept twice."""
    message = str(uuid4())
    async with host() as server:
        client = server.connect()
        first = await client.answer("What is the wheelbase?", session_id="s", message_id=message)
        assert await client.answer("What is the wheelbase?", session_id="s", message_id=message) == first
    assert len(await books.pool.fetch("select from support_message")) == 2
    assert await audit(books) == ["completed", "repeated"]


@pytest.mark.parametrize(
    "answer",
    [Refusal(status=500), Reply(text="It", ending=Ending.CUT), Reply(text=""), Reply(text="It", ending=Ending.HANG)],
)
async def test_a_model_that_fails(answer: Reply | Refusal, books: Books, host: OpenHost) -> None:
    """Is a processing error; what was heard is kept."""
    books.model = ScriptedChatModel(answer)
    books.settings = attrs.evolve(SupportSettings(), model_timeout=0.3)
    async with host() as server:
        events = await server.connect().ask("What is the wheelbase?")
    assert (events[-1]["type"], events[-1]["code"]) == ("error", "PROCESSING_ERROR")
    kept = await books.pool.fetch("select content from support_message where author = 'assistant'")
    assert kept == ([("It",)] if any(event["type"] == "token" for event in events) else [])


async def test_a_database_that_fails_at_the_end(books: Books, host: OpenHost) -> None:
    """Makes no answer, and of a broken one no further trouble."""

    class Broken:
        async def record(self, entry: object) -> None:
            await trio.lowlevel.checkpoint()
            raise StorageUnavailable("gone")

    books.changes["audit"] = Broken()
    books.model = ScriptedChatModel(Reply(text="It is."), Refusal(status=500))
    async with host() as server:
        client = server.connect()
        assert (await client.ask("What is the wheelbase?"))[-1]["code"] == "PROCESSING_ERROR"
        assert (await client.ask("What is the wheelbase?"))[-1]["code"] == "PROCESSING_ERROR"


async def test_a_mixed_message_is_answered_in_parts(host: OpenHost) -> None:
    """By each specialist, with the agents named."""
    async with host() as server:
        events = await server.connect().ask(
            "What is the wheelbase? And how much is a wheel alignment at your workshop?"
        )
    metadata = events[-1]["metadata"]
    assert (metadata["agent"], metadata["agents"]) == ("mixed", ["specs", "maintenance"])
    assert "2,680" in events[-1]["response"]
    assert "70.00" in events[-1]["response"]


@pytest.mark.parametrize("end", list(TurnEnd))
async def test_every_ending_is_one_error(end: TurnEnd, books: Books) -> None:
    """With a code and a sentence; a turn that never ran keeps nothing but its row."""
    caller = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
    turn = AnswerTurn(services=books.services(), asked=Asked(message="hi"), caller=caller)
    (failed,) = turn.ending(TurnFailure(end=end))
    assert getattr(failed, "error", "") in vars(texts).values()
    assert turn.time_limit == books.settings.turn_timeout
    await turn.settle(TurnFailure(end=end))
    assert await audit(books) == [end.name.lower()]


async def test_a_number_plate_is_kept_plain(books: Books, host: OpenHost) -> None:
    """Letters and digits alone, in capitals."""
    async with host() as server:
        await server.connect().answer("book an oil change for abc-123 tomorrow at 10")
    assert await books.pool.fetch("select registration from support_vehicle") == [("ABC123",)]


async def test_a_person_is_called_and_has_the_word(books: Books, host: OpenHost) -> None:
    """A ticket is opened; once somebody has joined, what the customer says is theirs, connected or not."""
    async with host() as server:
        client = server.connect()
        events = await client.ask("I want to talk to a person", session_id="s")
        number = next(event["ticket"] for event in events if event["type"] == "handoff")
        assert events[-1]["metadata"]["ticket"] == number
        await books.services().tickets.join(number, "Eva")
        assert (await client.ask("my bill", session_id="s"))[-1]["metadata"]["agent"] == "person"
        await books.services().tickets.close(number)
        message = str(uuid4())
        await client.ask("What is the wheelbase?", session_id="s", message_id=message)
        edit = {"type": "edit", "session_id": "s", "message_id": message, "message": "How wide is it?"}
        assert "1,800" in (await client.heard(edit))[-1]["response"]
        assert (await client.heard({**edit, "message_id": str(uuid4())}))[-1]["code"] == "NOT_FOUND"
        busy = str(uuid4())
        with books.services().busy.held(f"7/{busy}"):
            assert (await client.ask("hi", session_id=busy))[-1]["code"] == "SESSION_BUSY"


def test_who_writes_is_named() -> None:
    """To the staff, by the database's name of the session."""
    caller = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
    assert typing_of(caller).session_id == str(caller.session_id)
