"""Tokens become principals, and disabled users are cut off."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
import trio

from smarthealth.server.accounts import Accounts, principal_of
from smarthealth.server.errors import Refused


async def test_database_knows_a_user_better_than_an_older_token(world: Any) -> None:
    """Role, email and name are those of now."""
    user = world.users.add(role="clinician", email="ana@example.org", full_name="Ana Ruiz")
    token = world.token(user)
    world.users.rows[user.id] = attrs.evolve(user, role="patient", email="new@example.org")
    principal = await Accounts(world.tokens, world.users).recognise(token)
    assert (principal.user_id, principal.role, principal.email) == (user.id, "patient", "new@example.org")


async def test_user_of_a_trusted_issuer_needs_no_row(world: Any) -> None:
    """A user whom the database does not know is as the token says."""
    token = world.tokens.issue(user_id=99, email="x@other", name="X", role="patient")
    assert (await Accounts(world.tokens, world.users).recognise(token)).role == "patient"


async def test_bad_token_disabled_user_and_nobody_are_refused_alike(world: Any) -> None:
    """All of them are 401 with one code."""
    accounts, user = Accounts(world.tokens, world.users), world.users.add()
    token = world.token(user)
    world.users.disable(user.id)
    for given in (token, "nonsense", None):
        with pytest.raises(Refused) as refused:
            await principal_of(accounts, given)
        assert (refused.value.status, refused.value.code) == (401, "UNAUTHORIZED")


async def test_database_that_is_gone_is_503(world: Any) -> None:
    """Who cannot be looked up is not let in, and not called unauthorised either."""
    token = world.token(world.users.add())
    world.users.gone = True
    with pytest.raises(Refused) as refused:
        await Accounts(world.tokens, world.users).recognise(token)
    assert refused.value.status == 503


async def test_connections_of_a_disabled_user_are_closed_in_time(world: Any, autojump_clock: object) -> None:
    """Only theirs, with 4401; a database that is gone for a while changes nothing."""
    accounts = Accounts(world.tokens, world.users)
    good, bad, unknown = world.users.add().id, world.users.add().id, 99
    closed: list[tuple[int, int, str]] = []

    async def gone(code: int, reason: str) -> None:
        raise AssertionError

    def stay(user_id: int) -> None:
        async def close(code: int, reason: str) -> None:
            closed.append((user_id, code, reason))

        accounts.connected(user_id, close)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(accounts.watch, 10)
        for user_id in (good, bad, bad, unknown):
            stay(user_id)
        accounts.connected(bad, gone)
        accounts.disconnected(bad, gone)
        await trio.sleep(15)
        assert closed == []
        world.users.disable(bad)
        world.users.gone = True
        await trio.sleep(10)
        assert closed == []
        world.users.gone = False
        await trio.sleep(10)
        assert closed == [(bad, 4401, "account disabled")] * 2
        nursery.cancel_scope.cancel()


async def test_connection_that_does_not_close_holds_nobody(world: Any, autojump_clock: object) -> None:
    """A client that cannot be told is given up, and the others are looked at."""
    accounts, user = Accounts(world.tokens, world.users), world.users.add()
    world.users.disable(user.id)
    looks = 0

    async def stuck(code: int, reason: str) -> None:
        nonlocal looks
        looks += 1
        await trio.sleep_forever()

    accounts.connected(user.id, stuck)
    with trio.move_on_after(32):
        await accounts.watch(10)
    assert looks == 2
    accounts.disconnected(user.id, stuck)
    with trio.move_on_after(100):
        await accounts.watch(10)
    assert looks == 2
