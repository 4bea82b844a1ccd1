"""What the runtime reports about itself: ends, dead letters, and the events an observer may follow."""

from __future__ import annotations

import enum

import attrs


class EndReason(enum.Enum):
    """How an actor ended."""

    FINISHED = "finished"
    """By itself: a service returned, an actor called `Context.finish`, a significant child ended."""
    STOPPED = "stopped"
    """Because it was asked to."""
    KILLED = "killed"
    """It was asked to stop, did not within its time, and was cancelled."""
    FAILED = "failed"
    """Its code raised, or it did not start in time."""


@attrs.frozen(kw_only=True)
class Down:
    """The end of an actor that will not come back."""

    path: str
    reason: EndReason
    error: BaseException | None = None
    """What it failed with."""


class DeadLetterReason(enum.Enum):
    """Why a message was not handled, or a reply not delivered."""

    STOPPED = "stopped"
    """The receiver had stopped, or stopped before the message's turn came."""
    NO_MAILBOX = "no_mailbox"
    """The receiver is a service or a supervisor."""
    FULL = "full"
    """The mailbox was full and refused it."""
    DROPPED = "dropped"
    """The mailbox was full and dropped it."""
    SUPERSEDED = "superseded"
    """A later message of the same key took its place."""
    CYCLE = "cycle"
    """Waiting for room would have waited for itself."""
    EXPIRED = "expired"
    """A request whose asker had gone before its turn came."""
    LATE_REPLY = "late_reply"
    """A reply whose asker had gone."""
    UNCLAIMED_ERROR = "unclaimed_error"
    """A request's declared error, when the request was told, not asked."""


@attrs.frozen(kw_only=True)
class ChildStarted:
    """A child is ready."""

    path: str
    restarts: int
    """How often it has been started again before."""


@attrs.frozen(kw_only=True)
class ChildFailed:
    """A child's code raised. This is the one report of a crash."""

    path: str
    error: BaseException
    restart_in: float | None
    """Seconds until it is started again; None when it is not."""


@attrs.frozen(kw_only=True)
class ChildEnded:
    """A child has ended for good."""

    path: str
    reason: EndReason


@attrs.frozen(kw_only=True)
class DeadLetter:
    """A message was not handled, or a reply not delivered."""

    path: str
    """Path of the receiver."""
    reason: DeadLetterReason
    message_type: str
    """Class name of the message; its content is not reported."""


@attrs.frozen(kw_only=True)
class TaskStuck:
    """A task was cancelled and does not end: it shields itself, or its thread cannot be cancelled."""

    path: str
    stack: str
    """Where it stands, as a traceback prints it."""


RuntimeEvent = ChildStarted | ChildFailed | ChildEnded | DeadLetter | TaskStuck


class Instrument:
    """Base class for those who want to be told; override what you need.

    Methods are called in the middle of the runtime's work: they return at once and do not call back into it. One that
    raises is taken off.
    """

    __slots__ = ()

    def on_event(self, event: RuntimeEvent) -> None:
        """Hear of an event."""
