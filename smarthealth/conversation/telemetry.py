"""What the engine and the applications tell whoever measures them."""

from __future__ import annotations

from typing import Protocol


class Telemetry(Protocol):
    """A listener to counts and durations; every method is called on the event loop and must return at once."""

    def connection_opened(self, application: str) -> None:
        """A connection was accepted."""
        ...

    def connection_closed(self, application: str, code: int) -> None:
        """A connection ended with this close code, the server's or the client's."""
        ...

    def turn_started(self, application: str) -> None:
        """A turn began to work."""
        ...

    def turn_finished(self, application: str, outcome: str, seconds: float) -> None:
        """A turn ended: `finished`, or the lower-case name of its `TurnEnd`."""
        ...

    def stage_finished(self, application: str, stage: str, seconds: float) -> None:
        """A stage of a turn did its work."""
        ...

    def first_token(self, application: str, seconds: float) -> None:
        """The first token of an answer was queued, so long after its turn began."""
        ...

    def tokens(self, application: str, count: int) -> None:
        """An answer of so many tokens is whole."""
        ...

    def error(self, application: str, code: str) -> None:
        """An error of the protocol was sent to a client."""
        ...


class NullTelemetry:
    """Hears everything and keeps nothing."""

    def connection_opened(self, application: str) -> None:
        """Do nothing."""

    def connection_closed(self, application: str, code: int) -> None:
        """Do nothing."""

    def turn_started(self, application: str) -> None:
        """Do nothing."""

    def turn_finished(self, application: str, outcome: str, seconds: float) -> None:
        """Do nothing."""

    def stage_finished(self, application: str, stage: str, seconds: float) -> None:
        """Do nothing."""

    def first_token(self, application: str, seconds: float) -> None:
        """Do nothing."""

    def tokens(self, application: str, count: int) -> None:
        """Do nothing."""

    def error(self, application: str, code: str) -> None:
        """Do nothing."""
