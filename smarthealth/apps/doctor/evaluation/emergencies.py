"""Sensitivity and specificity of the detection of emergencies, per language and category, with Wilson intervals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path
from typing import Final

import attrs

from smarthealth.apps.doctor.emergency import load_detector
from smarthealth.apps.doctor.profile import PatientProfile

from .labelled import Labelled, read_labelled

_Z: Final = 1.959964
"""Standard deviations of a 95 % interval."""
_COUNTRY: Final = "CO"
ALL: Final = "all"


@attrs.frozen(kw_only=True)
class Share:
    """How many of how many, and how sure that is."""

    right: int
    of: int

    @property
    def value(self) -> float | None:
        """The share; None of nothing."""
        return self.right / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval."""
        if not self.of:
            return None
        share, square = self.right / self.of, _Z * _Z
        middle = (share + square / (2 * self.of)) / (1 + square / self.of)
        half = _Z * sqrt(share * (1 - share) / self.of + square / (4 * self.of * self.of)) / (1 + square / self.of)
        return max(0.0, middle - half), min(1.0, middle + half)

    def __str__(self) -> str:
        """`0.950 [0.888-0.979] 95/100`, or a dash."""
        if self.value is None or self.interval is None:
            return "-"
        low, high = self.interval
        return f"{self.value:.3f} [{low:.3f}-{high:.3f}] {self.right}/{self.of}"


@attrs.frozen(kw_only=True)
class Row:
    """The figures of one category in one language."""

    lang: str
    category: str
    sensitivity: Share
    specificity: Share


@attrs.frozen(kw_only=True)
class Judged:
    """A message that was judged wrongly."""

    message: Labelled
    rules: tuple[str, ...]
    """That raised an alarm; none where one was missed."""


@attrs.frozen(kw_only=True)
class Report:
    """All figures, and each message that was judged wrongly."""

    rows: tuple[Row, ...]
    """Each language whole first, then by category."""
    wrong: tuple[Judged, ...]

    def lines(self) -> tuple[str, ...]:
        """The report as text, one line per row, then the messages judged wrongly."""
        heading = f"{'lang':<6}{'category':<20}{'sensitivity [95 %]':<38}specificity [95 %]"
        rows = (
            f"{row.lang:<6}{row.category[:18]:<20}{row.sensitivity!s:<38}{row.specificity}".rstrip()
            for row in self.rows
        )
        wrong = (
            f"{'missed' if one.message.is_emergency else 'false'} {one.message.id} ({one.message.lang}, {one.message.category}"
            f"{', ' + ' '.join(one.rules) if one.rules else ''}): {one.message.text}"
            for one in self.wrong
        )
        return heading, *rows, *wrong


def evaluate_doctor(path: Path) -> Report:
    """Judge each message of a labelled file alone, without a profile.

    Raises:
        LabelledFileError: The file cannot be read.
    """
    messages = read_labelled(path)
    detector = load_detector(_COUNTRY)
    found = [(message, detector.raised(message.text, PatientProfile())) for message in messages]
    languages = sorted({message.lang for message in messages})
    rows = [_row(lang, ALL, ((m, ids) for m, ids in found if m.lang == lang)) for lang in languages]
    if len(languages) > 1:
        rows.append(_row(ALL, ALL, found))
    rows += (
        _row(lang, category, ((m, ids) for m, ids in found if m.lang == lang and m.category == category))
        for lang, category in sorted({(message.lang, message.category) for message in messages})
    )
    wrong = tuple(Judged(message=m, rules=ids) for m, ids in found if m.is_emergency != bool(ids))
    return Report(rows=tuple(rows), wrong=wrong)


def _row(lang: str, category: str, found: Iterable[tuple[Labelled, Sequence[str]]]) -> Row:
    judged = [(message.is_emergency, bool(ids)) for message, ids in found]
    grave = [alarm for is_emergency, alarm in judged if is_emergency]
    other = [alarm for is_emergency, alarm in judged if not is_emergency]
    return Row(
        lang=lang,
        category=category,
        sensitivity=Share(right=sum(grave), of=len(grave)),
        specificity=Share(right=len(other) - sum(other), of=len(other)),
    )
