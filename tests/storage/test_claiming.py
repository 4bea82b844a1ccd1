"""Rows that are made unless they are there."""

from __future__ import annotations

import trio

from smarthealth.storage.claiming import fetch_or_make
from smarthealth.storage.customers import _CLAIM, Customer
from smarthealth.storage.pool import Pool

WANTED = {"user": 1, "reference": "fleet"}
BLOCKED = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"


async def test_a_row_is_made_once(pool: Pool) -> None:
    """The second who asks gets what the first one made."""
    first = await fetch_or_make(pool, Customer, _CLAIM, WANTED)
    assert await fetch_or_make(pool, Customer, _CLAIM, WANTED) == first


async def test_a_row_that_another_makes_meanwhile_is_found(pool: Pool) -> None:
    """A statement that sees neither its own row nor the other's is run once more."""
    found: list[Customer] = []

    async def ask() -> None:
        found.append(await fetch_or_make(pool, Customer, _CLAIM, WANTED))

    async with trio.open_nursery() as nursery, pool.transaction() as connection:
        await connection.execute("insert into support_customer (user_id, reference) values (1, 'fleet')")
        nursery.start_soon(ask)
        with trio.fail_after(10):
            while (await pool.fetch_one(BLOCKED)) == (0,):
                await trio.lowlevel.checkpoint()
    assert [customer.reference for customer in found] == ["fleet"]
