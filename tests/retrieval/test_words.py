"""Folding and splitting of words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.words import (
    QUESTION_WORDS,
    STOP_WORDS,
    content_words,
    fold,
    folded_words,
    set_of,
    stem,
    words,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Glucose", "glucose"),
        ("Última PRESIÓN", "ultima presion"),
        ("ñandú", "nandu"),
        ("e\u0301cole Ǻ ﬁebre", "ecole a fiebre"),
    ],
)
def test_case_accents_and_compatibility_forms_are_dropped(text: str, folded: str) -> None:
    """A text folds to what is left when case and accents are dropped, however they were written."""
    assert fold(text) == folded


def test_numbers_keep_their_decimals_and_punctuation_separates() -> None:
    """A decimal number is one word; hyphens, slashes and points between letters separate."""
    assert folded_words("HbA1c 6.5%, DM-2; 0,5 mg/dL.") == ["hba1c", "6.5", "dm", "2", "0,5", "mg", "dl"]


@given(st.text())
def test_words_point_into_the_text_as_given(text: str) -> None:
    """Every word's place in any text folds to that word."""
    for word in words(text):
        assert word.folded in fold(text[word.start : word.end])
        assert 0 <= word.start < word.end <= len(text)
    assert [word.folded for word in words(text)] == folded_words(text) or not text.isascii()


def test_places_stay_true_where_folding_changes_the_length() -> None:
    """Decomposed accents and ligatures before a word do not move its place."""
    text = "ﬁebre e\u0301pica y tos"
    found = {word.folded: text[word.start : word.end] for word in words(text)}
    assert found["tos"] == "tos"
    assert found["fiebre"] == "ﬁebre"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("fracturas", "fracture"),
        ("infeccion", "infecciones"),
        ("alergica", "alergicos"),
        ("biopsias", "biopsy"),
        ("cicatriz", "cicatrices"),
        ("dolor", "dolores"),
    ],
)
def test_plural_and_gender_are_dropped(one: str, other: str) -> None:
    """Forms of one noun have one stem, in both languages."""
    assert stem(one) == stem(other)


@pytest.mark.parametrize("word", ["pas", "b12", "tos", "6.5", "illness"])
def test_short_words_and_words_with_digits_keep_their_form(word: str) -> None:
    """An abbreviation is not inflected, and a double s is no plural."""
    assert stem(word) == word


def test_content_words_name_something() -> None:
    """Of a question only what could name an entry is left."""
    assert [word.folded for word in content_words("¿Cuándo le recetaron al paciente el isoptin a 5?")] == ["isoptin"]


def test_word_lists_are_folded() -> None:
    """Lists of words hold folded words, since folded words are looked up in them."""
    assert all(fold(word) == word for word in STOP_WORDS | QUESTION_WORDS)
    assert set_of("a b") == {"a", "b"}
