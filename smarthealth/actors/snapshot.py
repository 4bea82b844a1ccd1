"""A picture of the tree at one moment."""

from __future__ import annotations

import enum
from collections.abc import Iterator

import attrs

__all__ = [
    "ActorSnapshot",
    "Kind",
    "State",
    "TaskSnapshot",
    "WaitReason",
]


class Kind(enum.Enum):
    """What an actor is."""

    ACTOR = "actor"
    SERVICE = "service"
    SUPERVISOR = "supervisor"
    DYNAMIC_SUPERVISOR = "dynamic_supervisor"


class State(enum.Enum):
    """Where an actor is in its life."""

    WAITING = "waiting"
    """Not running: its turn to start has not come, or its restart is due later."""
    STARTING = "starting"
    RUNNING = "running"
    SUSPENDED = "suspended"
    """Running, but handles no messages until it is resumed."""
    STOPPING = "stopping"
    STUCK = "stuck"
    """Cancelled, and does not end."""
    STOPPED = "stopped"


class WaitReason(enum.Enum):
    """What an actor waits for another actor for."""

    REPLY = "reply"
    """It has asked."""
    ROOM = "room"
    """It tells, or publishes, and the mailbox is full."""
    START = "start"
    """The other must be ready first: it starts it, or comes after it."""
    STOP = "stop"
    """The other must have ended first."""


@attrs.frozen(kw_only=True)
class TaskSnapshot:
    """A task inside an actor: a stage of one of its pipelines."""

    name: str
    state: str
    """`waiting` for an item, `working` on one, `ended`."""
    handled: int
    """Items done."""


@attrs.frozen(kw_only=True)
class ActorSnapshot:
    """One actor and those below it."""

    path: str
    name: str
    kind: Kind
    state: State
    mailbox_depth: int
    """Messages that wait, those of blocked senders included."""
    mailbox_capacity: int | None
    """None for what has no mailbox."""
    restarts: int
    """How often it was started again."""
    last_failure: str | None
    """Class name of what it last failed with."""
    age: float
    """Seconds since this incarnation became ready; 0 before."""
    waiting_for: str | None
    """Path of the actor that it waits for; None when it waits for none."""
    waiting_why: WaitReason | None = None
    """What it waits for that actor for."""
    stashed: int = 0
    """Messages that it has set aside."""
    stack: str | None = None
    """Where its task stands, as a traceback prints it; None unless asked for, or when it has no task."""
    tasks: tuple[TaskSnapshot, ...] = ()
    children: tuple[ActorSnapshot, ...] = ()

    def walk(self) -> Iterator[ActorSnapshot]:
        """This one and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def walk_places(self, place: str | None = None) -> Iterator[tuple[str, ActorSnapshot]]:
        """This one and all below, each with its place: its path, in which children of dynamic supervisors are `*`.

        Args:
            place: That of this one; None is its path.
        """
        place = self.path if place is None else place
        yield place, self
        for child in self.children:
            name = "*" if self.kind is Kind.DYNAMIC_SUPERVISOR else child.name
            yield from child.walk_places(f"{place}/{name}")
