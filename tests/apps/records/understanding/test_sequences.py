"""Which of two things came first."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import Ask, Operation
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def first(text: str) -> Ask:
    """The first thing that a text asks."""
    return understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks[0]


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("¿La ablación fue antes o después del ictus?", "which"),
        ("Which came first, the stroke or the ablation?", "which"),
        ("¿Qué fue primero, el ictus o la ablación?", "which"),
        ("Did the ablation come before the stroke?", "before"),
        ("¿La gota apareció antes que la hipertensión?", "before"),
        ("Was the stroke after the ablation?", "after"),
        ("¿Se torció antes el tobillo o la muñeca?", "which"),
    ],
)
def test_the_order_of_two_things_may_be_asked(text: str, asked: str) -> None:
    """Before, after, or which of both, by concepts or by words that nobody knows."""
    ask = first(text)
    assert (ask.operation, ask.sequence, len(ask.topics)) == (Operation.SEQUENCE, asked, 2)


def test_what_is_said_of_both_belongs_to_each() -> None:
    """`sprain` is said once, of the ankle or the wrist."""
    assert [topic.terms for topic in first("¿Se torció antes el tobillo o la muñeca?").topics] == [
        ("torcio", "tobillo"),
        ("torcio", "muneca"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "When was the ablation, before the stroke?",
        "What was his first or second INR?",
        "¿Tuvo fiebre antes del ictus?",
        "¿Se torció primero la rodilla?",
        "Was the glucose before or after the stroke higher?",
        "What was first, this or that?",
        "zorblax before or after lunch",
        "Zorblax, first the wrist, then the ankle?",
    ],
)
def test_a_time_or_a_value_is_no_order(text: str) -> None:
    """A value before an event, one thing alone, or small words ask for no order."""
    assert all(
        ask.operation is not Operation.SEQUENCE
        for ask in understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    )
