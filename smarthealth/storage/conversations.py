"""Conversations that many may be in: who opened them, who was invited, and what was said and done, as it happened."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

import attrs

from .pool import Pool

InviteRole = Literal["viewer", "editor"]
MessageRole = Literal["user", "assistant", "tool"]

MESSAGES_KEPT: Final = 5_000
"""Messages of one conversation; the oldest go."""
INVITES_KEPT: Final = 50
"""Invites of one conversation that are good at a time."""

_OPEN: Final = "insert into workspace_conversation (name, owner_id) values (%s, %s) on conflict (name) do nothing"
_FIND: Final = "select id, name, owner_id from workspace_conversation where name = %s"

_LATEST: Final = """
select role, content, calls, call_id, detail, author, id, at from (
    select * from workspace_message where conversation_id = %s order by id desc limit %s
) as latest order by id
"""
_APPEND: Final = """
with used as (update workspace_conversation set used_at = now() where id = %(conversation)s),
forgotten as (
    delete from workspace_message where conversation_id = %(conversation)s and id <= (
        select id from workspace_message where conversation_id = %(conversation)s order by id desc offset %(others)s limit 1
    )
)
insert into workspace_message (conversation_id, role, content, calls, call_id, detail, author)
values (%(conversation)s, %(role)s, %(content)s, %(calls)s, %(call_id)s, %(detail)s, %(author)s)
returning role, content, calls, call_id, detail, author, id, at
"""

_INVITE: Final = """
insert into workspace_invite (conversation_id, token_hash, role, expires_at)
select %(conversation)s, %(token_hash)s, %(role)s, now() + make_interval(secs => %(ttl)s)
where (select count(*) from workspace_invite where conversation_id = %(conversation)s and expires_at > now()) < %(most)s
returning id, role, created_at, expires_at
"""
_INVITES: Final = """
select id, role, created_at, expires_at from workspace_invite
where conversation_id = %s and expires_at > now() order by id
"""
_INVITED: Final = """
select id, role, created_at, expires_at from workspace_invite
where conversation_id = %s and token_hash = %s and expires_at > now()
"""

_FORGET_EMPTY: Final = """
delete from workspace_conversation as c where opened_at < %s
    and not exists (select from workspace_message where conversation_id = c.id)
    and not exists (select from workspace_invite where conversation_id = c.id)
"""


@attrs.frozen(kw_only=True)
class Conversation:
    """One conversation."""

    id: int
    name: str
    """As clients write it in the path."""
    owner_id: int | None
    """Who opened it; None when that was somebody without a token."""


@attrs.frozen(kw_only=True)
class Entry:
    """One message, as it is to be kept."""

    role: MessageRole
    content: str
    calls: str = "[]"
    """The calls that an assistant made, as JSON."""
    call_id: str | None = None
    """Which call a tool answers."""
    detail: str | None = None
    """What clients were told of that answer, as JSON."""
    author: str | None = None
    """Who said it, of users."""


@attrs.frozen(kw_only=True)
class StoredEntry(Entry):
    """One message as it is kept."""

    id: int
    at: datetime


@attrs.frozen(kw_only=True)
class Invite:
    """A link that lets whoever has it enter."""

    id: int
    role: InviteRole
    created_at: datetime
    expires_at: datetime


class Conversations:
    """The conversations in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def find(self, name: str) -> Conversation | None:
        """The conversation of that name, None when nobody has opened it.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.fetch_one_as(Conversation, _FIND, [name])

    async def open(self, name: str, owner_id: int | None) -> Conversation:
        """The conversation of that name, opened for this owner when it is not there; whose it is, the caller looks.

        Raises:
            InvalidData: The name is empty or too long.
            StorageError: The database failed.
        """
        found = await self.find(name)
        if found is None:
            await self._pool.execute(_OPEN, [name, owner_id])
            found = await self.find(name)
        assert found is not None, "conversations are deleted when long unused, not when just opened"
        return found

    async def latest(self, conversation_id: int, limit: int) -> tuple[StoredEntry, ...]:
        """The latest messages, oldest first.

        Raises:
            StorageError: The database failed.
        """
        return tuple(await self._pool.fetch_as(StoredEntry, _LATEST, [conversation_id, limit]))

    async def append(self, conversation_id: int, entry: Entry) -> StoredEntry:
        """Keep a message; of all, the latest `MESSAGES_KEPT` stay.

        Raises:
            Conflict: There is no such conversation.
            StorageError: The database failed.
        """
        values = {**attrs.asdict(entry), "conversation": conversation_id, "others": MESSAGES_KEPT - 1}
        stored = await self._pool.fetch_one_as(StoredEntry, _APPEND, values)
        assert stored is not None, "an insert of one row returns one"
        return stored

    async def invite(self, conversation_id: int, token_hash: bytes, role: InviteRole, ttl: float) -> Invite | None:
        """Make an invite that is good for `ttl` seconds; None when there are `INVITES_KEPT` already.

        Raises:
            StorageError: The database failed.
        """
        values = {
            "conversation": conversation_id,
            "token_hash": token_hash,
            "role": role,
            "ttl": ttl,
            "most": INVITES_KEPT,
        }
        return await self._pool.fetch_one_as(Invite, _INVITE, values)

    async def invites(self, conversation_id: int) -> tuple[Invite, ...]:
        """The invites that are good.

        Raises:
            StorageError: The database failed.
        """
        return tuple(await self._pool.fetch_as(Invite, _INVITES, [conversation_id]))

    async def invited(self, conversation_id: int, token_hash: bytes) -> Invite | None:
        """The invite of a token, None when it is none, is over, or for another conversation.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.fetch_one_as(Invite, _INVITED, [conversation_id, token_hash])

    async def revoke(self, conversation_id: int, invite_id: int) -> bool:
        """Take an invite back; False when there is none.

        Raises:
            StorageError: The database failed.
        """
        sql = "delete from workspace_invite where conversation_id = %s and id = %s"
        return bool(await self._pool.execute(sql, [conversation_id, invite_id]))

    async def forget_empty(self, before: datetime) -> int:
        """Delete the conversations opened before a moment in which nothing was said and to which nobody is invited.

        Returns:
            How many.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.execute(_FORGET_EMPTY, [before])

    async def forget_unused(self, before: datetime) -> tuple[str, ...]:
        """Delete the conversations last used before a moment, with all that was said in them.

        Returns:
            Their names.

        Raises:
            StorageError: The database failed.
        """
        rows = await self._pool.fetch("delete from workspace_conversation where used_at < %s returning name", [before])
        return tuple(str(row[0]) for row in rows)
