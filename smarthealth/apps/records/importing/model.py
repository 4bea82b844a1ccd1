"""What is extracted from resources: plain values, and the targets that placing will look up."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import attrs

from .datatypes import Concept
from .identities import IdentityDocument
from .references import Target
from .times import Moment, Precision


@attrs.frozen(kw_only=True)
class PatientContent:
    """What a Patient says."""

    full_name: str
    search_name: str
    gender: str | None
    birth_date: date | None
    birth_precision: Precision | None
    deceased: bool
    died_on: date | None
    city: str | None
    documents: tuple[IdentityDocument, ...]
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    language: str | None = None
    marital_status: str | None = None
    contact: str | None = None
    """Whom to call: relationship, name, number."""
    practitioners: tuple[Target, ...] = ()
    """General practitioners."""
    practices: tuple[Target, ...] = ()
    """Organizations in their stead."""


@attrs.frozen(kw_only=True)
class PractitionerContent:
    """What a Practitioner says."""

    full_name: str


@attrs.frozen(kw_only=True)
class OrganizationContent:
    """What an Organization says."""

    name: str


@attrs.frozen(kw_only=True)
class RoleContent:
    """What a PractitionerRole says: who, and in what specialty."""

    practitioner: Target
    specialty: str | None


@attrs.frozen(kw_only=True)
class MedicationContent:
    """What a Medication says."""

    named: Concept


@attrs.frozen(kw_only=True)
class Measured:
    """What was found, and by what it may be judged."""

    value: float | None = None
    unit: str | None = None
    text: str | None = None
    """A value that is no plain quantity."""
    range_low: float | None = None
    range_high: float | None = None
    interpretation: str | None = None


@attrs.frozen(kw_only=True)
class Row:
    """What one row of the table `record` says by itself."""

    kind: str
    named: Concept
    category: str | None = None
    status: str | None = None
    verification: str | None = None
    started: Moment | None = None
    ended: Moment | None = None
    measured: Measured = Measured()
    dosage: str | None = None
    severity: str | None = None
    reason: str | None = None
    body: str | None = None


@attrs.frozen(kw_only=True)
class Attendee:
    """Somebody who took part."""

    target: Target
    role: str


@attrs.frozen(kw_only=True)
class EntryContent:
    """What a resource about a patient says."""

    patient: Target
    row: Row
    components: tuple[Row, ...] = ()
    encounter: Target | None = None
    organization: Target | None = None
    attendees: tuple[Attendee, ...] = ()
    medication: Target | None = None
    """The Medication that names what was prescribed."""
    reasons: tuple[Target, ...] = ()
    """The entries that are its reasons."""
    results: tuple[Target, ...] = ()
    """The observations that are parts of it."""


@attrs.frozen(kw_only=True)
class Retraction:
    """The resource says of itself that it was entered in error."""

    remains: EntryContent | None = None
    """What is kept of it: by what name and on which day; None where it does not say."""


Content = (
    PatientContent
    | PractitionerContent
    | OrganizationContent
    | RoleContent
    | MedicationContent
    | EntryContent
    | Retraction
)


@attrs.frozen(kw_only=True)
class Resource:
    """One resource, understood."""

    file_id: int
    position: int
    """Line or entry in its file, from 1."""
    type: str
    fhir_id: str
    """`Type/id`."""
    last_updated: datetime | None
    aliases: tuple[str, ...]
    """Other names by which references may call it."""
    content: Content


_RANKS: Final = {
    "Organization": 0,
    "Practitioner": 1,
    "PractitionerRole": 2,
    "Patient": 3,
    "Medication": 4,
    "Encounter": 5,
    "Condition": 6,
    "DiagnosticReport": 9,
}
_RANK_OF_OTHERS: Final = 7
_RANK_OF_REFERRING: Final = 8


def rank(resource: Resource) -> int:
    """The order in which resources are placed: who is referred to comes first."""
    content = resource.content
    referring = isinstance(content, EntryContent) and bool(content.results or content.reasons)
    return _RANKS.get(resource.type, _RANK_OF_REFERRING if referring else _RANK_OF_OTHERS)
