"""Where a question that asks several things is cut."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.clauses import split_clauses, split_sentences, without_lead_in
from smarthealth.retrieval.glossary import load_glossary


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Hola. ¿Cuál es su peso?", ["Hola.", "¿Cuál es su peso?"]),
        ("¿Lo vio la Dra. Runte?", ["¿Lo vio la Dra. Runte?"]),
        ("glucosa\ncolesterol", ["glucosa", "colesterol"]),
        ("¿Peso? ¿Talla?", ["¿Peso?", "¿Talla?"]),
        ("¿? …", ["…"]),
    ],
)
def test_sentences_end_at_their_marks(text: str, sentences: list[str]) -> None:
    """Titles do not end a sentence, and what holds no word is none."""
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        (
            "¿Cuándo fue la última vacuna y cuántas ha recibido?",
            ["¿Cuándo fue la última vacuna", "cuántas ha recibido?"],
        ),
        ("¿Cuándo y dónde fue?", ["¿Cuándo", "dónde fue?"]),
        ("¿Cuál es su peso y su talla?", ["¿Cuál es su peso y su talla?"]),
        ("¿Consultas entre 2010 y 2015?", ["¿Consultas entre 2010 y 2015?"]),
        ("Buenas, ¿cuál es su peso?", ["Buenas, ¿cuál es su peso?"]),
        ("peso, cuál es", ["peso", "cuál es"]),
        ("según la nota de 2019, ¿qué toma?", ["según la nota de 2019, ¿qué toma?"]),
        ("After starting allopurinol, was it lower?", ["After starting allopurinol, was it lower?"]),
        ("metformin: how often and for what?", ["metformin: how often", "for what?"]),
        ("y", []),
    ],
)
def test_a_sentence_is_cut_before_each_further_question(sentence: str, clauses: list[str]) -> None:
    """Lists and times stay whole; what is no question before a comma, a time or a source, goes with what follows."""
    assert split_clauses(sentence, load_glossary(), date(2024, 1, 1)) == clauses


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("I'm filling in a referral to cardiology: what was the last LDL?", "what was the last LDL?"),
        ("Para el formulario de la aseguradora: ¿cuánto pesa?", "¿cuánto pesa?"),
        ("About his diabetes: when was it found?", "About his diabetes: when was it found?"),
        ("Which is higher: is the LDL or the HDL?", "Which is higher: is the LDL or the HDL?"),
        ("presión arterial: 2019 y 2020", "presión arterial: 2019 y 2020"),
    ],
)
def test_what_is_said_before_a_question_of_its_own_is_not_asked(text: str, asked: str) -> None:
    """Unless the question needs it, or it is one itself."""
    assert without_lead_in(text, load_glossary()) == asked
