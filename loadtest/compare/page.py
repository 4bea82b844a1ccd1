"""The report as a page: the table, and how each cost grows with load, drawn without any script."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from .points import Streams
from .report import OURS, PEER, Figure, Round, number, rows

_WIDTH: Final = 420
_HEIGHT: Final = 240
_MARGIN: Final = 44
_COLOURS: Final = {OURS: "#0a7d5a", PEER: "#b4552d"}
_STYLE: Final = """
body{font:15px/1.5 system-ui,sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#1b1f23;background:#fff}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{padding:.3rem .6rem;text-align:right;
border-bottom:1px solid #e1e4e8}td:first-child,th:first-child{text-align:left}figure{display:inline-block;margin:0 1rem 1rem 0}
figcaption{font-weight:600}svg text{font-size:11px;fill:#57606a}
@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}td,th{border-color:#30363d}svg text{fill:#8b949e}}
"""
_PLOTS: Final[Mapping[str, Callable[[Streams], float]]] = {
    "CPU a token, µs": lambda point: 1e6 * point.cpu_per_token,
    "gap between tokens, p99, ms": lambda point: 1000 * point.gap.p99,
    "first token beyond the model's, p99, ms": lambda point: 1000 * point.first_token.p99,
    "tokens delivered a second": lambda point: point.tokens_per_second,
}


def as_page(rounds: Sequence[Round], machine: Mapping[str, Any]) -> str:
    """A whole HTML document."""
    plots = "".join(_plot(rounds, name, take) for name, take in _PLOTS.items())
    table = "".join(
        f"<tr><td>{html.escape(row.name)}{_cells(row.ours, row.unit)}{_cells(row.peer, row.unit)}<td>{row.ratio:.2f}"
        for row in rows(rounds)
    )
    facts = "".join(f"<li>{html.escape(str(name))}: {html.escape(str(value))}" for name, value in machine.items())
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>smarthealth beside a peer</title><style>{_STYLE}</style>'
        f'<h1>smarthealth beside a peer</h1><p><b style="color:{_COLOURS[OURS]}">ours</b>, '
        f'<b style="color:{_COLOURS[PEER]}">FastAPI on uvicorn</b>; every round is a dot, lines join medians.</p>{plots}'
        f"<table><tr><th>quantity<th>ours<th>spread<th>peer<th>spread<th>ratio{table}</table><h2>Where and how</h2><ul>{facts}</ul>"
    )


def _cells(figure: Figure, unit: str) -> str:
    return f"<td>{number(figure.median)} {unit}<td>{number(figure.least)}–{number(figure.most)}"


def _plot(rounds: Sequence[Round], name: str, take: Callable[[Streams], float]) -> str:
    """One quantity over the number of streams."""
    series = {
        server: {
            point.streams: [take(each.streams[index]) for each in rounds if each.server == server]
            for index, point in enumerate(rounds[0].streams)
        }
        for server in (OURS, PEER)
    }
    widest = max(max(points) for points in series.values())
    tallest = max(value for points in series.values() for values in points.values() for value in values) or 1.0

    def place(streams: float, value: float) -> tuple[float, float]:
        across = _MARGIN + (_WIDTH - 2 * _MARGIN) * streams / widest
        return across, _HEIGHT - _MARGIN - (_HEIGHT - 2 * _MARGIN) * value / tallest

    drawn = "".join(_series(points, _COLOURS[server], place) for server, points in series.items())
    axes = "".join(
        f'<text x="{place(streams, 0)[0]:.0f}" y="{_HEIGHT - _MARGIN + 16}" text-anchor="middle">{streams}</text>'
        for streams in series[OURS]
    ) + "".join(
        f'<text x="{_MARGIN - 6}" y="{place(0, value)[1] + 4:.0f}" text-anchor="end">{number(value)}</text>'
        f'<path d="M{_MARGIN} {place(0, value)[1]:.1f}H{_WIDTH - _MARGIN}" stroke="#8884"/>'
        for value in _steps(tallest)
    )
    return (
        f'<figure><figcaption>{html.escape(name)}</figcaption><svg width="{_WIDTH}" height="{_HEIGHT}" role="img" '
        f'aria-label="{html.escape(name)} over the number of streams">{axes}{drawn}</svg></figure>'
    )


def _series(
    points: Mapping[int, Sequence[float]], colour: str, place: Callable[[float, float], tuple[float, float]]
) -> str:
    dots = "".join(
        f'<circle cx="{across:.1f}" cy="{down:.1f}" r="2.5" fill="{colour}"/>'
        for streams, values in points.items()
        for across, down in (place(streams, value) for value in values)
    )
    middles = [(streams, sorted(values)[len(values) // 2]) for streams, values in points.items()]
    line = " ".join(f"{across:.1f},{down:.1f}" for across, down in (place(*middle) for middle in middles))
    return f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>{dots}'


def _steps(most: float) -> list[float]:
    """Round numbers from nothing to the most."""
    step = 10 ** math.floor(math.log10(most))
    step = next(step * factor for factor in (0.2, 0.5, 1, 2) if most / (step * factor) <= 6)
    return [step * number for number in range(int(most / step) + 1)]
