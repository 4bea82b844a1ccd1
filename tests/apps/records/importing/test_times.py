"""FHIR dates keep the day as written beside the instant."""

from __future__ import annotations

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.times import Moment, Span, moment, parse_moment, period, span


@pytest.mark.parametrize(
    ("written", "day", "at", "precision"),
    [
        ("2015", date(2015, 1, 1), datetime(2015, 1, 1, tzinfo=UTC), "year"),
        ("2015-03", date(2015, 3, 1), datetime(2015, 3, 1, tzinfo=UTC), "month"),
        ("2015-03-04", date(2015, 3, 4), datetime(2015, 3, 4, tzinfo=UTC), "day"),
        ("2015-03-04T10:20:30Z", date(2015, 3, 4), datetime(2015, 3, 4, 10, 20, 30, tzinfo=UTC), "instant"),
        ("1989-12-16T22:58:16-05:00", date(1989, 12, 16), datetime(1989, 12, 17, 3, 58, 16, tzinfo=UTC), "instant"),
        (
            "2020-01-01T01:00:00.5+02:00",
            date(2020, 1, 1),
            datetime(2019, 12, 31, 23, 0, 0, 500000, tzinfo=UTC),
            "instant",
        ),
        (
            "2016-12-31T23:59:60.123456789Z",
            date(2016, 12, 31),
            datetime(2016, 12, 31, 23, 59, 59, 123456, UTC),
            "instant",
        ),
    ],
)
def test_the_day_is_the_one_written(written: str, day: date, at: datetime, precision: str) -> None:
    """The day is the one in the text, the instant is in UTC, and how much is written is kept."""
    found = parse_moment(written)
    assert (found.day, found.at, found.precision) == (day, at, precision)


@pytest.mark.parametrize(
    "written",
    ["", "15", "2015-13", "2015-02-30", "2015-03-04T10:00", "2015-03-04T10:00:00", "0000", "2015-1-1", "٢٠١٥"],
)
def test_what_is_no_fhir_date_is_malformed(written: str) -> None:
    """Impossible days, times without a zone or seconds, and other spellings are refused."""
    with pytest.raises(Malformed):
        parse_moment(written)


@pytest.mark.parametrize(
    "written", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2020-01-01T00:00:00+99:00"]
)
def test_instants_outside_the_calendar_are_malformed(written: str) -> None:
    """An offset that leads out of the calendar, or is none, is refused."""
    with pytest.raises(Malformed, match="no such date"):
        parse_moment(written)


@given(st.text(max_size=40))
def test_any_text_is_a_date_or_malformed(written: str) -> None:
    """No text raises anything but `Malformed`."""
    with contextlib.suppress(Malformed):
        assert isinstance(parse_moment(written), Moment)


@given(
    st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29)).map(
        lambda at: at.replace(microsecond=0)
    ),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
def test_python_instants_are_read_back(written: datetime, minutes: int) -> None:
    """What Python writes to the second with an offset of whole minutes is read as the same instant and day."""
    instant = written.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    found = parse_moment(instant.isoformat())
    assert (found.at, found.day) == (instant, written.date())


def test_moment_names_its_element() -> None:
    """A bad date is reported with the name of its element; an absent one is None."""
    assert moment({}, "date") is None
    assert moment({"date": "2015"}, "date") == parse_moment("2015")
    with pytest.raises(Malformed, match="date: not a FHIR date"):
        moment({"date": "soon"}, "date")


def test_span_is_a_date_or_a_period() -> None:
    """A choice of date and period gives both ends as far as they are known."""
    start, end = parse_moment("2015"), parse_moment("2016")
    assert span({"onsetDateTime": "2015"}, "onset") == Span(start)
    assert span({"onsetPeriod": {"start": "2015", "end": "2016"}}, "onset") == Span(start, end)
    assert span({"onsetString": "childhood"}, "onset") == Span()


def test_period_gives_both_ends() -> None:
    """A period gives both ends as far as they are known."""
    assert period({}, "period") == Span()
    assert period({"period": {"end": "2016"}}, "period") == Span(None, parse_moment("2016"))


@pytest.mark.parametrize(
    ("written", "clock"), [("2021-06-12T07:05:00-05:00", "07:05"), ("2021-06-12T23:59:60Z", "23:59"), ("2021-06", None)]
)
def test_the_hour_is_kept_as_written(written: str, clock: str | None) -> None:
    """A time has the clock of the record beside its instant; a day has none."""
    assert parse_moment(written).clock == clock
