"""What is printed of the measurements, for people and for programs."""

from __future__ import annotations

import json
import os
import platform
from importlib.metadata import PackageNotFoundError, version

import attrs

from .measure import Result, Row, Spread

WIDTH = 28


def machine() -> dict[str, object]:
    """What the figures were taken on."""
    return {
        "python": platform.python_version(),
        "trio": version("trio"),
        "pykka": _version_of("pykka"),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def _version_of(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def heading(rounds: int, notes: list[str]) -> str:
    """What stands above the rows."""
    at = machine()
    cores, load = at["cores"], at["load"]
    return "\n".join(
        [
            f"Python {at['python']}, Trio {at['trio']}, {at['system']}, {cores} cores, load {load}; {rounds} rounds.",
            "CPU time of this process, in alternation: median (least to most). The ratio is ours divided by theirs.",
            *notes,
        ]
    )


def as_text(row: Row, results: list[Result]) -> str:
    """One row, for people."""
    return "\n".join(["", f"{row.name}, {row.unit}", *(_line(result) for result in results)])


def _line(result: Result) -> str:
    cost = _figures(result.cost, "9.2f" if result.cost.median < 1_000 else "9,.0f")
    ratio = _figures(result.ratio, "7.2f")
    return f"  {result.name:{WIDTH}} {cost}   ×{ratio}{_verdict(result)}"


def _figures(spread: Spread, form: str) -> str:
    least, most = (format(value, form).strip() for value in (spread.least, spread.most))
    return f"{spread.median:{form}} {f'({least} to {most})':19}"


def _verdict(result: Result) -> str:
    aim = result.aim if result.limit is None else result.limit
    return "" if aim is None else f" aim {aim:,.4g}: {'missed' if result.missed else 'holds'}"


def as_json(rows: list[tuple[Row, list[Result]]]) -> str:
    """All rows, for programs."""
    shown = [
        {"row": row.name, "unit": row.unit, "results": [attrs.asdict(result) for result in results]}
        for row, results in rows
    ]
    return json.dumps({"machine": machine(), "rows": shown}, indent=2)
