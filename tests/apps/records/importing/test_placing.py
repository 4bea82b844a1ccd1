"""What becomes of each resource of a batch."""

from __future__ import annotations

import itertools

import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.known import Known
from smarthealth.apps.records.importing.model import (
    Attendee,
    Content,
    EntryContent,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    Retraction,
    RoleContent,
    Row,
)
from smarthealth.apps.records.importing.placing import place
from smarthealth.apps.records.importing.plan import Ids, Plan
from smarthealth.apps.records.importing.references import Target
from smarthealth.apps.records.importing.report import Outcome


def at(name: str) -> Target:
    """A target."""
    return Target(candidates=(name,))


def resource(fhir_id: str, content: Content, position: int = 1) -> Resource:
    """A resource."""
    kind = fhir_id.partition("/")[0]
    return Resource(
        file_id=1, position=position, type=kind, fhir_id=fhir_id, last_updated=None, aliases=(), content=content
    )


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
        documents=(),
    ),
)


def entry(fhir_id: str, **parts: Target) -> Resource:
    """An entry of the patient."""
    who = (Attendee(target=at("PractitionerRole/1"), role="x"),)
    row = Row(kind="observation", named=Concept("x"))
    return resource(fhir_id, EntryContent(patient=at("Patient/1"), row=row, attendees=who, **parts))  # type: ignore[arg-type] # targets


BATCH = [
    entry("MedicationRequest/1", medication=at("Medication/1")),
    entry("Encounter/1", organization=at("Organization/1")),
    resource("Medication/1", MedicationContent(named=Concept("drug"))),
    PATIENT,
    resource("PractitionerRole/1", RoleContent(practitioner=at("Practitioner/1"), specialty=None)),
    resource("Practitioner/1", PractitionerContent(full_name="Dr.")),
    resource("Organization/1", OrganizationContent(name="Clínica")),
    resource("Observation/9", Retraction()),
]


def placed(*batch: Resource, is_final: bool = False) -> Plan:
    """Place a batch in an empty database."""
    names = ("patients", "practitioners", "organizations", "medications", "records")
    ids = Ids(**{name: itertools.count(1) for name in names})
    return place(batch, Known(), ids, is_final=is_final)


def test_the_order_within_a_batch_does_not_matter() -> None:
    """Every kind of resource is placed, who is referred to first."""
    for batch in (BATCH, BATCH[::-1]):
        plan = placed(*batch)
        assert plan.waiting == []
        assert plan.tally == {
            (1, "Organization", Outcome.NEW): 1,
            (1, "Practitioner", Outcome.NEW): 1,
            (1, "PractitionerRole", Outcome.NEW): 1,
            (1, "Patient", Outcome.NEW): 1,
            (1, "Medication", Outcome.NEW): 1,
            (1, "Encounter", Outcome.NEW): 1,
            (1, "MedicationRequest", Outcome.NEW): 1,
            (1, "Observation", Outcome.SKIPPED): 1,
        }
        assert set(plan.seen) == {resource.fhir_id for resource in BATCH}


def test_what_must_wait_is_put_off_and_seen() -> None:
    """An entry whose patient has not come waits, uncounted, and a second of its id can tell."""
    plan = placed(entry("Observation/1"))
    assert (len(plan.waiting), plan.tally, set(plan.seen)) == (1, {}, {"Observation/1"})


def test_what_cannot_be_placed_is_reported() -> None:
    """In the last pass an entry without a patient fails, and is not seen."""
    plan = placed(entry("Observation/1"), is_final=True)
    assert [(failure.position, failure.reason) for failure in plan.failures] == [(1, "unknown patient")]
    assert plan.tally == {(1, "Observation", Outcome.FAILED): 1}
    assert plan.seen == {}


def test_content_of_no_kind_is_a_mistake() -> None:
    """Whoever adds a kind of content has to say how it is placed."""
    with pytest.raises(AssertionError):
        placed(resource("Observation/1", None))  # type: ignore[arg-type] # the mistake
