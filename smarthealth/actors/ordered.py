"""Cells of supervisors whose children start in order and stop in reverse.

Theory of operation
-------------------
What such a supervisor has still to do is kept as three pieces of data:

* `_to_halt`: children to end, from the last to the first, each after the one behind it has ended;
* `_pause`: the timer of the backoff before a group restart;
* `_to_start`: children to start, in order, each after the one before it is ready.

`_step` does what can be done now, in that order, and is called whenever something happened. When nothing is left, the
supervisor has started, or, if it is winding up, has ended.
"""

from __future__ import annotations

from collections.abc import Iterable

from .actor import ChildSpec, Supervisor
from .cell import KILLED, STOPPED, Cell, End, Parent
from .core import Core
from .policy import Restart, Strategy
from .snapshot import Kind, State, WaitReason
from .starter import MOST_SETBACKS
from .supervision import MakeCell, SupervisorCell
from .timers import Timer
from .waiting import Waiter


class OrderedCell(SupervisorCell):
    """Children in order."""

    __slots__ = ("_again", "_begun", "_pause", "_setbacks", "_specs", "_stepping", "_strategy", "_to_halt", "_to_start")

    kind = Kind.SUPERVISOR

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec, policy: Supervisor, make_cell: MakeCell) -> None:
        super().__init__(core, parent, spec, policy, make_cell)
        self._specs = policy.children
        self._strategy = policy.strategy
        self._to_halt: list[Cell] = []
        self._to_start: list[Cell] = []
        self._pause: Timer | None = None
        self._begun = False
        self._setbacks = 0
        """Failures of a group while this supervisor itself was starting."""
        self._stepping = False
        self._again = False

    def _begin(self) -> None:
        super()._begin()
        self._begun = False
        self._setbacks = 0
        old = self.children
        # Cells outlive this supervisor's own restart, so that references to its children stay good.
        self.children = {spec.name: old.get(spec.name) or self._make(spec) for spec in self._specs}
        self._to_start = list(self.children.values())
        self._step()

    def start_adopted(self, child: Cell) -> None:
        """Start an adopted child, now or when what is under way is done."""
        if self._begun and not self._to_start and not self._to_halt and self._pause is None:
            child.launch()
        else:
            self._to_start.append(child)
            self._step()

    def _halt_all(self) -> None:
        self._cancel_pause()
        self._to_start = []
        self._to_halt = list(self.children.values())

    def _cancel_pause(self) -> None:
        pause, self._pause = self._pause, None
        if pause is not None:
            pause.cancel()

    def _pause_over(self) -> None:
        self._pause = None
        self._step()

    # One thing after the other

    def _step(self) -> None:
        # What is called below may come back here; the outermost loop then goes on with what that left.
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
            return self._advance_start()
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
        if self._winding and child.adopted:
            self._drop(child, KILLED if child.live else STOPPED)  # which lives is stuck, and given up on
        return True

    def _advance_start(self) -> bool:
        child = self._to_start[0]
        if child.live:
            return False
        if child.over:
            child.revive()
        child.launch()
        return True

    # Who waits for whom

    def turn_before(self, child: Cell) -> Cell | None:
        """The first of those to start, for those that come after it."""
        return self._to_start[0] if child in self._to_start[1:] else None

    def waits_for(self) -> tuple[Waiter, WaitReason] | None:
        """The child that it is starting or ending."""
        if self._to_halt:
            return self._to_halt[-1], WaitReason.STOP
        if self._to_start and self.state is State.STARTING:
            return self._to_start[0], WaitReason.START
        return super().waits_for()

    # What children say

    def child_ready(self, child: Cell) -> None:
        """A child has started: the next may."""
        super().child_ready(child)
        if self._to_start and self._to_start[0] is child:
            del self._to_start[0]
            self._step()

    def _fails_own_start(self, child: Cell) -> bool:
        return not self._begun and bool(self._to_start) and self._to_start[0] is child

    def _bears_one_more(self, end: End) -> bool:
        if not self._begun and self._strategy is not Strategy.ONE_FOR_ONE:
            # However slowly they come: whoever waits for this start would wait for ever.
            self._setbacks += 1
        return super()._bears_one_more(end) and self._setbacks <= MOST_SETBACKS

    def _drop(self, child: Cell, end: End) -> None:
        if child in self._to_start:
            self._to_start.remove(child)
        super()._drop(child, end)

    def _restart(self, child: Cell, delay: float) -> None:
        if self._strategy is Strategy.ONE_FOR_ONE:
            super()._restart(child, delay)
            return
        group = self._plan_group(child)
        self._cancel_pause()
        self._pause = self.core.timers.after(delay, self._pause_over)
        self._set_back(group)

    def _plan_group(self, failed: Cell) -> list[Cell]:
        """Halt and start again those that the strategy names, and those of a plan that is under way; gives all of them."""
        children = list(self.children.values())
        first = 0 if self._strategy is Strategy.ONE_FOR_ALL else children.index(failed)
        affected = {*children[first:], *self._to_halt, *self._to_start}
        self._to_halt = [child for child in children if child in affected and child.live]
        self._to_start = [child for child in children if child in affected and _starts_again(child)]
        return [child for child in children if child in affected]

    def _set_back(self, group: Iterable[Cell]) -> None:
        """Let go of new children whose starters have waited through enough failures of their group."""
        assert self._failures
        _, failure = self._failures[-1]
        hopeless = [child for child in group if child.starter is not None and not child.starter.set_back(failure)]
        for child in hopeless:
            child.stop()


def _starts_again(child: Cell) -> bool:
    """False for temporary children, but those whose first turn has not come yet."""
    return child.restart is not Restart.TEMPORARY or child.launches == 0
