"""The two kinds of cells with a task: actors, which handle messages one by one, and services, which just run."""

from __future__ import annotations

from collections.abc import Coroutine
from math import inf
from typing import Any, cast

import trio

from .actor import Actor, Asleep, ChildSpec, Context, Service
from .cell import FINISHED, KILLED, STOPPED, End, Parent
from .core import Core
from .events import EndReason
from .handling import HandlingCell
from .snapshot import Kind
from .timers import Timer
from .worker import WorkerCell

SLEEPING = End(EndReason.FINISHED)
"""No end: the task is over, the incarnation is not."""


class ServiceCell(WorkerCell):
    """A plain async callable, and the wait for its next call while it sleeps."""

    __slots__ = ("_alarm", "_asleep", "_woken")

    kind = Kind.SERVICE

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec) -> None:
        super().__init__(core, parent, spec)
        self._asleep: Asleep | None = None
        self._alarm: Timer | None = None
        """Ends its sleep."""
        self._woken = False
        """While its task ran, so that it is not to sleep."""

    @trio.lowlevel.disable_ki_protection
    async def _live(self) -> None:
        if self.halting and self._stopping is None:
            return
        if not self._ready:
            self._arm_start()
        self._woken = False
        self._asleep = await cast(Service, self.spec.start)(Context(self, self))
        if self._asleep is not None:
            await trio.lowlevel.checkpoint_if_cancelled()

    def _how_it_ended(self, *, cut: bool) -> End:
        if self._asleep is not None and self._ready and not cut:
            return SLEEPING
        if self.halting:
            drained_too_long = cut and self._stopping is not None
            return KILLED if drained_too_long else STOPPED
        if self.since is not None:
            return KILLED if cut else FINISHED
        if cut or self._ready:
            return End(EndReason.FAILED, trio.TooSlowError(f"{self.path} took too long to call context.started()"))
        return End(EndReason.FAILED, RuntimeError(f"{self.path} returned without calling context.started()"))

    def _begin_halt(self) -> None:
        if self._stopping is None:
            # It never looked whether it should stop, so it would not notice.
            self.cut(clean_up=False)
        else:
            self._stopping.set()
            self._arm_stop()
            self.wake()

    def _task_over(self, end: End) -> None:
        if end is not SLEEPING:
            self.incarnation_over(end)
        elif self._woken:
            self._run_again()
        elif self._asleep is not None and self._asleep.until < inf:
            self._alarm = self.core.timers.at(self._asleep.until, self.wake)

    def _run_again(self) -> None:
        self._asleep = None
        self._scope = trio.CancelScope(shield=True)
        self.core.spawn(self._run, self.path)

    def wake(self) -> None:
        """Call the service again; at once, or when the call under way is over."""
        if self._scope is not None:
            self._woken = True
        elif self.live:
            self._silence()
            self._run_again()

    def _silence(self) -> None:
        alarm, self._alarm = self._alarm, None
        if alarm is not None:
            alarm.cancel()

    def _time_is_up(self) -> None:
        if self._scope is not None:
            super()._time_is_up()
            return
        self._silence()
        self._asleep = None
        self.incarnation_over(self._how_it_ended(cut=True))

    def started(self) -> None:
        """The service says it is ready."""
        self.now_ready()

    def finish(self) -> None:
        """Services finish by returning."""
        raise RuntimeError("a service finishes by returning")


class ActorCell(HandlingCell):
    """An actor, from its making to its clean-up."""

    __slots__ = ("_actor",)

    kind = Kind.ACTOR

    def __init__(self, core: Core, parent: Parent, spec: ChildSpec) -> None:
        super().__init__(core, parent, spec)
        self._actor: Actor[Any] | None = None

    @trio.lowlevel.disable_ki_protection
    async def _live(self) -> None:
        if self.halting:
            return
        actor = self._actor = self._made()
        actor.context = Context(self, self)
        if type(actor).started is not Actor.started:
            self._arm_start()
            await actor.started()
        self.now_ready()
        if self.halting or self.since is not None:
            await self._handle_messages(actor)

    def _made(self) -> Actor[object]:
        made: object = self.spec.start()  # type: ignore[call-arg, operator]  # which makes an actor, or so its kind says
        if isinstance(made, Actor):
            return made
        if isinstance(made, Coroutine):
            made.close()  # else it would be warned of: it was never awaited
        raise TypeError(f"{self.path}: start made no actor but {made!r}")

    def incarnation_over(self, end: End) -> None:
        """The incarnation has ended; references, which keep this cell, do not keep its actor."""
        self._actor = None
        super().incarnation_over(end)

    def _has_clean_up(self) -> bool:
        return self._actor is not None and type(self._actor).stopped is not Actor.stopped

    @trio.lowlevel.disable_ki_protection
    async def _clean_up(self) -> None:
        assert self._actor is not None
        await self._actor.stopped()

    def _how_it_ended(self, *, cut: bool) -> End:
        if self.since is None and not self.halting:
            return End(EndReason.FAILED, trio.TooSlowError(f"{self.path} took longer to start than it may"))
        if cut:
            return KILLED
        return STOPPED if self.halting else FINISHED

    def _refuse(self) -> None:
        self._inbox.close(keep_queued=self.spec.drain)

    def _begin_halt(self) -> None:
        self._attention = True
        self._close_timers()
        if self._stopping is not None:
            self._stopping.set()
        if self._inbox.parked is not None:
            self._inbox.wake()
        else:
            self._arm_stop()

    def started(self) -> None:
        """Actors are ready when their `started` returns."""
        raise RuntimeError("an actor has started when its method `started` returns")

    def wake(self) -> None:
        """Actors wake by messages."""
        raise RuntimeError("an actor is woken by a message")

    def finish(self) -> None:
        """End after the current message."""
        self._finishing = self._attention = True
        self._inbox.wake()
