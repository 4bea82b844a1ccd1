"""Resources are held against FHIR's own structure."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.conformance import check, is_resource_type
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node

GOOD: Node = {"resourceType": "Observation", "id": "a", "status": "final", "code": {"text": "x"}}


def nested(depth: int) -> Node:
    """An extension within an extension, and so on."""
    found: Node = {"url": "u", "valueString": "x"}
    for _ in range(depth):
        found = {"url": "u", "extension": [found]}
    return found


def test_a_good_resource_passes() -> None:
    """A resource of its structure passes, and its narrative is not looked at."""
    check("Observation", GOOD)
    check("Observation", GOOD | {"text": "no narrative at all", "_status": {"id": "x"}})
    check(
        "AllergyIntolerance", {"resourceType": "AllergyIntolerance", "patient": {}, "category": ["food", "medication"]}
    )


@pytest.mark.parametrize(
    ("elements", "reason"),
    [
        ({"status": 5}, "status is not valid"),
        ({"status": None}, "status is missing"),
        ({"code": 5}, "code is not valid"),
        ({"secret_name": 1}, "secret_name is not an element of its type"),
        ({"a name that is a text": 1}, "… is not an element of its type"),
        ({"category": {}}, "category is not valid"),
        ({"valueInteger": 1, "valueString": "x"}, "one of several elements is missing, or more than one is there"),
        ({"contained": [{"resourceType": "Foo", "id": "x"}]}, "not the structure of its FHIR type"),
        ({"extension": [nested(300)]}, "nested too deeply"),
        ({"effectiveDateTime": "2015-13-45"}, "effectiveDateTime is not valid"),
    ],
)
def test_what_does_not_fit_is_named(elements: Node, reason: str) -> None:
    """The reason names the element and never its value."""
    with pytest.raises(Malformed) as caught:
        check("Observation", GOOD | elements)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("kind", "elements"),
    [
        ("Patient", {"gender": "F"}),
        ("AllergyIntolerance", {"patient": {}, "category": ["food", "nonsense"]}),
        ("MedicationRequest", {"status": "eaten", "intent": "order", "subject": {}, "medicationReference": {}}),
    ],
)
def test_required_codes_are_of_their_set(kind: str, elements: Node) -> None:
    """A code outside a closed value set is refused."""
    with pytest.raises(Malformed, match="is not one of its FHIR codes"):
        check(kind, {"resourceType": kind, "id": "a", **elements})


def test_an_open_set_of_codes_is_not_checked() -> None:
    """Of some value sets the models hold the beginning only, so that any code passes."""
    check("Observation", GOOD | {"status": "corrected"})


def test_resource_types_are_those_of_fhir() -> None:
    """Data types, abstract types and inventions are no resource types."""
    assert is_resource_type("Claim")
    for name in ("Foo", "CodeableConcept", "Resource", "../etc", ""):
        assert not is_resource_type(name)
    with pytest.raises(Malformed, match="not a FHIR R4 resource type"):
        check("Foo", {})
