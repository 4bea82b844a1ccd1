"""Stages of pipelines, and one stage at work with the channel before it.

Items are passed without waiting while there is room, which costs a fifteenth of awaiting the channel; a full channel
makes the stage before it wait. A stage of several workers keeps the order of its items, unless told otherwise.

A stage of capacity 0 has neither channel nor task: the stage before it does its work, within `emit`. For a stage that hands
on at once what it gets, that saves a switch of tasks for each item, which is dearer than most such stages.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from itertools import count
from math import inf
from typing import Any, Generic, TypeVar

import attrs
import trio
from attrs.validators import ge, gt, min_len, optional

from .errors import StageTimeout
from .snapshot import TaskSnapshot
from .turns import Turn, Turns

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
    capacity: int = attrs.field(default=16, validator=ge(0), kw_only=True)
    """Items that may wait before this stage; 0 joins it to the stage before, whose task, and time limit, it shares."""
    concurrency: int = attrs.field(default=1, validator=ge(1), kw_only=True)
    """Items handled at once."""
    ordered: bool = attrs.field(default=True, kw_only=True)
    """Whether what comes out keeps the order of what came in, also when several items are handled at once. An item that is
    done early waits for those before it."""

    def __attrs_post_init__(self) -> None:
        """Check what goes together."""
        if self.joined and (self.timeout is not None or self.concurrency > 1):
            raise ValueError(
                f"stage {self.name!r} shares the task of the one before: no timeout, no concurrency of its own"
            )

    @property
    def joined(self) -> bool:
        """Whether the stage before does this one's work."""
        return not self.capacity


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


class StageRun:
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
        self._turns = Turns(emit, stage.capacity) if stage.concurrency > 1 and stage.ordered else None
        self._busy = 0
        self._handled = 0

    # The channel

    def put_nowait(self, item: object) -> None:
        """Put an item into the empty channel."""
        self._send.send_nowait((next(self._numbers), item))

    async def put(self, item: object) -> None:
        """Put an item in, waiting while there is no room."""
        number = next(self._numbers)
        try:
            await self._send_numbered(number, item)
        except BaseException:
            if self._turns is not None:
                self._turns.skip(number)  # else those after it would wait for it
            raise

    async def _send_numbered(self, number: int, item: object) -> None:
        try:
            self._send.send_nowait((number, item))
        except trio.WouldBlock:
            await self._send.send((number, item))

    def close_input(self) -> None:
        """Nothing more comes in."""
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
                turn = Turn(self._turns, number)
                await self.stage.fn(item, turn.emit)
                await turn.end()
        finally:
            self._busy -= 1
        self._handled += 1

    # What is told of it

    def report(self, seconds: float) -> StageReport:
        """What it did."""
        return StageReport(stage=self.stage.name, seconds=seconds, items=self._handled, error=self.error)

    def snapshot(self) -> TaskSnapshot:
        """What it does now."""
        state = "working" if self._busy else "waiting" if self._workers else "ended"
        return TaskSnapshot(name=self.stage.name, state=state, handled=self._handled)
