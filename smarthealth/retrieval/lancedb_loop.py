"""Runs a coroutine on LanceDB's own event loop for a Trio task, without a thread between the two.

Theory of operation. LanceDB's asynchronous methods belong to asyncio, of which LanceDB keeps a loop in a thread of its own. A
thread of Trio's that waits for that loop is woken twice: to hand the coroutine over, and to say that it has ended. So the Trio
task hands it over itself and sleeps, and the end of the asyncio task wakes it through Trio's token.

A Trio task that is cancelled wakes at once; the asyncio task is cancelled, and what it still brings, be it a result or a failure,
is dropped, also when the Trio run is over by then. Its place in the limiter is kept until it has ended, so that what was abandoned
is counted as long as it takes.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any, Generic, TypeVar

import trio

T = TypeVar("T")


@trio.lowlevel.enable_ki_protection
async def in_lancedb_loop(call: Callable[[], Coroutine[Any, Any, T]], limiter: trio.CapacityLimiter) -> T:
    """Run a coroutine on LanceDB's loop, and wait for what it returns or raises; LanceDB has to be loaded.

    Args:
        call: Makes the coroutine, there.
        limiter: Bounds how many are there at once.

    Cancellation:
        Takes effect at once; the coroutine is cancelled, and ends on its own.
    """
    from lancedb.background_loop import LOOP

    visit = _Visit(call, limiter, LOOP.loop)
    await visit.enter()
    await trio.lowlevel.wait_task_rescheduled(visit.abandon)
    task = visit.task
    try:
        if task.cancelled():
            # by nobody here: to Trio it is a failure like any other
            raise concurrent.futures.CancelledError
        return task.result()
    finally:
        del task, visit  # else a failure and this frame hold each other


class _Visit(Generic[T]):
    """One coroutine's stay on LanceDB's loop; the methods that begin with `loop_` run there, the others in Trio's thread."""

    def __init__(
        self,
        call: Callable[[], Coroutine[Any, Any, T]],
        limiter: trio.CapacityLimiter,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._call = call
        self._limiter = limiter
        self._loop = loop
        self._token = trio.lowlevel.current_trio_token()
        self._sleeper: trio.lowlevel.Task | None = trio.lowlevel.current_task()
        self.task: asyncio.Task[T]

    async def enter(self) -> None:
        """Wait for a place, and hand the coroutine over."""
        await trio.lowlevel.checkpoint_if_cancelled()
        try:
            self._limiter.acquire_on_behalf_of_nowait(self)
        except trio.WouldBlock:
            await self._limiter.acquire_on_behalf_of(self)
        self._loop.call_soon_threadsafe(self._loop_begin)

    def abandon(self, _: object) -> trio.lowlevel.Abort:
        """The Trio task was cancelled: nobody waits any more."""
        self._sleeper = None
        # the loop keeps the order, so it has begun by then
        self._loop.call_soon_threadsafe(self._loop_cancel)
        return trio.lowlevel.Abort.SUCCEEDED

    def _loop_begin(self) -> None:
        self.task = self._loop.create_task(_awaited(self._call))
        self.task.add_done_callback(self._loop_end)

    def _loop_cancel(self) -> None:
        self.task.cancel()

    def _loop_end(self, task: asyncio.Task[T]) -> None:
        if not task.cancelled():
            task.exception()  # looked at, else asyncio would complain of one that nobody waits for any more
        with suppress(trio.RunFinishedError):
            self._token.run_sync_soon(self._leave)

    def _leave(self) -> None:
        self._limiter.release_on_behalf_of(self)
        if self._sleeper is not None:
            trio.lowlevel.reschedule(self._sleeper)


async def _awaited(call: Callable[[], Coroutine[Any, Any, T]]) -> T:
    # a failure to make the coroutine is a failure of the task, too
    return await call()
