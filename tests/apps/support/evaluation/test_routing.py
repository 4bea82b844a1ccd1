"""Accuracy, confusion and calibration of the router."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.apps.support.evaluation.labelled import Labelled
from smarthealth.apps.support.evaluation.routing import (
    RoutingReport,
    Verdict,
    accuracy,
    calibration_error,
    evaluate_support,
)

FOLDER = Path(__file__).parent.parent / "routing"


@pytest.mark.parametrize(("name", "least"), [("heldout.tsv", 0.93), ("unseen.tsv", 0.87), ("aside.tsv", 0.85)])
def test_the_labelled_files_are_routed(name: str, least: float) -> None:
    """In both languages; their words are not those of the examples."""
    report = evaluate_support(FOLDER / name)
    assert accuracy(report.verdicts) >= least
    for language in report.languages:
        assert accuracy(report.of(language)) >= least - 0.03
        assert calibration_error(report.of(language)) < 0.15


def verdict(label: str, routed: str, confidence: float, *, unsure: bool = False) -> Verdict:
    """One."""
    case = Labelled(id="1", language="en", label=label, text="hi")  # type: ignore[arg-type] # a label by its name
    return Verdict(case=case, label=routed, confidence=confidence, is_unsure=unsure)  # type: ignore[arg-type] # likewise


def test_a_report_says_what_went_wrong() -> None:
    """With the confusion, the bins of confidence and each failure."""
    report = RoutingReport(verdicts=(verdict("specs", "specs", 1.0), verdict("none", "specs", 0.6, unsure=True)))
    lines = list(report.lines())
    assert lines[0].startswith("all: 2 messages, accuracy 0.500 (1.000 of 1 answered without asking, 1 asked about)")
    assert lines[-1] == "1\tnone → specs 0.60\thi"
    assert calibration_error(report.verdicts) == pytest.approx(0.3)
    alone = RoutingReport(verdicts=(verdict("none", "specs", 0.6, unsure=True),))
    assert "none answered" in next(alone.lines())
