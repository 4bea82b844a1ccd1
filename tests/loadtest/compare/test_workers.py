"""What is said of a second worker."""

from __future__ import annotations

import json
import os

import pytest

from loadtest.compare import workers
from loadtest.compare.crew import Seen
from loadtest.compare.points import Connections, Spread, Streams
from loadtest.compare.report import as_json
from loadtest.compare.workers import Round, as_text, rows


def seen(*connections: int, short: float = 0.99) -> Seen:
    """Of so many workers."""
    return Seen(short=(short,) * len(connections), used=(0.35,) * len(connections), connections=connections, idle=0.5)


def one_round(count: int, *, tokens: float, turns: int, short: float = 0.99) -> Round:
    """All of so many workers."""
    calm = Spread(p50=0.02, p99=0.03, most=0.04)
    streams = Streams(
        streams=100, tokens_per_second=tokens, cpu_per_token=7e-5, cpu_share=0.35, first_token=calm, gap=calm, ping=calm,
        turns=turns, failures=0, seconds=10.0,
    )  # fmt: skip
    opened = Connections(connections=1000, per_second=300.0 * count, cpu_each=1e-3, memory_each=2e4, cpu_idle=0.0)
    spread = seen(*(60, 40)[:count], short=short)
    points = {"streams": spread, "turns": seen(*(30,) * count), "connections": seen(*(500,) * count)}
    return Round(workers=count, streams=streams, turns=streams, connections=opened, seen=points)


def test_two_are_told_beside_one() -> None:
    """Medians over the rounds, their ratio, and how far from even the connections were spread."""
    rounds = [
        one_round(1, tokens=5000.0, turns=250),
        one_round(2, tokens=9000.0, turns=500),
        one_round(2, tokens=9400.0, turns=500),
        one_round(1, tokens=4900.0, turns=250),
        one_round(1, tokens=5100.0, turns=250),
        one_round(2, tokens=9500.0, turns=500),
    ]
    found = {row.name: row for row in rows(rounds)}
    tokens = found["tokens delivered"]
    assert (tokens.one.median, tokens.two.median, tokens.ratio) == (5000.0, 9400.0, 1.88)
    assert (found["turns"].one.median, found["turns"].ratio) == (25.0, 2.0)
    assert found["streams: fullest worker to an even spread"].two.median == 1.2
    assert found["turns: fullest worker to an even spread"].ratio == 1.0
    text = as_text(rounds)
    assert "1.88" in text
    assert "not saturated" not in text
    assert json.loads(json.dumps(as_json(rounds, rows(rounds), {"cores": 2})))["rows"][0]["ratio"] == 1.88


def test_a_load_point_that_was_too_light_is_named() -> None:
    """By the point and the number of workers."""
    rounds = [one_round(1, tokens=5000.0, turns=1), one_round(2, tokens=9000.0, turns=1, short=0.5)]
    assert "not saturated: streams of 2" in as_text(rounds)
    assert "not saturated: turns" not in as_text(rounds)


def test_where_there_are_too_few_cores_it_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    """In a line, before anything is started; the exit code is 2."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(allowed)})
    try:
        assert workers.main(["--cores"]) == 2
    finally:
        os.sched_setaffinity(0, allowed)
    assert "workers with a core each need 4" in capsys.readouterr().err
