"""From a decoded resource to what is stored of it."""

from __future__ import annotations

import contextlib
import copy
import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from smarthealth.apps.records.demo import demo_paths
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.extraction import READERS, Place, extract, type_of
from smarthealth.apps.records.importing.model import EntryContent, PatientContent, Resource, Retraction
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


def test_of_what_was_entered_in_error_the_name_and_the_day_are_kept() -> None:
    """Its value, its components and its texts are gone."""
    found = extract(OBSERVATION | {"status": "entered-in-error", "note": [{"text": "wrong"}]}, place()).content
    assert isinstance(found, Retraction)
    assert found.remains is not None
    row = found.remains.row
    assert (row.kind, row.named.display, row.verification) == ("observation", "x", "entered-in-error")
    assert (row.body, row.measured.value, row.status, found.remains.components) == (None, None, None, ())


@pytest.mark.parametrize(
    "resource",
    [
        {"resourceType": "Medication", "id": "m", "code": {"text": "x"}, "status": "entered-in-error"},
        {
            "resourceType": "Condition",
            "id": "c",
            "subject": {},
            "verificationStatus": {"coding": [{"code": "entered-in-error"}]},
        },
    ],
)
def test_what_was_entered_in_error_is_a_retraction(resource: Node) -> None:
    """Of a resource that names nothing, or nobody's entry, nothing is kept."""
    assert extract(resource, place()).content == Retraction()


GOOD = [entry["resource"] for path in demo_paths() for entry in json.loads(path.read_text())["entry"]]
"""Resources of every kind that is imported."""

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "2015-13", "#x", "urn:uuid:x", "Patient/1"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["reference", "coding", "value", "text", "start", "low"]), inner, max_size=2)
    ),
)


def steps_into(value: object) -> Iterator[tuple[object, object]]:
    """Every place in a resource, as what holds it and its key."""
    places: list[tuple[object, object]] = []
    if isinstance(value, dict):
        places = [(value, key) for key in value]
    elif isinstance(value, list):
        places = [(value, number) for number in range(len(value))]
    for holder, key in places:
        yield holder, key
        yield from steps_into(holder[key])  # type: ignore[index] # a key of its own


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_whatever_is_changed_in_a_resource_it_is_understood_or_malformed(data: st.DataObject) -> None:
    """No element of any kind, put anywhere into a good resource, raises anything but `Malformed`."""
    changed = copy.deepcopy(data.draw(st.sampled_from(GOOD)))
    holder, key = data.draw(st.sampled_from(list(steps_into(changed))))
    holder[key] = data.draw(ANYTHING)  # type: ignore[index] # a key of its own
    with contextlib.suppress(Malformed):
        assert isinstance(extract(changed, place()), Resource)
