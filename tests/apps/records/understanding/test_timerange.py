"""Times that a question limits itself to."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import AgeRange, TimeRange
from smarthealth.apps.records.understanding.timerange import find_period

TODAY = date(2024, 3, 15)
"""A Friday."""


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("en 2015", "2015-01-01", "2015-12-31"),
        ("durante el ano 2015", "2015-01-01", "2015-12-31"),
        ("2015", "2015-01-01", "2015-12-31"),
        ("el 12 de marzo de 2015", "2015-03-12", "2015-03-12"),
        ("entre 2010 y 2015", "2010-01-01", "2015-12-31"),
        ("between march 2010 and may 2012", "2010-03-01", "2012-05-31"),
        ("from 2010 to 2015", "2010-01-01", "2015-12-31"),
        ("desde 2015 hasta 2010", "2010-01-01", "2015-12-31"),
        ("2010-2015", "2010-01-01", "2015-12-31"),
        ("desde 2010", "2010-01-01", None),
        ("since march 2010", "2010-03-01", None),
        ("a partir de 2010", "2010-01-01", None),
        ("de 2010 en adelante", "2010-01-01", None),
        ("2010 onwards", "2010-01-01", None),
        ("from 2010", "2010-01-01", "2010-12-31"),
        ("despues de 2010", "2011-01-01", None),
        ("after the start of 2010", "2010-01-01", None),
        ("antes de 2010", None, "2009-12-31"),
        ("prior to march 2010", None, "2010-02-28"),
        ("hasta 2010", None, "2010-12-31"),
        ("en el ultimo ano", "2023-03-15", "2024-03-15"),
        ("en los ultimos 5 anos", "2019-03-15", "2024-03-15"),
        ("in the last two years", "2022-03-15", "2024-03-15"),
        ("last 6 months", "2023-09-14", "2024-03-15"),
        ("los 3 ultimos meses", "2023-12-15", "2024-03-15"),
        ("los 3 meses anteriores", "2023-12-15", "2024-03-15"),
        ("ultimas 2 semanas", "2024-03-01", "2024-03-15"),
        ("la ultima decada", "2014-03-15", "2024-03-15"),
        ("el ano pasado", "2023-01-01", "2023-12-31"),
        ("last year", "2023-01-01", "2023-12-31"),
        ("el mes pasado", "2024-02-01", "2024-02-29"),
        ("last week", "2024-03-04", "2024-03-10"),
        ("este ano", "2024-01-01", "2024-03-15"),
        ("this month", "2024-03-01", "2024-03-15"),
        ("esta semana", "2024-03-11", "2024-03-15"),
        ("ano en curso", "2024-01-01", "2024-03-15"),
        ("hace 2 anos", "2022-01-01", "2022-12-31"),
        ("3 months ago", "2023-12-01", "2023-12-31"),
        ("hace 3 dias", "2024-03-12", "2024-03-12"),
        ("desde hace 2 anos", "2022-03-15", "2024-03-15"),
        ("hace mas de 2 anos", None, "2022-03-15"),
        ("less than 2 years ago", "2022-03-15", "2024-03-15"),
        ("hoy", "2024-03-15", "2024-03-15"),
        ("yesterday", "2024-03-14", "2024-03-14"),
    ],
)
def test_words_around_a_date_make_a_range_of_days(text: str, since: str | None, until: str | None) -> None:
    """Governing words, two dates and relative times are read in both languages."""
    found = find_period(f"visitas {text}", TODAY)
    assert found is not None
    assert found.period == TimeRange(
        since=date.fromisoformat(since) if since else None, until=date.fromisoformat(until) if until else None
    )


def test_the_month_before_january_is_december() -> None:
    """`last month` crosses the year."""
    found = find_period("el mes pasado", date(2024, 1, 10))
    assert found is not None
    assert found.period == TimeRange(since=date(2023, 12, 1), until=date(2023, 12, 31))


def test_an_age_goes_before_a_date() -> None:
    """A time told by the patient's age is one."""
    found = find_period("vacunas antes de los 18 anos", TODAY)
    assert found is not None
    assert found.period == AgeRange(until=17)


@pytest.mark.parametrize("text", ["cuantas visitas tuvo", "500 mg", "cada 8 horas"])
def test_without_a_time_there_is_no_range(text: str) -> None:
    """Nothing is made up."""
    assert find_period(text, TODAY) is None


def test_two_dates_without_a_word_between_are_no_range() -> None:
    """The first of two unrelated dates is taken."""
    found = find_period("peso en 2010, talla de 2015", TODAY)
    assert found is not None
    assert found.period == TimeRange(since=date(2010, 1, 1), until=date(2010, 12, 31))
