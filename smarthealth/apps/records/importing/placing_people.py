"""Placing those whom entries are about and by: patients, practitioners and their roles, organizations, medications."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, TypeVar

from .desk import Desk, content_hash
from .errors import Malformed
from .identities import IdentityDocument
from .known import Stored, StoredMedication, StoredPatient, StoredPractitioner
from .model import MedicationContent, OrganizationContent, PatientContent, PractitionerContent, Resource, RoleContent
from .references import MAX_NAME_SIZE, Target
from .report import Outcome
from .rows import IdentifierRow, MedicationRow, OrganizationRow, PatientRow, PractitionerRow, SpecialtyRow

S = TypeVar("S", bound=Stored)

IDENTIFIER: Final = "Patient.identifier"
"""As what a report counts identity documents that somebody else has."""


def place_patient(desk: Desk, resource: Resource, content: PatientContent) -> Outcome:
    """Place a patient with the identity documents that nobody else has.

    Raises:
        Malformed: The id is another person's, or the resource contradicts another of this import.
        Waits: A general practitioner, of whom it gives no name, may yet come.
    """
    known = desk.known
    stored = known.patients.get(resource.fhir_id)
    if stored is not None and _is_another_person(desk, stored, content):
        desk.see(resource, refused=True)
        raise Malformed("its id is that of another person: other documents and another birth date")
    cares = _who_cares(desk, content)
    mine = _own_documents(desk, resource, content, stored)
    digest = content_hash(content, [_key(document) for document in mine], cares)
    outcome = desk.verdict(resource, stored, digest)
    desk.learn_aliases(resource)
    if outcome is Outcome.UNCHANGED:
        return outcome
    patient_id = stored.id if stored else next(desk.ids.patients)
    row = PatientRow(
        id=patient_id,
        fhir_id=resource.fhir_id,
        full_name=content.full_name,
        search_name=content.search_name,
        gender=content.gender,
        birth_date=content.birth_date,
        birth_precision=content.birth_precision,
        deceased=content.deceased,
        died_on=content.died_on,
        city=content.city,
        phone=content.phone,
        email=content.email,
        address=content.address,
        language=content.language,
        marital_status=content.marital_status,
        contact=content.contact,
        practitioner_id=cares[0],
        practice_id=cares[1],
        content_hash=digest,
        last_updated=resource.last_updated,
    )
    if stored:
        desk.plan.patients.changed.append(row)
        desk.plan.touched.add(patient_id)
    else:
        desk.plan.patients.new.append(row)
    known.patients[resource.fhir_id] = StoredPatient(
        id=patient_id, content_hash=digest, last_updated=resource.last_updated, birth_date=content.birth_date
    )
    _hand_over(desk, patient_id, mine)
    return outcome


def _who_cares(desk: Desk, content: PatientContent) -> tuple[int | None, int | None]:
    """The patient's general practitioner, and the practice."""
    people = (find_practitioner(desk, who, at_once=True) for who in content.practitioners)
    practices = (find_organization(desk, what, at_once=True) for what in content.practices)
    practitioner, practice = next(filter(None, people), None), next(filter(None, practices), None)
    return practitioner.id if practitioner else None, practice.id if practice else None


def _key(document: IdentityDocument) -> tuple[int, str]:
    return document.document_type, document.document_number


def _is_another_person(desk: Desk, stored: StoredPatient, content: PatientContent) -> bool:
    has = desk.known.documents_of(stored.id)
    claims = {_key(document) for document in content.documents}
    births = (stored.birth_date, content.birth_date)
    return bool(has and claims and not has & claims and all(births) and births[0] != births[1])


def _own_documents(
    desk: Desk, resource: Resource, content: PatientContent, stored: StoredPatient | None
) -> list[IdentityDocument]:
    """The documents that are the patient's to have; those that somebody else has are reported."""
    patient_id = stored.id if stored else None
    owners = [(document, desk.known.documents.get(_key(document), patient_id)) for document in content.documents]
    for _, owner in owners:
        if owner != patient_id:
            desk.fail(resource, "another patient has this identity document", IDENTIFIER)
    return [document for document, owner in owners if owner == patient_id]


def _hand_over(desk: Desk, patient_id: int, documents: Iterable[IdentityDocument]) -> None:
    for key in desk.known.documents_of(patient_id):
        del desk.known.documents[key]
    for document in documents:
        desk.known.documents[_key(document)] = patient_id
        desk.plan.identifiers.append(
            IdentifierRow(
                document_type=document.document_type,
                document_number=document.document_number,
                patient_id=patient_id,
                written_as=document.written_as,
                system=document.system,
                rank=document.rank,
            )
        )


def place_practitioner(desk: Desk, resource: Resource, content: PractitionerContent) -> Outcome:
    """Place a practitioner.

    Raises:
        Malformed: The resource contradicts another of this import.
    """
    stored = _known_as(resource, desk.known.practitioners)
    digest = content_hash(content)
    outcome = desk.verdict(resource, stored, digest)
    desk.learn_aliases(resource)
    if outcome is not Outcome.UNCHANGED:
        row = PractitionerRow(
            id=stored.id if stored else next(desk.ids.practitioners),
            fhir_id=resource.fhir_id,
            full_name=content.full_name,
            specialty=stored.specialty if stored else None,
            content_hash=digest,
            last_updated=resource.last_updated,
        )
        (desk.plan.practitioners.changed if stored else desk.plan.practitioners.new).append(row)
        _learn_practitioner(desk, row)
    return outcome


def _known_as(resource: Resource, table: Mapping[str, S]) -> S | None:
    """What is stored under a resource's id, else under a name that so far only references gave."""
    return next((table[name] for name in (resource.fhir_id, *resource.aliases) if name in table), None)


def _learn_practitioner(desk: Desk, row: PractitionerRow) -> StoredPractitioner:
    stored = StoredPractitioner(
        id=row.id,
        fhir_id=row.fhir_id,
        specialty=row.specialty,
        content_hash=row.content_hash,
        last_updated=row.last_updated,
    )
    desk.known.practitioners[row.fhir_id] = stored
    return stored


def find_practitioner(desk: Desk, target: Target, *, at_once: bool = False) -> StoredPractitioner | None:
    """Whom a target points to; in the last pass somebody unknown is stored by name, if the reference gives one.

    Args:
        desk: What is known.
        target: Whom a reference means.
        at_once: Whether a name is enough in any pass, since all entries of a patient would wait with the patient.

    Raises:
        Waits: The practitioner may yet come.
    """
    found = desk.known.find(target, desk.known.practitioners)
    if found is not None:
        return found
    name = _nameless_id(target)
    if not (at_once and name and target.display):
        desk.wait_unless_final()
    if target.display is None or name is None:
        return None
    row = PractitionerRow(
        id=next(desk.ids.practitioners),
        fhir_id=name,
        full_name=target.display,
        specialty=None,
        content_hash=None,
        last_updated=None,
    )
    desk.plan.practitioners.new.append(row)
    return _learn_practitioner(desk, row)


def _nameless_id(target: Target) -> str | None:
    """Under what to store somebody who is known from references alone."""
    names = (name for name in target.candidates if "#" not in name and len(name) <= MAX_NAME_SIZE)
    return next(names, None)


def place_organization(desk: Desk, resource: Resource, content: OrganizationContent) -> Outcome:
    """Place an organization.

    Raises:
        Malformed: The resource contradicts another of this import.
    """
    stored = _known_as(resource, desk.known.organizations)
    digest = content_hash(content)
    outcome = desk.verdict(resource, stored, digest)
    desk.learn_aliases(resource)
    if outcome is not Outcome.UNCHANGED:
        row = OrganizationRow(
            id=stored.id if stored else next(desk.ids.organizations),
            fhir_id=resource.fhir_id,
            name=content.name,
            content_hash=digest,
            last_updated=resource.last_updated,
        )
        (desk.plan.organizations.changed if stored else desk.plan.organizations.new).append(row)
        _learn_organization(desk, row)
    return outcome


def _learn_organization(desk: Desk, row: OrganizationRow) -> Stored:
    stored = Stored(id=row.id, content_hash=row.content_hash, last_updated=row.last_updated)
    desk.known.organizations[row.fhir_id] = stored
    return stored


def find_organization(desk: Desk, target: Target, *, at_once: bool = False) -> Stored | None:
    """Which organization a target points to; as `find_practitioner`.

    Raises:
        Waits: The organization may yet come.
    """
    found = desk.known.find(target, desk.known.organizations)
    if found is not None:
        return found
    name = _nameless_id(target)
    if not (at_once and name and target.display):
        desk.wait_unless_final()
    if target.display is None or name is None:
        return None
    row = OrganizationRow(
        id=next(desk.ids.organizations), fhir_id=name, name=target.display, content_hash=None, last_updated=None
    )
    desk.plan.organizations.new.append(row)
    return _learn_organization(desk, row)


def place_role(desk: Desk, resource: Resource, content: RoleContent) -> Outcome:
    """Place a role: another name of its practitioner, who has its specialty.

    Raises:
        Malformed: Nobody knows the practitioner.
        Waits: The practitioner may yet come.
    """
    who = find_practitioner(desk, content.practitioner)
    if who is None:
        raise Malformed("unknown practitioner")
    before = desk.known.aliases.get(resource.fhir_id)
    specialty = content.specialty or who.specialty
    if before == who.fhir_id and specialty == who.specialty:
        return Outcome.UNCHANGED
    desk.alias(resource.fhir_id, who.fhir_id)
    desk.plan.specialties[who.id] = SpecialtyRow(id=who.id, specialty=specialty)
    desk.known.practitioners[who.fhir_id] = StoredPractitioner(
        id=who.id,
        fhir_id=who.fhir_id,
        specialty=specialty,
        content_hash=who.content_hash,
        last_updated=who.last_updated,
    )
    return Outcome.CHANGED if before else Outcome.NEW


def place_medication(desk: Desk, resource: Resource, content: MedicationContent) -> Outcome:
    """Place a medication: the name of what prescriptions refer to.

    Raises:
        Malformed: The resource contradicts another of this import.
    """
    stored = desk.known.medications.get(resource.fhir_id)
    digest = content_hash(content)
    outcome = desk.verdict(resource, stored, digest)
    if outcome is Outcome.UNCHANGED:
        return outcome
    named = content.named
    row = MedicationRow(
        id=stored.id if stored else next(desk.ids.medications),
        fhir_id=resource.fhir_id,
        code=named.code,
        code_system=named.system,
        display=named.display,
        content_hash=digest,
        last_updated=resource.last_updated,
    )
    (desk.plan.medications.changed if stored else desk.plan.medications.new).append(row)
    desk.known.medications[resource.fhir_id] = StoredMedication(
        id=row.id, content_hash=digest, last_updated=resource.last_updated, named=named
    )
    return outcome
