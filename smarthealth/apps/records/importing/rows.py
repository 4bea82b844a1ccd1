"""The rows that placing writes, and the types that PostgreSQL reads them as from JSON."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

import attrs

from .datatypes import Concept
from .model import Row


@attrs.frozen(kw_only=True)
class PatientRow:
    """A row of `patient`."""

    id: int
    fhir_id: str
    full_name: str
    search_name: str
    gender: str | None
    birth_date: date | None
    birth_precision: str | None
    deceased: bool
    died_on: date | None
    city: str | None
    phone: str | None
    email: str | None
    address: str | None
    language: str | None
    marital_status: str | None
    contact: str | None
    practitioner_id: int | None
    practice_id: int | None
    content_hash: str
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class IdentifierRow:
    """A row of `patient_identifier`."""

    document_type: int
    document_number: str
    patient_id: int
    written_as: str
    system: str | None
    rank: int


@attrs.frozen(kw_only=True)
class PractitionerRow:
    """A row of `practitioner`."""

    id: int
    fhir_id: str
    full_name: str
    specialty: str | None
    content_hash: str | None
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class OrganizationRow:
    """A row of `organization`."""

    id: int
    fhir_id: str
    name: str
    content_hash: str | None
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class MedicationRow:
    """A row of `medication`."""

    id: int
    fhir_id: str
    code: str | None
    code_system: str | None
    display: str
    content_hash: str
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class RecordRow:
    """A row of `record`."""

    id: int
    patient_id: int
    kind: str
    fhir_id: str
    component: int | None
    parent_id: int | None
    encounter_id: int | None
    code: str | None
    code_system: str | None
    display: str
    category: str | None
    status: str | None
    verification: str | None
    started_on: date | None
    started_at: datetime | None
    precision: str | None
    clock: str | None
    ended_on: date | None
    end_clock: str | None
    value: float | None
    unit: str | None
    value_text: str | None
    range_low: float | None
    range_high: float | None
    interpretation: str | None
    dosage: str | None
    severity: str | None
    reason: str | None
    body: str | None
    organization_id: int | None
    content_hash: str | None
    last_updated: datetime | None


@attrs.frozen(kw_only=True)
class AttendanceRow:
    """A row of `attendance`."""

    record_id: int
    practitioner_id: int
    role: str


@attrs.frozen(kw_only=True)
class AliasRow:
    """A row of `fhir_alias`."""

    alias: str
    fhir_id: str


@attrs.frozen(kw_only=True)
class ResultRow:
    """That an observation is a result of a report, or a member of a panel."""

    id: int
    parent_id: int


@attrs.frozen(kw_only=True)
class SpecialtyRow:
    """A practitioner's specialty."""

    id: int
    specialty: str | None


@attrs.frozen(kw_only=True)
class SeenRow:
    """A row of `import_seen`."""

    fhir_id: str
    file_id: int
    position: int
    refused: bool


@attrs.frozen(kw_only=True)
class FailureRow:
    """A row of `import_failure`."""

    file_id: int
    position: int
    resource_type: str
    reason: str


@attrs.frozen(kw_only=True)
class WaitingRow:
    """A row of `import_waiting`."""

    file_id: int
    rank: int
    position: int
    resource: str


TableRow = (
    PatientRow
    | IdentifierRow
    | PractitionerRow
    | OrganizationRow
    | MedicationRow
    | RecordRow
    | AttendanceRow
    | AliasRow
    | ResultRow
    | SpecialtyRow
    | SeenRow
    | FailureRow
    | WaitingRow
)

_SQL_TYPES: Final = {
    "int": "bigint",
    "str": "text",
    "date": "date",
    "datetime": "timestamptz",
    "bool": "boolean",
    "float": "double precision",
}


def columns(row: type[TableRow]) -> dict[str, str]:
    """The columns of a kind of row, with their SQL types."""
    named = {field.name: str(field.type).partition(" ")[0] for field in attrs.fields(row)}
    return {name: _SQL_TYPES[kind] for name, kind in named.items()}


def record_row(
    row: Row,
    *,
    id: int,
    patient_id: int,
    fhir_id: str,
    named: Concept,
    reason: str | None,
    encounter_id: int | None,
    organization_id: int | None,
    component: int | None = None,
    parent_id: int | None = None,
    content_hash: str | None = None,
    last_updated: datetime | None = None,
) -> RecordRow:
    """The row of `record` that an extracted row becomes, once its references are known."""
    started, measured = row.started, row.measured
    return RecordRow(
        id=id,
        patient_id=patient_id,
        kind=row.kind,
        fhir_id=fhir_id,
        component=component,
        parent_id=parent_id,
        encounter_id=encounter_id,
        code=named.code,
        code_system=named.system,
        display=named.display,
        category=row.category,
        status=row.status,
        verification=row.verification,
        started_on=started.day if started else None,
        started_at=started.at if started else None,
        precision=started.precision if started else None,
        clock=started.clock if started else None,
        ended_on=row.ended.day if row.ended else None,
        end_clock=row.ended.clock if row.ended else None,
        value=measured.value,
        unit=measured.unit,
        value_text=measured.text,
        range_low=measured.range_low,
        range_high=measured.range_high,
        interpretation=measured.interpretation,
        dosage=row.dosage,
        severity=row.severity,
        reason=reason,
        body=row.body,
        organization_id=organization_id,
        content_hash=content_hash,
        last_updated=last_updated,
    )
