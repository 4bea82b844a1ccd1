"""Signing in."""

from __future__ import annotations

from typing import Any

import argon2
import pytest
import structlog
import trio

from smarthealth.server.errors import Refused, TryLater
from smarthealth.server.login import EARLY_ROWS_AT_ONCE, SignIn
from smarthealth.server.passwords import Passwords
from smarthealth.server.settings import ServerSettings

ADDRESS = "192.0.2.1"


async def sign_in(world: Any, **changes: Any) -> SignIn:
    """A way in, and a user `ana@example.org` with the password `secret`."""
    world.users.add(email="ana@example.org", password_hash=await world.passwords.hash("secret"))
    settings = ServerSettings(**changes)
    return SignIn(world.users, world.passwords, world.tokens, world.audit, settings)


async def refused(way_in: SignIn, email: str, password: str, address: str = ADDRESS) -> Refused:
    """How an attempt is refused."""
    with pytest.raises(Refused) as error:
        await way_in.sign_in(email, password, address)
    return error.value


async def test_right_password_gives_a_token_and_an_audit_row(world: Any) -> None:
    """The token names the user; the row says who, from where, and that it went well."""
    way_in = await sign_in(world)
    token = await way_in.sign_in(" ANA@example.org", "secret", ADDRESS)
    assert world.tokens.check(token).user_id == 1
    (entry,) = world.audit.entries
    assert (entry.event, entry.outcome, entry.user_id, entry.address) == ("login", "completed", 1, ADDRESS)


async def test_every_failure_is_answered_alike(world: Any) -> None:
    """Wrong password, unknown email and disabled user cannot be told apart."""
    way_in = await sign_in(world)
    answers = [await refused(way_in, "ana@example.org", "wrong"), await refused(way_in, "bo@example.org", "secret")]
    world.users.disable(1)
    answers.append(await refused(way_in, "ana@example.org", "secret"))
    assert {(answer.status, answer.code) for answer in answers} == {(401, "INVALID_CREDENTIALS")}
    assert [(entry.outcome, entry.user_id) for entry in world.audit.entries] == [
        ("INVALID_CREDENTIALS", 1),
        ("INVALID_CREDENTIALS", None),
        ("INVALID_CREDENTIALS", 1),
    ]


async def test_neither_email_nor_password_reaches_the_log(world: Any) -> None:
    """Logs name the user by number, and an unknown one by a hash that no other process makes."""
    way_in = await sign_in(world)
    with structlog.testing.capture_logs() as lines:
        await refused(way_in, "bo@example.org", "hunter2")
        await way_in.sign_in("ana@example.org", "secret", ADDRESS)
    shown = repr(lines)
    assert [line["event"] for line in lines] == ["sign_in_refused", "signed_in"]
    assert not any(word in shown for word in ("bo@", "ana@", "hunter2", "secret"))


async def test_account_under_attack_makes_wait(world: Any, autojump_clock: trio.testing.MockClock) -> None:
    """After some failures the next attempt has to wait, the right password too, from any address; then it is taken."""
    way_in = await sign_in(world)
    for number in range(6):
        await refused(way_in, "ana@example.org", "wrong", f"192.0.2.{number}")
    early = await refused(way_in, "ana@example.org", "secret", "198.51.100.1")
    assert isinstance(early, TryLater)
    assert (early.status, early.code) == (429, "TOO_MANY_ATTEMPTS")
    assert 0 < early.seconds <= 1
    await trio.sleep(early.seconds)
    await way_in.sign_in("ana@example.org", "secret", "198.51.100.1")


async def test_address_has_so_many_failures_for_all_accounts(world: Any) -> None:
    """Trying one password on many accounts is slowed down as well; other addresses are not."""
    way_in = await sign_in(world, login_failure_burst=3)
    for number in range(3):
        await refused(way_in, f"user{number}@example.org", "123456")
    assert (await refused(way_in, "ana@example.org", "secret")).status == 429
    await way_in.sign_in("ana@example.org", "secret", "198.51.100.1")


async def test_attempts_that_come_too_soon_are_audited_within_bounds(world: Any) -> None:
    """Each leaves a row, but an address that keeps knocking fills no table; without its row it is refused all the same."""
    way_in = await sign_in(world, login_failure_burst=1)
    await refused(way_in, "ana@example.org", "wrong")
    for _ in range(EARLY_ROWS_AT_ONCE + 20):
        assert (await refused(way_in, "ana@example.org", "secret")).status == 429
    outcomes = [(entry.event, entry.outcome, entry.address) for entry in world.audit.entries]
    assert outcomes == [
        ("login", "INVALID_CREDENTIALS", ADDRESS),
        *[("login", "TOO_MANY_ATTEMPTS", ADDRESS)] * EARLY_ROWS_AT_ONCE,
    ]
    await refused(way_in, "bo@example.org", "wrong", "198.51.100.1")
    world.audit.gone = True
    assert (await refused(way_in, "bo@example.org", "wrong", "198.51.100.1")).status == 429


async def test_guesses_made_at_once_count_all(world: Any) -> None:
    """Parallel attempts get no more guesses than the free ones and one."""
    way_in = await sign_in(world, login_failure_burst=100)
    codes: list[str] = []

    async def guess() -> None:
        codes.append((await refused(way_in, "ana@example.org", "wrong")).code)

    async with trio.open_nursery() as nursery:
        for _ in range(20):
            nursery.start_soon(guess)
    assert codes.count("INVALID_CREDENTIALS") == 6


async def test_outage_is_503_and_not_the_users_fault(world: Any) -> None:
    """When the database or the threads are not there, nobody is made to wait for it afterwards."""
    way_in = await sign_in(world)
    world.users.gone = True
    for _ in range(10):
        answer = await refused(way_in, "ana@example.org", "secret")
        assert (answer.status, answer.code) == (503, "UNAVAILABLE")
    world.users.gone = False
    await way_in.sign_in("ana@example.org", "secret", ADDRESS)


async def test_too_many_at_once_are_told_to_come_back(world: Any) -> None:
    """When the queue for checks is full, the answer is 503 at once."""
    world.passwords = Passwords("cheapest", threads=1, queue=0)
    world.users.add(email="bo@example.org", password_hash="")
    way_in = SignIn(world.users, world.passwords, world.tokens, world.audit, world.settings)
    codes: list[str] = []

    async def attempt(number: int) -> None:
        codes.append((await refused(way_in, f"user{number}@example.org", "x")).code)

    async with trio.open_nursery() as nursery:
        for number in range(4):
            nursery.start_soon(attempt, number)
    assert sorted(codes) == ["INVALID_CREDENTIALS", "OVERLOADED", "OVERLOADED", "OVERLOADED"]


async def test_sign_in_that_cannot_be_audited_is_none(world: Any) -> None:
    """Without its row in the audit there is no token."""
    way_in = await sign_in(world)
    world.audit.gone = True
    assert (await refused(way_in, "ana@example.org", "secret")).status == 503


async def test_outdated_hash_is_replaced(world: Any) -> None:
    """When the profile has changed, the password at hand is hashed anew."""
    way_in = await sign_in(world)
    old = argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("secret")
    await world.users.set_password_hash(1, old)
    await way_in.sign_in("ana@example.org", "secret", ADDRESS)
    renewed = world.users.rows[1].password_hash
    assert renewed != old
    await way_in.sign_in("ana@example.org", "secret", ADDRESS)
    assert world.users.rows[1].password_hash == renewed
