"""The figures that are kept, and what is said of new ones."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

BASELINE: Final = Path(__file__).with_name("baseline.json")
VERSION: Final = f"{sys.version_info.major}.{sys.version_info.minor}"
TOLERANCE: Final = 0.05
"""Share by which a figure may differ from the one that is kept. Two runs of the same code differ by less than a fifth of it."""


SLACK: Final = 0.5
"""By which it may differ in any case: of a token's single step, timers of a slow machine are more than a twentieth."""


@attrs.frozen(kw_only=True)
class Finding:
    """One figure beside the one that is kept."""

    name: str
    now: float
    kept: float | None

    @property
    def change(self) -> float:
        """Share by which it has grown."""
        return 0.0 if self.kept is None else self.now / self.kept - 1

    @property
    def fails(self) -> bool:
        """Whether it is worse than it may be."""
        return self.kept is not None and self.change > TOLERANCE and self.now - self.kept > SLACK

    def __str__(self) -> str:
        """One line of a table."""
        if self.kept is None:
            return f"{self.name:<36} {self.now:>10,.0f}"
        verdict = "WORSE" if self.fails else "better: run with --update" if self.change < -TOLERANCE else ""
        return f"{self.name:<36} {self.now:>10,.0f} {self.kept:>10,.0f} {100 * self.change:>+6.1f} % {verdict}".rstrip()


def compare(figures: Mapping[str, float], kept: Mapping[str, float]) -> list[Finding]:
    """All figures beside those that are kept, in their order."""
    return [Finding(name=name, now=value, kept=kept.get(name)) for name, value in figures.items()]


def load(path: Path = BASELINE) -> dict[str, float] | None:
    """The figures that are kept for this version of Python; None where there are none."""
    versions: dict[str, dict[str, float]] = json.loads(path.read_text())
    return versions.get(VERSION)


def save(figures: Mapping[str, float], path: Path = BASELINE) -> None:
    """Keep figures for this version of Python; others stay."""
    versions = json.loads(path.read_text()) if path.exists() else {}
    versions[VERSION] = {name: round(value, 1) for name, value in figures.items()}
    path.write_text(json.dumps(versions, indent=2, sort_keys=True) + "\n")
