"""The task that waits until a new child is ready."""

from __future__ import annotations

import trio

MOST_SETBACKS = 3
"""Failures of a new child's group that its start outlasts; one more and the start has failed, lest it be waited for in vain."""


class Starter:
    """The task that waits for a new child's first start."""

    __slots__ = ("_setbacks", "_task", "done", "error", "setback")

    def __init__(self) -> None:
        self._task: trio.lowlevel.Task | None = None
        self.done = False
        self.error: Exception | None = None
        self.setback: BaseException | None = None
        """Why the group of the child was last halted, before the child was ready."""
        self._setbacks = 0

    def set_back(self, failure: BaseException | None) -> bool:
        """The child's group is halted, to be started anew; False when that is once too often."""
        self.setback = failure
        self._setbacks += 1
        return self._setbacks <= MOST_SETBACKS

    def end(self, error: Exception | None = None) -> None:
        """Tell it the outcome."""
        self.done = True
        self.error = error
        task, self._task = self._task, None
        if task is not None:
            trio.lowlevel.reschedule(task)

    async def wait(self) -> None:
        """Wait for the outcome and raise it if it is an error."""
        if not self.done:
            self._task = trio.lowlevel.current_task()
            await trio.lowlevel.wait_task_rescheduled(self._abort)
        if self.error is not None:
            try:
                raise self.error
            finally:
                self.error = None  # as in `Ask.reply`

    def _abort(self, _raise_cancel: object) -> trio.lowlevel.Abort:
        self._task = None
        return trio.lowlevel.Abort.SUCCEEDED
