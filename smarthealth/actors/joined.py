"""A stage without a task of its own: the stage before it does its work, within `emit`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import trio

from .snapshot import TaskSnapshot
from .stages import FAIRNESS, Emit, Stage, StageReport


class JoinedStage:
    """One stage at work in another's task; stands where a `StageRun` would."""

    __slots__ = ("_close_output", "_emit", "_ended", "_handled", "_working", "error", "stage")

    def __init__(self, stage: Stage[Any, Any], emit: Emit[Any], close_output: Callable[[], object]) -> None:
        self.stage = stage
        self.error: BaseException | None = None
        self._emit = emit
        self._close_output = close_output
        self._handled = 0
        self._working = False
        self._ended = False

    async def put(self, item: object) -> None:
        """Handle an item."""
        self._working = True
        try:
            await self.stage.fn(item, self._emit)
        except Exception as error:
            self.error = error
            raise
        finally:
            self._working = False
        self._handled += 1
        if not self._handled % FAIRNESS:
            await trio.lowlevel.checkpoint()

    def close_input(self) -> None:
        """Nothing more comes in: nothing more goes out either."""
        self._ended = True
        self._close_output()

    def close(self) -> None:
        """The run is over."""
        self._ended = True

    def report(self, seconds: float) -> StageReport:
        """What it did."""
        return StageReport(stage=self.stage.name, seconds=seconds, items=self._handled, error=self.error)

    def snapshot(self) -> TaskSnapshot:
        """What it does now."""
        state = "working" if self._working else "ended" if self._ended else "waiting"
        return TaskSnapshot(name=self.stage.name, state=state, handled=self._handled)
