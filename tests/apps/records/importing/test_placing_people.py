"""Placing those whom entries are about and by."""

from __future__ import annotations

import itertools
from datetime import date

import attrs
import pytest

from smarthealth.apps.records.importing import placing_people as people
from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.desk import Desk, Waits
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.identities import IdentityDocument
from smarthealth.apps.records.importing.known import Known, StoredPractitioner
from smarthealth.apps.records.importing.model import (
    Content,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    RoleContent,
)
from smarthealth.apps.records.importing.plan import Ids
from smarthealth.apps.records.importing.references import Target
from smarthealth.apps.records.importing.report import Outcome


def desk(known: Known | None = None, *, is_final: bool = False) -> Desk:
    """A desk with plenty of ids."""
    names = ("patients", "practitioners", "organizations", "medications", "records")
    ids = Ids(**{name: itertools.count(start) for start, name in zip(range(100, 600, 100), names, strict=True)})
    return Desk(known=known or Known(), ids=ids, is_final=is_final)


def resource(fhir_id: str, content: Content, *aliases: str, position: int = 1) -> Resource:
    """A resource."""
    kind = fhir_id.partition("/")[0]
    return Resource(
        file_id=1, position=position, type=kind, fhir_id=fhir_id, last_updated=None, aliases=aliases, content=content
    )


def patient(name: str = "Ana", *numbers: str, born: date | None = None) -> PatientContent:
    """What a patient says."""
    return PatientContent(
        full_name=name,
        search_name=name.lower(),
        gender=None,
        birth_date=born,
        birth_precision="day" if born else None,
        deceased=False,
        died_on=None,
        city=None,
        documents=tuple(IdentityDocument(1, number, number, None, 0) for number in numbers),
    )


def place(busy: Desk, fhir_id: str, content: PatientContent) -> Outcome:
    """Place a patient in a batch of its own."""
    busy.written.clear()
    busy.known.seen.clear()
    return people.place_patient(busy, resource(fhir_id, content), content)


def test_a_patient_is_placed_with_documents() -> None:
    """A new patient has a row and its documents; the same one again is unchanged; another name changes the row."""
    busy = desk()
    assert place(busy, "Patient/1", patient("Ana", "7")) is Outcome.NEW
    assert [row.id for row in busy.plan.patients.new] == [100]
    assert [(row.patient_id, row.document_number) for row in busy.plan.identifiers] == [(100, "7")]
    assert place(busy, "Patient/1", patient("Ana", "7")) is Outcome.UNCHANGED
    assert place(busy, "Patient/1", patient("Ana María", "7")) is Outcome.CHANGED
    assert [row.id for row in busy.plan.patients.changed] == [100]
    assert busy.plan.touched == {100}


def test_a_document_has_one_owner() -> None:
    """Who had a document first keeps it, the other is reported and placed without it, and gets it once it is free."""
    busy = desk()
    place(busy, "Patient/1", patient("Ana", "7"))
    assert place(busy, "Patient/2", patient("Bea", "7", "8")) is Outcome.NEW
    assert [(row.patient_id, row.document_number) for row in busy.plan.identifiers] == [(100, "7"), (101, "8")]
    assert [failure.resource_type for failure in busy.plan.failures] == [people.IDENTIFIER]
    assert place(busy, "Patient/2", patient("Bea", "7", "8")) is Outcome.UNCHANGED
    assert place(busy, "Patient/1", patient("Ana", "9")) is Outcome.CHANGED
    assert place(busy, "Patient/2", patient("Bea", "7", "8")) is Outcome.CHANGED
    assert busy.known.documents_of(101) == {(1, "7"), (1, "8")}


BORN, OTHER_DAY = date(1980, 1, 1), date(1990, 1, 1)


def test_another_person_of_the_same_id_is_refused() -> None:
    """Other documents and another birth date are another person, and the refusal is noted for their entries."""
    busy = desk()
    place(busy, "Patient/1", patient("Ana", "7", born=BORN))
    with pytest.raises(Malformed, match="another person"):
        place(busy, "Patient/1", patient("Bea", "8", born=OTHER_DAY))
    assert busy.known.seen["Patient/1"].refused


@pytest.mark.parametrize(
    "content",
    [
        patient("Ana", "7", born=OTHER_DAY),
        patient("Ana", "8", born=BORN),
        patient("Ana", born=OTHER_DAY),
        patient("Ana", "8"),
    ],
)
def test_one_sign_alone_makes_nobody_another_person(content: PatientContent) -> None:
    """A corrected birth date, or a new document, is the same person."""
    busy = desk()
    place(busy, "Patient/1", patient("Ana", "7", born=BORN))
    assert place(busy, "Patient/1", content) is Outcome.CHANGED


def test_a_practitioner_is_placed() -> None:
    """A practitioner is new, then unchanged, and keeps the specialty when the name changes."""
    known = Known(
        practitioners={
            "Practitioner/1": StoredPractitioner(
                id=1, fhir_id="Practitioner/1", specialty="Cardiology", content_hash="old", last_updated=None
            )
        }
    )
    busy = desk(known)
    changed, new = PractitionerContent(full_name="Dr. A"), PractitionerContent(full_name="Dr. B")
    assert people.place_practitioner(busy, resource("Practitioner/1", changed), changed) is Outcome.CHANGED
    assert [(row.id, row.specialty) for row in busy.plan.practitioners.changed] == [(1, "Cardiology")]
    assert people.place_practitioner(busy, resource("Practitioner/2", new, "alias"), new) is Outcome.NEW
    assert people.place_practitioner(busy, resource("Practitioner/2", new), new) is Outcome.UNCHANGED
    assert list(busy.plan.aliases) == ["alias"]


def test_who_was_known_by_name_becomes_a_practitioner() -> None:
    """Somebody stored under the name that references gave takes the resource's id and stays the same row."""
    busy = desk(is_final=True)
    alias = "Practitioner?identifier=a|1"
    named = people.find_practitioner(busy, Target(candidates=("1#urn", alias), display="Dr. A"))
    assert named is not None
    assert [(row.fhir_id, row.full_name, row.content_hash) for row in busy.plan.practitioners.new] == [
        (alias, "Dr. A", None)
    ]
    content = PractitionerContent(full_name="Dr. A. Full")
    assert people.place_practitioner(busy, resource("Practitioner/1", content, alias), content) is Outcome.NEW
    assert [(row.id, row.fhir_id) for row in busy.plan.practitioners.changed] == [(named.id, "Practitioner/1")]
    assert people.find_practitioner(busy, Target(candidates=(alias,))) == busy.known.practitioners["Practitioner/1"]


@pytest.mark.parametrize("find", [people.find_practitioner, people.find_organization])
@pytest.mark.parametrize(
    "target",
    [
        Target(candidates=("X/1",)),
        Target(candidates=("1#urn",), display="A"),
        Target(candidates=("x" * 501,), display="A"),
    ],
)
def test_who_has_no_name_is_nobody(find: object, target: Target) -> None:
    """Without a display, or without a name to store it by, an unknown target is nobody."""
    assert find in (people.find_practitioner, people.find_organization)
    assert (people.find_practitioner if find is people.find_practitioner else people.find_organization)(
        desk(is_final=True), target
    ) is None


def test_unknown_targets_wait() -> None:
    """Until everything is read, whom a target points to may yet come."""
    target = Target(candidates=("X/1",), display="A")
    for find in (people.find_practitioner, people.find_organization):
        with pytest.raises(Waits):
            find(desk(), target)


def test_an_organization_is_placed() -> None:
    """An organization is new, unchanged or changed, or known by name first."""
    busy = desk(is_final=True)
    by_name = people.find_organization(busy, Target(candidates=("Organization?identifier=a|1",), display="C"))
    assert by_name is not None
    assert people.find_organization(busy, Target(candidates=("Organization?identifier=a|1",))) == by_name
    content = OrganizationContent(name="Clínica")
    assert (
        people.place_organization(busy, resource("Organization/1", content, "Organization?identifier=a|1"), content)
        is Outcome.NEW
    )
    assert [(row.id, row.name) for row in busy.plan.organizations.changed] == [(by_name.id, "Clínica")]
    assert people.place_organization(busy, resource("Organization/1", content), content) is Outcome.UNCHANGED
    assert people.place_organization(busy, resource("Organization/2", content), content) is Outcome.NEW
    assert len(busy.plan.organizations.new) == 2


def role(specialty: str | None, who: str = "Practitioner/1") -> RoleContent:
    """What a role says."""
    return RoleContent(practitioner=Target(candidates=(who,)), specialty=specialty)


def test_a_role_is_another_name_of_its_practitioner() -> None:
    """A role gives a specialty and a name; again it is unchanged; another specialty changes it."""
    busy = desk()
    who = PractitionerContent(full_name="Dr. A")
    people.place_practitioner(busy, resource("Practitioner/1", who), who)
    for specialty, outcome in (
        ("A", Outcome.NEW),
        ("A", Outcome.UNCHANGED),
        ("B", Outcome.CHANGED),
        (None, Outcome.UNCHANGED),
    ):
        content = role(specialty)
        assert people.place_role(busy, resource("PractitionerRole/1", content), content) is outcome
    assert busy.known.aliases["PractitionerRole/1"] == "Practitioner/1"
    assert [row.specialty for row in busy.plan.specialties.values()] == ["B"]


def test_a_role_of_nobody_fails() -> None:
    """A role whose practitioner never comes cannot be placed."""
    content = role("A")
    with pytest.raises(Waits):
        people.place_role(desk(), resource("PractitionerRole/1", content), content)
    with pytest.raises(Malformed, match="unknown practitioner"):
        people.place_role(desk(is_final=True), resource("PractitionerRole/1", content), content)


def test_a_medication_is_placed() -> None:
    """A medication is new, unchanged, or changed."""
    busy = desk()
    for name, outcome in (("A", Outcome.NEW), ("A", Outcome.UNCHANGED), ("B", Outcome.CHANGED)):
        busy.written.clear()
        content = MedicationContent(named=Concept(name))
        assert people.place_medication(busy, resource("Medication/1", content), content) is outcome
    assert [len(busy.plan.medications.new), len(busy.plan.medications.changed)] == [1, 1]
    assert busy.known.medications["Medication/1"].named == Concept("B")


def test_a_patient_has_the_first_general_practitioner_that_is_known() -> None:
    """Who is called by name is stored at once; who is not is waited for, and left out in the end."""
    busy = desk()
    named = Target(candidates=("Practitioner/9",), display="Dr. Who")
    practice = Target(candidates=("Organization/9",), display="Norte")
    content = attrs.evolve(patient("Ana"), practitioners=(named,), practices=(practice,))
    assert place(busy, "Patient/1", content) is Outcome.NEW
    assert [(row.practitioner_id, row.practice_id) for row in busy.plan.patients.new] == [(200, 300)]
    assert [row.full_name for row in busy.plan.practitioners.new] == ["Dr. Who"]
    nameless = attrs.evolve(patient("Eva"), practitioners=(Target(candidates=("Practitioner/8",)),))
    with pytest.raises(Waits):
        place(busy, "Patient/2", nameless)
    last = desk(is_final=True)
    assert place(last, "Patient/2", nameless) is Outcome.NEW
    assert [(row.practitioner_id, row.practice_id) for row in last.plan.patients.new] == [(None, None)]
