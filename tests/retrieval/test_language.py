"""Telling Spanish from English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.language import MOST_READ, Language, Names, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("me duele la cabeza", "es"),
        ("fiebre y tos", "es"),
        ("¿migraña?", "es"),
        ("ME DUELE EL PECHO", "es"),
        ("no puede respirar", "es"),
        ("no me entra aire", "es"),
        ("¡Auxilio!", "es"),
        ("hola", "es"),
        ("quiero ir al parque lleras", "es"),
        ("hemoglobina glicosilada", "es"),
        ("My head hurts", "en"),
        ("cant breathe", "en"),
        ("can’t breathe", "en"),
        ("persistent cough", "en"),
        ("my brakes squeal", "en"),
        ("baseline body mass index", "en"),
        ("last hba1c?", "en"),
        ("allergies?", "en"),
        ("bp trend", "en"),
        ("current meds", "en"),
        ("José, my son, has a fever and he is hot", "en"),
    ],
)
def test_a_few_words_tell(text: str, language: Language) -> None:
    """Small words and letters, else how words look; whatever the default is."""
    assert {language_of(text), language_of(text, "en")} == {language}


@pytest.mark.parametrize("text", ["", "38.5", "???", "ldl", "HER2", "ef?", "INR 2021", "👍", "no"])
def test_the_default_is_kept_where_nothing_tells(text: str) -> None:
    """Numbers and abbreviations are of neither language."""
    assert language_of(text) == "es"
    assert language_of(text, "en") == "en"


def test_names_tell_where_small_words_do_not() -> None:
    """A word that names something in one language alone is asked before the look of words."""
    names = Names(spanish=frozenset({"glucemia"}), english=frozenset({"troponin"}))
    assert language_of("troponin", names=names) == "en"
    assert language_of("glucemia", "en", names=names) == "es"


def test_the_beginning_tells() -> None:
    """What comes after the bound is not read."""
    assert language_of("the " * MOST_READ + "el " * 3 * MOST_READ) == "en"


@given(st.text(max_size=200))
def test_any_text_is_in_one_of_them(text: str) -> None:
    """Nothing raises."""
    assert language_of(text) in ("es", "en")
