"""Passwords."""

from __future__ import annotations

import argon2
import pytest
import trio

from smarthealth.server.passwords import DEFAULT_PROFILE, PROFILES, Passwords, PasswordsBusy, Verdict


async def test_right_password_is_good_and_no_other() -> None:
    """A hash knows its password, and is salted."""
    passwords = Passwords("cheapest")
    stored = await passwords.hash("contraseña")
    assert stored.startswith("$argon2id$")
    assert stored != await passwords.hash("contraseña")
    assert await passwords.check("contraseña", stored) == Verdict(good=True)
    assert await passwords.check("contrasena", stored) == Verdict(good=False)


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$"])
async def test_unknown_user_is_refused_after_the_same_work(stored: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a hash, or with a damaged one, a decoy of the same cost is checked."""
    seen: list[str] = []
    verify = argon2.PasswordHasher.verify

    def noting(self: argon2.PasswordHasher, hash: str, password: str) -> bool:
        seen.append(hash)
        return verify(self, hash, password)

    monkeypatch.setattr(argon2.PasswordHasher, "verify", noting)
    assert await Passwords("cheapest").check("x", stored) == Verdict(good=False)
    assert argon2.extract_parameters(seen[-1]) == PROFILES["cheapest"]


async def test_hash_of_another_profile_is_outdated() -> None:
    """A good password whose hash is of another cost should be hashed again."""
    old = argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1).hash("x")
    assert await Passwords("cheapest").check("x", old) == Verdict(good=True, outdated=True)


async def test_only_so_many_wait() -> None:
    """When the threads are busy and the queue is full, one more is refused at once."""
    passwords = Passwords("cheapest", threads=1, queue=1)
    results: list[bool] = []

    async def check() -> None:
        try:
            await passwords.check("x", None)
        except PasswordsBusy:
            results.append(False)
        else:
            results.append(True)

    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(check)
    assert sorted(results) == [False, False, False, True, True]


async def test_waiting_is_bounded_for_new_hashes_too() -> None:
    """Hashing waits in the same queue."""
    passwords = Passwords("cheapest", threads=1, queue=0)
    refused: list[str] = []

    async def hash_one(password: str) -> None:
        try:
            await passwords.hash(password)
        except PasswordsBusy:
            refused.append(password)

    # All three begin in one step of the scheduler, before any thread can have finished.
    async with trio.open_nursery() as nursery:
        for password in "xyz":
            nursery.start_soon(hash_one, password)
    assert len(refused) == 2


def test_default_profile_is_the_one_of_the_rfc() -> None:
    """RFC 9106's second recommended option: 64 MiB, three passes, four lanes, argon2id."""
    profile = PROFILES[DEFAULT_PROFILE]
    assert (profile.memory_cost, profile.time_cost, profile.parallelism) == (65536, 3, 4)
    assert profile.type is argon2.Type.ID
