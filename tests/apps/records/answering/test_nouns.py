"""Words for the patient's own data."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.nouns import personal
from smarthealth.apps.records.understanding.question import Language


@pytest.mark.parametrize(
    ("field", "value", "language", "said"),
    [
        ("gender", "female", "es", "femenino (female)"),
        ("gender", "female", "en", "female"),
        ("language", "es-CO", "es", "español (es-CO)"),
        ("language", "English (United States)", "es", "inglés (English (United States))"),
        ("language", "Spanish, Wayuunaiki", "en", "Spanish, Wayuunaiki"),
        ("marital_status", "Widowed", "es", "viudo/a (Widowed)"),
        ("marital_status", "Widowed", "en", "Widowed"),
        ("phone", "1", "es", "1"),
    ],
)
def test_what_the_record_says_is_told_in_the_answers_language(
    field: str, value: str, language: Language, said: str
) -> None:
    """With the record's own word beside it where that is another."""
    assert personal(field, value, language) == said
