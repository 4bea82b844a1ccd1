"""One patient's record, as the look-ups ask PostgreSQL for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date

import attrs

from smarthealth.storage.pool import Pool

from . import statements
from .entries import Entry, Known, Person

MOST_ENTRIES = 2000
"""Entries of one topic that are read; counts are exact beyond it."""
MOST_NOTES_READ = 5
"""Notes that are read for a mention."""
MOST_NOTES_SOUGHT = 12
"""Notes that are read for a sentence that answers."""
MOST_KNOWN = 2000
"""Different things in one record."""
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
    """A row of `statements.ENTRIES_…`: an entry and how many there are in all."""

    total: int


@attrs.frozen(kw_only=True)
class _MadeAt(_Row):
    """A row of `statements.MADE_AT`."""

    parent_id: int


@attrs.frozen(kw_only=True)
class _Relative(_Row):
    """A row of `statements.FAMILY`."""

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
        row = await self._pool.fetch_one_as(Person, statements.PERSON, {"patient": self._patient})
        return row or Person(full_name="")

    async def known(self, *, void: bool = False) -> list[Known]:
        """The different things that the record holds, the most frequent first; or those that it no longer stands by."""
        params = {"patient": self._patient, "void": void, "limit": MOST_KNOWN}
        return await self._pool.fetch_as(Known, statements.KNOWN, params)

    async def relatives(self) -> tuple[Entry, ...]:
        """What the record says of the patient's relatives: an entry for each, with a part for each disease."""
        params = {"patient": self._patient, "length": BODY_LENGTH, "limit": MOST_KNOWN}
        rows = await self._pool.fetch_as(_Relative, statements.FAMILY, params)
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
        rows = await self._pool.fetch(
            statements.REASONS, {"patient": self._patient, "kinds": sorted(kinds), "limit": MOST_KNOWN}
        )
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
        rows = await self._pool.fetch_as(
            _Counted, statements.ENTRIES_OLDEST if wanted.oldest_first else statements.ENTRIES_NEWEST, params
        )
        entries = await self._with_parts([row.entry() for row in rows])
        return Found(tuple(entries), rows[0].total if rows else 0)

    async def _with_parts(self, entries: list[Entry]) -> list[Entry]:
        wholes = [entry.id for entry in entries if entry.kind == "observation" and not entry.has_value]
        if not wholes:
            return entries
        rows = await self._pool.fetch(
            statements.PARTS, {"patient": self._patient, "ids": wholes, "limit": 4 * MOST_ENTRIES}
        )
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
        rows = await self._pool.fetch_as(_Counted, statements.RESULTS, params)
        entries = await self._with_parts([row.entry() for row in rows])
        return Found(tuple(entries), len(entries))

    async def made_at(self, visits: Sequence[Entry], kinds: Collection[str]) -> dict[int, list[Entry]]:
        """The entries of some kinds that were made at each of some visits, by the visit's number."""
        ids = [visit.id for visit in visits]
        params = {"patient": self._patient, "ids": ids, "kinds": sorted(kinds), "limit": MOST_ENTRIES}
        made: dict[int, list[Entry]] = {}
        for row in await self._pool.fetch_as(_MadeAt, statements.MADE_AT, params):
            made.setdefault(row.parent_id, []).append(row.entry())
        return made

    async def visits_of(self, entries: Sequence[Entry]) -> list[Entry]:
        """The visits at which some entries were made."""
        params = {"patient": self._patient, "ids": [entry.id for entry in entries], "limit": MOST_ENTRIES}
        return [row.entry() for row in await self._pool.fetch_as(_Row, statements.VISITS_OF, params)]

    async def with_attendance(self, entries: Sequence[Entry]) -> tuple[Entry, ...]:
        """The same entries with who attended and where, taken from their encounter when they do not say themselves."""
        params = {"patient": self._patient, "ids": [entry.id for entry in entries], "limit": len(entries)}
        rows = {row[0]: row for row in await self._pool.fetch(statements.ATTENDANCE, params)} if entries else {}
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
        bodies: dict[int, str | None] = {row[0]: row[1] for row in await self._pool.fetch(statements.BODIES, params)}
        return tuple(attrs.evolve(entry, body=bodies.get(entry.id)) for entry in entries)

    async def notes_with(self, names: Sequence[str]) -> tuple[Entry, ...]:
        """The newest notes whose text holds one of some names as whole words, with their texts."""
        pattern = r"\m(" + "|".join(re.escape(name) for name in names) + r")\M"
        params = {"patient": self._patient, "pattern": pattern, "length": BODY_LENGTH, "limit": MOST_NOTES_READ}
        return tuple(await self._pool.fetch_as(Entry, statements.NOTES_WITH, params))

    async def notes_holding(self, patterns: Sequence[str]) -> tuple[Entry, ...]:
        """The newest entries with a text in which each of some regular expressions is found, with their texts."""
        params = {
            "patient": self._patient, "patterns": list(patterns), "length": BODY_LENGTH, "limit": MOST_NOTES_SOUGHT,
        }  # fmt: skip
        return tuple(await self._pool.fetch_as(Entry, statements.NOTES_HOLDING, params))

    async def fhir_ids(self, ids: Sequence[int]) -> dict[int, str]:
        """The FHIR ids of those of some entries that are this patient's."""
        if not ids:
            return {}
        params = {"patient": self._patient, "ids": list(ids), "limit": len(ids)}
        return {row[0]: row[1] for row in await self._pool.fetch(statements.FHIR_IDS, params)}

    async def practitioners(self) -> list[tuple[int, str]]:
        """Who has attended the patient: number and name."""
        return [tuple(row) for row in await self._pool.fetch(statements.PRACTITIONERS, self._bounded)]

    async def professions(self) -> list[tuple[int, str, str]]:
        """Who has attended the patient: number, name, and the words of name, specialty and roles."""
        return [tuple(row) for row in await self._pool.fetch(statements.PROFESSIONS, self._bounded)]

    async def organizations(self) -> list[tuple[int, str]]:
        """Where the patient has been attended: number and name."""
        return [tuple(row) for row in await self._pool.fetch(statements.ORGANIZATIONS, self._bounded)]

    @property
    def _bounded(self) -> dict[str, int]:
        return {"patient": self._patient, "limit": MOST_KNOWN}


def _listed(values: Sequence[object] | None) -> list[object] | None:
    return None if values is None else list(values)
