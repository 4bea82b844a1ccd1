"""What is to be written for one batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Generic, TypeVar

import attrs

from .report import Outcome
from .rows import (
    AliasRow,
    AttendanceRow,
    FailureRow,
    IdentifierRow,
    MedicationRow,
    OrganizationRow,
    PatientRow,
    PractitionerRow,
    RecordRow,
    ResultRow,
    SeenRow,
    SpecialtyRow,
    WaitingRow,
)

R = TypeVar("R")


@attrs.define(kw_only=True)
class Ids:
    """Fresh ids, reserved in the database's sequences."""

    patients: Iterator[int]
    practitioners: Iterator[int]
    organizations: Iterator[int]
    medications: Iterator[int]
    records: Iterator[int]


@attrs.define(kw_only=True)
class Changes(Generic[R]):
    """Rows of one table to insert, and rows to bring up to date."""

    new: list[R] = attrs.field(factory=list)
    changed: list[R] = attrs.field(factory=list)


@attrs.define(kw_only=True)
class Plan:
    """What is to be written for one batch, in one transaction."""

    patients: Changes[PatientRow] = attrs.field(factory=Changes)
    practitioners: Changes[PractitionerRow] = attrs.field(factory=Changes)
    organizations: Changes[OrganizationRow] = attrs.field(factory=Changes)
    medications: Changes[MedicationRow] = attrs.field(factory=Changes)
    records: Changes[RecordRow] = attrs.field(factory=Changes)
    """A changed record's components are new ones: the old are dropped."""
    retracted: list[int] = attrs.field(factory=list)
    """Records to delete."""
    identifiers: list[IdentifierRow] = attrs.field(factory=list)
    """All that new and changed patients have."""
    attendances: list[AttendanceRow] = attrs.field(factory=list)
    """All that new and changed records have."""
    results: dict[int, ResultRow] = attrs.field(factory=dict)
    """By observation; all that new and changed reports have. The first report keeps an observation."""
    specialties: dict[int, SpecialtyRow] = attrs.field(factory=dict)
    """By practitioner."""
    aliases: dict[str, AliasRow] = attrs.field(factory=dict)
    """By alias."""
    seen: dict[str, SeenRow] = attrs.field(factory=dict)
    """By FHIR id."""
    waiting: list[WaitingRow] = attrs.field(factory=list)
    failures: list[FailureRow] = attrs.field(factory=list)
    touched: set[int] = attrs.field(factory=set)
    """Patients whose entries change."""
    tally: Counter[tuple[int, str, Outcome]] = attrs.field(factory=Counter)
    """(file, resource type, outcome) to count."""

    def fail(self, failure: FailureRow) -> None:
        """Report a resource that is not placed."""
        self.failures.append(failure)
        self.tally[failure.file_id, failure.resource_type, Outcome.FAILED] += 1
