"""What a batch mentions, and what is known of it."""

from __future__ import annotations

import attrs

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.identities import IdentityDocument
from smarthealth.apps.records.importing.known import Known, Stored, by_table, documents_in, names_in, targets_of
from smarthealth.apps.records.importing.model import (
    Attendee,
    Content,
    EntryContent,
    OrganizationContent,
    PatientContent,
    Resource,
    RoleContent,
    Row,
)
from smarthealth.apps.records.importing.references import Target


def at(*candidates: str) -> Target:
    """A target."""
    return Target(candidates=candidates)


def resource(fhir_id: str, content: Content, *aliases: str) -> Resource:
    """A resource."""
    kind = fhir_id.partition("/")[0]
    return Resource(
        file_id=1, position=1, type=kind, fhir_id=fhir_id, last_updated=None, aliases=aliases, content=content
    )


ENTRY = resource(
    "Observation/1",
    EntryContent(
        patient=at("Patient/1"),
        row=Row(kind="observation", named=Concept("x")),
        encounter=at("Encounter/1"),
        organization=at("Organization/1"),
        medication=at("Medication/1"),
        attendees=(Attendee(target=at("Practitioner/1", "PractitionerRole/1"), role="x"),),
        reasons=(at("Condition/1"),),
        results=(at("Observation/2"),),
    ),
    "1#urn:uuid:1",
)
ROLE = resource("PractitionerRole/1", RoleContent(practitioner=at("Practitioner?identifier=a|b"), specialty=None))
PATIENT = resource(
    "Patient/1",
    PatientContent(
        full_name="A",
        search_name="a",
        gender=None,
        birth_date=None,
        birth_precision=None,
        deceased=False,
        died_on=None,
        city=None,
        documents=(IdentityDocument(1, "7", "7", None, 0),),
    ),
)


def test_every_name_in_a_batch_is_looked_up() -> None:
    """Ids, aliases and all candidates of all targets are names."""
    assert len(list(targets_of(ENTRY))) == 7
    assert names_in([ENTRY, ROLE, resource("Organization/1", OrganizationContent(name="x"))]) == {
        "Observation/1",
        "1#urn:uuid:1",
        "Patient/1",
        "Encounter/1",
        "Organization/1",
        "Medication/1",
        "Practitioner/1",
        "PractitionerRole/1",
        "Condition/1",
        "Observation/2",
        "Practitioner?identifier=a|b",
    }
    assert documents_in([ENTRY, PATIENT]) == {(1, "7")}


def test_names_go_to_the_table_of_their_type() -> None:
    """Roles are looked up among practitioners, entries among records, and what a file calls its entries nowhere."""
    tables = by_table(names_in([ENTRY, ROLE]))
    assert {name: sorted(names) for name, names in tables.items()} == {
        "patients": ["Patient/1"],
        "organizations": ["Organization/1"],
        "medications": ["Medication/1"],
        "practitioners": ["Practitioner/1", "Practitioner?identifier=a|b", "PractitionerRole/1"],
        "records": ["Condition/1", "Encounter/1", "Observation/1", "Observation/2"],
    }


def test_a_target_is_found_by_its_first_known_name() -> None:
    """Candidates are tried in order, each by the name that an alias stands for."""
    one, two = (Stored(id=number, content_hash=None, last_updated=None) for number in (1, 2))
    known = Known(aliases={"alias": "Organization/2"}, organizations={"Organization/1": one, "Organization/2": two})
    assert known.find(at("unknown", "alias", "Organization/1"), known.organizations) is two
    assert known.key(at("alias"), known.organizations) == "Organization/2"
    assert known.find(at("unknown"), known.organizations) is None
    assert known.find(None, known.organizations) is None


def test_documents_are_known_by_their_owner() -> None:
    """A patient has the documents of which they are the owner."""
    known = Known(documents={(1, "7"): 1, (4, "8"): 2, (13, "9"): 1})
    assert known.documents_of(1) == {(1, "7"), (13, "9")}


def test_the_doctors_and_practices_of_a_patient_are_targets() -> None:
    """They are looked up like all that a resource points to."""
    assert isinstance(PATIENT.content, PatientContent)
    content = attrs.evolve(PATIENT.content, practitioners=(at("Practitioner/9"),), practices=(at("Organization/9"),))
    assert names_in([resource("Patient/1", content)]) == {"Patient/1", "Practitioner/9", "Organization/9"}
