"""Further times beside the first one."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.further_times import MOST_TIMES, find_further
from smarthealth.apps.records.understanding.question import TimeRange
from smarthealth.apps.records.understanding.timerange import find_period

TODAY = date(2024, 3, 15)


def years(text: str) -> list[int]:
    """The years that are told beside the first time."""
    first = find_period(text, TODAY)
    assert first is not None
    periods = [match.period for match in find_further(text, first, TODAY)]
    return [period.since.year for period in periods if isinstance(period, TimeRange) and period.since]


@pytest.mark.parametrize(
    ("text", "further"),
    [
        ("peso 2014 comparado con 2023", [2023]),
        ("what inr values were recorded in 2021 and 2022", [2022]),
        ("compara la hba1c de 2015 con la de 2021", [2021]),
        ("visits in 2018, 2019 and 2020", [2019, 2020]),
        ("hemoglobina en febrero de 2021 frente a agosto de 2022", [2022]),
        ("visits in 2010, 2011, 2012, 2013, 2014 and 2015", [2011, 2012, 2013][: MOST_TIMES - 1]),
        ("weight between 2015 and 2023", []),
        ("weight since 2015", []),
        ("weight in 2015, surgery in 2016", []),
        ("weight in 2015 and 2030", []),
        ("visits at age 12 and in 2015", []),
    ],
)
def test_times_side_by_side_are_told_apart(text: str, further: list[int]) -> None:
    """Two times joined by a word of comparing are two; a range is one, and what is yet to come is none."""
    assert years(text) == further
