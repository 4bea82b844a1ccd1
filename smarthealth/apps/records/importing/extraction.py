"""From a decoded resource to what is stored of it: the table of types, and the way each takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import attrs

from .conformance import check, is_resource_type
from .datatypes import code_of
from .documents import read_document
from .errors import Malformed
from .events import (
    read_allergy,
    read_care_plan,
    read_condition,
    read_encounter_entry,
    read_immunization,
    read_procedure,
)
from .identities import identifier_values
from .model import Content, EntryContent, Resource, Retraction, Row
from .nodes import Node, node, nodes, text
from .people import read_medication, read_organization, read_patient, read_practitioner, read_role
from .prescriptions import read_prescription
from .references import MAX_NAME_SIZE, Scope, identifier_alias, url_alias
from .relatives import read_relative
from .results import read_observation, read_report
from .teams import read_care_team
from .times import moment

Reader = Callable[[Node, Scope], Content]

READERS: Final[Mapping[str, Reader]] = MappingProxyType(
    {
        "AllergyIntolerance": read_allergy,
        "CarePlan": read_care_plan,
        "CareTeam": read_care_team,
        "Condition": read_condition,
        "DiagnosticReport": read_report,
        "DocumentReference": read_document,
        "Encounter": read_encounter_entry,
        "FamilyMemberHistory": read_relative,
        "Immunization": read_immunization,
        "Medication": read_medication,
        "MedicationRequest": read_prescription,
        "Observation": read_observation,
        "Organization": read_organization,
        "Patient": read_patient,
        "Practitioner": read_practitioner,
        "PractitionerRole": read_role,
        "Procedure": read_procedure,
    }
)
"""The resource types that are imported; resources of others are counted and left."""

UNKNOWN_TYPE: Final = "unknown"
_KNOWN_BY_IDENTIFIER: Final = frozenset({"Patient", "Practitioner", "Organization"})
ERROR: Final = "entered-in-error"
"""The status, or the verification, of what takes itself back."""
_ID: Final = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_UUID_URN: Final = re.compile(r"urn:uuid:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")


@attrs.frozen(kw_only=True)
class Place:
    """Where a resource was found."""

    file_id: int
    position: int
    full_url: str | None = None


def type_of(resource: Node) -> str:
    """The resource's type.

    Raises:
        Malformed: It has none, or none that FHIR R4 knows.
    """
    name = text(resource, "resourceType")
    if name is None:
        raise Malformed("no resourceType: not FHIR")
    if name not in READERS and not is_resource_type(name):
        raise Malformed("not a FHIR R4 resource type")
    return name


def extract(resource: Node, place: Place) -> Resource:
    """Understand one resource of a type in `READERS`.

    Raises:
        Malformed: It cannot be taken.
    """
    kind = type_of(resource)
    resource_id = _id(resource, place)
    check(kind, resource)
    contained = {text(item, "id") or "": item for item in nodes(resource, "contained")}
    scope = Scope(file_id=place.file_id, full_url=place.full_url, contained=contained)
    updated = moment(node(resource, "meta") or {}, "lastUpdated")
    return Resource(
        file_id=place.file_id,
        position=place.position,
        type=kind,
        fhir_id=f"{kind}/{resource_id}",
        last_updated=updated.at if updated else None,
        aliases=_aliases(resource, kind, resource_id, scope),
        content=_retraction(kind, resource, scope) if _is_retracted(resource) else READERS[kind](resource, scope),
    )


def _id(resource: Node, place: Place) -> str:
    """The resource's id; one that a bundle creates may have its uuid instead, which is as unique."""
    written = text(resource, "id")
    if written is None:
        urn = _UUID_URN.fullmatch(place.full_url or "")
        if urn is None:
            raise Malformed("no id")
        return urn[1]
    if _ID.fullmatch(written) is None:
        raise Malformed("id is not a FHIR id")
    return written


def _aliases(resource: Node, kind: str, resource_id: str, scope: Scope) -> tuple[str, ...]:
    url = url_alias(kind, resource_id, scope)
    pairs = identifier_values(resource) if kind in _KNOWN_BY_IDENTIFIER else ()
    identifiers = (identifier_alias(kind, f"{system}|{value}") for system, value in pairs)
    return tuple(alias for alias in dict.fromkeys([url, *identifiers]) if alias and len(alias) <= MAX_NAME_SIZE)


def _retraction(kind: str, resource: Node, scope: Scope) -> Retraction:
    """What was entered in error: of what it says, only the name and the day are kept."""
    try:
        content = READERS[kind](resource, scope)
    except Malformed:
        return Retraction()
    if not isinstance(content, EntryContent):
        return Retraction()
    said = content.row
    row = Row(kind=said.kind, named=said.named, category=said.category, verification=ERROR, started=said.started)
    return Retraction(remains=EntryContent(patient=content.patient, row=row, medication=content.medication))


def _is_retracted(resource: Node) -> bool:
    status = resource.get("status")
    return status == ERROR or ("verificationStatus" in resource and code_of(resource, "verificationStatus") == ERROR)
