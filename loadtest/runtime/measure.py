"""Rounds in alternation, and what is made of them.

Every way of doing a row's work does it once a round, one after the other, so that a busy machine weighs on all alike. CPU
time of the process is what is taken, threads included: it does not count what other processes do meanwhile. A ratio is
made within each round and the median over the rounds is what counts; the spread is shown beside it.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
from collections.abc import Awaitable, Callable
from types import TracebackType

import attrs
import trio

MICROSECONDS = 1e6


class Stopwatch:
    """CPU time of this process within `with` blocks; what stands before and after them is preparation."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> Stopwatch:
        gc.collect()  # what the one before left is not ours to clean up
        self._begun = time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.seconds += time.process_time() - self._begun


AsyncWork = Callable[[int, Stopwatch], Awaitable[None]]
SyncWork = Callable[[int, Stopwatch], None]
"""Does so many units of work, within the stopwatch."""
Work = Callable[[int], float]
"""Does so many units of work and gives what they cost: seconds, or bytes."""


def on_trio(work: AsyncWork) -> Work:
    """Work under `trio.run`."""
    return timed(lambda count, watch: trio.run(work, count, watch))


def on_asyncio(work: AsyncWork) -> Work:
    """Work under `asyncio.run`."""

    async def main(count: int, watch: Stopwatch) -> None:
        await work(count, watch)

    return timed(lambda count, watch: asyncio.run(main(count, watch)))


def each(run: Callable[[int], Awaitable[None]], size: int) -> AsyncWork:
    """Work of which a unit is a whole run of that size."""

    async def work(count: int, watch: Stopwatch) -> None:
        with watch:
            for _ in range(count):
                await run(size)

    return work


def once(run: Callable[[int], Awaitable[None]]) -> AsyncWork:
    """Work that is one run of so many units."""

    async def work(count: int, watch: Stopwatch) -> None:
        with watch:
            await run(count)

    return work


def timed(work: SyncWork) -> Work:
    """Work that needs no loop."""

    def run(count: int) -> float:
        watch = Stopwatch()
        work(count, watch)
        return watch.seconds

    return run


@attrs.frozen
class Way:
    """One contender's way of doing a row's work."""

    name: str
    work: Work
    count: int | None = None
    """Units a round, where those of the row would be too many for it."""


@attrs.frozen(kw_only=True)
class Row:
    """The same work, done in several ways; the first is ours."""

    name: str
    count: int
    """Units a round."""
    ways: tuple[Way, ...]
    most_rounds: int | None = None
    """For work that takes long."""
    unit: str = "µs"
    scale: float = MICROSECONDS
    aims: dict[str, float] = attrs.field(factory=dict)
    """Most that ours may cost, as a multiple of what the way of that name does."""
    limit: float | None = None
    """Most that ours may cost, in the row's unit."""


@attrs.frozen
class Spread:
    """Several rounds of one thing."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """The spread of these values."""
        return cls(statistics.median(values), min(values), max(values))


@attrs.frozen(kw_only=True)
class Result:
    """What one way cost."""

    name: str
    cost: Spread
    """In the row's unit."""
    ratio: Spread
    """Ours divided by this."""
    aim: float | None = None
    """Most that the ratio may be."""
    limit: float | None = None
    """Most that the cost may be."""

    @property
    def missed(self) -> bool:
        """True when there is an aim and it does not hold."""
        over = self.aim is not None and self.ratio.median > self.aim
        return over or (self.limit is not None and self.cost.median > self.limit)


def measure(row: Row, rounds: int, share: float = 1.0) -> list[Result]:
    """Run a row.

    Args:
        row: What to run.
        rounds: How often, once to warm up aside.
        share: Of the row's units, done in each round.
    """
    costs: dict[str, list[float]] = {way.name: [] for way in row.ways}
    for number in range(min(rounds, row.most_rounds or rounds) + 1):
        for way in row.ways:
            count = max(1, round((way.count or row.count) * share))
            cost = way.work(count)
            if number:
                costs[way.name].append(cost / count * row.scale)
    return summarize(row, costs)


def summarize(row: Row, costs: dict[str, list[float]]) -> list[Result]:
    """Medians and ratios of costs that were taken in the same rounds."""
    ours, *_ = costs.values()
    return [
        Result(
            name=name,
            cost=Spread.of(theirs),
            ratio=Spread.of([mine / other for mine, other in zip(ours, theirs, strict=True)]),
            aim=row.aims.get(name),
            limit=row.limit if theirs is ours else None,
        )
        for name, theirs in costs.items()
    ]
