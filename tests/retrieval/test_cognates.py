"""Cognates of Spanish and English."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.cognates import best_likeness, likeness, skeleton


@pytest.mark.parametrize(
    ("spanish", "english"),
    [
        ("metotrexato", "methotrexate"),
        ("hipotiroidismo", "hypothyroidism"),
        ("neumonia", "pneumonia"),
        ("bronquitis", "bronchitis"),
        ("inyeccion", "injection"),
        ("obesidad", "obesity"),
        ("azitromicina", "azithromycin"),
        ("estenosis", "stenosis"),
        ("nefropatia", "nephropathy"),
        ("hidroclorotiazida", "hydrochlorothiazide"),
        ("dialisis", "dialysis"),
        ("electrocardiograma", "electrocardiogram"),
        ("acetaminofen", "acetaminophen"),
        ("ablacion", "ablation"),
    ],
)
def test_cognates_have_one_skeleton(spanish: str, english: str) -> None:
    """What the spelling rules of the two languages make different is the same when they are undone."""
    assert skeleton(spanish) == skeleton(english)


def test_cognates_beyond_the_rules_are_alike() -> None:
    """Words of one root whose middle differs are alike, yet not the same."""
    assert 0.6 < likeness(skeleton("apendicectomia"), skeleton("appendectomy")) < likeness("fratur", "fratur") == 1


@pytest.mark.parametrize(
    ("one", "other"), [("pan", "pie"), ("hernia", "hepatitis"), ("tos", "tosferina"), ("artritis", "arteria")]
)
def test_short_words_and_other_beginnings_are_not_alike(one: str, other: str) -> None:
    """Words that share no beginning of five letters are not taken for cognates."""
    assert likeness(one, other) == 0.0


def test_best_likeness_is_that_of_the_nearest() -> None:
    """Of several words the nearest counts, and of none nothing."""
    assert best_likeness("fratur", frozenset({"fratur", "otro"})) == 1.0
    assert best_likeness("apendicetomi", frozenset({"apendetomi", "otro"})) > 0.6
    assert best_likeness("fratur", frozenset()) == 0.0


@pytest.mark.parametrize("word", ["b12", "tac", "es"])
def test_short_words_and_words_with_digits_keep_their_form(word: str) -> None:
    """An abbreviation has no cognate."""
    assert skeleton(word) == word


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=30))
def test_a_skeleton_is_never_empty(word: str) -> None:
    """Whatever the word, something of it is left."""
    assert skeleton(word)
