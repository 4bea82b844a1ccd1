"""The runtime's side of an actor: one cell per name in the tree, over all incarnations of the actor.

Theory of operation
-------------------
A cell is driven by synchronous calls only; each leaves the tree consistent, so that no two changes can interleave:

* down, from its supervisor: `launch` begins an incarnation, `halt` asks it to end, `cut` cancels it, `finalize` says
  that there will be no other;
* up, to its supervisor: `child_ready`, `child_ended` (exactly once per incarnation), `child_stuck`, `child_gone`
  (stopped while no incarnation was alive).

`live` is true from `launch` to `child_ended`. `final` is set when the cell was told to stop for good: its mailbox
refuses new messages, and its supervisor lets it go at its end. Only cells of actors and services have tasks of their
own; supervisors are machines that run inside these calls.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from math import inf
from typing import ClassVar, Protocol

import attrs
import trio

from .asking import Ask
from .core import Core
from .errors import ActorFailed, ActorStopped
from .events import ChildEnded, Down, EndReason
from .inbox import Inbox
from .policy import Restart
from .snapshot import ActorSnapshot, Kind, State, TaskSnapshot, WaitReason
from .starter import Starter
from .timers import Timer
from .waiting import Waiter


@attrs.frozen
class End:
    """How one incarnation ended."""

    reason: EndReason
    error: BaseException | None = None


FINISHED = End(EndReason.FINISHED)
STOPPED = End(EndReason.STOPPED)
KILLED = End(EndReason.KILLED)


class Parent(Protocol):
    """Who looks after a cell."""

    @property
    def path(self) -> str:
        """The path of the parent."""

    def child_ready(self, child: Cell) -> None:
        """The child has started."""

    def child_ended(self, child: Cell, end: End, *, asked: bool) -> None:
        """The child's incarnation has fully ended; `asked` if it was told to."""

    def child_stuck(self, child: Cell) -> None:
        """The child was cancelled and does not end."""

    def child_gone(self, child: Cell) -> None:
        """The child was told to stop while it was not running."""


class Cell:
    """What cells of all kinds have in common."""

    __slots__ = (
        "_end",
        "_ended",
        "_listeners",
        "adopted",
        "attempts",
        "core",
        "final",
        "halting",
        "inbox",
        "last_failure",
        "launches",
        "live",
        "name",
        "parent",
        "path",
        "restart",
        "significant",
        "since",
        "starter",
        "state",
        "timer",
        "waiting_for",
        "waiting_why",
    )

    kind: ClassVar[Kind]

    def __init__(self, core: Core, parent: Parent, name: str) -> None:
        self.core = core
        self.parent = parent
        self.name = name
        self.path = f"{parent.path}/{name}" if parent.path else name
        self.state = State.WAITING
        self.live = False
        self.halting = False
        self.final = False
        self.restart = Restart.PERMANENT
        self.significant = False
        self.adopted = False
        """Started on demand, so that the supervisor's next incarnation will know nothing of it."""
        self.launches = 0
        self.attempts = 0
        """Restarts in a row, without a stable run between them."""
        self.since: float | None = None
        """When this incarnation became ready."""
        self.last_failure: str | None = None
        self.inbox: Inbox | None = None
        self.starter: Starter | None = None
        self.timer: Timer | None = None
        """Whichever limit runs now: start, stop, clean-up or restart delay."""
        self.waiting_for: Waiter | None = None
        """Whom its own task waits for."""
        self.waiting_why = WaitReason.REPLY
        self._end: End | None = None
        self._ended: trio.Event | None = None
        self._listeners: list[Callable[[Down], object]] | None = None

    @property
    def restarts(self) -> int:
        """How often it was started again."""
        return max(0, self.launches - 1)

    @property
    def over(self) -> bool:
        """True when there will be no other incarnation."""
        return self._end is not None

    @property
    def pattern(self) -> str:
        """Its path, where a child of a dynamic supervisor is `*`."""
        if not isinstance(self.parent, Cell):
            return self.path
        return f"{self.parent.pattern}/{self.parent.label(self.name)}"

    def label(self, child: str) -> str:
        """The last part of a child's pattern."""
        return child

    # Down

    def launch(self) -> None:
        """Begin an incarnation."""
        if self.timer is not None:
            self.disarm()
        self.launches += 1
        self.live = True
        self.state = State.STARTING
        self.since = None
        self._begin()

    @abstractmethod
    def _begin(self) -> None:
        """Set the incarnation going."""

    @abstractmethod
    def _begin_halt(self) -> None:
        """Ask the incarnation to end."""

    @abstractmethod
    def cut(self, *, clean_up: bool) -> None:
        """Cancel the incarnation; its clean-up too if so told."""

    def halt(self, *, final: bool) -> None:
        """Ask the incarnation, which lives, to end; `final` when no other will follow."""
        if final and not self.final:
            self.final = True
            self._refuse()
        if not self.halting:
            self.halting = True
            if self.state is not State.STUCK:  # else it has been cancelled already
                self.state = State.STOPPING
                self._begin_halt()

    def stop(self) -> None:
        """Stop for good, in order."""
        if self.over:
            self.parent.child_gone(self)  # it had finished, and a restart of its group would start it again
        elif self.final:
            return
        elif self.live:
            self.halt(final=True)
        else:
            self.final = True
            self.parent.child_gone(self)

    def _refuse(self) -> None:
        """Take no new messages."""

    def finalize(self, end: End) -> None:
        """There will be no other incarnation: settle with everybody who waits."""
        if self._end is not None:
            return
        if self.timer is not None:
            self.disarm()
        self.final = True
        if not self.live:  # else it is stuck, and given up on
            self.state = State.STOPPED
        if self.inbox is not None:
            self.inbox.close()
        self._end = end
        if self.starter is not None:
            self.start_failed(end)
        if self._ended is not None:
            self._ended.set()
        if self._listeners is not None:
            listeners, self._listeners = self._listeners, None
            down = self._down(end)
            for listener in listeners:
                listener(down)
        if self.core.observed:
            self.core.emit(ChildEnded(path=self.path, reason=end.reason))

    def _down(self, end: End) -> Down:
        return Down(path=self.path, reason=end.reason, error=end.error)

    def revive(self) -> None:
        """Undo `finalize`: a supervisor restarts the whole group of a child that had finished."""
        self._end = None
        self._ended = None
        self.final = False
        if self.inbox is not None:
            self.inbox.reopen()

    # Within

    def became_ready(self) -> None:
        """The incarnation has started."""
        if self.timer is not None:
            self.disarm()
        self.state = State.RUNNING
        self.since = self.core.now()
        if self.starter is not None:
            starter, self.starter = self.starter, None
            starter.end()
        self.parent.child_ready(self)

    def incarnation_over(self, end: End) -> None:
        """The incarnation has ended and nothing of it runs any more."""
        if self.timer is not None:
            self.disarm()
        self.live = False
        asked, self.halting = self.halting, False
        self.waiting_for = None
        if end.error is not None:
            self.last_failure = type(end.error).__name__
        self.state = State.STOPPED if self.over else State.WAITING
        self.parent.child_ended(self, end, asked=asked)

    def start_failed(self, end: End) -> None:
        """Tell the task that waits for the first start."""
        starter, self.starter = self.starter, None
        if starter is None:
            return
        error = ActorStopped(self.path) if end.error is None else ActorFailed(self.path)
        error.__cause__ = end.error or starter.setback
        starter.end(error)

    def disarm(self) -> None:
        """No limit runs any more."""
        timer, self.timer = self.timer, None
        if timer is not None:
            timer.cancel()

    # Watching

    async def wait_ended(self) -> Down:
        """Wait until there will be no other incarnation."""
        if self._end is None:
            if self._ended is None:
                self._ended = trio.Event()
            await self._ended.wait()
            assert self._end is not None
        else:
            await trio.lowlevel.checkpoint()
        return self._down(self._end)

    def listen(self, listener: Callable[[Down], object]) -> None:
        """Call at the end, or at once if that is past."""
        if self._end is not None:
            listener(self._down(self._end))
        elif self._listeners is None:
            self._listeners = [listener]
        else:
            self._listeners.append(listener)

    def unlisten(self, listener: Callable[[Down], object]) -> None:
        """Do not call."""
        if self._listeners is not None and listener in self._listeners:
            self._listeners.remove(listener)

    # Asked by the runtime

    def take_urgent(self, ask: Ask) -> None:
        """Take a request of the runtime's own, to be answered between two messages.

        Raises:
            ActorStopped: It takes no messages, and so none of these.
        """
        raise ActorStopped(self.path)

    def resume(self) -> None:
        """Handle messages again, if suspended."""

    @property
    def asked_until(self) -> float:
        """When the asker of the request in hand gives up."""
        return inf

    # Who waits for whom

    def waits_for(self) -> tuple[Waiter, WaitReason] | None:
        """The one cell that it cannot go on without, and why."""
        if self.waiting_for is not None:
            return self.waiting_for, self.waiting_why
        if self.live or not isinstance(self.parent, Cell):
            return None
        before = self.parent.turn_before(self)
        return None if before is None else (before, WaitReason.START)

    def turn_before(self, child: Cell) -> Cell | None:
        """The child that must be ready before this one is started, if there is one."""
        return None

    # A picture

    def stack(self) -> str:
        """Where its task stands now; empty without one."""
        return ""

    @property
    def stashed(self) -> int:
        """Messages set aside."""
        return 0

    def tasks(self) -> tuple[TaskSnapshot, ...]:
        """Tasks inside this actor beside its own."""
        return ()

    def below(self, depth: int | None, *, stacks: bool) -> tuple[ActorSnapshot, ...]:
        """Snapshots of the children and of so many levels below them."""
        return ()

    def snapshot(self, depth: int | None = None, *, stacks: bool = False) -> ActorSnapshot:
        """A picture of this cell and of so many levels below it; None is all."""
        inbox = self.inbox
        other, why = self.waits_for() or (None, None)
        return ActorSnapshot(
            path=self.path,
            name=self.name,
            kind=self.kind,
            state=self.state,
            mailbox_depth=inbox.depth if inbox else 0,
            mailbox_capacity=inbox.capacity if inbox else None,
            restarts=self.restarts,
            last_failure=self.last_failure,
            age=self.core.now() - self.since if self.live and self.since is not None else 0.0,
            waiting_for=other.path if other else None,
            waiting_why=why,
            stashed=self.stashed,
            stack=(self.stack() or None) if stacks else None,
            tasks=self.tasks(),
            children=() if depth == 0 else self.below(None if depth is None else depth - 1, stacks=stacks),
        )
