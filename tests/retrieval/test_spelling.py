"""Correction of one spelling mistake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.spelling import SpellingCorrector, one_edit_apart

VOCABULARY = ("hipertension", "diabet", "glucos", "colesterol", "vilirrubin", "anemi", "tos", "vitamin12")


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("hipertencion", "hipertension"),
        ("ipertension", "hipertension"),
        ("hipretension", "hipertension"),
        ("diavetes", "diabet"),
        ("colestrol", "colesterol"),
        ("bilirrubin", "vilirrubin"),
        ("hanemia", "anemi"),
    ],
)
def test_one_mistake_is_corrected(word: str, right: str) -> None:
    """A letter left out, put in, changed or swapped, a silent h and a confused first letter are corrected."""
    corrector = SpellingCorrector(VOCABULARY)
    assert (
        corrector.correct(word, word.removesuffix("es").removesuffix("a") if word != "hanemia" else "hanemi") == right
    )


@pytest.mark.parametrize("word", ["glucos", "mesa", "tabla1", "kolesterol", "hipertrofia", "pregunta"])
def test_what_is_right_short_or_far_is_left_alone(word: str) -> None:
    """A known word, a short one, one with digits, another first letter and two mistakes are not corrected."""
    assert SpellingCorrector(VOCABULARY, known={"pregunta"}).correct(word, word) is None


@given(st.text(alphabet="abc", min_size=1, max_size=6), st.integers(0, 5), st.sampled_from("abc"))
def test_any_one_edit_is_recognised(word: str, place: int, letter: str) -> None:
    """Inserting, deleting, changing or swapping makes words that are one edit apart, both ways round."""
    place %= len(word)
    edited = {
        word[:place] + letter + word[place:],
        word[:place] + word[place + 1 :],
        word[:place] + letter + word[place + 1 :],
        word[:place] + word[place : place + 2][::-1] + word[place + 2 :],
    }
    for other in edited:
        assert one_edit_apart(word, other)
        assert one_edit_apart(other, word)


@pytest.mark.parametrize(("one", "other"), [("ab", "abcd"), ("abcd", "dcba"), ("abc", "cab"), ("abc", "axy")])
def test_two_edits_are_too_many(one: str, other: str) -> None:
    """Words that need two edits are not one edit apart."""
    assert not one_edit_apart(one, other)
