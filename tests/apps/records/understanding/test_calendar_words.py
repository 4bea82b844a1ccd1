"""Names of months, numbers and lengths of time."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.calendar_words import MONTHS, alternatives, number_of


@pytest.mark.parametrize(("text", "number"), [("7", 7), ("tres", 3), ("twelve", 12), ("veinte", 20), ("una", 1)])
def test_small_numbers_are_read_in_digits_and_words(text: str, number: int) -> None:
    """A number is the same however it is written."""
    assert number_of(text) == number


def test_months_have_one_number_in_both_languages() -> None:
    """`enero` and `January` are the first month."""
    assert {MONTHS[name] for name in ("enero", "january", "jan", "ene")} == {1}


def test_longer_words_are_tried_first() -> None:
    """`mayo` is not read as `may`."""
    assert alternatives({"may": 5, "mayo": 5}) == "mayo|may"
