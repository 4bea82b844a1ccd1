"""Figures of an evaluation, per kind and over all."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import attrs

from .score import Verdict, abstention_f1, calibration_error, share

HEADINGS = ("kind", "cases", "accuracy", "abstention F1", "source hit", "calibration error")


@attrs.frozen(kw_only=True)
class Row:
    """The figures of one kind of question, or of all."""

    kind: str
    cases: int
    accuracy: float
    abstention_f1: float
    source_hit: float
    """NaN where nothing is to be cited."""
    calibration_error: float

    def cells(self) -> tuple[str, ...]:
        """The row as text, in the order of `HEADINGS`."""
        figures = (self.accuracy, self.abstention_f1, self.source_hit, self.calibration_error)
        return (self.kind, str(self.cases), *("-" if math.isnan(figure) else f"{figure:.3f}" for figure in figures))


def summarise(verdicts: Sequence[Verdict]) -> list[Row]:
    """One row per kind and language found, then one over everything."""
    kinds = sorted({(verdict.case.kind, verdict.case.language) for verdict in verdicts})
    rows = [
        _row(f"{kind} {language}", (v for v in verdicts if (v.case.kind, v.case.language) == (kind, language)))
        for kind, language in kinds
    ]
    return [*rows, _row("all", verdicts)]


def _row(kind: str, verdicts: Iterable[Verdict]) -> Row:
    found = list(verdicts)
    return Row(
        kind=kind,
        cases=len(found),
        accuracy=share([verdict.correct for verdict in found]),
        abstention_f1=abstention_f1(found),
        source_hit=share([verdict.source_hit for verdict in found if verdict.source_hit is not None]),
        calibration_error=calibration_error(found),
    )
