"""Entries that a question names and no glossary knows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.displays import match_displays

DISPLAYS = [
    "Methotrexate 2.5 MG Oral Tablet",
    "Amoxicillin 500 MG Oral Tablet",
    "Appendectomy",
    "Hypothyroidism (disorder)",
    "Laceration of thigh",
    "Laceration of hand",
    "Fracture of ankle",
    "Ankle X-ray",
]


@pytest.mark.parametrize(
    ("question", "display"),
    [
        ("¿Toma metotrexato?", "Methotrexate 2.5 MG Oral Tablet"),
        ("¿Le hicieron una apendicectomía?", "Appendectomy"),
        ("¿Tiene hipotiroidismo?", "Hypothyroidism (disorder)"),
        ("¿Cuándo tuvo la herida en el muslo?", "Laceration of thigh"),
        ("fractura de tobillo", "Fracture of ankle"),
        ("When was the ankle fracture?", "Fracture of ankle"),
    ],
)
def test_cognates_and_the_dictionary_lead_to_the_display(question: str, display: str) -> None:
    """A Spanish question finds the English display that it names, before those that share a word."""
    best, *others = match_displays(question, DISPLAYS)
    assert best.display == display
    assert best.words
    assert all(other.score < best.score <= 1 for other in others)


@pytest.mark.parametrize("question", ["¿Toma insulina?", "¿Qué tiene el paciente?", ""])
def test_a_question_that_names_nothing_finds_nothing(question: str) -> None:
    """Without a word in common there is no match."""
    assert match_displays(question, DISPLAYS) == []


def test_displays_without_words_are_no_obstacle() -> None:
    """A display of digits alone is never found."""
    assert match_displays("fractura", ["12", ""]) == []


@given(st.text(max_size=80), st.lists(st.text(max_size=40), max_size=6))
def test_no_text_makes_matching_fail(question: str, displays: list[str]) -> None:
    """Scores of any texts lie in (0, 1]."""
    assert all(0 < match.score <= 1.0001 for match in match_displays(question, displays))
