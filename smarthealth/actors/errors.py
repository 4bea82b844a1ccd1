"""Errors of the runtime.

::

    ActorError
    ├─ ActorFailed       the actor's code raised; its error is `__cause__`
    ├─ ActorStopped      it has stopped, is stopping, or takes no messages
    ├─ AskTimeout        no reply came in time
    ├─ AskCycle          the reply could only come after itself
    ├─ MailboxFull       the receiver's mailbox refused the request
    ├─ NameTaken         a sibling, or another actor in the registry, has that name
    ├─ StashFull         an actor has set aside as many messages as it may
    ├─ SupervisorFull    a dynamic supervisor has as many children as it may
    ├─ TopicFull         a topic has as many subscribers as it may
    ├─ StageTimeout      a pipeline's stage spent too long on one item
    └─ SupervisionError  a supervisor gave up; what it could not mend are `causes`
"""

from __future__ import annotations

import trio

__all__ = [
    "ActorError",
    "ActorFailed",
    "ActorStopped",
    "AskCycle",
    "AskTimeout",
    "MailboxFull",
    "NameTaken",
    "StageTimeout",
    "StashFull",
    "SupervisionError",
    "SupervisorFull",
    "TopicFull",
]


def first_leaf(group: BaseExceptionGroup[BaseException]) -> BaseException | None:
    """The first error in a group, however deep, that is not a cancellation."""
    for error in group.exceptions:
        leaf = first_leaf(error) if isinstance(error, BaseExceptionGroup) else error
        if leaf is not None and not isinstance(leaf, trio.Cancelled):
            return leaf
    return None


def fatal_part(error: BaseException) -> BaseException | None:
    """What is no failure of an actor: `KeyboardInterrupt`, `SystemExit` and their like, alone or somewhere in a group.

    A cancellation that leaves an actor is stale, kept and raised again by its code, for its scope takes those of the runtime
    and shields from others: a failure like any other.
    """
    if isinstance(error, BaseExceptionGroup):
        parts = (fatal_part(member) for member in error.exceptions)
        return next((part for part in parts if part is not None), None)
    return None if isinstance(error, (Exception, trio.Cancelled)) else error


class ActorError(Exception):
    """Root of all errors raised by the runtime itself."""


class _AtPath(ActorError):
    """An error about the actor at `path`."""

    _text = "failed"

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} {self._text}")
        self.path = path
        """Path of the actor concerned."""


class ActorFailed(_AtPath):
    """The actor raised while it started or while it handled this request; `__cause__` is what it raised."""


class ActorStopped(_AtPath):
    """The actor has stopped, is about to, or takes no messages at all."""

    _text = "has stopped"


class AskTimeout(ActorError):
    """No reply came in time; a reply that comes later is dropped and counted."""

    def __init__(self, path: str, timeout: float, *, inherited: bool = False) -> None:
        super().__init__(f"{path} did not reply within {timeout:g} s")
        self.path = path
        """Path of the actor asked."""
        self.timeout = timeout
        """Seconds allowed."""
        self.inherited = inherited
        """Whether the deadline was that of the request which the asker had in hand."""


class AskCycle(ActorError):
    """The actor asked waits, directly or through others, for the asker."""

    def __init__(self, paths: tuple[str, ...]) -> None:
        super().__init__("actors would wait for each other: " + " → ".join(paths))
        self.paths = paths
        """The circle, from the asker back to itself."""


class MailboxFull(_AtPath):
    """The mailbox was full and its overflow policy refused or shed this request."""

    _text = "has a full mailbox"


class NameTaken(_AtPath):
    """A child, or an entry in the registry, of that name exists."""

    _text = "exists already"


class StashFull(ActorError):
    """An actor has set aside as many messages as it may."""

    def __init__(self, path: str, capacity: int) -> None:
        super().__init__(f"{path} has set aside {capacity} messages, its most")
        self.path = path
        """Path of the actor."""
        self.capacity = capacity
        """Its limit."""


class TopicFull(ActorError):
    """A topic has as many subscribers as it may."""

    def __init__(self, max_subscribers: int) -> None:
        super().__init__(f"the topic has {max_subscribers} subscribers, its most")
        self.max_subscribers = max_subscribers
        """Its limit."""


class SupervisorFull(ActorError):
    """A dynamic supervisor has as many children as it may."""

    def __init__(self, path: str, max_children: int) -> None:
        super().__init__(f"{path} has {max_children} children, its most")
        self.path = path
        """Path of the supervisor."""
        self.max_children = max_children
        """Its limit."""


class StageTimeout(ActorError):
    """A stage of a pipeline spent longer on one item than it may."""

    def __init__(self, stage: str, timeout: float) -> None:
        super().__init__(f"stage {stage} took longer than {timeout:g} s")
        self.stage = stage
        """Name of the stage."""
        self.timeout = timeout
        """Seconds allowed for one item."""


class SupervisionError(ActorError):
    """A supervisor saw more failures than it may mend."""

    def __init__(self, path: str, causes: tuple[BaseException, ...]) -> None:
        names = ", ".join(type(cause).__name__ for cause in causes) or "its children ended too often"
        super().__init__(f"{path} gave up: {names}")
        self.path = path
        """Path of the supervisor that gave up."""
        self.causes = causes
        """The failures that led here, oldest first; those of a nested supervisor stand in its place."""
        self.__cause__ = causes[-1] if causes else None
