"""What a message may be wrapped in while it is queued; most are queued bare."""

from __future__ import annotations

from .asking import Ask


class Envelope:
    """A told message with the tokens that instruments gave it when it was sent."""

    __slots__ = ("message", "token")

    def __init__(self, message: object, token: tuple[object, ...] | None) -> None:
        self.message = message
        self.token = token


class Tick:
    """A timer's message on its way to the timer's own actor.

    It is queued once at most: a timer that fires again before its actor has come to it adds nothing.
    """

    __slots__ = ("live", "message", "queued")

    def __init__(self, message: object) -> None:
        self.message = message
        self.live = True
        """False once the timer was cancelled or replaced, or its incarnation is ending: what is queued is void."""
        self.queued = False

    def taken(self) -> bool:
        """Its turn has come; False when it is void."""
        self.queued = False
        return self.live


def content(queued: object) -> object:
    """The message itself."""
    if isinstance(queued, Ask):
        return queued.request
    if isinstance(queued, (Envelope, Tick)):
        return queued.message
    return queued
