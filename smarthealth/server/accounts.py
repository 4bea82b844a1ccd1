"""Whether whoever a token names may still come in.

A token is good until it expires; its user may be disabled before. So the database is asked when a token is used, and every now
and then about all who are connected. What the database says of a known user's role counts, not what an older token says. A
user whom the database does not know is as the token says: a trusted key may belong to an issuer with users of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Protocol

import attrs
import structlog
import trio

from smarthealth.conversation.application import Principal
from smarthealth.storage.errors import StorageError
from smarthealth.storage.users import User

from .errors import unauthorised, unavailable
from .tokens import BadToken, Tokens
from .user_lookups import UserLookups

log = structlog.get_logger()

DISABLED_CODE = 4401
DISABLED_REASON = "account disabled"
CLOSE_LIMIT = 5.0
"""Seconds to tell one connection that its user is disabled."""

Close = Callable[[int, str], Awaitable[None]]


class UserDirectory(Protocol):
    """Knows users: `storage.users.Users`."""

    async def find_all(self, user_ids: Collection[int]) -> Mapping[int, User]:
        """The users with these numbers, disabled or not; a number that is nobody's is left out."""
        ...

    async def find_by_email(self, email: str) -> User | None:
        """The user with this address, disabled or not."""
        ...

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace a user's password hash."""
        ...


class Accounts:
    """Turns tokens into principals, and keeps an eye on those who are connected."""

    def __init__(self, tokens: Tokens, users: UserDirectory) -> None:
        self._tokens = tokens
        self._users = users
        self._lookups = UserLookups(users.find_all)
        self._connected: defaultdict[int, set[Close]] = defaultdict(set)

    async def recognise(self, token: str) -> Principal:
        """Who a token names.

        Raises:
            Refused: 401 for a bad token and for a disabled user, 503 when the database does not answer.
        """
        try:
            principal = self._tokens.check(token)
        except BadToken:
            raise unauthorised() from None
        user = await self._find(principal.user_id)
        if user is None:
            return principal
        if user.disabled_at is not None:
            raise unauthorised()
        return attrs.evolve(principal, role=user.role, email=user.email, name=user.full_name)

    def connected(self, user_id: int, close: Close) -> None:
        """A user's connection is open; `close` is called with a code and a reason if the user is disabled."""
        self._connected[user_id].add(close)

    def disconnected(self, user_id: int, close: Close) -> None:
        """It is open no more."""
        closers = self._connected[user_id]
        closers.discard(close)
        if not closers:
            del self._connected[user_id]

    async def watch(self, interval: float) -> None:
        """Look at all connected users again and again, and close the connections of disabled ones; never returns."""
        while True:
            await trio.sleep(interval)
            try:
                users = await self._users.find_all(tuple(self._connected)) if self._connected else {}
            except StorageError:
                continue  # nothing is known now; the next look will tell
            for user in users.values():
                if user.disabled_at is not None:
                    await self._cut_off(user.id)

    async def _cut_off(self, user_id: int) -> None:
        closers = tuple(self._connected.get(user_id, ()))
        log.info("disabled_user_cut_off", user_id=user_id, connections=len(closers))
        with trio.move_on_after(CLOSE_LIMIT):
            async with trio.open_nursery() as nursery:
                for close in closers:
                    nursery.start_soon(close, DISABLED_CODE, DISABLED_REASON)

    async def _find(self, user_id: int) -> User | None:
        try:
            return await self._lookups.find(user_id)
        except StorageError as error:
            log.warning("accounts_unavailable", error=type(error).__name__)
            raise unavailable("UNAVAILABLE") from None


async def principal_of(accounts: Accounts, token: str | None) -> Principal:
    """Who is asking, where somebody must be.

    Raises:
        Refused: Nobody is, or see `Accounts.recognise`.
    """
    if token is None:
        raise unauthorised()
    return await accounts.recognise(token)
