"""What people told of their health: JSON objects, whose meaning is the application's."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from .pool import Pool

# as text: what is stored is decoded by the application, with its own rules
_OF_USER: Final = "select profile::text from health_profile where user_id = %s"
_OF_SESSION: Final = "select profile::text from session_profile where session_id = %s"

_SAVE_USER: Final = """
insert into health_profile (user_id, profile) values (%s, %s::jsonb)
on conflict (user_id) do update set profile = excluded.profile, updated_at = now()
"""
_SAVE_SESSION: Final = """
insert into session_profile (session_id, profile) values (%s, %s::jsonb)
on conflict (session_id) do update set profile = excluded.profile, updated_at = now()
"""


class Profiles:
    """The profiles in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_user(self, user_id: int) -> str | None:
        """A user's profile as JSON text, None when nothing was told.

        Raises:
            StorageError: The database failed.
        """
        return _text(await self._pool.fetch_one(_OF_USER, [user_id]))

    async def of_session(self, session_id: UUID) -> str | None:
        """What was told in one session, as JSON text, None when nothing was.

        Raises:
            StorageError: The database failed.
        """
        return _text(await self._pool.fetch_one(_OF_SESSION, [session_id]))

    async def save_of_user(self, user_id: int, profile: str) -> None:
        """Replace a user's profile.

        Args:
            user_id: Whose.
            profile: A JSON object as text.

        Raises:
            InvalidData: The text is no JSON object.
            StorageError: The database failed.
        """
        await self._pool.execute(_SAVE_USER, [user_id, profile])

    async def save_of_session(self, session_id: UUID, profile: str) -> None:
        """Replace what was told in a session, which the caller has opened.

        Raises:
            InvalidData: The text is no JSON object.
            Conflict: There is no such session.
            StorageError: The database failed.
        """
        await self._pool.execute(_SAVE_SESSION, [session_id, profile])


def _text(row: tuple[object, ...] | None) -> str | None:
    return None if row is None else str(row[0])
