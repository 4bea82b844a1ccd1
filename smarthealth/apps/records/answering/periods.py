"""The days that a question limits itself to, where something in the record or the patient's age tells them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from smarthealth.apps.records.understanding.question import AgeRange, Anchor, Ask, Operation, Relation, TimeRange

from .entries import Entry

_ONE_DAY = timedelta(days=1)


def relative_to(entry: Entry, anchor: Anchor) -> TimeRange:
    """The days before, after, at or during a dated entry."""
    start = entry.on or date.min
    until = entry.until or start
    return _RELATIVE[anchor.relation](start, until, until if anchor.is_end else start)


_RELATIVE: Mapping[Relation, Callable[[date, date, date], TimeRange]] = {
    "before": lambda _start, _until, day: TimeRange(until=day - _ONE_DAY),
    "after": lambda _start, _until, day: TimeRange(since=day + _ONE_DAY),
    "at": lambda _start, _until, day: TimeRange(until=day),
    "during": lambda start, until, _day: TimeRange(since=start, until=until),
}


def years_of_life(ages: AgeRange, born: date | None) -> TimeRange | None:
    """The days of some years of life; None when nobody knows when they were."""
    if born is None:
        return None
    since = None if ages.since is None else _birthday(born, ages.since)
    until = None if ages.until is None else _birthday(born, ages.until + 1) - _ONE_DAY
    return TimeRange(since=since, until=until)


def is_of_a_stay(ask: Ask) -> bool:
    """Whether one measurement at a visit or during a stay is asked for."""
    during = isinstance(ask.period, Anchor) and ask.period.relation == "during"
    measured = all(topic.concepts and topic.is_measured for topic in ask.topics)
    return during and measured and ask.operation is Operation.VALUE


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return born.replace(year=born.year + years, day=28)
