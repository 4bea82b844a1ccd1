"""Pipelines: stages linked by bounded channels, a task each, gone together.

Items are passed without waiting while there is room, which costs a fifteenth of awaiting the channel; a full channel
makes the stage before it wait. A stage of several workers keeps the order of its items: what a worker emits out of turn
is buffered, up to the stage's own capacity, until the items before are done.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from itertools import count
from math import inf
from typing import Any, Generic, TypeVar

import attrs
import trio
from attrs.validators import ge, gt, min_len, optional

from .actor import Context
from .errors import StageTimeout, first_leaf
from .snapshot import TaskSnapshot

In = TypeVar("In")
Out = TypeVar("Out")
Emit = Callable[[Out], Awaitable[None]]
"""Passes an item on, waiting while the next stage is behind."""

FAIRNESS = 32
"""Items that one stage may handle between two real checkpoints."""


@attrs.frozen
class Stage(Generic[In, Out]):
    """One step: a function called for each item, which emits any number of items."""

    name: str = attrs.field(validator=min_len(1))
    fn: Callable[[In, Emit[Out]], Awaitable[None]]
    """Handles one item; `await emit(item)` passes one on."""
    timeout: float | None = attrs.field(default=None, validator=optional(gt(0.0)), kw_only=True)
    """Seconds for one item, time blocked in `emit` included; more is `StageTimeout`."""
    capacity: int = attrs.field(default=16, validator=ge(1), kw_only=True)
    """Items that may wait before this stage."""
    concurrency: int = attrs.field(default=1, validator=ge(1), kw_only=True)
    """Items handled at once; the order of what comes out is that of what came in."""


@attrs.frozen(kw_only=True)
class StageReport:
    """What one stage did in one run."""

    stage: str
    seconds: float
    """From the run's start to this stage's end."""
    items: int
    """Items handled."""
    error: BaseException | None
    """What it failed with; None too when it was cancelled."""


@attrs.frozen(kw_only=True)
class Pipeline:
    """Stages in a row."""

    stages: tuple[Stage[Any, Any], ...] = attrs.field(validator=min_len(1))
    """The first gets the item that `run` is given."""

    async def run(
        self,
        first_item: object,
        on_output: Callable[[Any], Awaitable[None]] | None = None,
        task_observer: Callable[[StageReport], object] | None = None,
        *,
        context: Context | None = None,
    ) -> None:
        """Send one item through and return when all that came of it is handled.

        Args:
            first_item: What the first stage handles.
            on_output: Called, in the last stage's task, with what that emits; None drops it.
            task_observer: Called when a stage ends.
            context: The actor in which this runs, to show its stages in the system's snapshot.

        Raises:
            StageTimeout: A stage spent too long on one item.
            Exception: What a stage raises, as itself; if several fail, the first. The others are cancelled.

        Cancellation: Cancels all stages.
        """
        run = _Run(self.stages, on_output or _drop, task_observer)
        run.feed(first_item)
        if context is None:
            await run.run()
            return
        context.add_gauge(run.snapshot)
        try:
            await run.run()
        finally:
            context.remove_gauge(run.snapshot)


async def _drop(_item: object) -> None:
    pass


class _Run:
    """One run of a pipeline."""

    __slots__ = ("_failure", "_nursery", "_observer", "_stages", "_started_at")

    def __init__(
        self,
        stages: tuple[Stage[Any, Any], ...],
        on_output: Emit[Any],
        observer: Callable[[StageReport], object] | None,
    ) -> None:
        self._observer = observer
        self._failure: BaseException | None = None
        self._started_at = trio.current_time()
        emit, close = on_output, _nothing
        self._stages: list[_StageRun] = []
        for stage in reversed(stages):
            run = _StageRun(stage, emit, close)
            emit, close = run.put, run.close_input
            self._stages.append(run)
        self._stages.reverse()

    def feed(self, item: object) -> None:
        first = self._stages[0]
        first.put_nowait(item)
        first.close_input()

    async def run(self) -> None:
        cut_off = False
        try:
            async with trio.open_nursery() as self._nursery:
                for stage in self._stages:
                    for _ in range(stage.stage.concurrency):
                        self._nursery.start_soon(self._guard, stage, name=f"stage {stage.stage.name}")
        except BaseExceptionGroup as group:
            # Stages let nothing out but cancellation; beside it, an interrupt may have come to this task itself.
            self._failure = first_leaf(group) or self._failure
            cut_off = True
        finally:
            # Not sooner: a stage cut off by another's failure is cancelled, and must not see a broken channel first.
            for stage in self._stages:
                stage.close()
        if self._failure is not None:
            try:
                raise self._failure
            finally:
                self._failure = None  # it holds this frame, which holds it
        if cut_off:
            await trio.lowlevel.checkpoint_if_cancelled()  # the cancellation goes on as itself, not as a group

    async def _guard(self, stage: _StageRun) -> None:
        try:
            await self._work(stage)
        except trio.Cancelled:
            raise
        except BaseException as error:  # raised by run, as itself
            if self._failure is None:
                self._failure = error
            self._nursery.cancel_scope.cancel()
        else:
            stage.end_output()

    async def _work(self, stage: _StageRun) -> None:
        try:
            await stage.work()
        except Exception as error:
            stage.error = error
            raise
        finally:
            if stage.worker_ended() and self._observer is not None:
                self._observer(stage.report(trio.current_time() - self._started_at))

    def snapshot(self) -> tuple[TaskSnapshot, ...]:
        return tuple(stage.snapshot() for stage in self._stages)


def _nothing() -> None:
    pass


class _StageRun:
    """One stage at work, and the channel before it."""

    __slots__ = (
        "_busy",
        "_close_output",
        "_emit",
        "_handled",
        "_numbers",
        "_receive",
        "_send",
        "_turns",
        "_workers",
        "error",
        "stage",
    )

    def __init__(self, stage: Stage[Any, Any], emit: Emit[Any], close_output: Callable[[], object]) -> None:
        self.stage = stage
        self.error: BaseException | None = None
        self._emit = emit
        self._close_output = close_output
        self._send, self._receive = trio.open_memory_channel[tuple[int, object]](stage.capacity)
        self._numbers = count()
        self._workers = stage.concurrency
        self._turns = _Turns(emit, stage.capacity) if stage.concurrency > 1 else None
        self._busy = 0
        self._handled = 0

    # The channel

    def put_nowait(self, item: object) -> None:
        self._send.send_nowait((next(self._numbers), item))

    async def put(self, item: object) -> None:
        numbered = (next(self._numbers), item)
        try:
            self._send.send_nowait(numbered)
        except trio.WouldBlock:
            await self._send.send(numbered)

    def close_input(self) -> None:
        self._send.close()

    def worker_ended(self) -> bool:
        """Count a worker's end; True when it was the last."""
        self._workers -= 1
        return not self._workers

    def end_output(self) -> None:
        """Let the next stage know that no more will come."""
        if not self._workers:
            self._close_output()

    def close(self) -> None:
        """Close the channel at both ends."""
        self._send.close()
        self._receive.close()

    # The work

    async def work(self) -> None:
        """Handle items until there are no more; several workers may do so at once."""
        limit = self.stage.timeout
        if limit is None:
            await self._handle_items(None, inf)
            return
        # One scope for all items, its deadline moved from one to the next: a scope for each would cost three times that.
        with trio.CancelScope() as scope:
            await self._handle_items(scope, limit)
        if scope.cancelled_caught:
            raise StageTimeout(self.stage.name, limit)

    async def _handle_items(self, scope: trio.CancelScope | None, limit: float) -> None:
        since_checkpoint = 0
        while True:
            try:
                number, item = self._receive.receive_nowait()
            except trio.EndOfChannel:
                return
            except trio.WouldBlock:
                since_checkpoint = 0
                try:
                    number, item = await self._receive.receive()
                except trio.EndOfChannel:
                    return
            if scope is not None:
                scope.deadline = trio.current_time() + limit
            await self._handle(number, item)
            if scope is not None:
                scope.deadline = inf
            since_checkpoint += 1
            if since_checkpoint >= FAIRNESS:
                since_checkpoint = 0
                await trio.lowlevel.checkpoint()

    async def _handle(self, number: int, item: object) -> None:
        self._busy += 1
        try:
            if self._turns is None:
                await self.stage.fn(item, self._emit)
            else:
                turn = _Turn(self._turns, number)
                await self.stage.fn(item, turn.emit)
                await turn.end()
        finally:
            self._busy -= 1
        self._handled += 1

    # What is told of it

    def report(self, seconds: float) -> StageReport:
        return StageReport(stage=self.stage.name, seconds=seconds, items=self._handled, error=self.error)

    def snapshot(self) -> TaskSnapshot:
        state = "working" if self._busy else "waiting" if self._workers else "ended"
        return TaskSnapshot(name=self.stage.name, state=state, handled=self._handled)


class _Turns:
    """Whose turn it is to emit, among the items that several workers handle at once."""

    __slots__ = ("capacity", "emit", "now", "waiting")

    def __init__(self, emit: Emit[Any], capacity: int) -> None:
        self.emit = emit
        self.capacity = capacity
        self.now = 0
        self.waiting: dict[int, trio.Event] = {}

    async def wait(self, number: int) -> None:
        if self.now != number:
            event = self.waiting[number] = trio.Event()
            await event.wait()

    def end(self) -> None:
        self.now += 1
        event = self.waiting.pop(self.now, None)
        if event is not None:
            event.set()


class _Turn:
    """One item's share of the output, buffered until the items before it are done."""

    __slots__ = ("_buffer", "_number", "_turns")

    def __init__(self, turns: _Turns, number: int) -> None:
        self._turns = turns
        self._number = number
        self._buffer: deque[object] = deque()

    async def emit(self, item: object) -> None:
        if self._turns.now != self._number:
            if len(self._buffer) < self._turns.capacity:
                self._buffer.append(item)
                return
            await self._turns.wait(self._number)
        await self._flush()
        await self._turns.emit(item)

    async def _flush(self) -> None:
        while self._buffer:
            await self._turns.emit(self._buffer.popleft())

    async def end(self) -> None:
        await self._turns.wait(self._number)
        await self._flush()
        self._turns.end()
