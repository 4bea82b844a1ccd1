"""Who speaks, in which session, for which customer."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

import attrs

from smarthealth.conversation.application import Principal

APPLICATION: Final = "support"
SESSIONS: Final = UUID("3f0c5f55-0c5e-4b0b-9a53-7f3a3d1f8a11")
"""Namespace of sessions whose names are no UUIDs."""


@attrs.frozen(kw_only=True)
class Caller:
    """Who speaks, in which session, for which customer."""

    user_id: int
    name: str
    address: str | None
    connection_id: str
    session_name: str
    """As the client calls the session."""
    customer: str | None = None
    """As the client calls the customer; None for the user's own, or the session's."""

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


def name_of(principal: Principal) -> str:
    """What somebody is called."""
    return principal.name or principal.email or str(principal.user_id)
