"""Frames that many connections get: encoded once, held once, read by each connection at its own pace."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class Feed(Protocol):
    """One connection's view of what others publish.

    Its outbox reads it when it has sent everything of its own, so a feed holds nothing for a connection that is slow but the
    place where that stopped reading.
    """

    def __len__(self) -> int:
        """Frames that wait, those included that this connection will not be given."""
        ...

    @property
    def oldest(self) -> float | None:
        """When the frame waiting longest came; None when none waits, minus infinity when frames were lost."""
        ...

    @property
    def busy(self) -> bool:
        """Whether something goes on that will publish more soon: then its connection is not idle, nor done when draining."""
        ...

    def go_away(self) -> None:
        """The server is going away: what is going on ends, and its end is still waited for."""
        ...

    def take(self, max_bytes: int) -> Sequence[str]:
        """The next frames, at least one when one is to be had, else about as many as fit."""
        ...
