"""How many people are connected."""

from __future__ import annotations

import attrs


@attrs.define(eq=False)
class Presence:
    """Counts the open connections of the application."""

    connections: int = 0
    """Now."""

    def enter(self) -> None:
        """One more."""
        self.connections += 1

    def leave(self) -> None:
        """One less."""
        self.connections -= 1
