"""Times told by the patient's age."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.ages import find_ages
from smarthealth.apps.records.understanding.question import AgeRange


@pytest.mark.parametrize(
    ("text", "since", "until"),
    [
        ("entre los 10 y los 20 anos", 10, 20),
        ("between the ages of 10 and 20", 10, 20),
        ("antes de los 18 anos", None, 17),
        ("antes de cumplir 18", None, 17),
        ("before the age of 18", None, 17),
        ("before she turned 18", None, 17),
        ("despues de los 40 anos", 40, None),
        ("since age 40", 40, None),
        ("a los 20 anos", 20, 20),
        ("cuando tenia 20 anos", 20, 20),
        ("at age 20", 20, 20),
        ("when she was 20", 20, 20),
        ("when he was 20 years old", 20, 20),
        ("de nino", None, 12),
        ("in her childhood", None, 12),
        ("en su adolescencia", 13, 17),
        ("as a minor", None, 17),
        ("as an adult", 18, None),
    ],
)
def test_an_age_is_a_range_of_years_of_life(text: str, since: int | None, until: int | None) -> None:
    """Ages are told by numbers or by times of life, in both languages."""
    found = find_ages(f"tuvo asma {text}?")
    assert found is not None
    assert found.ages == AgeRange(since=since, until=until)


@pytest.mark.parametrize("text", ["con 20 pastillas", "entre 10 y 20", "a los medicos", "peso a los 20", "at 20 mg"])
def test_a_number_without_years_is_no_age(text: str) -> None:
    """Only years make an age where the words around the number might mean anything."""
    assert find_ages(text) is None
