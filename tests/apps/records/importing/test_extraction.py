"""From a decoded resource to what is stored of it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.extraction import READERS, Place, extract, type_of
from smarthealth.apps.records.importing.model import EntryContent, PatientContent, Retraction
from smarthealth.apps.records.importing.nodes import Node

UUID = "11111111-2222-3333-4444-555555555555"
OBSERVATION: Node = {
    "resourceType": "Observation",
    "id": "a",
    "status": "final",
    "code": {"text": "x"},
    "subject": {"reference": "Patient/1"},
}


def place(full_url: str | None = None) -> Place:
    """Somewhere in a file."""
    return Place(file_id=7, position=3, full_url=full_url)


def test_a_resource_is_understood() -> None:
    """A resource keeps its place, type, id, version and what it says."""
    found = extract(OBSERVATION | {"meta": {"lastUpdated": "2020-01-02T03:04:05Z"}}, place())
    assert (found.file_id, found.position, found.type, found.fhir_id) == (7, 3, "Observation", "Observation/a")
    assert found.last_updated == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert isinstance(found.content, EntryContent)
    assert extract(OBSERVATION, place()).last_updated is None


def test_a_contained_resource_is_within_reach() -> None:
    """References to contained resources are resolved."""
    contained = [{"resourceType": "Practitioner", "id": "who", "name": [{"text": "Dr. X"}]}]
    found = extract(OBSERVATION | {"contained": contained, "performer": [{"reference": "#who"}]}, place()).content
    assert isinstance(found, EntryContent)
    assert found.attendees[0].target.display == "Dr. X"


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({}, "no resourceType"),
        ({"resourceType": "Foo"}, "not a FHIR R4 resource type"),
        ({"resourceType": 5}, "resourceType is not a string"),
    ],
)
def test_what_is_no_fhir_has_no_type(resource: Node, reason: str) -> None:
    """Only FHIR's own types are types."""
    with pytest.raises(Malformed, match=reason):
        type_of(resource)


def test_types_that_are_not_imported_are_types() -> None:
    """A claim is FHIR, although nothing reads it."""
    assert type_of({"resourceType": "Claim"}) == "Claim"
    assert "Claim" not in READERS


def test_a_bundle_may_give_the_id() -> None:
    """A resource that a bundle creates is known by its uuid; one without any id is malformed."""
    without = {name: value for name, value in OBSERVATION.items() if name != "id"}
    assert extract(without, place(f"urn:uuid:{UUID}")).fhir_id == f"Observation/{UUID}"
    for url in (None, "urn:uuid:1", "http://x/Observation/1"):
        with pytest.raises(Malformed, match="no id"):
            extract(without, place(url))


@pytest.mark.parametrize("written", ["a b", "ñ", "x" * 65, "a_b"])
def test_an_id_is_fhirs(written: str) -> None:
    """Ids are of FHIR's letters and length."""
    with pytest.raises(Malformed, match="id is not"):
        extract(OBSERVATION | {"id": written}, place())


def test_what_references_may_call_it() -> None:
    """People are known by their identifiers, entries of bundles by their fullUrl, where these say more than the id."""
    patient: Node = {
        "resourceType": "Patient",
        "id": "p",
        "identifier": [
            {"system": "s", "value": "v"},
            {"system": "s", "value": "v"},
            {"system": "s", "value": "x" * 600},
        ],
    }
    found = extract(patient, place("urn:uuid:other"))
    assert found.aliases == ("7#urn:uuid:other", "Patient?identifier=s|v")
    assert isinstance(found.content, PatientContent)
    assert extract(OBSERVATION | {"identifier": [{"system": "s", "value": "v"}]}, place()).aliases == ()


@pytest.mark.parametrize(
    "resource",
    [
        OBSERVATION | {"status": "entered-in-error"},
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {},
            "verificationStatus": {"coding": [{"code": "entered-in-error"}]},
        },
    ],
)
def test_what_was_entered_in_error_is_a_retraction(resource: Node) -> None:
    """A resource that takes itself back says nothing else."""
    assert extract(resource, place()).content == Retraction()
