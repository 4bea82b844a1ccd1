"""Siblings are told apart by their qualifiers."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.answering.qualifiers import (
    bears_letter,
    bears_the_opposite,
    has_qualifier,
    is_acronym,
    letter_after,
)


@pytest.mark.parametrize(
    ("question", "display", "opposite"),
    [
        ("¿Le hicieron tiroidectomía total?", "Tiroidectomía parcial", True),
        ("¿Le hicieron tiroidectomía?", "Tiroidectomía parcial", False),
        ("free T4?", "Thyroxine (T4) total", True),
        ("free T4?", "Thyroxine (T4) free", False),
        ("left knee replacement?", "Replacement of right knee", True),
        ("left and right knee?", "Replacement of right knee", False),
        ("acute bronchitis", "Bronchitis", False),
    ],
)
def test_the_opposite_is_something_else(question: str, display: str, opposite: bool) -> None:
    """Only an entry that bears another qualifier of the kind is another thing; who asks for both means either."""
    assert bears_the_opposite(question, display) is opposite
    assert has_qualifier(question) or not opposite


@pytest.mark.parametrize(
    ("question", "surface", "letter"),
    [
        ("¿Cuál es la inmunoglobulina A total?", "inmunoglobulina", "a"),
        ("¿inmunoglobulina a total?", "inmunoglobulina", None),
        ("¿Cuál fue la troponina T?", "troponina T", "t"),
        ("¿Peso?", "", None),
    ],
)
def test_a_letter_after_a_name_is_part_of_it(question: str, surface: str, letter: str | None) -> None:
    """A capital letter that stands alone."""
    assert letter_after(question, surface) == letter


@pytest.mark.parametrize(
    ("letter", "name", "borne"),
    [
        ("a", "Inmunoglobulina anti-D 300 mcg", False),
        ("a", "Inmunoglobulina A en suero", True),
        ("a", "IgA", True),
        ("g", "IgA", False),
        ("t", "Troponina I", False),
    ],
)
def test_a_letter_is_borne_as_a_word_or_by_an_abbreviation(letter: str, name: str, borne: bool) -> None:
    """The last letter of a long word is none."""
    assert bears_letter(letter, name, []) is borne


def test_an_acronym_is_made_of_first_letters() -> None:
    """Of words that stand together; two letters are no acronym."""
    assert is_acronym("edss", "Expanded disability status scale score")
    assert not is_acronym("ed", "Expanded disability status scale score")
    assert not is_acronym("esss", "Expanded disability status scale score")
