"""The language of a message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.doctor.language import language_of


@pytest.mark.parametrize(
    ("message", "language"),
    [
        ("me duele la cabeza", "es"),
        ("fiebre y tos", "es"),
        ("¿migraña?", "es"),
        ("ME DUELE EL PECHO", "es"),
        ("My head hurts", "en"),
        ("persistent cough", "en"),
        ("fever", "en"),
        ("", "en"),
        ("38.5", "en"),
        ("???", "en"),
    ],
)
def test_a_few_words_tell(message: str, language: str) -> None:
    """Of either language; English where nothing tells."""
    assert language_of(message) == language


@given(st.text(max_size=200))
def test_any_text_is_in_one_of_them(message: str) -> None:
    """Nothing raises."""
    assert language_of(message) in ("es", "en")
