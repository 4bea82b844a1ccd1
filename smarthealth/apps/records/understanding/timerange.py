"""Times that a question limits itself to: in 2015, since March, before she was 18, in the last five years.

A date found by `dates` becomes a range by the words before it; a relative time is counted back from today. Times told by
an event of the record ("before the appendectomy") are read by `anchors`, once the concepts are known.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from itertools import pairwise

import attrs

from .ages import find_ages
from .calendar_words import NUMBERS, UNIT_DAYS, alternatives, number_of
from .dates import DateMatch, find_dates, month_span, year_span, years_before
from .question import AgeRange, TimeRange

_ONE_DAY = timedelta(days=1)
_NUMBER = rf"(?:\d{{1,3}}|{alternatives(NUMBERS)})"
_UNIT = rf"(?:{alternatives(UNIT_DAYS)})(?:e?s)?"
_FILLER = r"(?:\s+(?:el|la|los|las|the|ano|anos|year|mes|month|dia|fecha|principios|comienzos?|inicios?|beginning|de|del|of|start|end|date))*\s*"

_AFTER = r"\b(?:despues|posterior(?:es|idad)?|tras|after|following|later\s+than|newer\s+than)(?:\s+(?:a|al|de|del|que|than))?"
_SINCE = r"\b(?:desde|a\s+partir|since|starting|from|as\s+of|onwards?\s+from)(?:\s+(?:de|del|in|from))?"
_BEFORE = (
    r"\b(?:antes|previ[oa]s?|previamente|anterior(?:es|idad)?|before|prior|earlier\s+than|older\s+than|preceding)"
    r"(?:\s+(?:a|al|de|del|to|que|than|that|the|one|of|from|value|valor))*"
)
_UNTIL = r"\b(?:hasta|until|till|up\s+to|through|by)"
_WITHIN = r"\b(?:en|durante|in|during|on|for|de|del|of|el|a|al|para|within|throughout|around|fechad[oa]|dated?|from)"


@attrs.frozen
class PeriodMatch:
    """A time found in a text."""

    start: int
    end: int
    period: TimeRange | AgeRange


def find_period(folded: str, today: date) -> PeriodMatch | None:
    """Find the time that a folded text limits itself to.

    Args:
        folded: The text, folded.
        today: What relative times are counted from.

    Returns:
        The time and its span, with the words that govern it; None when there is none.
    """
    ages = find_ages(folded)
    if ages is not None:
        return PeriodMatch(ages.start, ages.end, ages.ages)
    for find in (_find_range, _find_relative, _find_governed):
        found = find(folded, today)
        if found is not None:
            return found
    return None


# -- two dates -----------------------------------------------------------------------------------------------------------

_BETWEEN = re.compile(r"\b(?:entre|between)" + _FILLER + "$")
_FROM = re.compile(r"\b(?:desde|from|de|del|since)" + _FILLER + "$")
_AND = re.compile(r"^\s*(?:y|e|and|&)" + _FILLER + "$")
_TO = re.compile(r"^\s*(?:a|al|hasta|to|until|till|through|thru|-|–|—)" + _FILLER + "$")
_DASH = re.compile(r"^\s*(?:[-–—]|vs\.?|versus)\s*$")


def _find_range(folded: str, _today: date) -> PeriodMatch | None:
    dates = find_dates(folded)
    for first, second in pairwise(dates):
        before, between = folded[: first.start], folded[first.end : second.start]
        opening = (
            _BETWEEN.search(before) if _AND.match(between) else _FROM.search(before) if _TO.match(between) else None
        )
        if opening is None and not _DASH.match(between):
            continue
        start = opening.start() if opening else first.start
        since, until = min(first.since, second.since), max(first.until, second.until)
        return PeriodMatch(start, second.end, TimeRange(since=since, until=until))
    return None


# -- one date and the word that governs it --------------------------------------------------------------------------------


def _after(found: DateMatch) -> TimeRange:
    return TimeRange(since=found.until + _ONE_DAY)


def _since(found: DateMatch) -> TimeRange:
    return TimeRange(since=found.since)


def _before(found: DateMatch) -> TimeRange:
    return TimeRange(until=found.since - _ONE_DAY)


def _until(found: DateMatch) -> TimeRange:
    return TimeRange(until=found.until)


def _within(found: DateMatch) -> TimeRange:
    return TimeRange(since=found.since, until=found.until)


_ONWARDS = re.compile(r"^\s*(?:en\s+adelante|onwards?|and\s+(?:later|after)|o\s+(?:despues|posterior))\b")
_GOVERNORS: tuple[tuple[re.Pattern[str], Callable[[DateMatch], TimeRange]], ...] = tuple(
    (re.compile(pattern + _FILLER + "$"), make)
    for pattern, make in (
        (_AFTER, _after),
        (_BEFORE, _before),
        (_UNTIL, _until),
        (_SINCE, _since),
        (_WITHIN, _within),
    )
)
# "after the start of 2019" lies within 2019.
_START_OF = re.compile(r"\b(?:start|beginning|principios|comienzos?|inicios?)\s+(?:of|de|del)" + _FILLER + "$")
# "from" alone says where a thing stems from; only "from 2015 on" opens a range.
_OPEN_FROM = re.compile(r"\bfrom" + _FILLER + "$")


def _find_governed(folded: str, _today: date) -> PeriodMatch | None:
    dates = find_dates(folded)
    if not dates:
        return None
    found = dates[0]
    before, after = folded[: found.start], folded[found.end :]
    onwards = _ONWARDS.match(after)
    end = found.end + (onwards.end() if onwards else 0)
    for pattern, make in _GOVERNORS:
        governor = pattern.search(before)
        if governor is None:
            continue
        if onwards or (make is _after and _START_OF.search(before)):
            make = _since
        elif make is _since and _OPEN_FROM.search(before):
            make = _within
        return PeriodMatch(governor.start(), end, make(found))
    return PeriodMatch(found.start, end, _since(found) if onwards else _within(found))


# -- relative to today ----------------------------------------------------------------------------------------------------


def _back(today: date, count: float, unit: str) -> date:
    days = UNIT_DAYS[unit]
    if days >= 365:
        return years_before(today, count * round(days / 365.25))
    return today - timedelta(days=round(count * days))


def _last_units(match: re.Match[str], today: date) -> TimeRange:
    count = number_of(match["n"]) if match["n"] else 1
    return TimeRange(since=_back(today, count, _singular(match["u"])), until=today)


def _previous(match: re.Match[str], today: date) -> TimeRange:
    unit = _singular(match["u"])
    if unit in ("ano", "year"):
        since, until = year_span(today.year - 1)
    elif unit in ("mes", "month"):
        since, until = month_span(*((today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)))
    else:
        since = today - timedelta(days=today.weekday() + 7)
        until = since + timedelta(days=6)
    return TimeRange(since=since, until=until)


def _current(match: re.Match[str], today: date) -> TimeRange:
    unit = _singular(match["u"])
    if unit in ("ano", "year"):
        since = date(today.year, 1, 1)
    elif unit in ("mes", "month"):
        since = today.replace(day=1)
    else:
        since = today - timedelta(days=today.weekday())
    return TimeRange(since=since, until=today)


def _ago(match: re.Match[str], today: date) -> TimeRange:
    unit = _singular(match["u"])
    then = _back(today, number_of(match["n"]), unit)
    if match["since"]:
        return TimeRange(since=then, until=today)
    if match["more"]:
        return TimeRange(until=then)
    if match["less"]:
        return TimeRange(since=then, until=today)
    if UNIT_DAYS[unit] >= 365:
        return _span(year_span(then.year))
    if UNIT_DAYS[unit] >= 30:
        return _span(month_span(then.year, then.month))
    return TimeRange(since=then, until=then)


def _span(days: tuple[date, date]) -> TimeRange:
    return TimeRange(since=days[0], until=days[1])


def _this_day(_match: re.Match[str], today: date) -> TimeRange:
    return TimeRange(since=today, until=today)


def _yesterday(_match: re.Match[str], today: date) -> TimeRange:
    return TimeRange(since=today - _ONE_DAY, until=today - _ONE_DAY)


def _singular(unit: str) -> str:
    if unit in UNIT_DAYS:
        return unit
    return unit[:-1] if unit[:-1] in UNIT_DAYS else unit[:-2]


_IN_THE = r"(?:\b(?:en|durante|dentro\s+de|de|desde|in|during|within|over|for|from)\s+)?"
_CALENDAR_UNIT = r"(?P<u>ano|mes|semana|year|month|week)"
_RELATIVE: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], TimeRange]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"{_IN_THE}\b(?:los|las)\s+(?P<n>{_NUMBER})\s+ultim[oa]s\s+(?P<u>{_UNIT})\b", _last_units),
        (rf"{_IN_THE}\b(?:el|la|los|las)?\s*\bultim[oa]s?\s+(?:(?P<n>{_NUMBER})\s+)?(?P<u>{_UNIT})\b", _last_units),
        (
            rf"{_IN_THE}\b(?:los|las)\s+(?P<n>{_NUMBER})\s+(?P<u>{_UNIT})\s+(?:anteriores|previos|pasados)\b",
            _last_units,
        ),
        (
            rf"{_IN_THE}\b(?:the|these)\s+(?:last|past|previous|preceding)\s+(?:(?P<n>{_NUMBER})\s+)?(?P<u>{_UNIT})\b",
            _last_units,
        ),
        (rf"{_IN_THE}\b(?:last|past|previous)\s+(?P<n>{_NUMBER})\s+(?P<u>{_UNIT})\b", _last_units),
        (rf"{_IN_THE}\bpast\s+(?P<n>)(?P<u>{_UNIT})\b", _last_units),
        (rf"{_IN_THE}\b(?:el|la)?\s*\b{_CALENDAR_UNIT}\s+(?:pasad[oa]|anterior|previ[oa])\b", _previous),
        (rf"{_IN_THE}\blast\s+{_CALENDAR_UNIT}\b", _previous),
        (rf"{_IN_THE}\b(?:este|esta|this|the\s+current|current)\s+(?:mism[oa]\s+)?{_CALENDAR_UNIT}\b", _current),
        (rf"{_IN_THE}\b(?:el|la)?\s*\b{_CALENDAR_UNIT}\s+(?:en\s+curso|actual|corriente)\b", _current),
        (
            rf"\b(?P<since>desde\s+)?hace\s+(?:(?P<more>mas\s+de\s+)|(?P<less>menos\s+de\s+))?(?:unos\s+)?(?P<n>{_NUMBER})\s+"
            rf"(?P<u>{_UNIT})\b(?!\s+que)",
            _ago,
        ),
        (
            rf"\b(?:(?P<more>more\s+than|over)\s+|(?P<less>less\s+than|under|within)\s+|(?P<since>since)\s+|about\s+)?(?P<n>{_NUMBER})\s+"
            rf"(?P<u>{_UNIT})\s+ago\b",
            _ago,
        ),
        (r"\b(?:el\s+dia\s+de\s+)?(?:hoy|today)\b(?!\s+en\s+dia)", _this_day),
        (r"\b(?:ayer|yesterday)\b", _yesterday),
    )
)


def _find_relative(folded: str, today: date) -> PeriodMatch | None:
    for pattern, make in _RELATIVE:
        match = pattern.search(folded)
        if match is not None:
            return PeriodMatch(match.start(), match.end(), make(match, today))
    return None
