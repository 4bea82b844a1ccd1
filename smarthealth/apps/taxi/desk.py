"""Work that goes on when the turn that began it is broken off: a taxi that is being sent is sent, and written down.

Each piece of work belongs to a thread. The turn waits for it here; when the turn is cancelled the work goes on, shielded, within its
time limit, and the thread's next turn waits until it is done.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import attrs
import structlog
import trio

from smarthealth.actors import Context

TIME_LIMIT: Final = 60.0
"""Seconds for one piece of work; what its requests take at most is less."""
CAPACITY: Final = 1000
"""Pieces of work at once, in all threads together."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class DeskFull(Exception):
    """There is no room for more work, or the desk is closed."""


@attrs.define(eq=False)
class _Work:
    done: trio.Event = attrs.field(factory=trio.Event)
    result: str | None = None
    error: Exception | None = None
    is_awaited: bool = True


@attrs.define(eq=False)
class Desk:
    """Where work is done; `serve` runs as a service of the process."""

    _nursery: trio.Nursery | None = attrs.field(default=None, init=False)
    _running: dict[str, set[_Work]] = attrs.field(factory=dict, init=False)

    async def serve(self, context: Context) -> None:
        """Do the work; when this is cancelled, what runs is finished first, within its limit."""
        try:
            async with trio.open_nursery() as self._nursery:
                context.started()
                await trio.sleep_forever()
        finally:
            self._nursery = None

    async def run(self, thread: str, job: Callable[[], Awaitable[str]], late: Callable[[str], Awaitable[None]]) -> str:
        """Do a piece of work and return its result.

        Args:
            thread: Whose work it is.
            job: The work; it is shielded and runs to its end.
            late: Given the result when nobody waits for it any more.

        Raises:
            DeskFull: It was not begun.
            Exception: What the job raised.

        Cancellation:
            Leaves the work going on.
        """
        if self._nursery is None or sum(map(len, self._running.values())) >= CAPACITY:
            raise DeskFull
        work = _Work()
        self._running.setdefault(thread, set()).add(work)
        self._nursery.start_soon(self._do, thread, work, job, late, name=f"desk {thread}")
        try:
            await work.done.wait()
        finally:
            work.is_awaited = False
        if work.error is not None:
            raise work.error
        return work.result or ""

    async def settled(self, thread: str) -> None:
        """Return when nothing of a thread is being done."""
        for work in tuple(self._running.get(thread, ())):
            await work.done.wait()

    async def _do(
        self,
        thread: str,
        work: _Work,
        job: Callable[[], Awaitable[str]],
        late: Callable[[str], Awaitable[None]],
    ) -> None:
        try:
            with trio.move_on_after(TIME_LIMIT, shield=True) as scope:
                work.result = await job()
                if not work.is_awaited:
                    await late(work.result)
            if scope.cancelled_caught:
                work.error = TimeoutError("the work took too long")
        except Exception as error:
            work.error = error
            if not work.is_awaited:
                log.error("late_work_failed", error=type(error).__name__)
        finally:
            running = self._running[thread]
            running.discard(work)
            if not running:
                del self._running[thread]
            work.done.set()
