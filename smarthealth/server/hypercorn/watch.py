"""What the shell tells whoever counts."""

from __future__ import annotations

from typing import Protocol


class Watch(Protocol):
    """Somebody who wants to know how peers fare."""

    def cut(self, reason: str) -> None:
        """A peer was reset: `send timeout`, `ping timeout` or another word for it."""
        ...

    def refused(self) -> None:
        """A connection was one too many."""
        ...


class Unwatched:
    """Nobody wants to know."""

    def cut(self, reason: str) -> None:
        """Ignore it."""

    def refused(self) -> None:
        """Ignore it."""
