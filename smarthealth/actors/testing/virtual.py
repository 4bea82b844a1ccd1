"""Virtual time: seconds that pass as soon as nobody has anything left to do.

These helpers work under any `trio.testing.MockClock`, stepped by hand or jumping by itself, and so under the
`autojump_clock` of pytest-trio. Under the real clock they do the same in real seconds.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

import trio
from trio.abc import Instrument
from trio.testing import MockClock, wait_all_tasks_blocked

R = TypeVar("R")


def run_virtual(main: Callable[[], Awaitable[R]], *, instruments: Sequence[Instrument] = ()) -> R:
    """Run `main` as `trio.run` does, in virtual time.

    Args:
        main: An async callable without arguments; use `functools.partial` to give it some.
        instruments: Trio's instruments.

    Returns:
        What `main` returns.
    """
    return trio.run(main, clock=MockClock(autojump_threshold=0), instruments=instruments)


async def settle() -> None:
    """Wait until every other task waits for something, without letting time pass."""
    await wait_all_tasks_blocked()


async def advance(seconds: float) -> None:
    """Let so many seconds pass, and everybody who is due in them run, in order; then `settle`."""
    clock = trio.lowlevel.current_clock()
    if isinstance(clock, MockClock):
        # In one jump, deadlines that others set on the way would come too late.
        with _jumping(clock):
            await trio.sleep(seconds)
    else:
        await trio.sleep(seconds)
    await settle()


@contextmanager
def _jumping(clock: MockClock) -> Iterator[None]:
    before = clock.autojump_threshold
    clock.autojump_threshold = 0
    try:
        yield
    finally:
        clock.autojump_threshold = before
