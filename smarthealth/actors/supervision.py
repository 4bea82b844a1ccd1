"""Supervisors: synchronous machines that start, stop and restart cells.

Theory of operation
-------------------
A supervisor has no task. Its children call it when they are ready and when they have ended, and it answers by calls that
return at once. The restart of a single child is a timer of that child, so that one that flaps does not hold up its
siblings. What a static supervisor does in order, one child after the other, is kept as three pieces of data, and `_step`
does what can be done now:

* `_to_halt`: children to end, from the last to the first, each after the one before it has ended;
* `_pause`: the timer of the backoff before a group restart;
* `_to_start`: children to start, in order, each after the one before it is ready.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Collection, Iterable

import trio

from .actor import ChildSpec, DynamicSupervisor, Supervisor
from .cell import FINISHED, STOPPED, Cell, End, Parent, Starter
from .children import ActorCell, ServiceCell
from .core import Core
from .errors import ActorStopped, NameTaken, SupervisionError, SupervisorFull
from .events import ChildEnded, ChildFailed, ChildStarted, EndReason
from .policy import Restart, Strategy
from .snapshot import ActorSnapshot, Kind, State
from .timers import Timer

ROLLBACK_LIMIT = 30.0
"""Seconds that a cancelled start waits for its child's end; a child that takes longer ends without being waited for."""


class SupervisorCell(Cell):
    """What both kinds of supervisors do."""

    __slots__ = ("_failures", "_outcome", "_policy", "_stop_timeout", "_winding", "children")

    default_restart = Restart.PERMANENT

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec, policy: Supervisor | DynamicSupervisor) -> None:
        super().__init__(core, parent, spec.name, spec.kind)
        self.children: dict[str, Cell] = {}
        self._policy = policy
        self._stop_timeout = spec.stop_timeout
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
        child = make_cell(self.core, self, spec)
        child.restart = spec.restart or self.default_restart
        child.significant = spec.significant
        return child

    async def start(self, child: Cell) -> None:
        """Start an adopted child and wait until it is ready."""
        starter = child.starter = Starter()
        self._start_adopted(child)
        try:
            await starter.wait()
        except trio.Cancelled:
            child.stop()
            with trio.move_on_after(ROLLBACK_LIMIT, shield=True):
                await child.wait_ended()
            raise

    def _start_adopted(self, child: Cell) -> None:
        child.launch()

    def child(self, name: str) -> Cell | None:
        """The child of that name."""
        return self.children.get(name)

    def all_children(self) -> Collection[Cell]:
        """All of them, in order."""
        return self.children.values()

    def below(self) -> tuple[ActorSnapshot, ...]:
        """Snapshots of the children."""
        return tuple(child.snapshot() for child in self.children.values())

    # Own life

    def _begin(self) -> None:
        self._winding = False
        self._failures = None
        self._outcome = STOPPED

    def _begin_halt(self) -> None:
        if self._stop_timeout is not None:
            self.disarm()
            self.timer = self.core.timers.after(self._stop_timeout, lambda: self.cut(clean_up=False))
        self._wind_up(STOPPED)

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
            self._drop(child, STOPPED)

    # What children say

    def child_ready(self, child: Cell) -> None:
        """A child has started."""
        if self.core.observed:
            self.core.emit(ChildStarted(path=child.path, restarts=child.restarts))

    def child_ended(self, child: Cell, end: End, *, asked: bool) -> None:
        """A child's incarnation has ended: restart it, let it go, or give up."""
        delay: float | None = None
        if child.over:
            pass  # it was stuck, and given up on
        elif asked or self._winding:
            self._ended_on_request(child, end)
        elif child.starter is not None:
            self._drop(child, end)
        elif self._fails_own_start(child):
            self._wind_up(End(EndReason.FAILED, end.error or ActorStopped(child.path)))
        elif not self._is_restarted(child, end):
            self._let_go(child, end)
        else:
            delay = self._delay_of_restart(child, end)
        if end.error is not None and self.core.observed:
            self.core.emit(ChildFailed(path=child.path, error=end.error, restart_in=delay))
        if delay is not None:
            self._restart(child, delay)
        self._step()

    def child_stuck(self, child: Cell) -> None:
        """A child does not end: go on without it."""
        self._step()

    def child_gone(self, child: Cell) -> None:
        """A child that was not running was told to stop."""
        self._drop(child, STOPPED)
        self._step()

    def _ended_on_request(self, child: Cell, end: End) -> None:
        keeps = not child.final and child.restart is not Restart.TEMPORARY
        if not (keeps and not (self._winding and (self.final or child.adopted))):
            self._drop(child, end)

    def _fails_own_start(self, child: Cell) -> bool:
        """True when this supervisor was starting for the first time and the child was the next to start."""
        return False

    def _is_restarted(self, child: Cell, end: End) -> bool:
        if child.restart is Restart.TRANSIENT:
            return end.reason is not EndReason.FINISHED
        return child.restart is Restart.PERMANENT

    def _let_go(self, child: Cell, end: End) -> None:
        """The child has ended by itself and is not restarted."""
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
        if not child.over:
            child.finalize(end)
            if self.core.observed:
                self.core.emit(ChildEnded(path=child.path, reason=end.reason))

    # Restarting

    def _delay_of_restart(self, child: Cell, end: End) -> float | None:
        """Seconds to wait; None when that was one failure too many, and the supervisor gives up."""
        now = trio.current_time()
        failures = self._failures
        if failures is None:
            failures = self._failures = deque()
        failures.append((now, end.error))
        while failures[0][0] < now - self._policy.period:
            failures.popleft()
        if len(failures) > self._policy.intensity:
            causes = tuple(_leaves(error for _, error in failures))
            self._wind_up(End(EndReason.FAILED, SupervisionError(self.path, causes)))
            return None
        backoff = self._policy.backoff
        if child.since is not None and now - child.since >= backoff.reset_after:
            child.attempts = 0
        child.attempts += 1
        return backoff.delay(child.attempts - 1)

    def _restart(self, child: Cell, delay: float) -> None:
        child.timer = self.core.timers.after(delay, child.launch)


def _leaves(errors: Iterable[BaseException | None]) -> Iterable[BaseException]:
    for error in errors:
        if isinstance(error, SupervisionError):
            yield from error.causes
        elif error is not None:
            yield error


class DynamicCell(SupervisorCell):
    """Children that come and go; halted all at once."""

    __slots__ = ("_max_children", "_stuck")

    default_restart = Restart.TEMPORARY

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec, policy: DynamicSupervisor) -> None:
        super().__init__(core, parent, spec, policy)
        self._max_children = policy.max_children
        self._stuck = 0

    def adopt(self, spec: ChildSpec) -> Cell:
        """Take in a new child if there is room."""
        if len(self.children) >= self._max_children:
            raise SupervisorFull(self.path, self._max_children)
        return super().adopt(spec)

    def _begin(self) -> None:
        super()._begin()
        self.became_ready()

    def _halt_all(self) -> None:
        for child in tuple(self.children.values()):
            child.stop()

    def _step(self) -> None:
        if self._winding and self.live and len(self.children) <= self._stuck:
            self.incarnation_over(self._outcome)

    def child_stuck(self, child: Cell) -> None:
        """Count it, so that the others' end is the end."""
        self._stuck += 1
        super().child_stuck(child)

    def _drop(self, child: Cell, end: End) -> None:
        if child.state is State.STUCK:
            self._stuck -= 1
        super()._drop(child, end)


class StaticCell(SupervisorCell):
    """Children in order."""

    __slots__ = ("_again", "_begun", "_pause", "_specs", "_stepping", "_strategy", "_to_halt", "_to_start")

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec, policy: Supervisor) -> None:
        super().__init__(core, parent, spec, policy)
        self._specs = policy.children
        self._strategy = policy.strategy
        self._to_halt: list[Cell] = []
        self._to_start: list[Cell] = []
        self._pause: Timer | None = None
        self._begun = False
        self._stepping = False
        self._again = False

    def _begin(self) -> None:
        super()._begin()
        self._begun = False
        old = self.children
        # Cells outlive this supervisor's restart, so that references to its children stay good.
        self.children = {spec.name: old.get(spec.name) or self._make(spec) for spec in self._specs}
        self._to_start = list(self.children.values())
        self._step()

    def _start_adopted(self, child: Cell) -> None:
        if self._begun and not self._to_start and not self._to_halt and self._pause is None:
            child.launch()
        else:
            self._to_start.append(child)

    def _halt_all(self) -> None:
        self._resume()
        self._to_start = []
        self._to_halt = list(self.children.values())

    def _resume(self) -> None:
        pause, self._pause = self._pause, None
        if pause is not None:
            pause.cancel()

    def _pause_over(self) -> None:
        self._pause = None
        self._step()

    # One step after the other

    def _step(self) -> None:
        # A call below may come back to us; the outermost loop then goes on with what it left.
        self._again = True
        if self._stepping:
            return
        self._stepping = True
        try:
            while self._again:
                self._again = False
                if self._advance():
                    self._again = True
        finally:
            self._stepping = False

    def _advance(self) -> bool:
        """Do one thing; False when the next must wait for something."""
        if self._to_halt:
            return self._advance_halt()
        if not self.live:
            return False
        if self._winding:
            self.incarnation_over(self._outcome)
            return False
        if self._pause is not None:
            return False
        if self._to_start:
            child = self._to_start[0]
            if child.live:
                return False
            if child.over:
                child.revive()
            child.launch()
            return True
        if not self._begun:
            self._begun = True
            self.became_ready()
        return False

    def _advance_halt(self) -> bool:
        child = self._to_halt[-1]
        if child.live and child.state is not State.STUCK:
            final = child.restart is Restart.TEMPORARY or (self._winding and (self.final or child.adopted))
            if child.halting and (child.final or not final):
                return False
            child.halt(final=final)
            return True
        self._to_halt.pop()
        child.disarm()
        if self._winding and child.adopted and not child.over:
            self._drop(child, STOPPED)
        return True

    # What children say

    def child_ready(self, child: Cell) -> None:
        """A child has started: the next may."""
        super().child_ready(child)
        if self._to_start and self._to_start[0] is child:
            del self._to_start[0]
            self._step()

    def _fails_own_start(self, child: Cell) -> bool:
        return not self._begun and bool(self._to_start) and self._to_start[0] is child

    def _drop(self, child: Cell, end: End) -> None:
        if child in self._to_start:
            self._to_start.remove(child)
        super()._drop(child, end)

    def _restart(self, child: Cell, delay: float) -> None:
        if self._strategy is Strategy.ONE_FOR_ONE and child not in self._to_start:
            super()._restart(child, delay)
            return
        self._plan_group(child)
        self._resume()
        self._pause = self.core.timers.after(delay, self._pause_over)

    def _plan_group(self, failed: Cell) -> None:
        """Halt and start again those that the strategy names, and those of a plan that is under way."""
        children = list(self.children.values())
        affected = {failed, *self._to_halt, *self._to_start}
        if self._strategy is Strategy.ONE_FOR_ALL:
            affected.update(children)
        elif self._strategy is Strategy.REST_FOR_ONE:
            affected.update(children[children.index(failed) :])
        self._to_halt = [child for child in children if child in affected and child.live]
        self._to_start = [child for child in children if child in affected and child.restart is not Restart.TEMPORARY]


def make_cell(core: Core, parent: Parent, spec: ChildSpec) -> Cell:
    """The cell that fits the specification; nothing runs yet."""
    start = spec.start
    if isinstance(start, Supervisor):
        return StaticCell(core, parent, spec, start)
    if isinstance(start, DynamicSupervisor):
        return DynamicCell(core, parent, spec, start)
    return (ServiceCell if spec.kind is Kind.SERVICE else ActorCell)(core, parent, spec)
