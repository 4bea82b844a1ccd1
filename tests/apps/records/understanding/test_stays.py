"""Times told by a stay in hospital or a visit."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.understanding.question import Anchor, Order
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.retrieval.glossary import load_glossary


def anchor(text: str) -> Anchor | None:
    """The stay or visit that a question limits itself to."""
    (ask,) = understand(text, history=(), today=date(2024, 3, 15), glossary=load_glossary()).asks
    return ask.period if isinstance(ask.period, Anchor) else None


@pytest.mark.parametrize(
    ("text", "relation", "category", "is_end", "order"),
    [
        ("hemoglobin at admission", "during", "inpatient", False, Order.LATEST),
        ("hemoglobina al alta", "during", "inpatient", True, Order.LATEST),
        ("discharge hemoglobin", "during", "inpatient", True, Order.LATEST),
        ("hemoglobina ingreso", "during", "inpatient", False, Order.LATEST),
        ("hemoglobina cuando ingresó la última vez", "during", "inpatient", False, Order.LATEST),
        ("hemoglobin when she was discharged", "during", "inpatient", True, Order.LATEST),
        ("glucosa antes de la primera hospitalización", "before", "inpatient", False, Order.FIRST),
        ("glucosa después de la hospitalización", "after", "inpatient", True, Order.LATEST),
        ("glucose at the last visit", "during", None, False, Order.LATEST),
        ("glucosa en la consulta más reciente", "during", None, False, Order.LATEST),
        ("glucosa en la última visita a urgencias", "during", "emergency", False, Order.LATEST),
        ("medicamentos durante el ingreso", "during", "inpatient", False, Order.LATEST),
    ],
)
def test_a_stay_or_visit_tells_a_time(
    text: str, relation: str, category: str | None, is_end: bool, order: Order
) -> None:
    """Its beginning, its end, before or after it; the last one where it does not say."""
    found = anchor(text)
    assert found is not None
    assert (found.relation, found.topic.category, found.is_end, found.pick.order) == (relation, category, is_end, order)


def test_a_stay_may_be_told_by_its_reason() -> None:
    """The admission for pneumonia, not the last one."""
    found = anchor("hemoglobina al ingreso por neumonía")
    assert found is not None
    assert found.reason is not None
    assert [concept.id for concept in found.reason.concepts] == ["pneumonia"]


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuándo ingresó por neumonía?",
        "¿Cuántos días estuvo en el hospital por neumonía?",
        "motivo del último ingreso",
        "glucosa en la consulta",
        "¿Qué edad tenía en el ingreso por neumonía?",
        "How long was the admission for pneumonia?",
        "Has the glucose fallen since the last visit?",
        "fecha de alta del ingreso por neumonía",
    ],
)
def test_a_question_about_the_stay_itself_is_no_time(text: str) -> None:
    """When, how long and why a stay was is asked of the stay; a visit without an order is any."""
    assert anchor(text) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("temperatura cuando consultó por covid", "covid-19"),
        ("what was the temperature when she was seen in the clinic", None),
        ("pain score when he came to the ER with a fracture", "fracture"),
    ],
)
def test_a_visit_may_be_told_by_what_it_was_for(text: str, reason: str | None) -> None:
    """When she was seen for it; without a reason it is any visit."""
    found = anchor(text)
    assert (found.reason.concepts[0].id if found and found.reason else None) == reason
