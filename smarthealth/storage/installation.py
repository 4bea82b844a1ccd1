"""Which database this is."""

from __future__ import annotations

from uuid import UUID

from .pool import Pool


async def installation_id(pool: Pool) -> UUID:
    """A number that no other database has and that a restored copy keeps.

    Raises:
        StorageError: The database failed.
    """
    row = await pool.fetch_one(
        "insert into installation default values on conflict (single) do update set single = true returning id"
    )
    assert row is not None  # "returning" of one row
    identity: UUID = row[0]
    return identity
