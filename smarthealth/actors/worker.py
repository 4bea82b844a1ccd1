"""Cells that have a task: what actors and services have in common.

One incarnation is one task, which catches whatever its actor raises, so that nothing ever crashes through a nursery. Its
cancel scope is shielded: a cancellation from outside stops the system in order instead of tearing it down. All limits
cancel that scope from the system's heap of deadlines.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Awaitable, Callable

import trio

from .actor import ChildSpec
from .cell import Cell, End, Parent
from .core import Caught, Core
from .errors import fatal_part
from .events import EndReason, TaskStuck
from .host import Gauge
from .keyed_timers import KeyedTimers
from .snapshot import State, TaskSnapshot
from .stacks import stack_of
from .waiting import CURRENT

DEFAULT_STOP_TIMEOUT = 5.0
"""Seconds, for actors and services that name none."""
STUCK_AFTER = 1.0
"""Seconds from the cancellation of a task until it is reported as stuck."""


class WorkerCell(Cell):
    """One task per incarnation, and the limits it runs under."""

    __slots__ = ("_cleaning", "_ready", "_scope", "_stop_timeout", "_stopping", "gauges", "spec", "task")

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec) -> None:
        super().__init__(core, parent, spec.name)
        self.spec = spec
        self.task: trio.lowlevel.Task | None = None
        self.gauges: list[Gauge] | None = None
        """Where pipelines that run in this actor tell of their stages."""
        self._scope: trio.CancelScope | None = None
        self._stopping: trio.Event | None = None
        self._ready = False
        self._cleaning = False
        self._stop_timeout = DEFAULT_STOP_TIMEOUT if spec.stop_timeout is None else spec.stop_timeout

    # The incarnation

    def _begin(self) -> None:
        self._ready = False
        self._stopping = None
        self._scope = trio.CancelScope(shield=True)
        self.core.spawn(self._run, self.path)

    @trio.lowlevel.enable_ki_protection
    async def _run(self) -> None:
        self.task = trio.lowlevel.current_task()
        CURRENT.set(self)
        end = await self._guard(self._live)
        self._settle(end)
        if self._ready and self._has_clean_up():
            end = self._worse(end, await self._clean_up_in_time())
        self._scope = self.task = None
        self._task_over(end)

    def _task_over(self, end: End) -> None:
        """The task has ended, and with it the incarnation."""
        self.incarnation_over(end)

    async def _guard(self, run: Callable[[], Awaitable[None]]) -> End:
        """Run the actor's code within the current scope and say how it ended."""
        scope = self._scope
        assert scope is not None
        with Caught(self.task) as caught, scope:
            await run()
        try:
            cut = scope.cancelled_caught or self.state is State.STUCK
            return self._how_it_ended(cut=cut) if caught.error is None else self._end_of(caught.error)
        finally:
            del caught  # this frame is in the error's traceback, which would keep it alive in a circle

    def _end_of(self, error: BaseException) -> End:
        fatal = fatal_part(error)
        if fatal is not None:
            self.core.fatal(fatal)
        return End(EndReason.FAILED, error)

    @abstractmethod
    async def _live(self) -> None:
        """The actor's or service's own code, from its start on."""

    @abstractmethod
    def _how_it_ended(self, *, cut: bool) -> End:
        """What a return, or a cut, means."""

    def _settle(self, end: End) -> None:
        """Settle what was in hand."""

    def now_ready(self) -> None:
        """The actor has started; too late when it has been cancelled for that, as a start that shields itself may be."""
        if not self._ready:
            self._ready = True
            if not (self.halting or self._scope is None or self._scope.cancel_called):
                self.became_ready()

    # Clean-up

    def _has_clean_up(self) -> bool:
        return False

    async def _clean_up(self) -> None:
        """The actor's own."""

    async def _clean_up_in_time(self) -> End:
        self._cleaning = True
        self.state = State.STOPPING
        self._scope = trio.CancelScope(shield=True)
        self._arm(min(self.core.now() + self._stop_timeout, self.core.final_at))
        try:
            return await self._guard(self._clean_up)
        finally:
            self._cleaning = False

    def _worse(self, first: End, second: End) -> End:
        return first if first.error is not None or second.reason not in (EndReason.FAILED, EndReason.KILLED) else second

    # Limits

    def _arm(self, deadline: float) -> None:
        self.disarm()
        self.timer = self.core.timers.at(deadline, self._time_is_up)

    def _arm_start(self) -> None:
        self._arm(self.core.now() + self.spec.start_timeout)

    def _arm_stop(self) -> None:
        if not self._cleaning:  # which has its own limit
            self._arm(min(self.core.now() + self._stop_timeout, self.core.cut_at))

    def _time_is_up(self) -> None:
        assert self._scope is not None
        self._scope.cancel()
        self.timer = self.core.timers.after(STUCK_AFTER, self._report_stuck)

    def cut(self, *, clean_up: bool) -> None:
        """Cancel the incarnation; its clean-up too if so told."""
        if self.live and self.state is not State.STUCK and (clean_up or not self._cleaning):
            self.disarm()
            self._time_is_up()

    def _report_stuck(self) -> None:
        self.state = State.STUCK
        if self.core.observed:
            self.core.emit(TaskStuck(path=self.path, stack=self.stack()))
        self.start_failed(End(EndReason.FAILED, trio.TooSlowError(f"{self.path} was cancelled and does not end")))
        self.parent.child_stuck(self)

    # The context's side

    @property
    def stopping(self) -> trio.Event:
        """Set once the incarnation is asked to end; made when first looked at."""
        if self._stopping is None:
            self._stopping = trio.Event()
            if self.halting:
                self._stopping.set()
        return self._stopping

    def stash(self) -> None:
        """Set the message in hand aside."""
        raise RuntimeError("a service has no messages to set aside")

    def unstash_all(self) -> int:
        """Queue again what was set aside."""
        raise RuntimeError("a service has no messages that were set aside")

    def own_timers(self) -> KeyedTimers:
        """Timers of this incarnation."""
        raise RuntimeError("a service has no mailbox for a timer's message; it may sleep")

    # A picture

    def stack(self) -> str:
        """Where its task, and the tasks in its nurseries, stand now."""
        return stack_of(self.task)

    def tasks(self) -> tuple[TaskSnapshot, ...]:
        """Stages of the pipelines that run in this actor."""
        return tuple(task for gauge in self.gauges or () for task in gauge())
