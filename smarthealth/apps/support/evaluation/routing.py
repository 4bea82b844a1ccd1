"""Accuracy, confusion and calibration of the router, per language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final, get_args

import attrs

from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.model import load_model
from smarthealth.apps.support.routing.router import Router

from .labelled import Labelled, read_labelled

LABELS: Final[tuple[Label, ...]] = get_args(Label)
BINS: Final = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)
"""Edges of the bins of confidence."""


@attrs.frozen(kw_only=True)
class Verdict:
    """One message, as it was routed."""

    case: Labelled
    label: Label
    confidence: float
    is_unsure: bool

    @property
    def correct(self) -> bool:
        """Whether it was routed as it should be."""
        return self.label == self.case.label


@attrs.frozen(kw_only=True)
class RoutingReport:
    """What came of a labelled file."""

    verdicts: tuple[Verdict, ...]

    @property
    def languages(self) -> list[str]:
        """Those of the file, in order."""
        return sorted({verdict.case.language for verdict in self.verdicts})

    def of(self, language: str) -> list[Verdict]:
        """The verdicts of one language; all for the empty one."""
        return [verdict for verdict in self.verdicts if language in ("", verdict.case.language)]

    def lines(self) -> Iterator[str]:
        """The report, for people."""
        for language in ("", *self.languages):
            verdicts = self.of(language)
            yield f"{language or 'all'}: {_summary(verdicts)}"
            yield from _confusion(verdicts)
            yield from _calibration(verdicts)
            yield ""
        for verdict in self.verdicts:
            if not verdict.correct:
                yield f"{verdict.case.id}\t{verdict.case.label} → {verdict.label} {verdict.confidence:.2f}\t{verdict.case.text}"


def evaluate_support(path: Path) -> RoutingReport:
    """Route every message of a labelled file.

    Raises:
        LabelledFileError: The file cannot be used.
    """
    router = Router(load_model())
    verdicts = []
    for case in read_labelled(path):
        route = router.route(case.text)
        verdicts.append(Verdict(case=case, label=route.label, confidence=route.confidence, is_unsure=route.is_unsure))
    return RoutingReport(verdicts=tuple(verdicts))


def accuracy(verdicts: Sequence[Verdict]) -> float:
    """Share that was routed as it should be."""
    return sum(verdict.correct for verdict in verdicts) / len(verdicts)


def calibration_error(verdicts: Sequence[Verdict]) -> float:
    """Expected calibration error: by how much confidence and accuracy differ, bin by bin, weighed by the bin's size."""
    error = 0.0
    for group in _binned(verdicts):
        mean = sum(verdict.confidence for verdict in group) / len(group)
        error += len(group) / len(verdicts) * abs(mean - accuracy(group))
    return error


def _summary(verdicts: Sequence[Verdict]) -> str:
    unsure = [verdict for verdict in verdicts if verdict.is_unsure]
    answered = [verdict for verdict in verdicts if not verdict.is_unsure]
    sure = f"{accuracy(answered):.3f} of {len(answered)} answered without asking" if answered else "none answered"
    return (
        f"{len(verdicts)} messages, accuracy {accuracy(verdicts):.3f} ({sure}, {len(unsure)} asked about),"
        f" calibration error {calibration_error(verdicts):.3f}"
    )


def _confusion(verdicts: Sequence[Verdict]) -> Iterator[str]:
    counts = Counter((verdict.case.label, verdict.label) for verdict in verdicts)
    width = max(map(len, LABELS))
    heading = "is, routed to"
    yield f"  {heading:<{width + 2}}" + "".join(f"{label:>{width + 1}}" for label in LABELS)
    for wanted in LABELS:
        row = [counts[wanted, label] for label in LABELS]
        if sum(row):
            recall = row[LABELS.index(wanted)] / sum(row)
            yield f"  {wanted:<{width + 2}}" + "".join(f"{count:>{width + 1}}" for count in row) + f"  {recall:.2f}"


def _calibration(verdicts: Sequence[Verdict]) -> Iterator[str]:
    for group in _binned(verdicts):
        mean = sum(verdict.confidence for verdict in group) / len(group)
        yield f"  confidence {mean:.2f}: right {accuracy(group):.2f} of {len(group)}"


def _binned(verdicts: Sequence[Verdict]) -> Iterator[list[Verdict]]:
    for low, high in pairwise(BINS):
        last = high == BINS[-1]
        group = [one for one in verdicts if low <= one.confidence < high or (last and one.confidence >= high)]
        if group:
            yield group
