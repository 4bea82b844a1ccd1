"""Sessions of a conversation and what was said in them."""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from .errors import SessionOwnedByAnother
from .pool import Pool

EXCHANGES_KEPT: Final = 50
"""Exchanges of one session that are kept; older ones are forgotten as new ones come."""

# One statement, so that of two clients who open the same session at once one wins and the other is told.
_OPEN: Final = """
insert into chat_session (id, application, user_id) values (%s, %s, %s)
on conflict (id) do update set used_at = now()
    where chat_session.application = excluded.application and chat_session.user_id is not distinct from excluded.user_id
returning id, application, user_id, opened_at
"""

# "About the same patient" ends where another patient came between.
_HISTORY: Final = """
select question, answer, patient_id, at from (
    select * from chat_exchange
    where session_id = %(session)s and id > coalesce((
        select max(id) from chat_exchange
        where session_id = %(session)s and patient_id is distinct from %(patient)s::bigint
    ), 0)
    order by id desc limit %(limit)s
) as latest order by id
"""

_LAST_PATIENT: Final = "select patient_id from chat_exchange where session_id = %s order by id desc limit 1"

_APPEND: Final = """
with addition as (
    insert into chat_exchange (session_id, question, answer, patient_id, at)
    values (%(session)s, %(question)s, %(answer)s, %(patient)s, %(at)s)
), surplus as (
    delete from chat_exchange where session_id = %(session)s and id <= (
        select id from chat_exchange where session_id = %(session)s order by id desc offset %(others)s limit 1
    )
)
update chat_session set used_at = now() where id = %(session)s
"""


@attrs.frozen(kw_only=True)
class Session:
    """A session, as its owner sees it."""

    id: UUID
    application: str
    user_id: int | None
    """Who opened it, None for a client without a token."""
    opened_at: datetime


@attrs.frozen(kw_only=True)
class Exchange:
    """A question and its answer."""

    question: str = attrs.field(repr=False)
    answer: str = attrs.field(repr=False)
    patient_id: int | None
    """Whom it was about."""
    at: datetime


class Sessions:
    """The sessions in the database.

    An application whose session names are no UUIDs derives one from each (`uuid.uuid5`), in a namespace of its own.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, session_id: UUID, application: str, user_id: int | None) -> Session:
        """Continue a session, or open it for this user.

        Args:
            session_id: As the client chose it.
            application: Name of the application; a session belongs to one.
            user_id: Who asks, None for a client without a token.

        Raises:
            SessionOwnedByAnother: Somebody else, or another application, opened it.
            StorageError: The database failed.
        """
        session = await self._pool.fetch_one_as(Session, _OPEN, [session_id, application, user_id])
        if session is None:
            raise SessionOwnedByAnother("the session was opened by somebody else")
        return session

    async def history(self, session_id: UUID, limit: int, *, patient_id: int | None = None) -> tuple[Exchange, ...]:
        """The latest exchanges about one patient, oldest first, back to where another patient came between.

        Args:
            session_id: The session; the caller has opened it.
            limit: Most exchanges to return.
            patient_id: The patient, None for the one last spoken of.

        Raises:
            StorageError: The database failed.
        """
        if patient_id is None:
            last = await self._pool.fetch_one(_LAST_PATIENT, [session_id])
            patient_id = last[0] if last else None
        wanted = {"session": session_id, "patient": patient_id, "limit": limit}
        return tuple(await self._pool.fetch_as(Exchange, _HISTORY, wanted))

    async def append(self, session_id: UUID, exchange: Exchange) -> None:
        """Remember an exchange; of all, the latest `EXCHANGES_KEPT` stay.

        Raises:
            Conflict: There is no such session or patient.
            StorageError: The database failed.
        """
        await self._pool.execute(
            _APPEND,
            {
                "session": session_id,
                "question": _storable(exchange.question),
                "answer": _storable(exchange.answer),
                "patient": exchange.patient_id,
                "at": exchange.at,
                # the deletion does not see the row that the same statement adds
                "others": EXCHANGES_KEPT - 1,
            },
        )

    async def forget_unused(self, before: datetime) -> int:
        """Delete the sessions last used before a moment, with all that was said in them.

        Returns:
            How many.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.execute("delete from chat_session where used_at < %s", [before])


def _storable(text: str) -> str:
    """PostgreSQL's texts hold no NUL, and UTF-8 no lone surrogate: both become the replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
