"""What a comparison says: medians with their spread, and ratios of ours to the peer's."""

from __future__ import annotations

import math
import os
import platform
import re
import statistics
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from typing import Any, Final, Protocol, TypeVar

import attrs

from .churn import Churn
from .points import Connections, Streams

P = TypeVar("P")

OURS: Final = "ours"
PEER: Final = "peer"
PACKAGES: Final = (
    "trio", "hypercorn", "quart", "openai", "lancedb", "fastapi", "uvicorn", "uvloop", "asyncpg", "aiohttp",
)  # fmt: skip
STEADY_GAP: Final = 0.1
"""Seconds: a stream is sustained while 99 of 100 gaps between its tokens are shorter, and"""
STEADY_PACE: Final = 0.95
"""while its tokens come at the model's pace: those that come late come together, and leave the gaps short."""


@attrs.frozen(kw_only=True)
class Round:
    """All that one server was asked in one round."""

    server: str
    streams: tuple[Streams, ...]
    turns: Streams
    """Answers of one token: what is left is the turn."""
    connections: tuple[Connections, ...]
    churn: Churn | None = None
    """What coming and going left, if that was asked for."""


@attrs.frozen(kw_only=True)
class Figure:
    """One quantity of one server over the rounds."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        """Of one value a round."""
        return cls(median=statistics.median(values), least=min(values), most=max(values))


@attrs.frozen(kw_only=True)
class Row:
    """One quantity, side by side."""

    name: str
    unit: str
    ours: Figure
    peer: Figure

    @property
    def ratio(self) -> float:
        """Ours to the peer's."""
        return self.ours.median / self.peer.median if self.peer.median else float("nan")


def sustained(points: Sequence[Streams]) -> float:
    """The most streams of a series of load points that still came steadily, each below too; 0 when none did."""
    best = 0
    for point in sorted(points, key=lambda point: point.streams):
        if point.gap.p99 >= STEADY_GAP or point.pace_kept < STEADY_PACE or point.failures:
            break
        best = point.streams
    return float(best)


def rows(rounds: Sequence[Round]) -> list[Row]:
    """Every quantity of a comparison."""
    found = [
        _row(
            rounds,
            "streams sustained (p99 gap < 100 ms, at full pace)",
            "streams",
            lambda each: sustained(each.streams),
        ),
        _row(rounds, "CPU of a turn", "ms", lambda each: 1000 * each.turns.cpu_per_token),
    ]
    for index, point in enumerate(rounds[0].streams):
        found += _stream_rows(rounds, index, point.streams)
    for index, opened in enumerate(rounds[0].connections):
        found += _connection_rows(rounds, index, opened.connections)
    churned = [each for each in rounds if each.churn is not None]
    return found + _churn_rows(churned) if churned else found


def _stream_rows(rounds: Sequence[Round], index: int, streams: int) -> list[Row]:
    quantities: Mapping[tuple[str, str], Callable[[Streams], float]] = {
        ("CPU a token", "µs"): lambda point: 1e6 * point.cpu_per_token,
        ("share of the core", ""): lambda point: point.cpu_share,
        ("tokens delivered", "/s"): lambda point: point.tokens_per_second,
        ("pace kept", ""): lambda point: point.pace_kept,
        ("first token beyond the model's, p50", "ms"): lambda point: 1000 * point.first_token.p50,
        ("first token beyond the model's, p99", "ms"): lambda point: 1000 * point.first_token.p99,
        ("gap between tokens, p50", "ms"): lambda point: 1000 * point.gap.p50,
        ("gap between tokens, p99", "ms"): lambda point: 1000 * point.gap.p99,
        ("gap between tokens, longest", "ms"): lambda point: 1000 * point.gap.most,
        ("ping, p99", "ms"): lambda point: 1000 * point.ping.p99,
    }
    alone = _row(
        rounds,
        f"{streams} streams: CPU a token, turns aside",
        "µs",
        lambda each: 1e6 * each.streams[index].cpu_per_token_alone(each.turns.cpu_per_token),
    )
    return [alone] + [
        _row(rounds, f"{streams} streams: {name}", unit, _of_point(take, lambda each: each.streams[index]))
        for (name, unit), take in quantities.items()
    ]


def _connection_rows(rounds: Sequence[Round], index: int, count: int) -> list[Row]:
    quantities: Mapping[tuple[str, str], Callable[[Connections], float]] = {
        ("opened", "/s"): lambda point: point.per_second,
        ("CPU to open one", "µs"): lambda point: 1e6 * point.cpu_each,
        ("memory of an idle one", "kB"): lambda point: point.memory_each / 1000,
        ("share of the core while idle", ""): lambda point: point.cpu_idle,
    }
    return [
        _row(rounds, f"{count} connections: {name}", unit, _of_point(take, lambda each: each.connections[index]))
        for (name, unit), take in quantities.items()
    ]


def _churn_rows(rounds: Sequence[Round]) -> list[Row]:
    quantities: Mapping[tuple[str, str], Callable[[Churn], float]] = {
        ("visits", ""): lambda churn: float(churn.visits),
        ("failures", ""): lambda churn: float(churn.failures),
        ("memory at the beginning", "MB"): lambda churn: churn.memory[0] / 1e6,
        ("memory at the end", "MB"): lambda churn: churn.memory[-1] / 1e6,
        ("memory a visit leaves, once warm", "B"): lambda churn: churn.growth,
    }

    def of_churn(take: Callable[[Churn], float]) -> Callable[[Round], float]:
        return lambda each: take(each.churn) if each.churn is not None else math.nan

    return [
        _row(rounds, f"coming and going: {name}", unit, of_churn(take)) for (name, unit), take in quantities.items()
    ]


def _of_point(take: Callable[[P], float], point: Callable[[Round], P]) -> Callable[[Round], float]:
    """A quantity of one point of each round."""
    return lambda each: take(point(each))


def _row(rounds: Sequence[Round], name: str, unit: str, take: Callable[[Round], float]) -> Row:
    by_server = {server: [take(each) for each in rounds if each.server == server] for server in (OURS, PEER)}
    return Row(name=name, unit=unit, ours=Figure.of(by_server[OURS]), peer=Figure.of(by_server[PEER]))


def as_text(found: Sequence[Row]) -> str:
    """A table for people."""
    lines = [f"{'':52} {'ours':>22} {'peer':>22} {'ratio':>7}"]
    lines += [
        f"{row.name:52} {cell(row.ours, row.unit):>22} {cell(row.peer, row.unit):>22} {row.ratio:>7.2f}"
        for row in found
    ]
    return "\n".join(lines)


def cell(figure: Figure, unit: str) -> str:
    """Median and spread, for people."""
    return f"{number(figure.median)} ({number(figure.least)}-{number(figure.most)}) {unit}".rstrip()


def number(value: float) -> str:
    """Three digits or more, for people."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


class Ratio(attrs.AttrsInstance, Protocol):
    """A row of any table here."""

    @property
    def ratio(self) -> float:
        """Of one to the other."""
        ...


def as_json(
    rounds: Sequence[attrs.AttrsInstance], found: Sequence[Ratio], machine: Mapping[str, Any]
) -> dict[str, Any]:
    """Everything that was measured and what it comes to, for programs."""
    return {
        "machine": dict(machine),
        "rows": [attrs.asdict(row) | {"ratio": row.ratio} for row in found],
        "rounds": [attrs.asdict(each) for each in rounds],
    }


def describe_machine(course: attrs.AttrsInstance) -> dict[str, Any]:
    """Where and how it was measured."""
    return {
        "cores": os.cpu_count(),
        "processor": platform.machine(),
        "system": " ".join((platform.system(), *re.findall(r"^\d+\.\d+", platform.release()))),
        "python": platform.python_version(),
        "load": os.getloadavg(),
        "packages": {name: version(name) for name in PACKAGES},
        "course": attrs.asdict(course),
    }
