"""Who speaks, in which thread."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid5

import attrs

APPLICATION: Final = "taxi"
THREADS: Final = UUID("2b0d3c0e-6a3f-4d35-8f0a-3f5a1c8f2f6d")
"""Namespace of threads whose names are no UUIDs."""


@attrs.frozen(kw_only=True)
class Caller:
    """Who speaks, in which thread."""

    user_id: int | None
    """None when nobody signed in."""
    address: str | None
    connection_id: str
    thread_name: str
    """As the client calls the thread."""

    @property
    def thread_id(self) -> UUID:
        """The thread, as the database calls it."""
        try:
            return UUID(self.thread_name)
        except ValueError:
            return uuid5(THREADS, self.thread_name)

    @property
    def key(self) -> str:
        """A user's thread: what may be busy."""
        return f"{self.user_id}/{self.thread_id}"
