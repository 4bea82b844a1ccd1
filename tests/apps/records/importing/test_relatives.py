"""What a record says of a patient's relatives."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope
from smarthealth.apps.records.importing.relatives import read_relative

SCOPE = Scope()
MOTHER: Node = {"patient": {"reference": "Patient/1"}, "relationship": {"text": "Madre"}, "status": "completed"}


def test_a_relative_is_a_row_and_each_disease_one_below_it() -> None:
    """A disease stands with whose it is, when it began, and how it ended."""
    found = read_relative(
        {
            **MOTHER,
            "date": "2020-01-02",
            "name": "Rosa",
            "note": [{"text": "vive lejos"}],
            "condition": [
                {"code": {"text": "Diabetes"}, "onsetAge": {"value": 55, "unit": "años"}, "contributedToDeath": True},
                {"code": {"text": "Gota"}, "onsetString": "joven", "outcome": {"text": "curada"}},
                {"code": {"text": "Asma"}, "note": [{"text": "leve"}]},
            ],
        },
        SCOPE,
    )
    assert (found.row.kind, found.row.named.display, found.row.body) == ("family", "Madre", "Rosa\nvive lejos")
    assert [(part.named.display, part.category, part.measured.text, part.body) for part in found.components] == [
        ("Diabetes", "Madre", "at the age of 55 años, contributed to death", None),
        ("Gota", "Madre", "joven, curada", None),
        ("Asma", "Madre", None, "leve"),
    ]


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({}, None),
        ({"deceasedBoolean": False}, None),
        ({"deceasedBoolean": True}, "deceased"),
        ({"deceasedAge": {"value": 70, "unit": "a"}}, "deceased, at the age of 70 a"),
        ({"deceasedRange": {"low": {"value": 60}, "high": {"value": 70}}}, "deceased, 60-70"),
        ({"deceasedDate": "1990"}, "deceased, 1990"),
    ],
)
def test_a_death_is_told(more: Node, told: str | None) -> None:
    """However it is written."""
    assert read_relative({**MOTHER, **more}, SCOPE).row.measured.text == told


def test_a_relative_has_a_relationship() -> None:
    """Somebody without one is nobody's mother."""
    with pytest.raises(Malformed, match="relationship"):
        read_relative({"patient": {"reference": "Patient/1"}}, SCOPE)
