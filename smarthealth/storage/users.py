"""Who may use the server."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final, Literal

import attrs

from .errors import Conflict, StorageError
from .pool import Pool

Role = Literal["clinician", "patient", "admin"]

_COLUMNS: Final = "id, email, full_name, role, password_hash, created_at, disabled_at"


class EmailTaken(StorageError):
    """A user with this address exists already."""


@attrs.frozen(kw_only=True)
class User:
    """A person who can sign in."""

    id: int
    email: str
    """In lower case."""
    full_name: str
    role: Role
    password_hash: str = attrs.field(repr=False)
    created_at: datetime
    disabled_at: datetime | None
    """When the user was shut out, None for a user in good standing."""


class Users:
    """The users in the database; addresses are compared without regard to case."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def add(self, *, email: str, full_name: str, role: Role, password_hash: str) -> User:
        """Add a user.

        Raises:
            EmailTaken: The address has a user already, disabled or not.
            InvalidData: The address has no `@`, or the name is empty.
            StorageError: The database failed.
        """
        try:
            user = await self._pool.fetch_one_as(
                User,
                "insert into app_user (email, full_name, role, password_hash) values (lower(%s), %s, %s, %s)"
                f" returning {_COLUMNS}",
                [email.strip(), full_name.strip(), role, password_hash],
            )
        except Conflict as error:
            raise EmailTaken("a user with this address exists") from error
        assert user is not None  # "returning" of one inserted row
        return user

    async def find_by_email(self, email: str) -> User | None:
        """The user with this address, disabled or not; None for any text that is nobody's address.

        Raises:
            StorageError: The database failed.
        """
        address = email.strip()
        if not address.isprintable():  # NUL and lone surrogates among others, which no parameter can hold
            return None
        return await self._pool.fetch_one_as(
            User, f"select {_COLUMNS} from app_user where email = lower(%s)", [address]
        )

    async def find(self, user_id: int) -> User | None:
        """The user with this number, disabled or not.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.fetch_one_as(User, f"select {_COLUMNS} from app_user where id = %s", [user_id])

    async def find_all(self, user_ids: Collection[int]) -> dict[int, User]:
        """The users with these numbers, disabled or not, by number; a number that is nobody's is left out.

        Raises:
            StorageError: The database failed.
        """
        sql = f"select {_COLUMNS} from app_user where id = any(%s)"
        return {user.id: user for user in await self._pool.fetch_as(User, sql, [list(user_ids)])}

    async def list(self) -> list[User]:
        """All users, in the order of their addresses.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.fetch_as(User, f"select {_COLUMNS} from app_user order by email")

    async def disable(self, email: str) -> bool:
        """Shut a user out; the row stays.

        Returns:
            False when no user has this address.

        Raises:
            StorageError: The database failed.
        """
        sql = "update app_user set disabled_at = coalesce(disabled_at, now()) where email = lower(%s)"
        return await self._pool.execute(sql, [email.strip()]) == 1

    async def set_password_hash(self, user_id: int, password_hash: str) -> None:
        """Replace a user's password hash.

        Raises:
            StorageError: The database failed.
        """
        await self._pool.execute("update app_user set password_hash = %s where id = %s", [password_hash, user_id])
