"""What is asked beside a kind of entry."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.attributes import find_attributes


@pytest.mark.parametrize(
    ("text", "noun", "covered", "is_detail"),
    [
        ("list allergies with severity", "allergies", ["with severity"], True),
        ("alergias y sus reacciones", "alergias", ["y sus reacciones"], True),
        ("list conditions with status", "conditions", ["with status"], False),
        ("diagnosticos con su fecha de inicio", "diagnosticos", ["con su fecha de inicio"], False),
        ("allergies with reaction and criticality", "allergies", ["with reaction", "and criticality"], True),
        ("alergias, gravedad de cada una", "alergias", [", gravedad de cada una"], True),
        ("what is the severity of each of her allergies", "allergies", ["severity of each of her "], True),
        ("allergies to nuts", "allergies", [], False),
        ("alergias con reaccion a penicilina", "alergias", [], False),
    ],
)
def test_an_attribute_beside_a_kind_is_found(text: str, noun: str, covered: list[str], is_detail: bool) -> None:
    """Severity and reactions are what a plain list leaves out; a reaction to something is a topic of its own."""
    start = text.index(noun)
    found = find_attributes(text, start, start + len(noun))
    assert [text[match.start : match.end] for match in found] == covered
    assert any(match.is_detail for match in found) is is_detail
