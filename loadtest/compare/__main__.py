"""`python -m loadtest.compare`: our server and the FastAPI peer, in alternation, on one core, at several load points.

It needs two cores, the group `loadtest` (`uv run --group loadtest python -m loadtest.compare`) and about twenty minutes.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import attrs
import uvloop

from .churn import measure_churn
from .page import as_page
from .points import LoadFailed, measure_connections, measure_streams
from .report import OURS, PEER, Round, as_json, as_text, describe_machine, rows
from .servers import SETTLING, Bench, NotReady, Process, open_bench
from .simulator import Plan

REPORT = Path(__file__).resolve().parent.parent / "report.html"
WARMING = 4
"""Streams of the load that nothing is noted of, before the first point."""


@attrs.frozen(kw_only=True)
class Course:
    """What a comparison asks."""

    rounds: int
    streams: Sequence[int]
    connections: Sequence[int]
    seconds: float
    plan: Plan
    churn: float
    """Seconds of coming and going, 0 for none; in the first round alone."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compare, print, write; 1 when a server failed."""
    options = _parser().parse_args(arguments)
    plan = Plan(tokens=options.tokens, pace=options.pace, first_token=options.first_token)
    course = Course(
        rounds=options.rounds,
        streams=options.streams,
        connections=options.connections,
        seconds=options.seconds,
        plan=plan,
        churn=options.churn,
    )
    try:
        rounds = compare(course)
    except (NotReady, LoadFailed) as error:
        print(f"compare: {error}", file=sys.stderr)
        return 1
    machine = describe_machine(course)
    found = rows(rounds)
    print(as_text(found))
    if options.json is not None:
        options.json.write_text(json.dumps(as_json(rounds, found, machine), indent=1), encoding="utf-8")
    options.report.write_text(as_page(rounds, machine), encoding="utf-8")
    return 0


def _parser() -> argparse.ArgumentParser:
    def numbers(text: str) -> list[int]:
        return [int(number) for number in text.split(",") if number]

    parser = argparse.ArgumentParser(prog="python -m loadtest.compare", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="times that each server is started and measured")
    parser.add_argument(
        "--streams", type=numbers, default=[10, 50, 100, 150, 200, 250, 300], help="answers at once, by commas"
    )
    parser.add_argument("--connections", type=numbers, default=[1000, 5000], help="idle connections, by commas")
    parser.add_argument("--seconds", type=float, default=10.0, help="that each load point counts")
    parser.add_argument("--tokens", type=int, default=500, help="of one answer")
    parser.add_argument("--pace", type=float, default=50.0, help="tokens a second of one answer; 0: all at once")
    parser.add_argument("--first-token", type=float, default=0.1, help="seconds that the model takes to begin")
    parser.add_argument(
        "--churn", type=float, default=0.0, help="seconds of clients coming and going; 3600 tells of leaks"
    )
    parser.add_argument("--json", type=Path, default=None, help="write everything to this file")
    parser.add_argument("--report", type=Path, default=REPORT, help="page with plots")
    return parser


def compare(course: Course) -> list[Round]:
    """Start each server in turn, ask it everything, and stop it, as many rounds as wanted."""
    done: list[Round] = []
    with (
        open_bench() as bench,
        bench.provider(course.plan) as paced,
        bench.provider(attrs.evolve(course.plan, tokens=1, pace=0.0, first_token=0.0)) as brief,
    ):
        for number in range(course.rounds):
            for server in (OURS, PEER) if number % 2 == 0 else (PEER, OURS):
                print(f"round {number + 1} of {course.rounds}: {server}", file=sys.stderr, flush=True)
                done.append(_round(bench, server, course, paced, brief, churns=course.churn > 0 and number == 0))
    return done


def _round(bench: Bench, server: str, course: Course, paced: str, brief: str, *, churns: bool) -> Round:
    start = bench.ours if server == OURS else bench.peer
    with _settled(start(brief)) as process:
        plan = attrs.evolve(course.plan, tokens=1, pace=0.0, first_token=0.0)
        turns = uvloop.run(measure_streams(process, plan, bench.token, WARMING, course.seconds))
    with _settled(start(paced)) as process:
        connections = [_connect(process, bench, count) for count in course.connections]
    with _settled(start(paced)) as process:
        uvloop.run(measure_streams(process, course.plan, bench.token, WARMING, 1.0))
        streams = [
            uvloop.run(measure_streams(process, course.plan, bench.token, count, course.seconds))
            for count in course.streams
        ]
    churn = None
    if churns:
        with _settled(start(brief)) as process:
            churn = uvloop.run(measure_churn(process, bench.token, course.churn))
    return Round(server=server, streams=tuple(streams), turns=turns, connections=tuple(connections), churn=churn)


@contextmanager
def _settled(starting: AbstractContextManager[Process]) -> Iterator[Process]:
    """A server that has done what it puts off until it is up: measured is how it runs, not how it starts."""
    with starting as process:
        time.sleep(SETTLING)
        yield process


def _connect(process: Process, bench: Bench, count: int) -> Any:
    return uvloop.run(measure_connections(process, bench.token, count))


if __name__ == "__main__":
    sys.exit(main())
