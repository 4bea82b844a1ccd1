"""Tickets: customers of the support chat who wait for a person, or have one."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import attrs

from .claiming import fetch_or_make
from .pool import Pool

State = Literal["open", "joined", "closed"]
MOST_LISTED: Final = 200
_COLUMNS: Final = "id, session_id, user_id, reason, question, state, operator, opened_at, closed_at"

_OPEN: Final = f"""
with made as (
    insert into support_ticket (session_id, user_id, reason, question)
    values (%(session)s, %(user)s, %(reason)s, %(question)s) on conflict do nothing returning {_COLUMNS}
)
select {_COLUMNS} from made union all
select {_COLUMNS} from support_ticket where session_id = %(session)s and state <> 'closed' limit 1
"""


@attrs.frozen(kw_only=True)
class Ticket:
    """One customer's wish for a person."""

    id: int
    session_id: UUID
    user_id: int
    reason: str
    question: str = attrs.field(repr=False)
    state: State
    operator: str | None
    """Name of the person who joined last."""
    opened_at: datetime
    closed_at: datetime | None


class Tickets:
    """The tickets in the database; a session has at most one that is not closed."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, session_id: UUID, user_id: int, reason: str, question: str) -> Ticket:
        """Open a ticket for a session, or return the one that it has.

        Raises:
            StorageError: The database failed.
        """
        wanted = {"session": session_id, "user": user_id, "reason": reason, "question": question}
        return await fetch_or_make(self._pool, Ticket, _OPEN, wanted)

    async def find(self, ticket_id: int) -> Ticket | None:
        """The ticket of that number.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.fetch_one_as(
            Ticket, f"select {_COLUMNS} from support_ticket where id = %s", [ticket_id]
        )

    async def list(self, *, closed: bool = False) -> list[Ticket]:
        """Tickets, oldest first: those that are not closed, or all.

        Raises:
            StorageError: The database failed.
        """
        sql = f"select {_COLUMNS} from support_ticket where %s or state <> 'closed' order by id limit {MOST_LISTED}"
        return await self._pool.fetch_as(Ticket, sql, [closed])

    async def join(self, ticket_id: int, operator: str) -> Ticket | None:
        """Say that a person takes a ticket that is not closed; None when there is no such one.

        Raises:
            StorageError: The database failed.
        """
        sql = (
            "update support_ticket set state = 'joined', operator = %s where id = %s and state <> 'closed'"
            f" returning {_COLUMNS}"
        )
        return await self._pool.fetch_one_as(Ticket, sql, [operator, ticket_id])

    async def close(self, ticket_id: int) -> Ticket | None:
        """Close a ticket; None when there is no such one that is open.

        Raises:
            StorageError: The database failed.
        """
        sql = (
            "update support_ticket set state = 'closed', closed_at = now() where id = %s and state <> 'closed'"
            f" returning {_COLUMNS}"
        )
        return await self._pool.fetch_one_as(Ticket, sql, [ticket_id])
