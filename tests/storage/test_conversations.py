from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from smarthealth.storage import conversations as module
from smarthealth.storage.conversations import Conversations, Entry
from smarthealth.storage.errors import Conflict, InvalidData
from smarthealth.storage.pool import Pool


async def test_a_conversation_belongs_to_who_opened_it(pool: Pool) -> None:
    """Who comes later finds it as it is, whoever that is."""
    conversations = Conversations(pool)
    assert await conversations.find("one") is None
    opened = await conversations.open("one", 7)
    assert (opened.name, opened.owner_id) == ("one", 7)
    assert await conversations.open("one", None) == opened == await conversations.find("one")
    assert (await conversations.open("two", None)).owner_id is None


@pytest.mark.parametrize("name", ["", "x" * 129], ids=["empty", "long"])
async def test_a_name_has_a_length(pool: Pool, name: str) -> None:
    """What is no name is refused by the schema."""
    with pytest.raises(InvalidData):
        await Conversations(pool).open(name, None)


async def test_messages_are_kept_as_they_happened(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """The latest come oldest first, and of very many the oldest go."""
    monkeypatch.setattr(module, "MESSAGES_KEPT", 4)
    conversations = Conversations(pool)
    one, other = await conversations.open("one", None), await conversations.open("other", None)
    entries = [
        Entry(role="user", content="hola", author="Ana"),
        Entry(role="assistant", content="", calls='[{"id": "c"}]'),
        Entry(role="tool", content="r", call_id="c", detail='{"success": true}'),
        Entry(role="assistant", content="listo"),
        Entry(role="user", content="gracias"),
    ]
    stored = [await conversations.append(one.id, entry) for entry in entries]
    await conversations.append(other.id, entries[0])
    assert [entry.id for entry in stored] == sorted(entry.id for entry in stored)
    assert await conversations.latest(one.id, 99) == tuple(stored[1:])
    assert await conversations.latest(one.id, 2) == tuple(stored[3:])
    assert (stored[2].call_id, stored[2].detail) == ("c", '{"success": true}')


async def test_a_message_belongs_to_a_conversation(pool: Pool) -> None:
    """There is none without one, and an answer names its call."""
    conversations = Conversations(pool)
    with pytest.raises(Conflict):
        await conversations.append(999_999_999, Entry(role="user", content="hola"))
    one = await conversations.open("one", None)
    with pytest.raises(InvalidData):
        await conversations.append(one.id, Entry(role="tool", content="r"))


async def test_invites_are_good_until_they_are_over_or_taken_back(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """They let into one conversation, and are so many at most."""
    monkeypatch.setattr(module, "INVITES_KEPT", 2)
    conversations = Conversations(pool)
    one, other = await conversations.open("one", 7), await conversations.open("other", 7)
    invite = await conversations.invite(one.id, b"a", "editor", 3600.0)
    assert invite is not None
    assert invite.expires_at - invite.created_at == timedelta(hours=1)
    assert await conversations.invite(one.id, b"over", "viewer", -1.0) is not None
    second = await conversations.invite(one.id, b"b", "viewer", 3600.0)
    assert second is not None
    assert await conversations.invite(one.id, b"c", "viewer", 3600.0) is None
    assert await conversations.invites(one.id) == (invite, second)
    assert await conversations.invited(one.id, b"a") == invite
    assert await conversations.invited(other.id, b"a") is None
    assert await conversations.invited(one.id, b"over") is None
    assert await conversations.revoke(other.id, invite.id) is False
    assert await conversations.revoke(one.id, invite.id) is True
    assert await conversations.invited(one.id, b"a") is None


async def test_unused_conversations_are_forgotten(pool: Pool) -> None:
    """With all that was said in them."""
    conversations = Conversations(pool)
    one = await conversations.open("one", None)
    await conversations.append(one.id, Entry(role="user", content="hola"))
    now = datetime.now(UTC)
    assert await conversations.forget_unused(now - timedelta(hours=1)) == ()
    assert await conversations.forget_unused(now + timedelta(hours=1)) == ("one",)
    assert await conversations.find("one") is None


async def test_conversations_in_which_nothing_was_said_are_forgotten(pool: Pool) -> None:
    """Those opened before a moment; what was said, or promised to somebody, stays."""
    conversations = Conversations(pool)
    for name in ("empty", "said", "invited"):
        await conversations.open(name, 7)
    said, invited = await conversations.open("said", 7), await conversations.open("invited", 7)
    await conversations.append(said.id, Entry(role="user", content="hola"))
    await conversations.invite(invited.id, b"a", "viewer", 60.0)
    now = datetime.now(UTC)
    assert await conversations.forget_empty(now - timedelta(hours=1)) == 0
    assert await conversations.forget_empty(now + timedelta(hours=1)) == 1
    assert [await conversations.find(name) is None for name in ("empty", "said", "invited")] == [True, False, False]
