"""`python -m loadtest.compare.workers`: what a second worker adds, in tokens, turns and connections a second.

Clients, provider and database need processors too, so on a machine of two cores two workers never have two for themselves. Here
each worker process has a fixed share of one (`shares`), and all else what is left: one worker at 35 parts of a hundred beside
two at 35 each, both with more to do than they can. With `--cores`, on four or more, each worker has a core instead.

One worker has so many streams, two have twice as many: what a token costs depends on how many come at a time, and each
worker is to be compared with one that has as much to do.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import attrs

from .crew import Crew, Seen
from .points import AT_ONCE, Connections, LoadFailed, Streams, measure_connections, measure_streams
from .report import Figure, as_json, cell, describe_machine
from .servers import SETTLING, Bench, Cores, NotReady, Process, open_bench
from .shares import Unavailable, open_groups
from .simulator import Plan

T = TypeVar("T")

COUNTS: Final = (1, 2)
"""Workers that are compared."""
WARMING: Final = 16
"""Streams that nothing is noted of, before a worker is limited to its share: so many that each worker has some."""
LEAST_CORES: Final = 4
"""For workers that have a core each: as many are for all else."""
_BRIEF: Final = Plan(tokens=1, pace=0.0, first_token=0.0)


@attrs.frozen(kw_only=True)
class Course:
    """What is asked of one and of two workers."""

    share: float | None
    """Of a core, for each worker; None for a core each."""
    rounds: int
    streams: int
    """Answers at once, for each worker."""
    turns: int
    """Short answers at once, for each worker."""
    connections: int
    """Opened, for each worker."""
    seconds: float
    plan: Plan


@attrs.frozen(kw_only=True)
class Round:
    """All that was measured of so many workers in one round."""

    workers: int
    streams: Streams
    turns: Streams
    connections: Connections
    seen: Mapping[str, Seen]
    """By `streams`, `turns` and `connections`."""


@attrs.frozen(kw_only=True)
class Row:
    """One quantity of one worker and of two."""

    name: str
    unit: str
    one: Figure
    two: Figure

    @property
    def ratio(self) -> float:
        """Two to one."""
        return self.two.median / self.one.median if self.one.median else float("nan")


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare and print; 1 when a server failed, 2 where workers cannot be given a share or a core."""
    options = _parser().parse_args(arguments)
    course = Course(
        share=None if options.cores else options.share,
        rounds=options.rounds,
        streams=options.streams,
        turns=options.turns,
        connections=options.connections,
        seconds=options.seconds,
        plan=Plan(tokens=options.tokens),
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # or the groups would be left behind
    try:
        rounds = compare(course)
    except Unavailable as error:
        print(f"workers: {error}", file=sys.stderr)
        return 2
    except (NotReady, LoadFailed) as error:
        print(f"workers: {error}", file=sys.stderr)
        return 1
    print(as_text(rounds))
    if options.json is not None:
        told = as_json(rounds, rows(rounds), describe_machine(course))
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m loadtest.compare.workers", description=__doc__)
    parser.add_argument("--share", type=float, default=0.35, help="of a core, for each worker")
    parser.add_argument("--cores", action="store_true", help="a core for each worker instead; four are the least")
    parser.add_argument("--rounds", type=int, default=3, help="times that one and two workers are started and measured")
    parser.add_argument("--streams", type=int, default=140, help="answers at once, for each worker")
    parser.add_argument("--turns", type=int, default=32, help="short answers at once, for each worker")
    parser.add_argument("--connections", type=int, default=1000, help="to open, for each worker")
    parser.add_argument("--seconds", type=float, default=10.0, help="that each load point counts")
    parser.add_argument("--tokens", type=int, default=500, help="of one answer")
    parser.add_argument("--json", type=Path, default=None, help="write everything to this file")
    return parser


def compare(course: Course) -> list[Round]:
    """Start one worker and two in alternation, and ask them everything, as many rounds as wanted.

    Raises:
        Unavailable: Workers cannot be given what they are to have.
        NotReady: A process did not start.
        LoadFailed: Nothing was delivered.
    """
    done: list[Round] = []
    with (
        _open_shares(course) as means,
        open_bench(Cores(server=means.cores[-1], others=means.others)) as bench,
        bench.provider(course.plan) as paced,
        bench.provider(_BRIEF) as brief,
    ):
        for number in range(course.rounds):
            for workers in COUNTS if number % 2 == 0 else reversed(COUNTS):
                print(f"round {number + 1} of {course.rounds}: {workers}", file=sys.stderr, flush=True)
                done.append(_round(bench, workers, course, means, paced, brief))
    return done


@attrs.frozen(kw_only=True)
class _Means:
    """How each worker comes to its share."""

    cores: Sequence[int]
    """Where workers may run."""
    others: tuple[int, ...]
    """Where all else may."""
    limit: Callable[[Crew], None]


@contextmanager
def _open_shares(course: Course) -> Iterator[_Means]:
    cores = sorted(os.sched_getaffinity(0))
    if course.share is not None:
        with open_groups(max(COUNTS), course.share) as groups:
            yield _Means(cores=cores, others=tuple(cores), limit=lambda crew: crew.limit(groups))
        return
    if len(cores) < LEAST_CORES:
        raise Unavailable(f"{len(cores)} cores: workers with a core each need {LEAST_CORES} of them")
    own, others = cores[-max(COUNTS) :], cores[: -max(COUNTS)]
    os.sched_setaffinity(0, others)  # the clients are in this process, and the database is a child of it
    try:
        yield _Means(cores=own, others=tuple(others), limit=lambda crew: crew.spread_over(own))
    finally:
        os.sched_setaffinity(0, cores)


def _round(bench: Bench, workers: int, course: Course, means: _Means, paced: str, brief: str) -> Round:
    with _crew(bench, workers, means, brief) as (process, crew):
        turns = _run(measure_streams(process, _BRIEF, bench.token, workers * course.turns, course.seconds, crew.look))
        seen = {"turns": crew.seen()}
        connections = _run(
            measure_connections(
                process, bench.token, workers * course.connections, look=crew.look, at_once=workers * AT_ONCE
            )
        )
        seen["connections"] = crew.seen()
    with _crew(bench, workers, means, paced) as (process, crew):
        streams = _run(
            measure_streams(process, course.plan, bench.token, workers * course.streams, course.seconds, crew.look)
        )
        seen["streams"] = crew.seen()
    return Round(workers=workers, streams=streams, turns=turns, connections=connections, seen=seen)


def _run(measuring: Coroutine[Any, Any, T]) -> T:
    import uvloop  # of the group `loadtest`

    done: T = uvloop.run(measuring)
    return done


@contextmanager
def _crew(bench: Bench, workers: int, means: _Means, provider: str) -> Iterator[tuple[Process, Crew]]:
    """A server that has done what it does once, and has its shares from then on."""
    with bench.ours(provider, workers=workers, cores=means.cores) as process:
        time.sleep(SETTLING)
        _run(measure_streams(process, _BRIEF, bench.token, WARMING, 1.0))
        crew = Crew(process, workers)
        means.limit(crew)
        yield process, crew


def rows(rounds: Sequence[Round]) -> list[Row]:
    """Every quantity."""
    found = [
        _row(rounds, "tokens delivered", "/s", lambda each: each.streams.tokens_per_second),
        _row(rounds, "turns", "/s", lambda each: each.turns.turns / each.turns.seconds),
        _row(rounds, "connections opened", "/s", lambda each: each.connections.per_second),
        _row(
            rounds, "CPU a token, its share of the turn included", "µs", lambda each: 1e6 * each.streams.cpu_per_token
        ),
        _row(rounds, "CPU of a turn", "ms", lambda each: 1000 * each.turns.cpu_per_token),
        _row(rounds, "CPU to open a connection", "µs", lambda each: 1e6 * each.connections.cpu_each),
        _row(rounds, "failures", "", lambda each: float(each.streams.failures + each.turns.failures)),
    ]
    for point in rounds[0].seen:
        found += _seen_rows(rounds, point)
    return found


def _seen_rows(rounds: Sequence[Round], point: str) -> list[Row]:
    return [
        _row(rounds, f"{point}: used of a core, by a worker", "", lambda each: min(each.seen[point].used)),
        _row(
            rounds,
            f"{point}: periods at the limit",
            "",
            lambda each: min(each.seen[point].short, default=float("nan")),
        ),
        _row(rounds, f"{point}: fullest worker to an even spread", "", lambda each: each.seen[point].fullest()),
        _row(rounds, f"{point}: cores left idle", "", lambda each: each.seen[point].idle),
    ]


def _row(rounds: Sequence[Round], name: str, unit: str, take: Callable[[Round], float]) -> Row:
    one, two = ([take(each) for each in rounds if each.workers == workers] for workers in COUNTS)
    return Row(name=name, unit=unit, one=Figure.of(one), two=Figure.of(two))


def as_text(rounds: Sequence[Round]) -> str:
    """A table for people, and which load points were too light to say anything."""
    lines = [f"{'':48} {'one worker':>24} {'two':>24} {'ratio':>7}"]
    lines += [
        f"{row.name:48} {cell(row.one, row.unit):>24} {cell(row.two, row.unit):>24} {row.ratio:>7.2f}"
        for row in rows(rounds)
    ]
    lines += [
        f"not saturated: {point} of {each.workers} in a round; ask for more"
        for each in rounds
        for point, seen in each.seen.items()
        if not seen.saturated()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
