"""What the runtime reports about itself: ends, dead letters, and the events an observer may follow."""

from __future__ import annotations

import enum
from typing import Protocol

import attrs

__all__ = [
    "ActorResumed",
    "ActorSuspended",
    "ChildEnded",
    "ChildFailed",
    "ChildStarted",
    "DeadLetter",
    "DeadLetterReason",
    "Down",
    "EndReason",
    "Instrument",
    "MessageInstrument",
    "Outcome",
    "Receiver",
    "RuntimeEvent",
    "TaskStuck",
]


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
    NO_KEY = "no_key"
    """The key function of a mailbox that keeps the latest of each key failed."""
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


@attrs.frozen(kw_only=True)
class ActorSuspended:
    """An actor handles no messages until it is resumed."""

    path: str


@attrs.frozen(kw_only=True)
class ActorResumed:
    """A suspended actor handles messages again."""

    path: str


RuntimeEvent = ChildStarted | ChildFailed | ChildEnded | DeadLetter | TaskStuck | ActorSuspended | ActorResumed


class Instrument:
    """Base class for those who want to be told; override what you need.

    Methods are called in the middle of the runtime's work: they return at once and do not call back into it. One that
    raises is taken off.
    """

    __slots__ = ()

    def on_event(self, event: RuntimeEvent) -> None:
        """Hear of an event."""


class Outcome(enum.Enum):
    """What became of a message that was handled."""

    DONE = "done"
    """Handled; a request has its reply."""
    DECLARED_ERROR = "declared_error"
    """A request's handler raised an error that the request declares."""
    FAILED = "failed"
    """The handler raised, and the incarnation ends."""
    CUT = "cut"
    """The handler was cancelled, as it took longer than the stop allows, or ran into the deadline of an asker who has gone."""
    STASHED = "stashed"
    """Set aside; it will be handled again, or lost."""


class Receiver(Protocol):
    """The actor that a message is sent to, as an instrument sees it."""

    @property
    def path(self) -> str:
        """Names from the system down to the actor."""

    @property
    def pattern(self) -> str:
        """The same with `*` for children of dynamic supervisors: as many as the program has places, not visitors."""


class MessageInstrument(Instrument):
    """Base class for those who follow each message; override what you need.

    It must be given to `open_system`. While none is, messages are not wrapped and nothing of this is called. For all that is
    sent to mailboxes, what was sent is what was handled (but not set aside), lost (`DeadLetter`, but for late replies and
    unclaimed errors), or withdrawn.
    """

    __slots__ = ()

    def on_send(self, receiver: Receiver, message: object) -> object:
        """A message is sent, in its sender's task; what is returned goes with it as its token."""
        return None

    def on_withdrawn(self, receiver: Receiver, message: object, token: object) -> None:
        """The sender was cancelled while it waited for room: the message was not sent after all."""

    def on_handle(self, receiver: Receiver, message: object, token: object) -> object:
        """The actor begins to handle a message, in its own task; what is returned is given to `on_handled`.

        The token of a timer's message is None.
        """
        return None

    def on_handled(
        self, receiver: Receiver, message: object, state: object, outcome: Outcome, error: BaseException | None
    ) -> None:
        """The actor has handled it; the error is None when there was none."""

    def on_ask_over(self, receiver: Receiver, request: object, token: object, error: BaseException | None) -> None:
        """An ask that was sent is over, in the asker's task: with a reply, or with what the asker's `ask` raises."""
