"""Who speaks, in which session."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

import attrs

SESSIONS: Final = UUID("5f0c2c6e-93f0-4d8b-9d53-6a0f3f1f7b52")
"""Namespace of sessions whose names are no UUIDs."""


@attrs.frozen(kw_only=True)
class Caller:
    """Who speaks, in which session, and about whose health."""

    user_id: int | None
    """None when nobody signed in."""
    subject: int | None
    """The user whose stored profile is read; None on the endpoint that names none."""
    address: str | None
    connection_id: str
    session_name: str
    """As the client calls the session."""

    @property
    def session_id(self) -> UUID:
        """The session, as the database calls it."""
        try:
            return UUID(self.session_name)
        except ValueError:
            return uuid5(SESSIONS, self.session_name)

    @property
    def key(self) -> str:
        """A user's session: what may be busy."""
        return f"{self.user_id}/{self.session_id}"
