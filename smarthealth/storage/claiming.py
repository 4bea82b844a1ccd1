"""Rows that are made unless they are there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from .pool import Pool

T = TypeVar("T")


async def fetch_or_make(pool: Pool, row: type[T], sql: str, wanted: Mapping[str, object]) -> T:
    """Run a statement that inserts `on conflict do nothing` and selects what was there.

    Where another transaction makes the row after the statement's snapshot and before its insertion, it finds neither: the
    second run then sees the other's row.

    Raises:
        StorageError: The database failed.
    """
    found = await pool.fetch_one_as(row, sql, wanted) or await pool.fetch_one_as(row, sql, wanted)
    assert found is not None
    return found
