"""Dates as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.understanding.dates import find_dates, years_before


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("2015-03-12", "2015-03-12", "2015-03-12"),
        ("2015/3/2", "2015-03-02", "2015-03-02"),
        ("2015-03-12t08:00:00z", "2015-03-12", "2015-03-12"),
        ("12/03/2015", "2015-03-12", "2015-03-12"),
        ("03/25/2015", "2015-03-25", "2015-03-25"),
        ("12 de marzo de 2015", "2015-03-12", "2015-03-12"),
        ("12 de marzo del ano 2015", "2015-03-12", "2015-03-12"),
        ("primero de mayo de 2001", "2001-05-01", "2001-05-01"),
        ("12 mar 2015", "2015-03-12", "2015-03-12"),
        ("march 12, 2015", "2015-03-12", "2015-03-12"),
        ("march 2nd 2015", "2015-03-02", "2015-03-02"),
        ("marzo de 2015", "2015-03-01", "2015-03-31"),
        ("february 2016", "2016-02-01", "2016-02-29"),
        ("03/2015", "2015-03-01", "2015-03-31"),
        ("2015-03", "2015-03-01", "2015-03-31"),
        ("2015", "2015-01-01", "2015-12-31"),
        ("the 1990s", "1990-01-01", "1999-12-31"),
        ("decada de 1980", "1980-01-01", "1989-12-31"),
        ("los anos 90", "1990-01-01", "1999-12-31"),
        ("los anos ochenta", "1980-01-01", "1989-12-31"),
        ("the nineties", "1990-01-01", "1999-12-31"),
    ],
)
def test_a_date_is_the_span_of_days_that_it_names(text: str, since: str, until: str) -> None:
    """Every usual form is read, in both languages."""
    (found,) = find_dates(f"en {text} fue")
    assert (found.since.isoformat(), found.until.isoformat()) == (since, until)


@pytest.mark.parametrize(
    "text",
    ["31/02/2015", "2000 mg", "1.2015", "120152", "2015 veces", "13/13/2015"],
)
def test_quantities_and_impossible_days_are_no_dates(text: str) -> None:
    """A dose is no year, and there is no 31st of February."""
    assert all(found.until.year != 2015 or found.since != found.until for found in find_dates(text))


def test_years_joined_by_a_dash_are_two_dates() -> None:
    """`2016-2020` is a range, no month."""
    assert [found.since.year for found in find_dates("2016-2020")] == [2016, 2020]


@pytest.mark.parametrize(
    ("day", "years", "before"),
    [
        (date(2024, 2, 29), 1, date(2023, 2, 28)),
        (date(2024, 5, 1), 10, date(2014, 5, 1)),
        (date(2024, 7, 1), 0.5, date(2023, 12, 31)),
    ],
)
def test_the_same_day_some_years_earlier(day: date, years: float, before: date) -> None:
    """Whole years keep the day, the 29th of February aside; parts of years are counted in days."""
    assert years_before(day, years) == before


@given(st.text(alphabet="0123456789-/. demarzoy", max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever is written, reading it finds dates or none."""
    assert all(found.since <= found.until for found in find_dates(text))
