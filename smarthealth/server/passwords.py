"""Passwords: hashed with argon2id, in threads, a few at a time.

Checking takes 64 MiB and some tens of milliseconds by design, so that guessing is dear. It must not be dear for everybody
else: a few threads work at once, a few sign-ins wait, and one more is told to come back. An unknown user costs the same work
as a known one, so that the time of an answer says nothing.
"""

from __future__ import annotations

import base64
import contextlib
import secrets
from typing import Final

import argon2
import attrs
import trio
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

PROFILES: Final = {
    "rfc9106-low-memory": argon2.profiles.RFC_9106_LOW_MEMORY,
    "cheapest": argon2.profiles.CHEAPEST,
}
"""`rfc9106-low-memory`: RFC 9106, section 4, second recommended option: 3 passes over 64 MiB in 4 lanes. `cheapest` is for
tests only."""
DEFAULT_PROFILE: Final = "rfc9106-low-memory"
LONGEST_PASSWORD: Final = 1024
"""Characters."""


class PasswordsBusy(Exception):
    """So many checks are waiting that one more would wait too long."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What a check found."""

    good: bool
    outdated: bool = False
    """Whether the hash was made under another profile and should be replaced, the password being at hand."""


class Passwords:
    """Hashes and checks passwords.

    Args:
        profile: Name of a profile.
        threads: Hashes computed at once.
        queue: Callers that may wait for that.
    """

    def __init__(self, profile: str = DEFAULT_PROFILE, *, threads: int = 2, queue: int = 32) -> None:
        self._hasher = argon2.PasswordHasher.from_parameters(PROFILES[profile])
        self._limiter = trio.CapacityLimiter(threads)
        self._queue = queue
        self._decoy = _decoy(PROFILES[profile])

    async def hash(self, password: str) -> str:
        """The hash to store.

        Raises:
            PasswordsBusy: Too many are waiting.
        """
        self._check_queue()
        return await trio.to_thread.run_sync(self._hasher.hash, password, limiter=self._limiter)

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Hold a password against a stored hash.

        Args:
            password: As typed.
            stored: The hash, or None for a user who does not exist: the same work, and the answer is no.

        Raises:
            PasswordsBusy: Too many are waiting.
        """
        self._check_queue()
        return await trio.to_thread.run_sync(self._check, password, stored, limiter=self._limiter)

    def _check_queue(self) -> None:
        if self._limiter.statistics().tasks_waiting >= self._queue and not self._limiter.available_tokens:
            raise PasswordsBusy

    def _check(self, password: str, stored: str | None) -> Verdict:
        if stored is not None:
            try:
                self._hasher.verify(stored, password)
            except VerifyMismatchError:
                return Verdict(good=False)
            except (InvalidHashError, VerificationError):
                pass  # not a hash at all: as if there were no such user
            else:
                return Verdict(good=True, outdated=self._hasher.check_needs_rehash(stored))
        with contextlib.suppress(VerificationError):
            self._hasher.verify(self._decoy, password)
        return Verdict(good=False)


def _decoy(parameters: argon2.Parameters) -> str:
    """A hash that no password has, and that takes as much work as any."""
    salt, tag = (
        base64.b64encode(secrets.token_bytes(length)).rstrip(b"=").decode()
        for length in (parameters.salt_len, parameters.hash_len)
    )
    cost = f"m={parameters.memory_cost},t={parameters.time_cost},p={parameters.parallelism}"
    return f"$argon2id$v={parameters.version}${cost}${salt}${tag}"
