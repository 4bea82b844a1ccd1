"""What resources about a patient have in common."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.importing import entries
from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node
from smarthealth.apps.records.importing.references import Scope

SCOPE = Scope()
DOCTOR: Node = {"reference": "Practitioner/1"}
CLINIC: Node = {"reference": "Organization/1"}


def test_an_entry_is_of_a_patient() -> None:
    """The patient is the subject, or the element of that name; anything else is malformed."""
    assert entries.read_patient({"subject": {"reference": "Patient/1"}}, SCOPE).candidates == ("Patient/1",)
    assert entries.read_patient({"patient": {"reference": "Patient/2"}}, SCOPE).candidates == ("Patient/2",)
    with pytest.raises(Malformed, match="no patient"):
        entries.read_patient({}, SCOPE)
    with pytest.raises(Malformed, match="its subject is no patient"):
        entries.read_patient({"subject": {"reference": "Group/1"}}, SCOPE)


def test_encounter_and_organization_may_be_absent() -> None:
    """References that are there have targets, those that are not have none."""
    found = entries.read_encounter({"encounter": {"reference": "Encounter/1"}}, SCOPE)
    assert found is not None
    assert found.candidates == ("Encounter/1",)
    assert entries.read_encounter({}, SCOPE) is None
    assert entries.read_organization({}, "serviceProvider", SCOPE) is None


def test_people_have_the_role_of_their_element() -> None:
    """Who recorded is a recorder; references to nobody's name are left out."""
    assert [(who.role, who.target.candidates) for who in entries.person({"recorder": DOCTOR}, "recorder", SCOPE)] == [
        ("recorder", ("Practitioner/1",))
    ]
    assert entries.person({}, "recorder", SCOPE) == []
    assert entries.people([{"reference": "Patient/1"}, DOCTOR], "author", SCOPE)[0].role == "author"


def test_participants_say_as_what() -> None:
    """A participant's role is its type, or just that."""
    found = entries.participants(
        {"participant": [{"type": [{"text": "attender"}], "individual": DOCTOR}, {"individual": DOCTOR}, {}]}, SCOPE
    )
    assert [who.role for who in found] == ["attender", "participant"]


def test_performers_are_people_and_an_organization() -> None:
    """Of a mixed list the people take part, and the first organization is where."""
    people, place = entries.performers({"performer": [CLINIC, DOCTOR, {"reference": "Organization/2"}]}, SCOPE)
    assert [who.role for who in people] == ["performer"]
    assert place is not None
    assert place.candidates == ("Organization/1",)
    assert entries.performers({}, SCOPE) == ([], None)


def test_actors_may_act_for_an_organization() -> None:
    """An actor's role is its function; the place is an organization that acts or for which somebody does."""
    people, place = entries.actors(
        {"performer": [{"actor": DOCTOR, "function": {"text": "surgeon"}, "onBehalfOf": CLINIC}, {"actor": DOCTOR}]},
        SCOPE,
    )
    assert [who.role for who in people] == ["surgeon", "performer"]
    assert place is not None
    assert place.candidates == ("Organization/1",)
    assert entries.actors({"performer": [{"actor": CLINIC}]}, SCOPE)[0] == []


def test_reasons_are_told_or_left_to_other_entries() -> None:
    """Codes and displays are said; references without a display are targets."""
    said, targets = entries.reasons(
        {
            "reasonCode": [{"text": "pain"}],
            "reasonReference": [
                {"reference": "Condition/1", "display": "Fracture"},
                {"reference": "Condition/2"},
                {"reference": "ImagingStudy/3"},
            ],
        },
        SCOPE,
    )
    assert said == "pain; Fracture"
    assert [target.candidates for target in targets] == [("Condition/2",)]
    assert entries.reasons({}, SCOPE) == (None, ())


def test_an_entry_needs_a_name() -> None:
    """What names an entry is required."""
    assert entries.required_concept({"code": {"text": "x"}}, "code", "system") == Concept("x")
    with pytest.raises(Malformed, match="no code"):
        entries.required_concept({}, "code", "system")


@pytest.mark.parametrize(
    ("resource", "said"),
    [
        ({"bodySite": [{"text": "left"}, {"text": "arm"}]}, "Body site: left, arm"),
        ({"bodySite": {"text": "arm"}}, "Body site: arm"),
        ({}, None),
    ],
)
def test_body_sites_are_noted(resource: Node, said: str | None) -> None:
    """One site or several are told in one line."""
    assert entries.sites(resource) == said


def test_class_of_an_encounter_is_a_coding() -> None:
    """The class of an encounter is read as a concept."""
    assert entries.class_of({"class": {"code": "AMB"}}) == Concept("AMB", "AMB")


def test_particulars_are_told_under_a_label() -> None:
    """What a concept says and what a reference displays; nothing where there is nothing."""
    resource: Node = {"site": {"text": "left arm"}, "location": {"display": "Ward 3"}}
    assert entries.concept_line("Site", resource, "site") == "Site: left arm"
    assert entries.concept_line("Site", {}, "site") is None
    assert entries.display_line("At", resource, "location") == "At: Ward 3"
    assert entries.display_line("At", {}, "location") is None
