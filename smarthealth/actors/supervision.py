"""What both kinds of supervisors do: take children in, decide about their ends, give up.

A supervisor has no task. Its children call it when they are ready and when they have ended, and it answers by calls that
return at once, so that no two changes to the tree can interleave. The restart of a single child is a timer of that
child, so that one that flaps does not hold up its siblings.
"""

from __future__ import annotations

import enum
from abc import abstractmethod
from collections import deque
from collections.abc import Callable, Collection, Iterable

import trio

from .actor import ChildSpec, DynamicSupervisor, Supervisor
from .cell import FINISHED, KILLED, STOPPED, Cell, End, Parent
from .core import Core
from .errors import ActorStopped, AskCycle, NameTaken, SupervisionError
from .events import ChildFailed, ChildStarted, EndReason
from .policy import Restart
from .snapshot import ActorSnapshot, State, WaitReason
from .starter import Starter
from .waiting import Waiting

ROLLBACK_LIMIT = 30.0
"""Seconds that a cancelled start waits for its child's end; a child that takes longer ends without being waited for."""

MakeCell = Callable[[Core, Parent, ChildSpec], Cell]
"""Makes the cell that fits a specification."""


class Verdict(enum.Enum):
    """What is done about the end of a child's incarnation."""

    LET_GO = enum.auto()
    """It will not be restarted, by its type."""
    KEEP = enum.auto()
    """It was asked to end, and its cell is needed again."""
    DROP = enum.auto()
    """It was asked to end for good, or never became ready."""
    RESTART = enum.auto()
    FAIL_START = enum.auto()
    """The supervisor itself was starting and cannot."""
    GIVE_UP = enum.auto()
    """It was one failure too many."""


class SupervisorCell(Cell):
    """What both kinds of supervisors do."""

    __slots__ = ("_failures", "_make_cell", "_outcome", "_policy", "_stop_timeout", "_winding", "children")

    default_restart = Restart.PERMANENT

    def __init__(
        self,
        core: Core,
        parent: Parent,
        spec: ChildSpec,
        policy: Supervisor | DynamicSupervisor,
        make_cell: MakeCell,
    ) -> None:
        super().__init__(core, parent, spec.name)
        self.children: dict[str, Cell] = {}
        self._policy = policy
        self._stop_timeout = spec.stop_timeout
        self._make_cell = make_cell
        self._failures: deque[tuple[float, BaseException | None]] | None = None
        self._winding = False
        """Its children are being stopped, and then it ends, as `_outcome` says."""
        self._outcome = STOPPED

    # Children on demand

    def adopt(self, spec: ChildSpec) -> Cell:
        """Take in a new child, which is not started yet."""
        if not self.live or self._winding:
            raise ActorStopped(self.path)
        if spec.name in self.children:
            raise NameTaken(f"{self.path}/{spec.name}")
        child = self._make(spec)
        child.adopted = True
        self.children[spec.name] = child
        return child

    def _make(self, spec: ChildSpec) -> Cell:
        child = self._make_cell(self.core, self, spec)
        child.restart = spec.restart or self.default_restart
        child.significant = spec.significant
        return child

    async def start(self, child: Cell) -> None:
        """Start an adopted child and wait until it is ready; one whose start is not waited for to its end is stopped."""
        starter = child.starter = Starter()
        self.start_adopted(child)
        try:
            with Waiting(child, WaitReason.START):
                await starter.wait()
        except (trio.Cancelled, AskCycle):
            child.stop()
            with trio.move_on_after(ROLLBACK_LIMIT, shield=True):
                await child.wait_ended()
            raise

    def start_adopted(self, child: Cell) -> None:
        """Start an adopted child, now or when its turn comes."""
        child.launch()

    def child(self, name: str) -> Cell | None:
        """The child of that name."""
        return self.children.get(name)

    def all_children(self) -> Collection[Cell]:
        """All of them, in order."""
        return self.children.values()

    def below(self, depth: int | None, *, stacks: bool) -> tuple[ActorSnapshot, ...]:
        """Snapshots of the children and of so many levels below them."""
        return tuple(child.snapshot(depth, stacks=stacks) for child in self.children.values())

    # Own life

    def _begin(self) -> None:
        self._winding = False
        self._failures = None
        self._outcome = STOPPED

    def _begin_halt(self) -> None:
        if self._stop_timeout is not None:
            self.disarm()
            self.timer = self.core.timers.after(self._stop_timeout, self._time_is_up)
        self._wind_up(STOPPED)

    def _time_is_up(self) -> None:
        self.cut(clean_up=False)

    def cut(self, *, clean_up: bool) -> None:
        """Cancel everything below."""
        for child in tuple(self.children.values()):
            child.cut(clean_up=clean_up)

    def _wind_up(self, outcome: End) -> None:
        """Stop all children, then end."""
        if not self._winding:
            self._winding = True
            self._outcome = outcome
            self.state = State.STOPPING
            self._halt_all()
        self._step()

    @abstractmethod
    def _halt_all(self) -> None:
        """Set out to end all children."""

    @abstractmethod
    def _step(self) -> None:
        """Do what can be done now."""

    def finalize(self, end: End) -> None:
        """There will be no other incarnation, of the children neither."""
        super().finalize(end)
        for child in tuple(self.children.values()):
            self._drop(child, KILLED if child.live else STOPPED)  # which lives is stuck, and given up on

    # What children say

    def child_ready(self, child: Cell) -> None:
        """A child has started."""
        if self.core.observed:
            self.core.emit(ChildStarted(path=child.path, restarts=child.restarts))

    def child_ended(self, child: Cell, end: End, *, asked: bool) -> None:
        """A child's incarnation has ended: restart it, let it go, or give up."""
        if not child.over:  # else it was stuck, and given up on
            verdict = self._judge(child, end, asked=asked)
            delay = self._next_delay(child) if verdict is Verdict.RESTART else None
            if end.error is not None and self.core.observed:
                self.core.emit(ChildFailed(path=child.path, error=end.error, restart_in=delay))
            self._carry_out(verdict, child, end, delay or 0.0)
        self._step()

    def child_stuck(self, child: Cell) -> None:
        """A child does not end: go on without it."""
        self._step()

    def child_gone(self, child: Cell) -> None:
        """A child that was not running was told to stop."""
        self._drop(child, STOPPED)
        self._step()

    # What is done about it

    def _judge(self, child: Cell, end: End, *, asked: bool) -> Verdict:
        if asked or self._winding:
            needed_again = not (self._winding and (self.final or child.adopted))
            kept = needed_again and not child.final and child.restart is not Restart.TEMPORARY
            return Verdict.KEEP if kept else Verdict.DROP
        if child.adopted and child.since is None and (child.launches == 1 or child.starter is not None):
            return Verdict.DROP  # whoever waits for this start, or did until it got stuck, hears that it has failed
        if self._fails_own_start(child):
            return Verdict.FAIL_START
        if child.restart is Restart.TEMPORARY:
            return Verdict.LET_GO
        if child.restart is Restart.TRANSIENT and end.reason is EndReason.FINISHED:
            return Verdict.LET_GO
        return Verdict.RESTART if self._bears_one_more(end) else Verdict.GIVE_UP

    def _fails_own_start(self, child: Cell) -> bool:
        """True when this supervisor was starting and the child was the next to start."""
        return False

    def _bears_one_more(self, end: End) -> bool:
        now = self.core.now()
        failures = self._failures
        if failures is None:
            failures = self._failures = deque()
        failures.append((now, end.error))
        while failures[0][0] < now - self._policy.period:
            failures.popleft()
        return len(failures) <= self._policy.intensity

    def _next_delay(self, child: Cell) -> float:
        backoff = self._policy.backoff
        if child.since is not None and self.core.now() - child.since >= backoff.reset_after:
            child.attempts = 0
        child.attempts += 1
        return backoff.delay(child.attempts - 1)

    def _carry_out(self, verdict: Verdict, child: Cell, end: End, delay: float) -> None:
        match verdict:
            case Verdict.DROP:
                self._drop(child, end)
            case Verdict.LET_GO:
                self._let_go(child, end)
            case Verdict.RESTART:
                self._restart(child, delay)
            case Verdict.FAIL_START:
                self._wind_up(End(EndReason.FAILED, end.error or ActorStopped(child.path)))
            case Verdict.GIVE_UP:
                causes = tuple(_leaves(error for _, error in self._failures or ()))
                self._wind_up(End(EndReason.FAILED, SupervisionError(self.path, causes)))
            case _:
                pass  # KEEP: what wanted its end will start it again

    def _let_go(self, child: Cell, end: End) -> None:
        if child.restart is Restart.TEMPORARY or child.adopted:
            self._drop(child, end)
        else:
            child.finalize(end)
        if child.significant:
            self._wind_up(FINISHED)

    def _drop(self, child: Cell, end: End) -> None:
        """The child leaves the tree."""
        if self.children.get(child.name) is child:
            del self.children[child.name]
        child.finalize(end)

    def _restart(self, child: Cell, delay: float) -> None:
        child.timer = self.core.timers.after(delay, child.launch)


def _leaves(errors: Iterable[BaseException | None]) -> Iterable[BaseException]:
    for error in errors:
        if isinstance(error, SupervisionError):
            yield from error.causes
        elif error is not None:
            yield error
