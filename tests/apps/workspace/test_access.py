import pytest

from smarthealth.apps.workspace.access import digest, find_access, is_name, new_token
from smarthealth.storage.conversations import Conversations
from smarthealth.storage.pool import Pool
from tests.apps.workspace.conftest import ANA, BEN


async def test_a_conversation_belongs_to_who_opened_it(pool: Pool) -> None:
    """A user's is that user's; one opened without a token is open to everybody without one, and to nobody with one."""
    door = Conversations(pool)
    assert await find_access(door, "mine", ANA, None) == "owner"
    assert await find_access(door, "mine", ANA, None) == "owner"
    assert await find_access(door, "mine", BEN, None) is None
    assert await find_access(door, "mine", None, None) is None
    assert await find_access(door, "open", None, None) == "editor"
    assert await find_access(door, "open", None, None) == "editor"
    assert await find_access(door, "open", ANA, None) is None


async def test_an_invite_opens_one_conversation(pool: Pool) -> None:
    """For whoever has it, as what it says; the owner stays the owner; a wrong one opens nothing, and makes nothing."""
    door = Conversations(pool)
    mine, other = await door.open("mine", ANA.user_id), await door.open("other", ANA.user_id)
    token = new_token()
    await door.invite(mine.id, digest(token), "viewer", 60.0)
    assert await find_access(door, "mine", BEN, token) == "viewer"
    assert await find_access(door, "mine", None, token) == "viewer"
    assert await find_access(door, "mine", ANA, token) == "owner"
    assert await find_access(door, other.name, BEN, token) is None
    assert await find_access(door, "mine", BEN, "wrong\udcff") is None
    assert await find_access(door, "new", BEN, token) is None
    assert await door.find("new") is None


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "\ud800", "x" * 129], ids=repr)
async def test_what_is_no_name_opens_nothing(pool: Pool, name: str) -> None:
    """Control characters, broken text and very long names lead nowhere."""
    assert not is_name(name)
    assert await find_access(Conversations(pool), name, None, None) is None


def test_tokens_are_long_and_differ() -> None:
    """They cannot be guessed."""
    assert len({new_token() for _ in range(100)}) == 100
    assert len(new_token()) >= 32
