"""What one writes and holds: actors, their context, specifications of children, references to supervisors."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Collection
from functools import partial
from math import inf
from typing import Any, Generic, Protocol, TypeVar, cast

import attrs
import trio
from attrs.validators import ge, gt

from .cell import Cell
from .host import Gauge, Host
from .keyed_timers import KeyedTimers
from .policy import DEFAULT_BACKOFF, DEFAULT_MAILBOX, Backoff, Mailbox, Restart, Strategy
from .refs import ActorRef
from .registry import Registry, registry_of
from .snapshot import Kind

M = TypeVar("M")

STARTS = (
    "a class of actors, a callable without arguments that makes an actor, an async callable that takes a Context, "
    "a Supervisor, or a DynamicSupervisor"
)
"""What a child may be started with, in words."""


class SupervisorPort(Protocol):
    """What the cell of a supervisor offers to a reference."""

    @property
    def path(self) -> str:
        """The path of the supervisor."""

    def adopt(self, spec: ChildSpec) -> Cell:
        """Take in a child, which is not started yet."""

    def child(self, name: str) -> Cell | None:
        """The child of that name, if there is one."""

    def all_children(self) -> Collection[Cell]:
        """The children, in the order of their starts."""

    def start_adopted(self, child: Cell) -> None:
        """Start an adopted child, now or when what is under way is done."""

    async def start(self, child: Cell) -> None:
        """Start an adopted child and wait until it is ready."""


class SupervisorRef(ActorRef[Any]):
    """The address of a supervisor."""

    __slots__ = ("_supervisor",)

    def __init__(self, cell: Cell, supervisor: SupervisorPort) -> None:
        super().__init__(cell)
        self._supervisor = supervisor

    async def start_child(self, spec: ChildSpec) -> ActorRef[Any]:
        """Start a child and wait until it is ready.

        Raises:
            ActorFailed: It failed to start; it leaves no trace. The error is the cause.
            ActorStopped: The supervisor is not running, or the child was stopped before it was ready: by somebody, or
                because its group failed four times while it waited for its turn; what failed last is the cause then.
            NameTaken: The supervisor has a child of that name.
            SupervisorFull: A dynamic supervisor has as many children as it may.

        Cancellation: The child is stopped, and its end waited for.
        """
        child = self._supervisor.adopt(spec)
        await self._supervisor.start(child)
        return make_ref(child)

    def start_child_nowait(self, spec: ChildSpec) -> ActorRef[Any]:
        """Start a child and do not wait until it is ready; what is sent to it meanwhile waits in its mailbox.

        For many short-lived children at a time: each waited for costs a turn of the loop. A start that fails leaves no trace:
        an event tells of it, monitors hear of the end with its error, and asks in the mailbox get `ActorStopped`.

        Raises:
            ActorStopped: The supervisor is not running.
            NameTaken: The supervisor has a child of that name.
            SupervisorFull: A dynamic supervisor has as many children as it may.
        """
        child = self._supervisor.adopt(spec)
        self._supervisor.start_adopted(child)
        return make_ref(child)

    async def start_supervisor(self, spec: ChildSpec) -> SupervisorRef:
        """The same as `start_child` for a child that is a supervisor, with the type that is due."""
        if not isinstance(spec.start, (Supervisor, DynamicSupervisor)):
            raise TypeError(f"child {spec.name!r} is no supervisor")
        ref = await self.start_child(spec)
        assert isinstance(ref, SupervisorRef)
        return ref

    def child(self, name: str) -> ActorRef[Any] | None:
        """The child of that name, if there is one."""
        child = self._supervisor.child(name)
        return None if child is None else make_ref(child)

    def children(self) -> tuple[ActorRef[Any], ...]:
        """All children, in the order of their starts."""
        return tuple(make_ref(child) for child in self._supervisor.all_children())


def make_ref(cell: Cell) -> ActorRef[Any]:
    """The reference that fits the cell."""
    if cell.kind in (Kind.SUPERVISOR, Kind.DYNAMIC_SUPERVISOR):
        return SupervisorRef(cell, cast("SupervisorPort", cell))
    return ActorRef(cell)


class Context:
    """An actor's or a service's view of its place in the tree."""

    __slots__ = ("_cell", "_host")

    def __init__(self, cell: Cell, host: Host) -> None:
        self._cell = cell
        self._host = host

    @property
    def path(self) -> str:
        """Names from the system down to this actor, joined by slashes."""
        return self._cell.path

    @property
    def name(self) -> str:
        """Its name among its siblings."""
        return self._cell.name

    @property
    def restarts(self) -> int:
        """How often it has been started again; 0 in its first incarnation."""
        return self._cell.restarts

    @property
    def self_ref(self) -> ActorRef[Any]:
        """The reference others may hold of it."""
        return make_ref(self._cell)

    @property
    def parent(self) -> SupervisorRef:
        """Its supervisor; `context.parent.child("outbox")` finds a sibling."""
        parent = make_ref(self._cell.parent)  # type: ignore[arg-type]  # the parent of an actor is a supervisor's cell
        assert isinstance(parent, SupervisorRef)
        return parent

    @property
    def system(self) -> SupervisorRef:
        """The topmost supervisor, for a snapshot of the whole tree or to stop it all."""
        at = self._cell
        while isinstance(at.parent, Cell):
            at = at.parent
        system = make_ref(at)
        assert isinstance(system, SupervisorRef)
        return system

    @property
    def stopping(self) -> trio.Event:
        """Set when the actor is asked to stop.

        A service that has looked at this is given its `stop_timeout` to end by itself; one that never has is cancelled
        at once.
        """
        return self._host.stopping

    def started(self) -> None:
        """Say, in a service, that it is ready; its supervisor waits for this before it starts the next child."""
        self._host.started()

    def finish(self) -> None:
        """End, in an actor, after the current message, as a service does that returns; restart types apply."""
        self._host.finish()

    def wake(self) -> None:
        """Have a service called again that has returned `Asleep`, or is about to."""
        self._host.wake()

    @property
    def timers(self) -> KeyedTimers:
        """Timers of this incarnation of an actor, by key: messages to itself, once or periodically."""
        return self._host.own_timers()

    @property
    def deadline(self) -> float:
        """When the asker of the request in hand gives up, on Trio's clock; infinity while there is none.

        Its `timeout` or the deadline of its cancel scopes, whichever comes first; once it has given up, the time when it did.

        Asks that the actor makes meanwhile, without a timeout of their own, end then too. For other work:
        `with trio.CancelScope(deadline=self.context.deadline): ...`.
        """
        return self._host.asked_until

    @property
    def registry(self) -> Registry:
        """The names under which actors of this system can be found."""
        return registry_of(self._cell.core)

    def stash(self) -> None:
        """Set the message in hand aside, from within an actor's `handle`; what that returns is then no reply.

        Messages set aside keep their order, requests their deadlines. At a crash they go back to the mailbox, before all
        others, for the next incarnation; when the actor stops for good, they are lost as the mailbox is.

        Raises:
            StashFull: The actor has set aside `ChildSpec.stash_capacity` messages; catch it to refuse this one, else it is
                a crash like any other.
            RuntimeError: There is no message in hand.
        """
        self._host.stash()

    def unstash_all(self) -> int:
        """Handle next all messages that were set aside before this one, in their order; gives their number."""
        return self._host.unstash_all()

    def add_gauge(self, gauge: Gauge) -> None:
        """Show tasks of this actor, such as a pipeline's stages, in snapshots; called when one is taken."""
        if self._host.gauges is None:
            self._host.gauges = []
        self._host.gauges.append(gauge)

    def remove_gauge(self, gauge: Gauge) -> None:
        """Show them no longer."""
        if self._host.gauges is not None:
            self._host.gauges.remove(gauge)


class Actor(Generic[M]):
    """One thing at a time, for messages of type `M`. Subclass it."""

    __slots__ = ("context",)

    context: Context
    """Set before `started` is called; not there yet in `__init__`."""

    async def started(self) -> None:
        """Get ready. Siblings that start later wait for this; an error here is a failed start, without `stopped`."""

    async def handle(self, message: M) -> object:
        """Handle a message; what is returned is the reply, if a reply is wanted."""
        raise NotImplementedError

    def get_state(self) -> object:
        """What `ActorRef.get_state` shows of this actor, between two messages: by default, its attributes by name."""
        slots = [getattr(kind, "__slots__", ()) for kind in type(self).__mro__]
        names = {name for part in slots for name in ((part,) if isinstance(part, str) else part)} | {
            *getattr(self, "__dict__", ())
        }
        return {name: getattr(self, name) for name in sorted(names - {"context"}) if hasattr(self, name)}

    async def stopped(self) -> None:
        """Clean up.

        Called once after every `started` that returned, however the incarnation ended; shielded from cancellation for
        the child's `stop_timeout`.
        """


@attrs.frozen
class Asleep:
    """What a service returns that has not finished, but has nothing to do.

    It keeps its place in the tree, and is called again when it is woken; meanwhile it has no task, whose three kilobytes
    count where there are thousands of them.
    """

    until: float = inf
    """When it is woken at the latest, on Trio's clock."""


Service = Callable[[Context], Awaitable[Asleep | None]]
"""A plain async callable as a child. It says `context.started()` when it is ready and runs until it has finished."""


@attrs.frozen(kw_only=True)
class Supervisor:
    """Children that are started in order and stopped in reverse, one by one."""

    children: tuple[ChildSpec, ...] = ()
    """The first is started first."""
    strategy: Strategy = Strategy.ONE_FOR_ONE
    """Which of them are restarted when one is."""
    intensity: int = attrs.field(default=3, validator=ge(0))
    """Restarts within `period` that are borne; one more and the supervisor fails."""
    period: float = attrs.field(default=5.0, validator=gt(0.0))
    """Seconds."""
    backoff: Backoff = DEFAULT_BACKOFF
    """How long to wait before a restart."""

    def __attrs_post_init__(self) -> None:
        names = [child.name for child in self.children]
        if len(set(names)) < len(names):
            raise ValueError(f"two children of one name: {sorted(names)}")


@attrs.frozen(kw_only=True)
class DynamicSupervisor:
    """Children that come and go, up to a limit; they are stopped all at once."""

    max_children: int = attrs.field(validator=ge(1))
    """Most children at a time."""
    intensity: int = attrs.field(default=3, validator=ge(0))
    """Restarts of all children within `period` that are borne; children are temporary unless they say otherwise."""
    period: float = attrs.field(default=5.0, validator=gt(0.0))
    """Seconds."""
    backoff: Backoff = DEFAULT_BACKOFF
    """How long to wait before a restart."""


@attrs.frozen(kw_only=True)
class ChildSpec:
    """How to start a child and how to look after it."""

    name: str
    """Its name among its siblings, and the last part of its path; without slashes."""
    start: Callable[[], Actor[Any]] | Service | Supervisor | DynamicSupervisor
    """Makes the actor (a class, or any callable without arguments), or is the service (an async callable that takes a
    `Context`; give it more with `functools.partial`), or is a supervisor with children of its own."""
    restart: Restart | None = None
    """None is `PERMANENT` in a `Supervisor`, `TEMPORARY` in a `DynamicSupervisor`."""
    significant: bool = False
    """When this child ends and is not to be restarted, its supervisor stops the others and ends too, as finished. For
    transient and temporary children."""
    mailbox: Mailbox = DEFAULT_MAILBOX
    """For actors."""
    drain: bool = False
    """Whether an actor that is stopped handles first what is queued, within `stop_timeout`."""
    stash_capacity: int = 64
    """Messages that an actor may set aside at a time, 0 or more; one more is `StashFull`."""
    start_timeout: float = 30.0
    """Seconds, more than 0, until the start of an actor or service has failed. Supervisors take as long as their children may."""
    stop_timeout: float | None = None
    """Seconds, 0 or more, to finish the message in hand, then again for `stopped`; what takes longer is cancelled. None is 5 s for
    actors and services. A supervisor has, by default, as long as its children may; a number here bounds all of them."""
    kind: Kind = attrs.field(init=False, eq=False, repr=False)
    """What the child will be, as `start` says."""

    def __attrs_post_init__(self) -> None:
        # By hand, since specifications are made for each child that comes and goes, and validators cost five times as much.
        if not self.name or "/" in self.name:
            raise ValueError(f"name must not be empty, nor hold slashes: {self.name!r}")
        kind = _kind_of(self.start)
        if kind is None:
            raise TypeError(f"child {self.name!r}: start must be {STARTS}; it is {self.start!r}")
        object.__setattr__(self, "kind", kind)
        if not self.stash_capacity >= 0:
            raise ValueError(f"stash_capacity must be >= 0: {self.stash_capacity}")
        if not self.start_timeout > 0.0:
            raise ValueError(f"start_timeout must be > 0.0: {self.start_timeout}")
        if self.stop_timeout is not None and not self.stop_timeout >= 0.0:
            raise ValueError(f"stop_timeout must be >= 0.0: {self.stop_timeout}")
        if self.significant and self.restart in (None, Restart.PERMANENT):
            raise ValueError(f"significant child {self.name!r} must be transient or temporary")


def _kind_of(start: object) -> Kind | None:
    """What it starts, None when certainly nothing; what a callable makes is seen when it is called."""
    if isinstance(start, type):  # what most are
        return Kind.ACTOR if issubclass(start, Actor) else None
    if isinstance(start, Supervisor):
        return Kind.SUPERVISOR
    if isinstance(start, DynamicSupervisor):
        return Kind.DYNAMIC_SUPERVISOR
    return _kind_of_callable(start) if callable(start) and not isinstance(start, Actor) else None


def _kind_of_callable(start: Callable[..., object]) -> Kind:
    while isinstance(start, partial):
        start = start.func
    if isinstance(start, type):  # five times as quick to see as that a function is no coroutine's
        return Kind.ACTOR
    is_async = inspect.iscoroutinefunction(start) or inspect.iscoroutinefunction(type(start).__call__)
    return Kind.SERVICE if is_async else Kind.ACTOR
