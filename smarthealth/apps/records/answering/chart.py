"""One patient's record, as the look-ups ask PostgreSQL for it."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

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
        wholes: list[tuple[Entry, str | None]] = []
        parts: dict[int, list[Entry]] = {}
        for row in await self._pool.fetch(statements.FAMILY, params):
            *_, is_part, whole, body = row
            if is_part:
                parts.setdefault(whole, []).append(_entry(row))
            else:
                wholes.append((_entry(row), body))
        return tuple(attrs.evolve(entry, body=body, parts=tuple(parts.get(entry.id, ()))) for entry, body in wholes)

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
        ordered = statements.ENTRIES_OLDEST if wanted.oldest_first else statements.ENTRIES_NEWEST
        rows = await self._pool.fetch(ordered, params)
        entries = await self._with_parts(list(map(_entry, rows)))
        return Found(tuple(entries), rows[0][-1] if rows else 0)

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
        entries = await self._with_parts(list(map(_entry, await self._pool.fetch(statements.RESULTS, params))))
        return Found(tuple(entries), len(entries))

    async def made_at(self, visits: Sequence[Entry], kinds: Collection[str]) -> dict[int, list[Entry]]:
        """The entries of some kinds that were made at each of some visits, by the visit's number."""
        ids = [visit.id for visit in visits]
        params = {"patient": self._patient, "ids": ids, "kinds": sorted(kinds), "limit": MOST_ENTRIES}
        made: dict[int, list[Entry]] = {}
        for row in await self._pool.fetch(statements.MADE_AT, params):
            made.setdefault(row[-1], []).append(_entry(row))
        return made

    async def visits_of(self, entries: Sequence[Entry]) -> list[Entry]:
        """The visits at which some entries were made."""
        params = {"patient": self._patient, "ids": [entry.id for entry in entries], "limit": MOST_ENTRIES}
        return list(map(_entry, await self._pool.fetch(statements.VISITS_OF, params)))

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


def _entry(row: Sequence[Any]) -> Entry:
    """The entry that a row begins with."""
    return Entry(**dict(zip(statements.ENTRY, row, strict=False)))


def _listed(values: Sequence[object] | None) -> list[object] | None:
    return None if values is None else list(values)
