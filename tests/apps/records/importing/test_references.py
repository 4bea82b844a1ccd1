"""Every kind of reference is brought to names that can be looked up."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import (
    MAX_NAME_SIZE,
    ORGANIZATION,
    PATIENT,
    PEOPLE,
    Scope,
    Target,
    identifier_alias,
    target,
    url_alias,
)

SCOPE = Scope(
    file_id=7,
    contained={
        "who": {"resourceType": "Practitioner", "name": [{"given": ["Ana"], "family": "Ríos", "prefix": ["Dra."]}]},
        "nobody": {"resourceType": "Practitioner"},
        "where": {"resourceType": "Organization", "name": "Clínica"},
    },
)
URN = "urn:uuid:11111111-2222-3333-4444-555555555555"


@pytest.mark.parametrize(
    ("reference", "candidates"),
    [
        ({"reference": "Patient/1"}, ("Patient/1",)),
        ({"reference": "Patient/1/_history/2"}, ("Patient/1",)),
        ({"reference": "http://x/fhir/Patient/1"}, ("7#http://x/fhir/Patient/1", "Patient/1")),
        ({"reference": URN}, (f"7#{URN}", "Patient/11111111-2222-3333-4444-555555555555")),
        ({"reference": "urn:oid:1.2"}, ("7#urn:oid:1.2", "Patient/1.2")),
        ({"reference": "http://x/nothing"}, ("7#http://x/nothing",)),
        ({"reference": "Patient?identifier=sys|1"}, ("Patient?identifier=sys|1",)),
        ({"reference": "http://x/Patient?active=true&identifier=sys%7C1"}, ("Patient?identifier=sys|1",)),
        ({"reference": "Patient?identifier=1"}, ("Patient?identifier=|1",)),
        ({"identifier": {"system": "sys", "value": "1"}}, ("Patient?identifier=sys|1",)),
        ({"type": "Patient", "identifier": {"value": "1"}}, ("Patient?identifier=|1",)),
        ({"display": "Ana"}, ("Patient?name=Ana",)),
    ],
)
def test_references_have_candidates(reference: Node, candidates: tuple[str, ...]) -> None:
    """Relative, absolute, uuid, conditional, logical and bare references each have their names, best first."""
    found = target(reference, PATIENT, SCOPE)
    assert found is not None
    assert found.candidates == candidates


@pytest.mark.parametrize(
    "reference",
    [
        {"reference": "Group/1"},
        {"reference": "Group?identifier=a|b"},
        {"reference": "http://x/fhir/Group/1"},
        {"type": "Group", "identifier": {"value": "1"}},
        {"reference": "gibberish"},
        {"reference": "#missing"},
        {"reference": "#where"},
        {"reference": "gibberish", "display": "somebody"},
        {},
    ],
)
def test_what_is_not_wanted_is_no_target(reference: Node) -> None:
    """References to other types, and those that say nothing, are no targets."""
    assert target(reference, PATIENT, SCOPE) is None


def test_contained_resources_are_called_by_name() -> None:
    """A contained resource has no row of its own: its name is what is known of it."""
    assert target({"reference": "#who"}, PEOPLE, SCOPE) == Target(
        candidates=("Practitioner?name=Dra. Ana Ríos",), display="Dra. Ana Ríos"
    )
    assert target({"reference": "#where"}, ORGANIZATION, SCOPE) == Target(
        candidates=("Organization?name=Clínica",), display="Clínica"
    )
    named = target({"reference": "#nobody", "display": "Dr. X"}, PEOPLE, SCOPE)
    assert named is not None
    assert named.display == "Dr. X"
    assert target({"reference": "#nobody"}, PEOPLE, SCOPE) is None


@pytest.mark.parametrize(
    ("reference", "exclusive", "display"),
    [
        ({"reference": "Practitioner/1", "display": "Dr. X"}, False, "Dr. X"),
        ({"reference": "Practitioner?identifier=a|1", "display": "Dr. X"}, False, "Dr. X"),
        ({"reference": URN, "display": "Dr. X"}, False, None),
        ({"reference": URN, "display": "Dr. X"}, True, "Dr. X"),
        ({"reference": URN, "display": "Dr. X", "type": "Practitioner"}, False, "Dr. X"),
        ({"identifier": {"value": "1"}, "display": "Dr. X"}, False, "Dr. X"),
        ({"identifier": {"value": "1"}, "display": "LabCorp Laboratory"}, False, None),
    ],
)
def test_a_display_is_a_name_only_of_the_wanted_type(reference: Node, exclusive: bool, display: str | None) -> None:
    """Where a field may hold an organization as well, the display of an untyped reference names nobody."""
    found = target(reference, PEOPLE, SCOPE, exclusive=exclusive)
    assert found is not None
    assert found.display == display


@pytest.mark.parametrize(
    ("display", "types", "named"),
    [
        ("Dra. Ana Ríos", PEOPLE, True),
        ("Dra. Ana Ríos", ORGANIZATION, False),
        ("Laboratorio Central", PEOPLE, False),
        ("Laboratorio Central", ORGANIZATION, True),
    ],
)
def test_a_display_alone_is_a_person_or_an_organization_by_its_words(
    display: str, types: tuple[str, ...], named: bool
) -> None:
    """In a field of people and organizations a bare display is a target of the type that its words tell, and of no other."""
    found = target({"display": display}, types, SCOPE, exclusive=False)
    assert found == (Target(candidates=(f"{types[0]}?name={display}",), display=display) if named else None)


def test_a_urn_may_be_of_any_wanted_type() -> None:
    """A uuid in a field of several types has a candidate for each."""
    found = target({"reference": URN}, PEOPLE, SCOPE)
    assert found is not None
    uuid = URN.removeprefix("urn:uuid:")
    assert found.candidates == (f"7#{URN}", f"Practitioner/{uuid}", f"PractitionerRole/{uuid}")


def test_names_are_bounded() -> None:
    """What is looked up is never longer than an index takes."""
    found = target({"display": "x" * 10_000}, PEOPLE, SCOPE)
    assert found is not None
    assert len(found.candidates[0]) == MAX_NAME_SIZE


@pytest.mark.parametrize(
    ("full_url", "alias"),
    [
        (None, None),
        ("http://x/fhir/Patient/1", None),
        ("urn:uuid:1", None),
        ("http://x/fhir/Patient/2", "7#http://x/fhir/Patient/2"),
        ("urn:uuid:2", "7#urn:uuid:2"),
        ("anything", "7#anything"),
    ],
)
def test_only_a_url_that_differs_needs_an_alias(full_url: str | None, alias: str | None) -> None:
    """A bundle's entry is known by its fullUrl as well, where that does not say its type and id."""
    assert url_alias("Patient", "1", Scope(file_id=7, full_url=full_url)) == alias


def test_identifier_alias_has_a_system() -> None:
    """A token without a system stands for an identifier without one."""
    assert identifier_alias("Patient", "a|1") == "Patient?identifier=a|1"
    assert identifier_alias("Patient", "1") == "Patient?identifier=|1"
