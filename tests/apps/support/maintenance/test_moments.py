"""Days and hours as people say them."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.support.maintenance.moments import Moment, read_moment

TODAY = date(2026, 3, 4)
"""A Wednesday."""
TOMORROW, FRIDAY, MONDAY = date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("tomorrow at 10", Moment(day=TOMORROW, at=time(10))),
        ("mañana a las 3 de la tarde", Moment(day=TOMORROW, at=time(15), part="afternoon")),
        ("mañana por la mañana", Moment(day=TOMORROW, part="morning")),
        ("en la mañana", Moment(part="morning")),
        ("el viernes a las 9", Moment(day=FRIDAY, at=time(9))),
        ("friday of next week", Moment(day=FRIDAY)),
        ("friday next week at noon", Moment(day=date(2026, 3, 13), at=time(12))),
        ("next monday at 14:30", Moment(day=MONDAY, at=time(14, 30))),
        ("wednesday", Moment(day=date(2026, 3, 11))),
        ("the 12th at nine", Moment(day=date(2026, 3, 12), at=time(9))),
        ("el 3", Moment(day=date(2026, 4, 3))),
        ("the 31st", Moment(day=date(2026, 3, 31))),
        ("el 15 de marzo", Moment(day=date(2026, 3, 15))),
        ("February 2nd", Moment(day=date(2027, 2, 2))),
        ("31 de febrero", Moment()),
        ("2026-03-09 at 8 am", Moment(day=MONDAY, at=time(8))),
        ("2026-13-09", Moment()),
        ("5/3 a las 11", Moment(day=TOMORROW, at=time(11))),
        ("pasado mañana", Moment(day=FRIDAY)),
        ("in three days", Moment(day=date(2026, 3, 7))),
        ("en 2 días", Moment(day=FRIDAY)),
        ("today at 12 am", Moment(day=TODAY, at=time(0))),
        ("next week", Moment(day=MONDAY, last_day=date(2026, 3, 15))),
        ("esta semana", Moment(day=TODAY, last_day=date(2026, 3, 8))),
        ("half past nine", Moment(at=time(9, 30))),
        ("a las 10 y media", Moment(at=time(10, 30))),
        ("a las 4 y cuarto", Moment(at=time(16, 15))),
        ("at 3", Moment(at=time(15))),
        ("15 h", Moment(at=time(15))),
        ("25:10", Moment()),
        ("in the afternoon at 4", Moment(at=time(16), part="afternoon")),
        ("at 15,000 km", Moment()),
        ("an oil change", Moment()),
    ],
)
def test_moments_are_read(text: str, moment: Moment) -> None:
    """In both languages; what was not said is missing."""
    assert read_moment(text, TODAY) == moment


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2090, 1, 1)))
def test_any_text_is_read(text: str, today: date) -> None:
    """On any day."""
    read_moment(text, today)
