"""What was said in sessions of the support chat, message by message, and where each session stands."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

import attrs

from .errors import SessionOwnedByAnother
from .pool import Pool

Author = Literal["customer", "assistant", "person"]
MESSAGES_KEPT: Final = 200
"""Messages of one session that are kept; older ones are forgotten as new ones come."""

# As in storage.sessions: of two clients who open the same session at once one wins and the other is told. The state and the
# latest messages come with it, since every turn needs the three.
_OPEN: Final = """
with opened as (
    insert into chat_session (id, application, user_id) values (%(session)s, %(application)s, %(user)s)
    on conflict (id) do update set used_at = now()
        where chat_session.application = excluded.application and chat_session.user_id is not distinct from excluded.user_id
    returning id
)
select coalesce(s.state, '{}')::text, s.customer_id, (
    select coalesce(json_agg(m), '[]')::text from (
        select message_id, author, content, agent, answers, at, edited_at, read_at from (
            select * from support_message where session_id = %(session)s order by id desc limit %(limit)s
        ) latest order by id
    ) m
), (select t.id from support_ticket t where t.session_id = %(session)s and t.state = 'joined')
from opened left join support_session s on s.session_id = opened.id
"""
# One statement, since every turn ends with it. Its parts see the tables as they were before, so the messages that are
# added are not among those of which the oldest are forgotten.
_KEEP: Final = """
with added as (
    insert into support_message (session_id, message_id, author, content, agent, answers, at)
    select %(session)s, m.message, m.author, m.content, m.agent, m.answers, m.at
    from rows from (json_to_recordset(%(messages)s::json)
        as (message uuid, author text, content text, agent text, answers uuid, at timestamptz)) with ordinality
        as m(message, author, content, agent, answers, at, place)
    order by m.place
    on conflict (message_id) do nothing
), stands as (
    insert into support_session (session_id, customer_id, state)
    select %(session)s, %(customer)s::bigint, %(state)s::jsonb where %(state)s::text is not null
    on conflict (session_id) do update set state = excluded.state, updated_at = now(),
        customer_id = coalesce(excluded.customer_id, support_session.customer_id)
)
delete from support_message where session_id = %(session)s and id <= (
    select id from support_message where session_id = %(session)s order by id desc offset %(others)s limit 1
)
"""


@attrs.frozen(kw_only=True)
class Message:
    """One thing that was said."""

    message_id: UUID
    author: Author
    content: str = attrs.field(repr=False)
    agent: str | None = None
    """Which agent, or who of the staff."""
    answers: UUID | None = None
    """The message that it answers."""
    at: datetime
    edited_at: datetime | None = None
    read_at: datetime | None = None


@attrs.frozen(kw_only=True)
class Conversation:
    """A session, as its owner left it."""

    state: str
    """A JSON object, whose meaning is the application's."""
    customer_id: int | None
    messages: tuple[Message, ...]
    """The latest, oldest first."""
    joined_ticket: int | None
    """The ticket with which a person has joined the session."""


class Dialogues:
    """The sessions of the support chat in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, session_id: UUID, application: str, user_id: int, limit: int) -> Conversation:
        """Continue a session, or open it for this user.

        Raises:
            SessionOwnedByAnother: Somebody else, or another application, opened it.
            StorageError: The database failed.
        """
        row = await self._pool.fetch_one(
            _OPEN, {"session": session_id, "application": application, "user": user_id, "limit": limit}
        )
        if row is None:
            raise SessionOwnedByAnother("the session was opened by somebody else")
        messages = tuple(map(_read, json.loads(row[2])))
        return Conversation(state=row[0], customer_id=row[1], messages=messages, joined_ticket=row[3])

    async def keep(
        self, session_id: UUID, messages: Sequence[Message], *, state: str | None = None, customer_id: int | None = None
    ) -> None:
        """Add messages, and where the session stands now; of all messages the latest `MESSAGES_KEPT` stay.

        Raises:
            Conflict: There is no such session.
            InvalidData: The state is no JSON object.
            StorageError: The database failed.
        """
        latest = messages[-MESSAGES_KEPT:]
        await self._pool.execute(
            _KEEP,
            {
                "session": session_id,
                "messages": json.dumps(list(map(_written, latest))),
                "customer": customer_id,
                "state": state,
                "others": MESSAGES_KEPT - len(latest),
            },
        )

    async def cut_from(self, session_id: UUID, message_id: UUID) -> bool:
        """Forget a customer's message and all that was said after it; False when there is no such message.

        Raises:
            StorageError: The database failed.
        """
        return bool(
            await self._pool.execute(
                "delete from support_message where session_id = %(session)s and id >= (select id from support_message"
                " where session_id = %(session)s and message_id = %(message)s and author = 'customer')",
                {"session": session_id, "message": message_id},
            )
        )

    async def remove(self, session_id: UUID, message_id: UUID) -> bool:
        """Forget a customer's message and its answer; False when there is no such message.

        Raises:
            StorageError: The database failed.
        """
        return bool(
            await self._pool.execute(
                "delete from support_message where session_id = %(session)s and ((message_id = %(message)s and"
                " author = 'customer') or (answers = %(message)s and author = 'assistant'))",
                {"session": session_id, "message": message_id},
            )
        )

    async def mark_read(self, session_id: UUID, message_id: UUID, readers: Author) -> bool:
        """Say that a message, and those before it that the reader did not write, were read.

        Args:
            session_id: Where.
            message_id: The last one that was read.
            readers: Who read; the own messages are left alone.

        Returns:
            False when there was nothing to be marked.

        Raises:
            StorageError: The database failed.
        """
        return bool(
            await self._pool.execute(
                "update support_message set read_at = now() where session_id = %(session)s and author <> %(reader)s"
                " and read_at is null and id <= (select id from support_message where session_id = %(session)s"
                " and message_id = %(message)s)",
                {"session": session_id, "message": message_id, "reader": readers},
            )
        )

    async def history(self, session_id: UUID, limit: int) -> tuple[Message, ...]:
        """The latest messages, oldest first, for a person who may see them.

        Raises:
            StorageError: The database failed.
        """
        sql = (
            "select message_id, author, content, agent, answers, at, edited_at, read_at from (select * from"
            " support_message where session_id = %s order by id desc limit %s) latest order by id"
        )
        return tuple(await self._pool.fetch_as(Message, sql, [session_id, limit]))


def _read(row: dict[str, Any]) -> Message:
    return Message(
        message_id=UUID(row["message_id"]),
        author=row["author"],
        content=row["content"],
        agent=row["agent"],
        answers=_uuid(row["answers"]),
        at=datetime.fromisoformat(row["at"]),
        edited_at=_moment(row["edited_at"]),
        read_at=_moment(row["read_at"]),
    )


def _written(message: Message) -> dict[str, str | None]:
    return {
        "message": str(message.message_id),
        "author": message.author,
        "content": _storable(message.content),
        "agent": message.agent,
        "answers": None if message.answers is None else str(message.answers),
        "at": message.at.isoformat(),
    }


def _uuid(text: str | None) -> UUID | None:
    return None if text is None else UUID(text)


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _storable(text: str) -> str:
    """PostgreSQL's texts hold no NUL, and UTF-8 no lone surrogate: both become the replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
