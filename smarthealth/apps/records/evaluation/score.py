"""Whether an answer is right, judged by its text and sources as a client sees them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from smarthealth.retrieval.words import fold

from .cases import Case, Expected

BINS = 10
"""Bins of the expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks")."""

ABSENCE = re.compile(
    r"\bno (?:consta|constan|figura|figuran|registra|registran|aparece|aparecen|contiene|hay|se encontr|tiene registr|"
    r"dispon|incluye|menciona|guarda|es posible|puedo)|\bsin (?:registro|datos|informacion)|"
    r"\b(?:does not|doesn't|do not|don't|cannot|can't) (?:contain|hold|include|show|mention|record|say|have|answer|tell)|"
    r"\b(?:no|not) (?:record|recorded|entry|entries|mention|information|data|documented|found)\b"
)
MONTHS = {
    "es": [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
    "en": [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ],
}
DIRECTIONS = {
    "up": re.compile(r"sub|aument|ascend|increment|alza|creci|up\b|increas|rose|risen|higher|rising"),
    "down": re.compile(r"baj|disminu|descend|reduc|down\b|decreas|fell|fallen|lower|declin|dropp"),
    "flat": re.compile(r"estable|constante|sin cambio|igual|mantuv|mantien|similar|stable|unchanged|steady|flat|same"),
}
NUMBER = re.compile(r"(?<![\d.,\-/])-?\d+(?:[.,]\d+)?(?![\d]|[.,/\-]\d)")


@attrs.frozen(kw_only=True)
class CitedSource:
    """A source as the client gets it."""

    id: int
    day: str | None
    excerpt: str


@attrs.frozen(kw_only=True)
class Answer:
    """An answer as the client gets it."""

    text: str
    confidence: float
    sources: tuple[CitedSource, ...]


@attrs.frozen(kw_only=True)
class Verdict:
    """How one case went."""

    case: Case
    answer: Answer
    correct: bool
    abstained: bool
    source_hit: bool | None
    """None where nothing is to be cited."""


def judge(case: Case, answer: Answer) -> Verdict:
    """Compare an answer with what is known."""
    text = fold(answer.text)
    abstained = ABSENCE.search(text) is not None
    expected = case.expected
    correct = abstained if expected.absent else not _bare_absence(case, abstained) and _holds(text, expected)
    return Verdict(
        case=case,
        answer=answer,
        correct=correct,
        abstained=abstained and (expected.absent or not correct),
        source_hit=None if expected.absent else _source_hit(answer, expected),
    )


def _bare_absence(case: Case, abstained: bool) -> bool:
    """A yes-or-no question is wrongly answered by absence; other answers may mention one in passing."""
    return abstained and case.kind == "status"


def _holds(text: str, expected: Expected) -> bool:
    named = sum(any(fold(name) in text for name in names) for names in expected.names)
    wanted = len(expected.names) if expected.names_wanted is None else expected.names_wanted
    return (
        all(_has_number(text, number) for number in expected.numbers)
        and all(_has_day(text, day) for day in expected.days)
        and named >= wanted
        and not any(fold(name) in text for name in expected.forbidden)
        and (expected.direction is None or DIRECTIONS[expected.direction].search(text) is not None)
    )


def _has_number(text: str, number: float) -> bool:
    """Is the number there, rounded to any number of decimals that a person would use?"""
    found = {float(match.replace(",", ".")) for match in NUMBER.findall(text)}
    return any(round(number, digits) in found for digits in ((0, 1, 2, 3) if abs(number) >= 10 else (1, 2, 3, 4)))


def _has_day(text: str, day: str) -> bool:
    year, month, of_month = day.split("-")
    months = "|".join([MONTHS["es"][int(month) - 1], MONTHS["en"][int(month) - 1]])
    number = int(of_month)
    forms = (
        day,
        rf"\b0?{number} (?:de )?(?:{months}) (?:de |del )?{year}",
        rf"(?:{months}) 0?{number}(?:st|nd|rd|th)?,? {year}",
        rf"\b{of_month}/{month}/{year}",
    )
    return any(re.search(form, text) for form in forms)


def _source_hit(answer: Answer, expected: Expected) -> bool:
    cited = {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)}
    return any(source.id in cited and source.day in expected.source_days for source in answer.sources)


def abstention_f1(verdicts: Sequence[Verdict]) -> float:
    """F1 of abstaining where, and only where, the record does not hold the answer."""
    hits = sum(verdict.abstained and verdict.case.expected.absent for verdict in verdicts)
    said = sum(verdict.abstained for verdict in verdicts)
    due = sum(verdict.case.expected.absent for verdict in verdicts)
    return 2 * hits / (said + due) if said + due else 1.0


def share(flags: Sequence[bool]) -> float:
    """Share of true flags, NaN of none."""
    return sum(flags) / len(flags) if flags else float("nan")


def calibration_error(verdicts: Sequence[Verdict]) -> float:
    """Expected calibration error over equal-width bins of confidence."""
    bins: dict[int, list[Verdict]] = {}
    for verdict in verdicts:
        bins.setdefault(min(int(verdict.answer.confidence * BINS), BINS - 1), []).append(verdict)
    gaps = (
        len(inside) * abs(share([v.correct for v in inside]) - sum(v.answer.confidence for v in inside) / len(inside))
        for inside in bins.values()
    )
    return sum(gaps) / len(verdicts) if verdicts else float("nan")
