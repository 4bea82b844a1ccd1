"""How much of a medicine, and how often."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from smarthealth.apps.doctor.guardrails.doses import says_dose
from smarthealth.retrieval.words import fold


def test_doses_are_found_in_digits_and_words(hidden: Sequence[dict[str, str]]) -> None:
    """In both languages, with water or without."""
    doses = [
        row["text"]
        for row in hidden
        if row["why"] == "dose" and not row["text"].startswith(("Rx", "I h", "Le r", "Aq", "Here"))
    ]
    assert [text for text in doses if not says_dose(fold(text.replace("*", "")))] == []


def test_what_is_no_dose_is_left_alone(shown: Sequence[dict[str, str]]) -> None:
    """Laboratory values, food and drink, days, degrees, per cents, and how often to rest."""
    assert [row["text"] for row in shown if says_dose(fold(row["text"]))] == []


@pytest.mark.parametrize("text", ["1" * 600, "1 " * 300, "a " * 300, "two " * 150, "every " * 100, "ibuprofen 4" * 50])
def test_long_sentences_are_read(text: str) -> None:
    """Runs of anything end in an answer."""
    assert says_dose(text) in (True, False)
