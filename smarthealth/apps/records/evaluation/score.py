"""Whether an answer is right, judged by its text and sources as a client sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from smarthealth.retrieval.words import fold

from .cases import Case, Expected

BINS: Final = 10
"""Bins of the expected calibration error (Guo et al. 2017, "On Calibration of Modern Neural Networks")."""

ABSENCE: Final = re.compile(
    r"\bno (?:consta|constan|figura|figuran|registra|registran|aparece|aparecen|contiene|hay|se encontr|tiene registr|"
    r"dispon|incluye|menciona|guarda|es posible|puedo)|\bsin (?:registro|datos|informacion)|"
    r"\b(?:does not|doesn't|do not|don't|cannot|can't) (?:contain|hold|include|show|mention|record|say|have|answer|tell)|"
    r"\b(?:no|not) (?:record|recorded|entry|entries|mention|information|data|documented|found)\b"
)
MONTHS: Final = (
    ("enero", "january"),
    ("febrero", "february"),
    ("marzo", "march"),
    ("abril", "april"),
    ("mayo", "may"),
    ("junio", "june"),
    ("julio", "july"),
    ("agosto", "august"),
    ("septiembre", "setiembre", "september"),
    ("octubre", "october"),
    ("noviembre", "november"),
    ("diciembre", "december"),
)
DIRECTIONS: Final = {
    "up": re.compile(
        r"\bsub(?:e|en|i|ia|io|ieron|ido|iendo|ida)\b|aument|ascen[ds]|increment|\balza|\bcrec[ei]|"
        r"(?<![\w-])up(?:wards?)?\b(?!-)|increas|\brose\b|\brisen?\b|\brising|\bhigher\b|\bgrew\b|\bgrown\b"
    ),
    "down": re.compile(
        r"\bbaj(?:a|an|o|aba|aron|ado|ando)\b(?! densidad)|disminu|descen[ds]|reduc|\bcaid[ao]\b|\bcayo\b|"
        r"(?<![\w-])down(?:wards?)?\b(?!-)|decreas|\bfell\b|\bfallen\b|\blower(?:ed)?\b|declin|\bdropp"
    ),
    "flat": re.compile(
        r"estable|constante|sin cambio|\bigual|mantuv|manten|mantien|similar|\bstable|unchanged|steady|\bflat\b|\bsame\b"
    ),
}
AFFIRMED: Final = {True: re.compile(r"^\W*(?:si|yes)\b"), False: re.compile(r"^\W*no\b")}
"""How an answer of yes or no begins."""
MARK: Final = re.compile(r"\[(\d+)\]")
NUMBER: Final = re.compile(r"(?:(?<![\w.,])-)?(?<![\w.,])\d+(?:[.,]\d+)*(?!\d|[.,]\d)")
"""Of a name such as HbA1c, no number."""
GROUPED: Final = re.compile(r"-?\d{1,3}(?:(?:,\d{3})+(?:\.\d+)?|(?:\.\d{3})+(?:,\d+)?)")
"""A number whose thousands are set apart, in the English or in the Spanish manner."""
_ALL_MONTHS: Final = "|".join(name for names in MONTHS for name in names)
DATE: Final = re.compile(
    rf"\b\d{{1,2}}\S{{0,2}} (?:de |of )?(?:{_ALL_MONTHS})(?:,? (?:de |del |of )?\d{{4}})?\b|"
    rf"\b(?:{_ALL_MONTHS}) (?:\d{{1,2}}(?:st|nd|rd|th)?,? )?(?:de |del |of )?\d{{4}}\b|"
    r"\b\d{4}-\d{2}(?:-\d{2})?\b|\b\d{1,2}/\d{1,2}/\d{4}\b"
)
"""A date, whose numbers are no values."""
WHOLE_FROM: Final = 10
"""Numbers from here on may be rounded to whole ones; smaller ones keep a decimal."""


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
    """Compare an answer with what is known; never raises, whatever the answer."""
    text = fold(answer.text)
    abstained = ABSENCE.search(text) is not None
    expected = case.expected
    correct = abstained if expected.absent else not _bare_absence(case, abstained) and _holds(text, expected)
    return Verdict(
        case=case,
        answer=answer,
        correct=correct,
        abstained=abstained and (expected.absent or not correct),
        source_hit=_source_hit(answer, expected) if expected.source_days else None,
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
        and (expected.affirmed is None or AFFIRMED[expected.affirmed].search(text) is not None)
        and (expected.direction is None or DIRECTIONS[expected.direction].search(text) is not None)
    )


def _has_number(text: str, number: float) -> bool:
    """Is the number there as a value, whole or rounded as a person would?"""
    values = DATE.sub(" ", MARK.sub(" ", text))
    return any(_means(written, number) for match in NUMBER.findall(values) for written in _readings(match))


def _readings(written: str) -> Iterator[str]:
    """What a number may mean, in Python's notation: `1,200` is a thousand and more, or one and a bit."""
    if GROUPED.fullmatch(written):
        last = max(written.rfind(","), written.rfind("."))
        apart = "." if written[last] == "," else ","
        if apart in written:
            yield written[:last].replace(apart, "") + "." + written[last + 1 :]
        else:
            yield written.replace(written[last], "")
    if written.count(".") + written.count(",") <= 1:
        yield written.replace(",", ".")


def _means(written: str, number: float) -> bool:
    decimals = len(written.partition(".")[2])
    distance = abs(float(written) - number)
    if decimals == 0 and abs(number) < WHOLE_FROM:
        return distance < _EXACT
    return distance <= 0.5 * 10.0**-decimals + _EXACT


_EXACT: Final = 1e-9
"""What is left of a difference by binary fractions."""


def _has_day(text: str, day: str) -> bool:
    """Is the day there, or the month or year where no more is known, in any usual form?"""
    year, month, of_month = (*day.split("-"), "", "")[:3]
    if not month:
        return re.search(rf"\b{year}\b", text) is not None
    months = "|".join(MONTHS[int(month) - 1])
    if not of_month:
        forms = [rf"\b{day}\b", rf"\b(?:{months}) (?:de |del |of )?{year}", rf"\b0?{int(month)}/{year}\b"]
    else:
        number = rf"0?{int(of_month)}"
        forms = [
            rf"\b{day}\b",
            rf"\b{number}(?:\.?o|st|nd|rd|th)? (?:de |of )?(?:{months}),? (?:de |del |of )?{year}",
            rf"\b(?:{months}) {number}(?:st|nd|rd|th)?,? {year}",
            rf"\b{number}/0?{int(month)}/{year}\b",
        ]
    return any(re.search(form, text) for form in forms)


def _source_hit(answer: Answer, expected: Expected) -> bool:
    """Is a source cited of one of the days on which the fact rests? A day known by its month begins like it."""
    cited = set(MARK.findall(answer.text))
    return any(
        str(source.id) in cited and (source.day or "").startswith(expected.source_days) for source in answer.sources
    )


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
