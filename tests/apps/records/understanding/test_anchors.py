"""Times told by something in the record."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.anchors import AnchorMatch, find_anchor
from smarthealth.apps.records.understanding.concepts import find_concepts
from smarthealth.apps.records.understanding.folding import CONCEPT, Reading
from smarthealth.apps.records.understanding.question import Order
from smarthealth.retrieval.glossary import load_glossary


def anchor_of(text: str) -> AnchorMatch | None:
    """The anchor of a text whose concepts are covered."""
    reading = Reading(text)
    matches = find_concepts(text, load_glossary())
    for match in matches:
        reading.cover(match.start, match.end, CONCEPT)
    return find_anchor(reading, matches)


@pytest.mark.parametrize(
    ("text", "relation", "concept"),
    [
        ("¿Qué medicamentos tomaba antes de la apendicectomía?", "before", "appendectomy"),
        ("What medications were prescribed after the diagnosis of hypertension?", "after", "hypertension"),
        ("¿Cuál era su glucosa cuando le diagnosticaron hipertensión?", "at", "hypertension"),
        ("weight before the appendectomy", "before", "appendectomy"),
    ],
)
def test_an_event_of_the_record_tells_a_time(text: str, relation: str, concept: str) -> None:
    """Before, after or at a thing that the record knows, where something else is asked about."""
    found = anchor_of(text)
    assert found is not None
    assert found.anchor.relation == relation
    assert [each.id for each in found.anchor.topic.concepts] == [concept]


@pytest.mark.parametrize(
    ("text", "order", "category"),
    [
        ("signos vitales de la última consulta", Order.LATEST, None),
        ("¿Qué vacunas le pusieron en la primera consulta?", Order.FIRST, None),
        ("what was her weight at the last visit", Order.LATEST, None),
        ("peso en su último control", Order.LATEST, None),
    ],
)
def test_a_visit_tells_a_time(text: str, order: Order, category: str | None) -> None:
    """What was done or measured at a visit is of its day."""
    found = anchor_of(text)
    assert found is not None
    assert found.anchor.relation == "during"
    assert found.anchor.pick.order is order
    assert (found.anchor.topic.kinds, found.anchor.topic.category) == (frozenset({"encounter"}), category)


@pytest.mark.parametrize(
    "text",
    [
        "¿Cuándo le diagnosticaron hipertensión?",
        "When was the influenza vaccine last given?",
        "¿Desde cuándo tiene hipertensión?",
        "¿Qué edad tenía cuando le diagnosticaron hipertensión?",
        "¿Cuánto tiempo pasó desde el infarto?",
        "¿Quién lo atendió en la última consulta?",
        "¿Ha tenido asma antes?",
        "¿Tuvo algo antes de la hipertensión?",
    ],
)
def test_what_is_asked_about_itself_tells_no_time(text: str) -> None:
    """A question about the event, the time since it, or the visit has no other thing to limit."""
    assert anchor_of(text) is None


def test_what_lasts_holds_what_happened_meanwhile() -> None:
    """A pregnancy does, and a disease where it is said so (`durante`); what merely stands with it does not."""
    found = anchor_of("¿Cuál fue la glucosa durante el embarazo?")
    assert found is not None
    assert found.anchor.relation == "during"
    assert anchor_of("¿Cuál fue la glucosa durante la neumonía?") is not None
    assert anchor_of("¿Cuál fue la glucosa en el resfriado?") is None


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("What is his sexual function like since surgery?", "after"),
        ("¿Cómo estaba la erección antes de la operación?", "before"),
        ("What was done after the surgery?", None),
        ("How much time has passed since surgery, and the erection?", None),
        ("¿Cómo está la erección?", None),
    ],
)
def test_an_operation_without_a_name_tells_a_time(text: str, relation: str | None) -> None:
    """Where something else is spoken of by its own words: the last operation is meant."""
    found = anchor_of(text)
    assert (found.anchor.relation if found else None) == relation
    assert found is None or (found.anchor.topic.category, found.anchor.pick.order) == ("surgery", Order.LATEST)
