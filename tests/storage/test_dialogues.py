"""What was said in sessions of the support chat."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from smarthealth.storage.customers import Customers
from smarthealth.storage.dialogues import MESSAGES_KEPT, Author, Dialogues, Message
from smarthealth.storage.errors import SessionOwnedByAnother
from smarthealth.storage.pool import Pool
from smarthealth.storage.tickets import Tickets

NOW = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
SESSION = UUID("550e8400-e29b-41d4-a716-446655440000")


def message(author: Author, content: str, answers: UUID | None = None) -> Message:
    """Something said."""
    return Message(message_id=uuid4(), author=author, content=content, answers=answers, at=NOW)


@pytest.fixture
async def dialogues(pool: Pool) -> Dialogues:
    """The sessions, one of them open."""
    made = Dialogues(pool)
    await made.open(SESSION, "support", 1, 10)
    return made


async def test_a_session_is_as_it_was_left(pool: Pool, dialogues: Dialogues) -> None:
    """Its state, its customer, both sides of what was said, and whether a person is there."""
    customer = await Customers(pool).claim(1, None)
    asked = message("customer", "hello\0 there")
    answered = message("assistant", "hi", asked.message_id)
    await dialogues.keep(SESSION, [asked, answered], state='{"tree": "brakes"}', customer_id=customer.id)
    ticket = await Tickets(pool).open(SESSION, 1, "asked", "x")
    await Tickets(pool).join(ticket.id, "Ana")
    found = await dialogues.open(SESSION, "support", 1, 10)
    assert [one.content for one in found.messages] == ["hello\ufffd there", "hi"]
    assert found.messages[1] == answered
    assert (found.state, found.customer_id, found.joined_ticket) == ('{"tree": "brakes"}', customer.id, ticket.id)
    assert await dialogues.history(SESSION, 1) == (answered,)


async def test_a_session_of_another_is_refused(dialogues: Dialogues) -> None:
    """Another user, and another application, get nothing of it."""
    with pytest.raises(SessionOwnedByAnother):
        await dialogues.open(SESSION, "support", 2, 10)
    with pytest.raises(SessionOwnedByAnother):
        await dialogues.open(SESSION, "doctor", 1, 10)


async def test_messages_are_kept_once_and_not_for_ever(dialogues: Dialogues) -> None:
    """One that is repeated is the same one, and the oldest make way."""
    first = message("customer", "first")
    await dialogues.keep(SESSION, [first])
    await dialogues.keep(SESSION, [first])
    assert len(await dialogues.history(SESSION, 10)) == 1
    await dialogues.keep(SESSION, [message("customer", str(number)) for number in range(MESSAGES_KEPT + 5)])
    kept = await dialogues.history(SESSION, MESSAGES_KEPT * 2)
    assert len(kept) == MESSAGES_KEPT
    assert kept[0].content == "5"


async def test_a_message_is_removed_with_its_answer(dialogues: Dialogues) -> None:
    """And what was said before and after stays; an answer alone cannot be removed."""
    asked, later = message("customer", "a"), message("customer", "b")
    answered = message("assistant", "A", asked.message_id)
    await dialogues.keep(SESSION, [asked, answered, later])
    assert not await dialogues.remove(SESSION, answered.message_id)
    assert await dialogues.remove(SESSION, asked.message_id)
    assert await dialogues.history(SESSION, 10) == (later,)


async def test_a_session_is_cut_from_a_message_on(dialogues: Dialogues) -> None:
    """For one that is asked anew in other words."""
    asked, later = message("customer", "a"), message("customer", "b")
    await dialogues.keep(SESSION, [asked, later])
    assert not await dialogues.cut_from(SESSION, uuid4())
    assert await dialogues.cut_from(SESSION, later.message_id)
    assert await dialogues.history(SESSION, 10) == (asked,)


async def test_what_was_read_is_marked(dialogues: Dialogues) -> None:
    """Up to the message that was read, the reader's own left alone, and once."""
    mine, theirs = message("customer", "a"), message("person", "b")
    await dialogues.keep(SESSION, [mine, theirs])
    assert await dialogues.mark_read(SESSION, theirs.message_id, "customer")
    assert not await dialogues.mark_read(SESSION, theirs.message_id, "customer")
    found = await dialogues.open(SESSION, "support", 1, 10)
    assert [one.read_at is None for one in found.messages] == [True, False]
