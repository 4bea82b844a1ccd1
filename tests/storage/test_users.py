from __future__ import annotations

import pytest

from smarthealth.storage.errors import InvalidData
from smarthealth.storage.pool import Pool
from smarthealth.storage.users import EmailTaken, User, Users


@pytest.fixture
def users(pool: Pool) -> Users:
    """The users of an empty database."""
    return Users(pool)


async def add(users: Users, email: str = "Ana@Example.org") -> User:
    """A clinician with this address."""
    return await users.add(email=email, full_name="Ana Gómez", role="clinician", password_hash="$argon2id$…")


async def test_addresses_are_kept_in_lower_case(users: Users) -> None:
    """A user is found by the address however it is written, and by number."""
    user = await add(users, " Ana@Example.ORG ")
    assert user.email == "ana@example.org"
    assert (user.full_name, user.role, user.disabled_at) == ("Ana Gómez", "clinician", None)
    assert await users.find_by_email("\tANA@example.org") == user
    assert await users.find(user.id) == user
    assert await users.find_all([user.id, user.id + 1000]) == {user.id: user}
    assert await users.find_all([]) == {}


async def test_an_address_has_one_user(users: Users) -> None:
    """A second user with the same address is refused."""
    await add(users)
    with pytest.raises(EmailTaken):
        await add(users, "ana@example.org")


@pytest.mark.parametrize("email", ["", "ana", "@", "an\0a@example.org"])
async def test_what_is_no_address_is_refused(email: str, users: Users) -> None:
    """A user needs an address with something on both sides of an `@`."""
    with pytest.raises(InvalidData):
        await add(users, email)


@pytest.mark.parametrize("email", ["nobody@example.org", "", "ana\0@example.org", "\ud800@example.org", "%"])
async def test_anything_may_be_looked_up(email: str, users: Users) -> None:
    """Whatever a stranger sends as an address is looked up without an error."""
    await add(users)
    assert await users.find_by_email(email) is None


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**40])
async def test_any_number_may_be_looked_up(number: int, users: Users) -> None:
    """A number that is nobody's, however big, finds nobody."""
    assert await users.find(number) is None
    assert await users.find_all([number]) == {}


async def test_users_are_listed(users: Users) -> None:
    """The list is in the order of the addresses."""
    for email in ("b@example.org", "a@example.org"):
        await add(users, email)
    assert [user.email for user in await users.list()] == ["a@example.org", "b@example.org"]


async def test_a_disabled_user_stays_known(users: Users) -> None:
    """Disabling marks a user once and for all; nobody is disabled for an unknown address."""
    await add(users)
    assert await users.disable("ANA@example.org")
    disabled = await users.find_by_email("ana@example.org")
    assert disabled is not None
    assert disabled.disabled_at is not None
    assert await users.disable("ana@example.org")
    assert await users.find_by_email("ana@example.org") == disabled
    assert not await users.disable("nobody@example.org")


async def test_a_password_hash_is_replaced_and_not_shown(users: Users) -> None:
    """The hash can be replaced and is in no representation of the user."""
    user = await add(users)
    await users.set_password_hash(user.id, "new hash")
    found = await users.find(user.id)
    assert found is not None
    assert found.password_hash == "new hash"
    assert "hash" not in repr(found)
