"""What a question names."""

from __future__ import annotations

import re

import pytest

from smarthealth.apps.records.answering.terms import find_terms, held_in, patterns, share_held
from smarthealth.retrieval.glossary import load_glossary

GLOSSARY = load_glossary()


def test_patterns_find_names_whatever_their_accents_and_endings() -> None:
    """Each concept and each word that is no everyday one must be found; else the everyday ones must."""
    (pattern,) = patterns(find_terms("¿Qué mostró la ecografía?", GLOSSARY), GLOSSARY)
    assert re.search(pattern.replace(r"\m", r"\b"), "una ecografía de abdomen")
    assert not re.search(pattern.replace(r"\m", r"\b"), "una tomografía")
    (everyday,) = patterns(find_terms("¿su viaje?", GLOSSARY), GLOSSARY)
    assert re.search(everyday.replace(r"\m", r"\b"), "plans to travel")


@pytest.mark.parametrize(
    ("question", "text", "share"),
    [
        ("¿Última glucosa?", "Glucose [Mass/volume] in Blood: 96 mg/dL", 1.0),
        ("¿Glucosa y creatinina?", "Glucose [Mass/volume] in Blood: 96 mg/dL", 0.5),
        ("¿Creatinina?", "", 0.0),
        ("¿Qué?", "", 1.0),
    ],
)
def test_how_much_of_a_question_stands_in_a_text(question: str, text: str, share: float) -> None:
    """Each thing that is named counts once; a question that names nothing is held by any text."""
    assert share_held(find_terms(question, GLOSSARY), (text,), GLOSSARY) == share


def test_what_is_held_is_told_term_by_term() -> None:
    """A concept by any of its names, a word by its senses."""
    terms = find_terms("¿Cuánto sangró en la cesárea?", GLOSSARY)
    assert [term.word for term in held_in(terms, "Bleeding of 300 mL", GLOSSARY)] == ["sangro"]


def test_ones_work_may_have_many_names() -> None:
    """Who asks what somebody does for a living names the occupation, and any occupation holds it."""
    (work,) = find_terms("What did he do for a living?", GLOSSARY)
    assert work.is_told_by("Retired harbour pilot")


def test_words_of_every_note_tell_little() -> None:
    """The home is common, the cooking is not."""
    assert [term.is_common for term in find_terms("Who does the cooking at home?", GLOSSARY)] == [False, True]


def test_a_measure_that_is_asked_for_names_nothing() -> None:
    """`how large` are words of asking."""
    assert [term.word for term in find_terms("How large are the kidneys?", GLOSSARY)] == ["kidneys"]


def test_a_concept_is_held_by_its_family() -> None:
    """Penicillin stands in a text that names amoxicillin."""
    (penicillin,) = find_terms("¿Penicilina?", GLOSSARY)
    assert held_in((penicillin,), "amoxicillin 500 mg", GLOSSARY)


def test_a_concept_may_be_told_in_plain_words() -> None:
    """Who swims exercises."""
    assert held_in(find_terms("Does she exercise?", GLOSSARY), "Swims twice a week", GLOSSARY)
