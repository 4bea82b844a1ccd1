"""Tickets: customers who wait for a person."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from smarthealth.storage.pool import Pool
from smarthealth.storage.sessions import Sessions
from smarthealth.storage.tickets import Tickets


@pytest.fixture
async def session(pool: Pool) -> UUID:
    """A session."""
    return (await Sessions(pool).open(uuid4(), "support", 1)).id


async def test_a_session_has_one_open_ticket(pool: Pool, session: UUID) -> None:
    """Asking twice is asking once; after it was closed there may be another."""
    tickets = Tickets(pool)
    first = await tickets.open(session, 1, "asked", "a person, please")
    assert (await tickets.open(session, 1, "unsure", "again")).id == first.id
    assert await tickets.find(first.id) == first
    closed = await tickets.close(first.id)
    assert closed is not None
    assert closed.state == "closed"
    assert await tickets.close(first.id) is None
    assert (await tickets.open(session, 1, "asked", "once more")).id != first.id


async def test_tickets_are_listed_and_joined(pool: Pool, session: UUID) -> None:
    """Who waits, oldest first; a closed one is listed when asked for, and joined by nobody."""
    tickets = Tickets(pool)
    ticket = await tickets.open(session, 1, "asked", "a person, please")
    joined = await tickets.join(ticket.id, "Ana")
    assert joined is not None
    assert (joined.state, joined.operator) == ("joined", "Ana")
    assert [one.id for one in await tickets.list()] == [ticket.id]
    await tickets.close(ticket.id)
    assert await tickets.list() == []
    assert [one.id for one in await tickets.list(closed=True)] == [ticket.id]
    assert await tickets.join(ticket.id, "Ana") is None
