"""Dates as people write them, in Spanish and English, each read as the span of days that it names."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta

import attrs

from .calendar_words import DECADES, MONTHS, alternatives

_MONTH = alternatives(MONTHS)
_CENTURY = r"(?:18|19|20)"
_YEAR = rf"{_CENTURY}\d\d"
_DAY = r"[0-3]?\d"
_OF = r"(?:\s+(?:de|del|of)\s+(?:el\s+)?(?:ano\s+)?|\s*[,.-]\s*|\s+)"
_DECADE = alternatives(DECADES)

# A year must not be a dose, a count or part of a longer number.
_NOT_A_QUANTITY = (
    r"(?!\d|[./]\d|-\d(?!\d{3}\b))(?!\s*(?:mg|ml|mcg|ug|g|kg|ui|iu|cm|mm|unit|unidades|veces|times|pasos|steps|%))"
)


@attrs.frozen
class DateMatch:
    """A date found in a text and the days that it spans."""

    start: int
    end: int
    since: date
    until: date


def month_span(year: int, month: int) -> tuple[date, date]:
    """First and last day of a month."""
    return date(year, month, 1), date(year, month, monthrange(year, month)[1])


def year_span(year: int) -> tuple[date, date]:
    """First and last day of a year."""
    return date(year, 1, 1), date(year, 12, 31)


def _day(year: int, month: int, day: int) -> tuple[date, date]:
    whole = date(year, month, day)
    return whole, whole


def _iso(match: re.Match[str]) -> tuple[date, date]:
    return _day(int(match["y"]), int(match["m"]), int(match["d"]))


def _numbers(match: re.Match[str]) -> tuple[date, date]:
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    # Day first, as Spanish writes it, unless only the other order can be.
    return _day(year, first, second) if second > 12 else _day(year, second, first)


def _worded(match: re.Match[str]) -> tuple[date, date]:
    day = 1 if match["d"].startswith("p") else int(match["d"])
    return _day(int(match["y"]), MONTHS[match["m"]], day)


def _month(match: re.Match[str]) -> tuple[date, date]:
    return month_span(int(match["y"]), MONTHS[match["m"]])


def _month_number(match: re.Match[str]) -> tuple[date, date]:
    return month_span(int(match["y"]), int(match["m"]))


def _year(match: re.Match[str]) -> tuple[date, date]:
    return year_span(int(match["y"]))


def _decade(match: re.Match[str]) -> tuple[date, date]:
    first = int(match["y"])
    return date(first, 1, 1), date(first + 9, 12, 31)


def _decade_of_century(match: re.Match[str]) -> tuple[date, date]:
    first = 1900 + int(match["y"])
    return date(first, 1, 1), date(first + 9, 12, 31)


def _decade_word(match: re.Match[str]) -> tuple[date, date]:
    first = DECADES[match["w"]]
    return date(first, 1, 1), date(first + 9, 12, 31)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[date, date]]], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"\b(?P<y>{_YEAR})[-/.](?P<m>[01]?\d)[-/.](?P<d>{_DAY})(?:t[\d:.z+-]*)?(?!\d)", _iso),
        (rf"\b(?P<a>{_DAY})[-/.](?P<b>{_DAY})[-/.](?P<y>{_YEAR})\b", _numbers),
        (rf"\b(?P<d>{_DAY}|primero)(?:st|nd|rd|th|o)?{_OF}(?P<m>{_MONTH})\.?{_OF}(?P<y>{_YEAR})\b", _worded),
        (rf"\b(?P<m>{_MONTH})\.?\s+(?P<d>{_DAY})(?:st|nd|rd|th)?(?:\s*,\s*|\s+(?:of\s+)?)(?P<y>{_YEAR})\b", _worded),
        (rf"\b(?P<m>{_MONTH})\.?{_OF}(?P<y>{_YEAR})\b", _month),
        (rf"\b(?P<m>0?[1-9]|1[0-2])[/-](?P<y>{_YEAR})\b", _month_number),
        (rf"\b(?P<y>{_YEAR})-(?P<m>0[1-9]|1[0-2])\b(?!-)", _month_number),
        (rf"\b(?:la\s+)?(?:decada\s+(?:de\s+)?(?:los?\s+)?)?(?:anos\s+)?(?P<y>{_CENTURY}\d0)s\b", _decade),
        (rf"\b(?:la\s+)?decada\s+(?:de\s+|del\s+)?(?:los\s+)?(?:anos\s+)?(?P<y>{_CENTURY}\d0)\b", _decade),
        (
            r"\b(?:los\s+anos|decada\s+de\s+(?:los\s+)?(?:anos\s+)?|anos|los)\s*(?P<y>[5-9]0)s?\b(?!\s*(?:anos|mg|ml|dias|kg))",
            _decade_of_century,
        ),
        (
            rf"\b(?:los\s+anos|decada\s+de\s+(?:los\s+)?(?:anos\s+)?|anos|los|the)\s*(?P<w>{_DECADE})\b(?!\s*(?:anos|years))",
            _decade_word,
        ),
        (rf"\b(?P<y>{_YEAR})\b{_NOT_A_QUANTITY}", _year),
    )
)
_SOME_YEAR = re.compile(_YEAR)
_WITHOUT_YEAR = tuple((pattern, reader) for pattern, reader in _FORMS if reader in (_decade_of_century, _decade_word))


def find_dates(folded: str) -> list[DateMatch]:
    """Find the dates in a folded text, left to right, the more exact reading first where two would overlap."""
    found: list[DateMatch] = []
    # most sentences have no year, and looking for it once costs less than looking for ten forms of dates
    for pattern, reader in _FORMS if _SOME_YEAR.search(folded) else _WITHOUT_YEAR:
        for match in pattern.finditer(folded):
            if any(match.start() < other.end and other.start < match.end() for other in found):
                continue
            try:
                since, until = reader(match)
            except ValueError:  # the 31st of February
                continue
            found.append(DateMatch(match.start(), match.end(), since, until))
    return sorted(found, key=lambda match: match.start)


def years_before(day: date, years: float) -> date:
    """The same day some years earlier; the 29th of February becomes the 28th."""
    whole = int(years)
    if whole == years:
        try:
            return day.replace(year=day.year - whole)
        except ValueError:
            return day.replace(year=day.year - whole, day=28)
    return day - timedelta(days=round(years * 365.25))
