"""Deciding what a clause asks."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import Ask, Field, Operation, Order, Pick
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def asks_of(text: str) -> tuple[Ask, ...]:
    """What a text asks, without a question before it."""
    return understand(text, history=(), today=date(2026, 1, 1), glossary=load_glossary()).asks


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuánto era la creatinina antes de la última?",
        "¿Cuál fue la TSH anterior a la más reciente?",
        "What was the weight before the last one?",
        "HbA1c previous to the latest",
        "¿Cuál fue la hemoglobina anterior?",
        "What was the previous glucose?",
        "¿Cuál fue la penúltima glucosa?",
    ],
)
def test_what_came_before_the_last_measurement_is_the_last_but_one(text: str) -> None:
    """The value before the last one is asked for, however it is said."""
    (ask,) = asks_of(text)
    assert (ask.operation, ask.pick) == (Operation.VALUE, Pick(order=Order.LATEST, nth=2))


@pytest.mark.parametrize(
    "text", ["Edad y alergias del paciente", "¿Qué alergias tiene, y su edad?", "Age and allergies"]
)
def test_the_age_beside_something_of_the_record_is_a_question_of_its_own(text: str) -> None:
    """A piece of the patient's own data joined to another thing asked is answered, too."""
    asks = asks_of(text)
    assert [ask.field for ask in asks if ask.operation is Operation.DEMOGRAPHIC] == [Field.AGE]
    assert any(topic.kinds == {"allergy"} for ask in asks for topic in ask.topics)


@pytest.mark.parametrize("text", ["¿Qué dice la epicrisis?", "¿Con quién vive según la epicrisis?", "What does the discharge summary say?"])  # fmt: skip
def test_a_note_called_by_its_own_name_is_read(text: str) -> None:
    """What a kind of note says is asked of the text of notes of that kind."""
    (ask,) = asks_of(text)
    assert ask.operation is Operation.NOTE
    assert [sorted(topic.kinds) for topic in ask.topics] == [["document"]]
