"""Opening and closing a system of actors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager

import trio

from .actor import ChildSpec, Supervisor, SupervisorRef
from .cell import Cell, End
from .core import Caught, Core
from .errors import SupervisionError, first_leaf
from .event_stream import EventStream
from .events import DeadLetterReason, Instrument
from .ordered import OrderedCell
from .policy import DEFAULT_BACKOFF, Backoff, Strategy
from .registry import Registry, registry_of
from .supervision import MakeCell
from .tree import make_cell

CLEAN_UP_SHARE = 0.1
"""Share of the shutdown's budget kept for the clean-up of what had to be cancelled."""


class _Outside:
    """The parent of the topmost supervisor: what is left when that has ended."""

    path = ""

    def __init__(self) -> None:
        self.over = trio.Event()
        self.failure: BaseException | None = None

    def child_ready(self, child: Cell) -> None:
        """Nothing waits for this."""

    def child_ended(self, child: Cell, end: End, *, asked: bool) -> None:
        """The system has ended."""
        self.failure = end.error
        child.finalize(end)
        self.over.set()
        child.core.end()  # the body may wait for something that will not happen any more

    def child_stuck(self, child: Cell) -> None:
        """Supervisors have no task that could be stuck."""

    def child_gone(self, child: Cell) -> None:
        """The topmost supervisor always runs until it has ended."""


class RootCell(OrderedCell):
    """The topmost supervisor: its end is limited by the system's budget, its failure ends the body."""

    __slots__ = ("_shutdown_timeout", "body")

    def __init__(
        self,
        core: Core,
        outside: _Outside,
        spec: ChildSpec,
        policy: Supervisor,
        make_cell: MakeCell,
        limit: float,
    ) -> None:
        super().__init__(core, outside, spec, policy, make_cell)
        self._shutdown_timeout = limit
        self.body = trio.CancelScope()
        """Around the body of the block that opened the system."""

    def _wind_up(self, outcome: End) -> None:
        if not self._winding:
            core, now = self.core, trio.current_time()
            core.cut_at = now + self._shutdown_timeout * (1 - CLEAN_UP_SHARE)
            core.final_at = now + self._shutdown_timeout
            core.timers.at(core.cut_at, lambda: self.cut(clean_up=False))
            core.timers.at(core.final_at, lambda: self.cut(clean_up=True))
        if outcome.error is not None:
            self.end_body()
        super()._wind_up(outcome)

    def end_body(self) -> None:
        """Cancel the body; it must not go on without its system."""
        self.body.cancel()


class System(SupervisorRef):
    """A system of actors: the topmost supervisor. Stopping it stops everything, in order."""

    __slots__ = ("_core",)

    def __init__(self, core: Core, cell: RootCell) -> None:
        super().__init__(cell, cell)
        self._core = core

    @property
    def dead_letters(self) -> Mapping[DeadLetterReason, int]:
        """How many messages and replies were lost, by reason, since the start."""
        return dict(self._core.dead_letters)

    @property
    def registry(self) -> Registry:
        """The names under which its actors can be found."""
        return registry_of(self._core)

    def open_events(self, capacity: int = 1024) -> EventStream:
        """A stream of what happens from now on; while none is open, events are not even made.

        Use it as `async with system.open_events() as events: async for event in events: ...`.
        """
        return EventStream(self._core, capacity)


class _Outcome:
    """What leaves a system that has ended: at most one error."""

    def __init__(self) -> None:
        self._fatal: BaseException | None = None
        self._root: RootCell | None = None

    def watch(self, root: RootCell) -> None:
        """Say what is to end when something fatal happens."""
        self._root = root

    def fatal(self, error: BaseException) -> None:
        """`KeyboardInterrupt`, `SystemExit` and their like end the system but are no failures of an actor."""
        self._fatal = self._fatal or error
        assert self._root is not None
        self._root.end_body()
        self._root.stop()

    def interrupted(self, group: BaseExceptionGroup[BaseException]) -> None:
        """The nursery was interrupted while it waited for a stuck task; nothing of ours raises into it."""
        self._fatal = self._fatal or first_leaf(group)

    def leave(self, failure: BaseException | None, body_error: BaseException | None) -> None:
        """Raise the one error that leaves, if there is one."""
        if self._fatal is not None:
            raise self._fatal
        # A cancellation from outside and `KeyboardInterrupt` go on, also in the group that a nursery in the body makes of them.
        if failure is not None and (body_error is None or isinstance(body_error, Exception)):
            if isinstance(failure, SupervisionError) and body_error is not None:
                failure.causes += (body_error,)
            raise failure
        if body_error is not None:
            raise body_error


@asynccontextmanager
@trio.lowlevel.enable_ki_protection
async def open_system(
    name: str,
    *,
    shutdown_timeout: float = 10.0,
    ask_timeout: float = 5.0,
    strategy: Strategy = Strategy.ONE_FOR_ONE,
    intensity: int = 3,
    period: float = 5.0,
    backoff: Backoff = DEFAULT_BACKOFF,
    instrument: Instrument | Iterable[Instrument] | None = None,
) -> AsyncIterator[System]:
    """Run a system of actors beside the body of an `async with` block.

    Args:
        name: First part of all paths.
        shutdown_timeout: Seconds for the ordered stop of everything, when the block is left or `System.stop` called.
        ask_timeout: Seconds for asks which have no deadline otherwise.
        strategy: Which of the system's own children are restarted when one is.
        intensity: Restarts of the system's own children within `period` that are borne.
        period: Seconds.
        backoff: How long to wait before such a restart.
        instrument: One or several that are told of events, and of messages, from the start; for logs, metrics and spans.

    Raises:
        SupervisionError: The system gave up. The block's body is cancelled then; an error that it raises meanwhile is a
            cause more, but a cancellation from outside, or `KeyboardInterrupt`, goes on in its place.
        ValueError: A setting makes no sense.
        BaseException: What the body raises, as itself; so `KeyboardInterrupt` and its like raised in an actor.

    Cancellation: Stops the system in order, within `shutdown_timeout`, before it goes on.
    """
    _check_seconds(shutdown_timeout=shutdown_timeout, ask_timeout=ask_timeout)
    policy = Supervisor(strategy=strategy, intensity=intensity, period=period, backoff=backoff)
    outside, body, outcome = _Outside(), Caught(), _Outcome()
    try:
        async with trio.open_nursery() as nursery:
            core = Core(nursery, ask_timeout, outcome.fatal)
            core.instrument((instrument,) if isinstance(instrument, Instrument) else instrument or ())
            root = RootCell(core, outside, ChildSpec(name=name, start=policy), policy, make_cell, shutdown_timeout)
            outcome.watch(root)
            root.launch()
            # What the body raises is raised again outside of the nursery, which would wrap it in a group.
            with body, root.body:
                yield System(core, root)
            root.stop()
            await _see_it_end(outside.over, root, outcome)
            core.timers.close()
    except BaseExceptionGroup as group:
        outcome.interrupted(group)
    outcome.leave(outside.failure, body.error)


def _check_seconds(**settings: float) -> None:
    for name, seconds in settings.items():
        if not seconds >= 0.0:  # which is so for what is no number, too
            raise ValueError(f"{name} must be >= 0.0: {seconds}")


async def _see_it_end(over: trio.Event, root: RootCell, outcome: _Outcome) -> None:
    while not over.is_set():
        with trio.CancelScope(shield=True):  # the system's budget is its deadline
            try:
                await over.wait()
            except KeyboardInterrupt as interrupt:
                # Pressed again while all ends in order: end at once.
                outcome.fatal(interrupt)
                root.cut(clean_up=True)
