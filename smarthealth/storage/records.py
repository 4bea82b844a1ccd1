"""What patients' records say: one row for each clinical entry."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import Final, Literal

import attrs

from .pool import Pool

Kind = Literal[
    "encounter",
    "condition",
    "observation",
    "medication",
    "allergy",
    "procedure",
    "immunization",
    "report",
    "document",
    "careplan",
    "family",
    "careteam",
]
Precision = Literal["year", "month", "day", "instant"]


@attrs.frozen(kw_only=True)
class ClinicalRecord:
    """One entry of a patient's record."""

    id: int
    patient_id: int
    kind: Kind
    fhir_id: str
    """`Type/id`; an observation's component[n] is `Type/id#n`."""
    component: int | None
    """n of a component, None for what is a resource itself."""
    parent_id: int | None
    """A component's observation, a result's report."""
    encounter_id: int | None
    code: str | None
    code_system: str | None
    """URI, such as `http://loinc.org`."""
    display: str
    """As the record has it."""
    category: str | None
    status: str | None
    verification: str | None
    """Of a condition or an allergy: confirmed, unconfirmed, provisional, differential, refuted. Of what was entered in error: so."""
    started_on: date | None
    """The day as written; the first one where only a year or month is."""
    started_at: datetime | None
    """The instant; midnight UTC of the day where no time is written."""
    precision: Precision | None
    """What is written of the start."""
    ended_on: date | None
    value: float | None
    unit: str | None
    value_text: str | None
    """A value that is no plain quantity ("<0.5 mg/dL", "Never smoker"); the reaction to an allergen; an outcome."""
    range_low: float | None
    range_high: float | None
    interpretation: str | None
    """The laboratory's own: H, L, N, …"""
    dosage: str | None
    severity: str | None
    reason: str | None
    body: str | None
    """Text of a document, conclusion of a report, notes."""
    practitioners: tuple[str, ...] = attrs.field(converter=tuple)
    """Who took part, as the record names them."""
    organization: str | None


COLUMNS: Final = """
r.id, r.patient_id, r.kind, r.fhir_id, r.component, r.parent_id, r.encounter_id, r.code, r.code_system, r.display,
r.category, r.status, r.verification, r.started_on, r.started_at, r.precision, r.ended_on, r.value, r.unit, r.value_text,
r.range_low, r.range_high, r.interpretation, r.dosage, r.severity, r.reason, r.body,
(select coalesce(array_agg(q.full_name order by q.full_name), '{}') from practitioner q
 where q.id in (select a.practitioner_id from attendance a where a.record_id = r.id)) as practitioners,
(select o.name from organization o where o.id = r.organization_id) as organization
"""
"""What to select `from record r` to make a `ClinicalRecord` of each row."""

_OF_PATIENT: Final = f"""
select {COLUMNS} from record r
where r.patient_id = %(patient_id)s
  and (%(kinds)s::text[] is null or r.kind = any(%(kinds)s))
  and (%(since)s::date is null or r.started_on >= %(since)s)
  and (%(until)s::date is null or r.started_on <= %(until)s)
order by r.started_at desc nulls last, r.id desc
limit %(limit)s offset %(offset)s
"""


class Records:
    """The clinical entries of one database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def of_patient(
        self,
        patient_id: int,
        *,
        kinds: Collection[Kind] | None = None,
        since: date | None = None,
        until: date | None = None,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[ClinicalRecord]:
        """A patient's entries, the latest first, those without a date at the end.

        Args:
            patient_id: Whose.
            kinds: Only these kinds.
            since: Only what started on this day or later; entries without a date are left out.
            until: Only what started on this day or earlier; entries without a date are left out.
            limit: Most entries.
            offset: How many of the latest to leave out.

        Raises:
            StorageError: The database does not answer.
        """
        given = {
            "patient_id": patient_id,
            "kinds": None if kinds is None else list(kinds),
            "since": since,
            "until": until,
            "limit": limit,
            "offset": offset,
        }
        return await self._pool.fetch_as(ClinicalRecord, _OF_PATIENT, given)

    async def of_ids(self, patient_id: int, ids: Collection[int]) -> list[ClinicalRecord]:
        """Those of the entries with these ids that are this patient's, the latest first.

        Raises:
            StorageError: The database does not answer.
        """
        sql = f"""
        select {COLUMNS} from record r where r.patient_id = %s and r.id = any(%s)
        order by r.started_at desc nulls last, r.id desc
        """
        return await self._pool.fetch_as(ClinicalRecord, sql, [patient_id, list(ids)])

    async def find(self, fhir_id: str) -> ClinicalRecord | None:
        """The entry with this FHIR id (`Type/id`), None when there is none.

        Raises:
            StorageError: The database does not answer.
        """
        return await self._pool.fetch_one_as(
            ClinicalRecord, f"select {COLUMNS} from record r where r.fhir_id = %s", [fhir_id]
        )
