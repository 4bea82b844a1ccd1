"""What the database knows of the names that a batch mentions, and what the batch adds to that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Final, TypeVar

import attrs

from .datatypes import Concept
from .model import EntryContent, PatientContent, Resource, Retraction, RoleContent
from .references import Target

S = TypeVar("S")


@attrs.frozen(kw_only=True)
class Stored:
    """A row of a resource."""

    id: int
    content_hash: str | None
    """None of somebody who is known by name alone."""
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class StoredPractitioner(Stored):
    """A row of `practitioner`."""

    fhir_id: str
    specialty: str | None


@attrs.frozen(kw_only=True)
class StoredMedication(Stored):
    """A row of `medication`."""

    named: Concept


@attrs.frozen(kw_only=True)
class StoredPatient(Stored):
    """A row of `patient`."""

    birth_date: date | None


@attrs.frozen(kw_only=True)
class StoredRecord(Stored):
    """A row of `record`."""

    patient_id: int
    display: str


@attrs.frozen(kw_only=True)
class Seen:
    """The entry that brought a resource in this import."""

    file_id: int
    position: int
    refused: bool = False
    """Whether it was refused as being another person's."""


@attrs.define(kw_only=True)
class Known:
    """The part of the database that one batch needs, by FHIR id; placing adds to it as it goes."""

    aliases: dict[str, str] = attrs.field(factory=dict)
    patients: dict[str, StoredPatient] = attrs.field(factory=dict)
    practitioners: dict[str, StoredPractitioner] = attrs.field(factory=dict)
    organizations: dict[str, Stored] = attrs.field(factory=dict)
    medications: dict[str, StoredMedication] = attrs.field(factory=dict)
    records: dict[str, StoredRecord] = attrs.field(factory=dict)
    documents: dict[tuple[int, str], int] = attrs.field(factory=dict)
    """(type, number) to patient: of every document that the batch mentions, or one of its patients has."""
    seen: dict[str, Seen] = attrs.field(factory=dict)

    def key(self, target: Target, table: Mapping[str, object]) -> str | None:
        """The FHIR id of what a target points to, None when the table does not have it."""
        keys = (self.aliases.get(candidate, candidate) for candidate in target.candidates)
        return next((key for key in keys if key in table), None)

    def find(self, target: Target | None, table: Mapping[str, S]) -> S | None:
        """What a target points to."""
        key = None if target is None else self.key(target, table)
        return None if key is None else table[key]

    def documents_of(self, patient_id: int) -> set[tuple[int, str]]:
        """The documents that a patient of the batch has."""
        return {document for document, owner in self.documents.items() if owner == patient_id}


_PEOPLE: Final = "Practitioner"
_TABLES: Final = {"Patient": "patients", "Organization": "organizations", "Medication": "medications"}


def targets_of(resource: Resource) -> Iterator[Target]:
    """Every target that a resource points to."""
    content = resource.content.remains if isinstance(resource.content, Retraction) else resource.content
    if isinstance(content, RoleContent):
        yield content.practitioner
    if isinstance(content, PatientContent):
        yield from (*content.practitioners, *content.practices)
    if isinstance(content, EntryContent):
        yield content.patient
        yield from (target for target in (content.encounter, content.organization, content.medication) if target)
        yield from (attendee.target for attendee in content.attendees)
        yield from content.reasons
        yield from content.results


def names_in(resources: Iterable[Resource]) -> set[str]:
    """Every name by which a batch calls anything."""
    names: set[str] = set()
    for resource in resources:
        names.add(resource.fhir_id)
        names.update(resource.aliases)
        for target in targets_of(resource):
            names.update(target.candidates)
    return names


def documents_in(resources: Iterable[Resource]) -> set[tuple[int, str]]:
    """Every identity document that a batch's patients claim."""
    return {
        (document.document_type, document.document_number)
        for resource in resources
        if isinstance(resource.content, PatientContent)
        for document in resource.content.documents
    }


def by_table(names: Collection[str]) -> dict[str, list[str]]:
    """Names by the field of `Known` in which their bearers are, names of files left out."""
    found: dict[str, list[str]] = {field: [] for field in (*_TABLES.values(), "practitioners", "records")}
    for name in names:
        kind = name.partition("/")[0].partition("?")[0]
        if "#" in name:
            continue
        found[_TABLES.get(kind, "practitioners" if kind.startswith(_PEOPLE) else "records")].append(name)
    return found
