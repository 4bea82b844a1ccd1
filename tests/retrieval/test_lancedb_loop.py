"""Coroutines on LanceDB's own event loop."""

from __future__ import annotations

import asyncio
import concurrent.futures
import gc
import threading
import weakref
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest
import trio
from lancedb.background_loop import LOOP

from smarthealth.retrieval.lancedb_loop import in_lancedb_loop

SOON = 30.0
"""Seconds within which anything here ends, on the slowest machine."""


class Broken(Exception):
    """What a coroutine raises."""


class Stubborn:
    """A coroutine that is told to end and takes its time: what it was asked for comes late."""

    def __init__(self, ending: Callable[[], str]) -> None:
        self._ending = ending
        self.began, self.cancelled, self.release = threading.Event(), threading.Event(), threading.Event()

    async def run(self) -> str:
        """Wait to be cancelled, then to be released, and end."""
        self.began.set()
        try:
            await asyncio.sleep(SOON)
        except asyncio.CancelledError:
            self.cancelled.set()
        await asyncio.to_thread(self.release.wait, SOON)
        return self._ending()


def raise_broken() -> str:
    """Fail."""
    raise Broken


async def begun_in_vain() -> str:
    """Not to be begun."""
    raise Broken


def let_in_and_out(call: Callable[[], Awaitable[object]]) -> None:
    """Run something on the loop, and wait for all that was to be done there before."""

    async def there() -> None:
        await call()

    LOOP.run(there())  # type: ignore[no-untyped-call]  # it has no annotations


@pytest.fixture(autouse=True)
def complaints() -> Iterator[list[dict[str, Any]]]:
    """What the loop has to complain about, such as failures that nobody looked at: nothing, at the end of each test."""
    heard: list[dict[str, Any]] = []
    LOOP.loop.set_exception_handler(lambda _loop, what: heard.append(what))
    yield heard
    let_in_and_out(partial(asyncio.sleep, 0))
    gc.collect()
    let_in_and_out(partial(asyncio.sleep, 0))
    LOOP.loop.set_exception_handler(None)
    assert heard == []


@pytest.fixture
def limiter() -> trio.CapacityLimiter:
    """For one at a time."""
    return trio.CapacityLimiter(1)


async def until_free(limiter: trio.CapacityLimiter) -> None:
    """Wait until every place has been given back."""
    with trio.fail_after(SOON):
        async with limiter:
            pass


async def test_a_coroutine_runs_in_lancedbs_thread_and_returns(limiter: trio.CapacityLimiter) -> None:
    """What it returns comes back, and its place is free then."""

    async def where(name: str) -> tuple[str, threading.Thread]:
        await asyncio.sleep(0)
        return name, threading.current_thread()

    for name in ("one", "two"):
        assert await in_lancedb_loop(partial(where, name), limiter) == (name, LOOP.thread)
        assert limiter.borrowed_tokens == 0


async def test_a_failure_comes_back(limiter: trio.CapacityLimiter) -> None:
    """Be it of the coroutine or of making it; nothing of it stays behind."""

    async def fail() -> None:
        await asyncio.sleep(0)
        raise Broken

    def no_coroutine() -> Any:
        raise Broken

    gc.disable()
    try:
        for call in (fail, no_coroutine):
            with pytest.raises(Broken) as caught:
                await in_lancedb_loop(call, limiter)
            failure = weakref.ref(caught.value)
            del caught
            let_in_and_out(partial(asyncio.sleep, 0))
            assert failure() is None
    finally:
        gc.enable()
    assert limiter.borrowed_tokens == 0


async def test_a_coroutine_cancelled_there_has_failed(limiter: trio.CapacityLimiter) -> None:
    """To Trio it's a failure, not a cancellation of its own."""

    async def cancelled() -> None:
        raise asyncio.CancelledError

    with pytest.raises(concurrent.futures.CancelledError):
        await in_lancedb_loop(cancelled, limiter)


@pytest.mark.parametrize("ending", [lambda: "late", raise_broken])
async def test_whoever_is_cancelled_wakes_at_once_and_hears_nothing_more(
    limiter: trio.CapacityLimiter, ending: Callable[[], str]
) -> None:
    """The coroutine is cancelled, counts until it has ended, and what it brings late is dropped."""
    stubborn = Stubborn(ending)
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_lancedb_loop, stubborn.run, limiter)
            await trio.to_thread.run_sync(stubborn.began.wait, SOON)
            nursery.cancel_scope.cancel()
    assert not stubborn.release.is_set()
    assert await trio.to_thread.run_sync(stubborn.cancelled.wait, SOON)
    assert limiter.borrowed_tokens == 1
    stubborn.release.set()
    await until_free(limiter)


@pytest.mark.parametrize("ending", [lambda: "late", raise_broken])
def test_what_comes_after_the_run_is_dropped(ending: Callable[[], str]) -> None:
    """A coroutine may outlive the Trio run that asked for it."""
    stubborn = Stubborn(ending)

    async def main() -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_lancedb_loop, stubborn.run, trio.CapacityLimiter(1))
            await trio.to_thread.run_sync(stubborn.began.wait, SOON)
            nursery.cancel_scope.cancel()

    trio.run(main)
    assert stubborn.cancelled.wait(SOON)
    stubborn.release.set()

    async def all_done() -> None:
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    let_in_and_out(all_done)


async def test_whoever_is_cancelled_before_begins_nothing(limiter: trio.CapacityLimiter) -> None:
    """Neither a place is taken nor a coroutine made."""
    with trio.CancelScope() as scope:
        scope.cancel()
        await in_lancedb_loop(begun_in_vain, limiter)
    assert scope.cancelled_caught
    assert limiter.borrowed_tokens == 0


async def test_no_more_than_there_are_places(limiter: trio.CapacityLimiter) -> None:
    """Others wait, and may be cancelled while they do."""
    first, second = Stubborn(lambda: "one"), Stubborn(lambda: "two")
    first.release.set()
    second.release.set()
    with trio.fail_after(SOON):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(in_lancedb_loop, first.run, limiter)
            await trio.to_thread.run_sync(first.began.wait, SOON)
            async with trio.open_nursery() as impatient:
                impatient.start_soon(in_lancedb_loop, begun_in_vain, limiter)
                await trio.testing.wait_all_tasks_blocked()
                impatient.cancel_scope.cancel()
            async with trio.open_nursery() as waiting:
                waiting.start_soon(in_lancedb_loop, second.run, limiter)
                await trio.testing.wait_all_tasks_blocked()
                assert not second.began.is_set()
                nursery.cancel_scope.cancel()
    assert not second.began.is_set()
    await until_free(limiter)
