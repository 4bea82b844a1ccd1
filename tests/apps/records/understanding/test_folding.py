"""Folding a question letter by letter, and covering what was understood."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.records.understanding.folding import _FOLDS, CONCEPT, MOST_FOLDS, Reading, fold_letters


@given(st.text())
def test_every_letter_keeps_its_place(text: str) -> None:
    """A folded text is as long as the text, and plain."""
    folded = fold_letters(text)
    assert len(folded) == len(text)
    assert folded.isascii()
    assert folded == folded.lower()


def test_case_and_accents_go_and_opening_marks_are_space() -> None:
    """What is left are small letters, digits and plain marks."""
    assert fold_letters("¿Cuál ÑANDÚ?") == " cual nandu?"


def test_covered_words_are_not_read_again() -> None:
    """A span that somebody covered holds no more words."""
    reading = Reading("peso y talla 1,5")
    reading.cover(0, 4, CONCEPT)
    reading.cover(5, 6)
    assert reading.open == "§§§§ · talla 1,5"
    assert [word for word, _, _ in reading.words_left()] == ["talla", "1,5"]


def test_all_the_letters_there_are_do_not_fill_the_memory() -> None:
    """What a letter becomes is kept for so many letters only, and is the same when it is not kept."""
    text = "".join(map(chr, range(0xC0, 0xC0 + 2 * MOST_FOLDS)))
    assert fold_letters(text) == fold_letters(text)
    assert len(_FOLDS) == MOST_FOLDS
    assert fold_letters("\N{FULLWIDTH LATIN CAPITAL LETTER A}") == "a"
