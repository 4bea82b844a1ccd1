"""What a comparison says."""

from __future__ import annotations

import json
import math

import attrs

from loadtest.compare.churn import Churn
from loadtest.compare.points import Connections, Spread, Streams
from loadtest.compare.report import OURS, PEER, Figure, Round, Row, as_json, as_text, rows, sustained

CALM = Spread(p50=0.02, p99=0.03, most=0.04)


def point(streams: int, gap: float = 0.03, failures: int = 0, cpu: float = 100e-6) -> Streams:
    """A load point."""
    return Streams(
        streams=streams, tokens_per_second=50.0 * streams, cpu_per_token=cpu, cpu_share=0.5, first_token=CALM,
        gap=attrs.evolve(CALM, p99=gap), ping=CALM, turns=3, failures=failures, seconds=10.0,
    )  # fmt: skip


def one_round(server: str, cpu: float) -> Round:
    """All of one server."""
    idle = Connections(connections=1000, per_second=900.0, cpu_each=1e-3, memory_each=25_000.0, cpu_idle=0.0)
    return Round(
        server=server, streams=(point(10, cpu=cpu), point(50, cpu=cpu)), turns=point(4, cpu=0.01), connections=(idle,)
    )


def test_streams_are_sustained_up_to_the_first_that_stutter() -> None:
    """A higher point that happens to do well does not count, nor one with failures, nor one whose tokens come late."""
    assert sustained([point(50), point(10), point(100, gap=0.2), point(150)]) == 50
    assert sustained([point(10, failures=1)]) == 0
    assert sustained([point(10), attrs.evolve(point(50), pace_kept=0.9)]) == 10


def test_medians_and_ratios_are_of_the_rounds() -> None:
    """Ours to the peer's, with the spread of each beside it."""
    rounds = [one_round(OURS, 1e-4), one_round(PEER, 4e-4), one_round(PEER, 2e-4), one_round(OURS, 2e-4)]
    found = {row.name: row for row in rows([*rounds, one_round(OURS, 1.5e-4), one_round(PEER, 3e-4)])}
    row = found["10 streams: CPU a token"]
    assert (round(row.ours.median), round(row.ours.least), round(row.ours.most)) == (150, 100, 200)
    assert round(row.ratio, 3) == 0.5
    assert found["1000 connections: memory of an idle one"].ours.median == 25.0
    assert "10 streams: CPU a token" in as_text(list(found.values()))
    assert json.loads(json.dumps(as_json(rounds, rows(rounds), {"cores": 2})))["machine"] == {"cores": 2}


def test_nothing_compared_with_nothing_is_no_number() -> None:
    """A peer that costs nothing gives no ratio."""
    nothing = Figure(median=0.0, least=0.0, most=0.0)
    assert math.isnan(Row(name="idle", unit="", ours=nothing, peer=nothing).ratio)


def test_a_token_alone_is_what_the_turns_leave() -> None:
    """3 turns of 10 ms in 10 s of 500 tokens a second are 6 of 100 microseconds."""
    assert round(1e6 * point(10).cpu_per_token_alone(0.01)) == 94


def test_coming_and_going_is_told_where_it_was_measured() -> None:
    """Growth counts from when the caches are full."""
    churn = Churn(seconds=3600.0, visits=1200, failures=0, memory=(100, 300, *range(400, 411), 500))
    left, peers = one_round(OURS, 1e-4), one_round(PEER, 1e-4)
    found = {row.name: row for row in rows([attrs.evolve(each, churn=churn) for each in (left, peers)])}
    assert found["coming and going: visits"].ours.median == 1200
    assert round(found["coming and going: memory a visit leaves, once warm"].ours.median, 3) == round(
        100 / (1200 * 11 / 13), 3
    )
    assert not any("coming" in row.name for row in rows([left, peers]))
