"""One patient's record, as the look-ups ask PostgreSQL for it.

Every statement names the patient first, so that the index on (patient_id, kind, started_at) serves it, is parameterised,
and has a limit.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

import attrs

from smarthealth.storage.pool import Pool

from .entries import Entry, Known, Person

MOST_ENTRIES = 2000
"""Entries of one topic that are read; counts are exact beyond it."""
MOST_NOTES_READ = 5
"""Notes that are read for a mention."""
MOST_NOTES_SOUGHT = 12
"""Notes that are read for a sentence that answers."""
MOST_KNOWN = 2000
"""Different things in one record."""

_COLUMNS = """r.id, r.fhir_id as record, r.kind, r.display, r.code, r.category, r.status, r.started_on as "on",
    r.ended_on as until, r.value, r.unit, r.value_text, r.range_low, r.range_high, r.dosage, r.severity, r.reason,
    r.verification, r.clock, r.end_clock"""

# What was entered in error, ruled out or not done is no part of what the record says of the patient.
_STANDS = """(r.verification is null or r.verification not in ('refuted', 'entered-in-error'))
    and (r.status is null or r.status not in ('entered-in-error', 'not-done'))"""

_PERSON = """
select full_name, fhir_id as record, gender, birth_date, deceased, died_on, city, phone, email, address, language, marital_status,
       contact, concat_ws(', ', (select g.full_name from practitioner g where g.id = p.practitioner_id),
                (select o.name from organization o where o.id = p.practice_id)) as practitioner,
       (select coalesce(array_agg(document_type order by rank, document_type, document_number), '{}') from patient_identifier i
                 where i.patient_id = p.id) as document_types,
       (select coalesce(array_agg(written_as order by rank, document_type, document_number), '{}') from patient_identifier i
        where i.patient_id = p.id) as document_numbers
from patient p where id = %(patient)s
"""

_KNOWN = f"""
select kind, code, display, category, component is not null as is_part, count(*) as count
from record r where patient_id = %(patient)s and kind <> 'family' and ({_STANDS}) = not %(void)s
group by 1, 2, 3, 4, 5 order by count(*) desc limit %(limit)s
"""

_REASONS = f"""
select distinct reason from record r
where patient_id = %(patient)s and kind = any(%(kinds)s) and reason is not null
union select distinct display from record r
where patient_id = %(patient)s and 'encounter' = any(%(kinds)s) and kind = 'condition' and encounter_id is not null and {_STANDS}
limit %(limit)s
"""

_MATCHING = f"""
from record r
where r.patient_id = %(patient)s and r.kind = any(%(kinds)s) and ({_STANDS}) = not %(void)s
  and (not %(named)s or (r.kind, r.display, coalesce(r.category, '')) in
       (select * from unnest(%(name_kinds)s::text[], %(names)s::text[], %(categories)s::text[])))
  and (%(parts)s or r.component is null)
  and (%(since)s::date is null or coalesce(r.ended_on, r.started_on) >= %(since)s and r.started_on is not null
       and (%(overlapping)s or r.started_on >= %(since)s))
  and (%(until)s::date is null or r.started_on <= %(until)s)
  and (%(statuses)s::text[] is null or coalesce(lower(r.status), '') = any(%(statuses)s))
  and (%(verifications)s::text[] is null or r.verification = any(%(verifications)s))
  and (%(reasons)s::text[] is null or r.reason = any(%(reasons)s)
       or (r.kind = 'encounter' and exists (select from record d where d.encounter_id = r.id and d.kind = 'condition'
           and d.display = any(%(reasons)s))))
  and (%(people)s::bigint[] is null or exists (select from attendance a
       where a.record_id in (r.id, r.encounter_id) and a.practitioner_id = any(%(people)s)))
  and (%(places)s::bigint[] is null or r.organization_id = any(%(places)s)
       or (select e.organization_id from record e where e.id = r.encounter_id) = any(%(places)s))
"""

_NEWEST = "order by r.started_at desc nulls last, r.id desc limit %(limit)s"
_OLDEST = "order by r.started_at nulls last, r.id limit %(limit)s"

_ENTRIES_NEWEST = f"select {_COLUMNS}, count(*) over () as total {_MATCHING} {_NEWEST}"
_ENTRIES_OLDEST = f"select {_COLUMNS}, count(*) over () as total {_MATCHING} {_OLDEST}"

_PARTS = """
select r.parent_id, r.id, r.fhir_id, r.kind, r.display, r.code, r.started_on, r.value, r.unit, r.value_text, r.range_low, r.range_high
from record r where r.patient_id = %(patient)s and r.kind = 'observation' and r.component is not null and r.parent_id = any(%(ids)s)
order by r.parent_id, r.component limit %(limit)s
"""

_RESULTS = f"""
select {_COLUMNS}, count(*) over () as total from record r
where r.patient_id = %(patient)s and r.component is null and r.parent_id = any(%(ids)s) and {_STANDS}
order by r.id limit %(limit)s
"""

_MADE_AT = f"""
select {_COLUMNS}, r.encounter_id as parent_id from record r
where r.patient_id = %(patient)s and r.encounter_id = any(%(ids)s) and r.kind = any(%(kinds)s) and r.component is null and {_STANDS}
order by r.started_at nulls last, r.id limit %(limit)s
"""

_VISITS_OF = f"""
select {_COLUMNS} from record r where r.patient_id = %(patient)s
  and r.id in (select encounter_id from record o where o.patient_id = %(patient)s and o.id = any(%(ids)s)) limit %(limit)s
"""

_ATTENDANCE = """
select r.id,
       (select coalesce(jsonb_agg(jsonb_build_array(p.full_name, concat_ws('; ', a.role, p.specialty)) order by p.full_name, a.role), '[]')
        from attendance a join practitioner p on p.id = a.practitioner_id
        where a.record_id = case when exists (select from attendance o where o.record_id = r.id) then r.id else r.encounter_id end),
       coalesce(o.name, eo.name), e.display, e.fhir_id
from record r
left join record e on e.id = r.encounter_id
left join organization o on o.id = r.organization_id
left join organization eo on eo.id = e.organization_id
where r.patient_id = %(patient)s and r.id = any(%(ids)s) limit %(limit)s
"""

_PRACTITIONERS = """
select distinct p.id, p.full_name from record r join attendance a on a.record_id = r.id
join practitioner p on p.id = a.practitioner_id where r.patient_id = %(patient)s limit %(limit)s
"""
_PROFESSIONS = """
select p.id, p.full_name, concat_ws(' ', p.full_name, p.specialty, string_agg(distinct a.role, ' ')) from record r
join attendance a on a.record_id = r.id join practitioner p on p.id = a.practitioner_id
where r.patient_id = %(patient)s group by p.id, p.full_name, p.specialty order by p.id limit %(limit)s
"""
_ORGANIZATIONS = """
select distinct o.id, o.name from record r join organization o on o.id = r.organization_id
where r.patient_id = %(patient)s limit %(limit)s
"""

_FAMILY = f"""
select {_COLUMNS}, r.component is not null as is_part, r.parent_id, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.kind = 'family' and ({_STANDS}) order by r.id limit %(limit)s
"""

_BODIES = (
    "select id, left(body, %(length)s) from record where patient_id = %(patient)s and id = any(%(ids)s) limit %(limit)s"
)

_FHIR_IDS = "select id, fhir_id from record where patient_id = %(patient)s and id = any(%(ids)s) limit %(limit)s"

_NOTES_WITH = f"""
select {_COLUMNS}, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.kind = 'document' and {_STANDS} and r.body ~* %(pattern)s
order by r.started_at desc nulls last, r.id desc limit %(limit)s
"""

_NOTES_HOLDING = f"""
select {_COLUMNS}, left(r.body, %(length)s) as body from record r
where r.patient_id = %(patient)s and r.body is not null and r.kind <> 'family' and {_STANDS}
  and (select bool_and(r.body ~* pattern) from unnest(%(patterns)s::text[]) pattern)
order by r.started_at desc nulls last, r.id desc limit %(limit)s
"""

BODY_LENGTH = 20_000
"""Characters of a note that are read."""


@attrs.frozen(kw_only=True)
class Wanted:
    """Which entries are wanted."""

    kinds: frozenset[str]
    names: tuple[tuple[str, str, str | None], ...] | None = None
    """Kind, display and category of those wanted; None for all of the kinds."""
    parts: bool = False
    """Whether components count as entries."""
    since: date | None = None
    until: date | None = None
    overlapping: bool = False
    """Whether it is enough that an entry lasted into the time wanted."""
    statuses: tuple[str, ...] | None = None
    reasons: tuple[str, ...] | None = None
    verifications: tuple[str, ...] | None = None
    void: bool = False
    """Whether what was entered in error, ruled out or not done is wanted, and nothing else."""
    people: tuple[int, ...] | None = None
    places: tuple[int, ...] | None = None
    oldest_first: bool = False


@attrs.frozen(kw_only=True)
class _Row:
    """One entry."""

    id: int
    record: str
    kind: str
    display: str
    code: str | None
    category: str | None
    status: str | None
    on: date | None
    until: date | None
    value: float | None
    unit: str | None
    value_text: str | None
    range_low: float | None
    range_high: float | None
    dosage: str | None
    severity: str | None
    reason: str | None
    verification: str | None
    clock: str | None
    end_clock: str | None

    def entry(self) -> Entry:
        """The row as an entry."""
        return Entry(**{field.name: getattr(self, field.name) for field in attrs.fields(_Row)})


@attrs.frozen(kw_only=True)
class _Counted(_Row):
    """A row of `_ENTRIES_…`: an entry and how many there are in all."""

    total: int


@attrs.frozen(kw_only=True)
class _MadeAt(_Row):
    """A row of `_MADE_AT`."""

    parent_id: int


@attrs.frozen(kw_only=True)
class _Relative(_Row):
    """A row of `_FAMILY`."""

    is_part: bool
    parent_id: int | None
    body: str | None


@attrs.frozen
class Found:
    """Entries found, newest or oldest first, and how many there are in all."""

    entries: tuple[Entry, ...]
    total: int


class Chart:
    """The record of one patient."""

    def __init__(self, pool: Pool, patient_id: int) -> None:
        self._pool = pool
        self._patient = patient_id

    async def person(self) -> Person:
        """The patient's own data; an empty name when there is no such patient."""
        row = await self._pool.fetch_one_as(Person, _PERSON, {"patient": self._patient})
        return row or Person(full_name="")

    async def known(self, *, void: bool = False) -> list[Known]:
        """The different things that the record holds, the most frequent first; or those that it no longer stands by."""
        params = {"patient": self._patient, "void": void, "limit": MOST_KNOWN}
        return await self._pool.fetch_as(Known, _KNOWN, params)

    async def relatives(self) -> tuple[Entry, ...]:
        """What the record says of the patient's relatives: an entry for each, with a part for each disease."""
        params = {"patient": self._patient, "length": BODY_LENGTH, "limit": MOST_KNOWN}
        rows = await self._pool.fetch_as(_Relative, _FAMILY, params)
        parts: dict[int | None, list[Entry]] = {}
        for row in rows:
            if row.is_part:
                parts.setdefault(row.parent_id, []).append(row.entry())
        return tuple(
            attrs.evolve(row.entry(), body=row.body, parts=tuple(parts.get(row.id, ())))
            for row in rows
            if not row.is_part
        )

    async def reasons(self, kinds: Collection[str]) -> list[str]:
        """The different reasons given for entries of some kinds."""
        rows = await self._pool.fetch(_REASONS, {"patient": self._patient, "kinds": sorted(kinds), "limit": MOST_KNOWN})
        return [row[0] for row in rows]

    async def find(self, wanted: Wanted, limit: int = MOST_ENTRIES) -> Found:
        """Find entries, with their components."""
        names = wanted.names or ()
        params = {
            "patient": self._patient,
            "kinds": sorted(wanted.kinds),
            "named": wanted.names is not None,
            "name_kinds": [kind for kind, _, _ in names],
            "names": [display for _, display, _ in names],
            "categories": [category or "" for _, _, category in names],
            "parts": wanted.parts,
            "since": wanted.since,
            "until": wanted.until,
            "overlapping": wanted.overlapping,
            "statuses": _listed(wanted.statuses),
            "reasons": _listed(wanted.reasons),
            "verifications": _listed(wanted.verifications),
            "void": wanted.void,
            "people": _listed(wanted.people),
            "places": _listed(wanted.places),
            "limit": limit,
        }
        rows = await self._pool.fetch_as(_Counted, _ENTRIES_OLDEST if wanted.oldest_first else _ENTRIES_NEWEST, params)
        entries = await self._with_parts([row.entry() for row in rows])
        return Found(tuple(entries), rows[0].total if rows else 0)

    async def _with_parts(self, entries: list[Entry]) -> list[Entry]:
        wholes = [entry.id for entry in entries if entry.kind == "observation" and not entry.has_value]
        if not wholes:
            return entries
        rows = await self._pool.fetch(_PARTS, {"patient": self._patient, "ids": wholes, "limit": 4 * MOST_ENTRIES})
        parts: dict[int, list[Entry]] = {}
        for parent, identity, record, kind, display, code, on, value, unit, text, low, high in rows:
            part = Entry(
                id=identity, record=record, kind=kind, display=display, code=code, on=on, value=value, unit=unit,
                value_text=text, range_low=low, range_high=high,
            )  # fmt: skip
            parts.setdefault(parent, []).append(part)
        return [attrs.evolve(entry, parts=tuple(parts.get(entry.id, ()))) for entry in entries]

    async def results_of(self, reports: Sequence[Entry]) -> Found:
        """The results that belong to some reports."""
        params = {"patient": self._patient, "ids": [report.id for report in reports], "limit": MOST_ENTRIES}
        rows = await self._pool.fetch_as(_Counted, _RESULTS, params)
        entries = await self._with_parts([row.entry() for row in rows])
        return Found(tuple(entries), len(entries))

    async def made_at(self, visits: Sequence[Entry], kinds: Collection[str]) -> dict[int, list[Entry]]:
        """The entries of some kinds that were made at each of some visits, by the visit's number."""
        ids = [visit.id for visit in visits]
        params = {"patient": self._patient, "ids": ids, "kinds": sorted(kinds), "limit": MOST_ENTRIES}
        made: dict[int, list[Entry]] = {}
        for row in await self._pool.fetch_as(_MadeAt, _MADE_AT, params):
            made.setdefault(row.parent_id, []).append(row.entry())
        return made

    async def visits_of(self, entries: Sequence[Entry]) -> list[Entry]:
        """The visits at which some entries were made."""
        params = {"patient": self._patient, "ids": [entry.id for entry in entries], "limit": MOST_ENTRIES}
        return [row.entry() for row in await self._pool.fetch_as(_Row, _VISITS_OF, params)]

    async def with_attendance(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """The same entries with who attended and where, taken from their encounter when they do not say themselves."""
        params = {"patient": self._patient, "ids": [entry.id for entry in entries], "limit": len(entries)}
        rows = {row[0]: row for row in await self._pool.fetch(_ATTENDANCE, params)} if entries else {}
        return tuple(
            attrs.evolve(
                entry,
                people=tuple(name for name, _ in rows[entry.id][1]),
                roles=tuple(role for _, role in rows[entry.id][1]),
                place=rows[entry.id][2],
            )
            if entry.id in rows
            else entry
            for entry in entries
        )

    async def with_bodies(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """The same entries with their texts."""
        ids = [entry.id for entry in entries]
        params = {"patient": self._patient, "ids": ids, "length": BODY_LENGTH, "limit": len(ids)}
        bodies: dict[int, str | None] = {row[0]: row[1] for row in await self._pool.fetch(_BODIES, params)}
        return tuple(attrs.evolve(entry, body=bodies.get(entry.id)) for entry in entries)

    async def notes_with(self, names: Sequence[str]) -> tuple[Entry, ...]:
        """The newest notes whose text holds one of some names as whole words, with their texts."""
        pattern = r"\m(" + "|".join(re.escape(name) for name in names) + r")\M"
        params = {"patient": self._patient, "pattern": pattern, "length": BODY_LENGTH, "limit": MOST_NOTES_READ}
        return tuple(await self._pool.fetch_as(Entry, _NOTES_WITH, params))

    async def notes_holding(self, patterns: Sequence[str]) -> tuple[Entry, ...]:
        """The newest entries with a text in which each of some regular expressions is found, with their texts."""
        params = {
            "patient": self._patient, "patterns": list(patterns), "length": BODY_LENGTH, "limit": MOST_NOTES_SOUGHT,
        }  # fmt: skip
        return tuple(await self._pool.fetch_as(Entry, _NOTES_HOLDING, params))

    async def fhir_ids(self, ids: Sequence[int]) -> dict[int, str]:
        """The FHIR ids of those of some entries that are this patient's."""
        if not ids:
            return {}
        params = {"patient": self._patient, "ids": list(ids), "limit": len(ids)}
        return {row[0]: row[1] for row in await self._pool.fetch(_FHIR_IDS, params)}

    async def practitioners(self) -> list[tuple[int, str]]:
        """Who has attended the patient: number and name."""
        return [tuple(row) for row in await self._pool.fetch(_PRACTITIONERS, self._bounded)]

    async def professions(self) -> list[tuple[int, str, str]]:
        """Who has attended the patient: number, name, and the words of name, specialty and roles."""
        return [tuple(row) for row in await self._pool.fetch(_PROFESSIONS, self._bounded)]

    async def organizations(self) -> list[tuple[int, str]]:
        """Where the patient has been attended: number and name."""
        return [tuple(row) for row in await self._pool.fetch(_ORGANIZATIONS, self._bounded)]

    @property
    def _bounded(self) -> dict[str, int]:
        return {"patient": self._patient, "limit": MOST_KNOWN}


def _listed(values: Sequence[object] | None) -> list[object] | None:
    return None if values is None else list(values)
