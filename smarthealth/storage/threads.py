"""Threads of the taxi dispatcher: what was said and done in each, and its state as the application writes it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import attrs

from .errors import SessionOwnedByAnother
from .pool import Pool

MESSAGES_KEPT: Final = 200
"""Messages of one thread that are kept; older ones are forgotten as new ones come."""

# One statement, so that of two clients who open the same thread at once one wins and the other is told.
_OPEN: Final = """
insert into taxi_thread (id, user_id) values (%s, %s)
on conflict (id) do update set used_at = now() where taxi_thread.user_id is not distinct from excluded.user_id
returning id, user_id, state::text as state, bookings
"""
_HISTORY: Final = """
select role, agent, content, tool_calls::text as tool_calls, tool_call_id, at from (
    select * from taxi_message where thread_id = %s order by id desc limit %s
) as latest order by id
"""
_APPEND: Final = """
insert into taxi_message (thread_id, role, agent, content, tool_calls, tool_call_id, at)
values (%(thread_id)s, %(role)s, %(agent)s, %(content)s, %(tool_calls)s::jsonb, %(tool_call_id)s, %(at)s)
"""
_TRIM: Final = """
delete from taxi_message where thread_id = %(thread)s and id <= (
    select id from taxi_message where thread_id = %(thread)s order by id desc offset %(kept)s limit 1
)
"""
# A turn that was broken off must not undo what its dispatch, which went on, has done since.
_SAVE: Final = """
update taxi_thread set state = %(state)s::jsonb, used_at = now()
where id = %(thread)s and (%(bookings)s::integer is null or bookings = %(bookings)s)
"""
_ASK_PERSON: Final = "insert into taxi_handover (thread_id, user_id, phone, reason) values (%s, %s, %s, %s)"


@attrs.frozen(kw_only=True)
class Thread:
    """A thread, as its owner sees it."""

    id: UUID
    user_id: int | None
    """Who opened it, None for a client without a token."""
    state: str = attrs.field(repr=False)
    """A JSON object, whose meaning is the application's."""
    bookings: int
    """Bookings that were dispatched in it."""


@attrs.frozen(kw_only=True)
class ThreadMessage:
    """One message of a thread."""

    role: Literal["user", "assistant", "tool"]
    content: str = attrs.field(repr=False)
    at: datetime
    agent: str | None = None
    """Who said it, of the assistants."""
    tool_calls: str = "[]"
    """A JSON array."""
    tool_call_id: str | None = None


class Threads:
    """The threads in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def open(self, thread_id: UUID, user_id: int | None) -> Thread:
        """Continue a thread, or open it for this user.

        Raises:
            SessionOwnedByAnother: Somebody else opened it.
            StorageError: The database failed.
        """
        thread = await self._pool.fetch_one_as(Thread, _OPEN, [thread_id, user_id])
        if thread is None:
            raise SessionOwnedByAnother("the thread was opened by somebody else")
        return thread

    async def history(self, thread_id: UUID, limit: int) -> tuple[ThreadMessage, ...]:
        """The latest messages, oldest first.

        Raises:
            StorageError: The database failed.
        """
        return tuple(await self._pool.fetch_as(ThreadMessage, _HISTORY, [thread_id, limit]))

    async def append(
        self,
        thread_id: UUID,
        messages: Sequence[ThreadMessage],
        state: str | None = None,
        *,
        bookings: int | None = None,
    ) -> None:
        """Add messages, and replace the state, all or nothing; of all messages the latest `MESSAGES_KEPT` stay.

        Args:
            thread_id: The thread; the caller has opened it.
            messages: In order.
            state: A JSON object as text, None to leave it.
            bookings: The state is left, too, when the thread has another number of bookings by now; None for any.

        Raises:
            Conflict: There is no such thread.
            StorageError: The database failed.
        """
        async with self._pool.transaction() as connection:
            for message in messages:
                row = {**attrs.asdict(message), "thread_id": thread_id, "content": _storable(message.content)}
                await connection.execute(_APPEND, row)
            await connection.execute(_TRIM, {"thread": thread_id, "kept": MESSAGES_KEPT})
            if state is not None:
                await connection.execute(_SAVE, {"state": state, "thread": thread_id, "bookings": bookings})

    async def ask_person(self, thread: Thread, phone: str | None, reason: str) -> None:
        """Write down that somebody wants to talk to a person.

        Raises:
            StorageError: The database failed.
        """
        await self._pool.execute(_ASK_PERSON, [thread.id, thread.user_id, phone, _storable(reason)])

    async def forget_unused(self, before: datetime) -> int:
        """Delete the threads last used before a moment, with all that was said in them; bookings stay.

        Returns:
            How many.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.execute("delete from taxi_thread where used_at < %s", [before])


def _storable(text: str) -> str:
    """PostgreSQL's texts hold no NUL, and UTF-8 no lone surrogate: both become the replacement character."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
