"""Telling the language of a question."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.language import detect_language, names_by_language
from smarthealth.apps.records.understanding.question import Language
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("cual fue el ultimo peso", "es"),
        ("what was the last weight", "en"),
        ("hemoglobina glicosilada", "es"),
        ("baseline body mass index", "en"),
    ],
)
def test_small_words_tell_the_language_and_endings_when_there_are_none(text: str, language: Language) -> None:
    """Articles and question words decide; else how the words look."""
    assert detect_language(text.split(), before="en" if language == "es" else "es") == language


def test_the_language_spoken_so_far_is_kept_when_nothing_tells() -> None:
    """An abbreviation is neither Spanish nor English."""
    assert detect_language(["ldl", "ldl"], before="en") == "en"
    assert detect_language([]) == "es"


def test_names_of_clinical_things_tell_a_language() -> None:
    """A word that the glossary has in one language only is of that language."""
    names = names_by_language(load_glossary())
    assert "peso" in names.spanish
    assert "weight" in names.english
    assert not names.spanish & names.english
