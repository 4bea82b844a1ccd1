"""Who may enter a conversation, and as what."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final, Protocol

from smarthealth.conversation.application import Principal
from smarthealth.storage.conversations import Conversation, Invite

from .wire import Access

LONGEST_NAME: Final = 128
"""Characters of a conversation's name."""
LONGEST_TOKEN: Final = 128
"""Characters of an invite's token that are looked at."""
_TOKEN_BYTES: Final = 24


class Door(Protocol):
    """Knows conversations and invites: `storage.conversations.Conversations`."""

    async def find(self, name: str) -> Conversation | None:
        """The conversation of that name."""
        ...

    async def open(self, name: str, owner_id: int | None) -> Conversation:
        """The conversation of that name, opened when it is not there."""
        ...

    async def invited(self, conversation_id: int, token_hash: bytes) -> Invite | None:
        """The invite of a token."""
        ...


def is_name(name: str) -> bool:
    """Whether a conversation can be named so."""
    return 0 < len(name) <= LONGEST_NAME and name.isprintable()


def new_token() -> str:
    """A token for an invite; whoever has it may enter."""
    return secrets.token_urlsafe(_TOKEN_BYTES)


def digest(token: str) -> bytes:
    """What is kept of an invite's token, which is long and random enough to need no salt."""
    return hashlib.sha256(token[:LONGEST_TOKEN].encode("utf-8", "replace")).digest()


async def find_access(door: Door, name: str, principal: Principal | None, invite: str | None) -> Access | None:
    """As what somebody may enter a conversation; None when not at all. Who comes first opens it, unless with an invite.

    Raises:
        StorageError: The database failed.
    """
    if not is_name(name):
        return None
    user_id = principal.user_id if principal is not None else None
    conversation = await (door.find(name) if invite is not None else door.open(name, user_id))
    if conversation is None:
        return None
    if conversation.owner_id == user_id:
        return "owner" if user_id is not None else "editor"
    if invite is None:
        return None
    found = await door.invited(conversation.id, digest(invite))
    return found.role if found is not None else None
