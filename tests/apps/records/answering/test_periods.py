"""The days that a question limits itself to."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from smarthealth.apps.records.answering.entries import Entry
from smarthealth.apps.records.answering.periods import is_of_a_stay, relative_to, years_of_life
from smarthealth.apps.records.understanding.question import AgeRange, Anchor, Ask, Operation, Relation, TimeRange, Topic
from smarthealth.retrieval.glossary import load_glossary

STAY = Entry(id=1, record="e", kind="encounter", display="Stay", on=date(2020, 3, 2), until=date(2020, 3, 9))


@pytest.mark.parametrize(
    ("relation", "is_end", "days"),
    [
        ("before", False, TimeRange(until=date(2020, 3, 1))),
        ("before", True, TimeRange(until=date(2020, 3, 8))),
        ("after", True, TimeRange(since=date(2020, 3, 10))),
        ("at", False, TimeRange(until=date(2020, 3, 2))),
        ("during", False, TimeRange(since=date(2020, 3, 2), until=date(2020, 3, 9))),
    ],
)
def test_a_stay_tells_the_days_around_it(relation: Relation, is_end: bool, days: TimeRange) -> None:
    """Before and after its beginning or its end; what lasted no longer than a day ends on it."""
    assert relative_to(STAY, Anchor(relation=relation, topic=Topic(), is_end=is_end)) == days


def test_an_entry_without_an_end_is_one_day() -> None:
    """A visit begins and ends on its day."""
    visit = Entry(id=1, record="e", kind="encounter", display="Visit", on=date(2020, 3, 2))
    day = TimeRange(since=date(2020, 3, 2), until=date(2020, 3, 2))
    assert relative_to(visit, Anchor(relation="during", topic=Topic())) == day


def test_years_of_life_are_counted_from_the_birth() -> None:
    """Who was born on a leap day has a birthday every year; without a birth date nobody knows."""
    born = date(2000, 2, 29)
    assert years_of_life(AgeRange(since=1, until=3), born) == TimeRange(
        since=date(2001, 2, 28), until=date(2004, 2, 28)
    )
    assert years_of_life(AgeRange(since=4), born) == TimeRange(since=date(2004, 2, 29))
    assert years_of_life(AgeRange(until=17), born) == TimeRange(until=date(2018, 2, 27))
    assert years_of_life(AgeRange(since=1), None) is None


def test_a_value_at_a_visit_or_in_a_stay_is_one_of_a_stay() -> None:
    """Not that of a year, nor a count."""
    stay = Anchor(relation="during", topic=Topic(kinds=frozenset({"encounter"})))
    asked = Ask(operation=Operation.VALUE, topics=(Topic(concepts=(load_glossary()["glucose"],)),), period=stay)
    assert is_of_a_stay(asked)
    assert not is_of_a_stay(attrs.evolve(asked, operation=Operation.COUNT))
    assert not is_of_a_stay(attrs.evolve(asked, period=None))
