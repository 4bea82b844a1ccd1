"""Entries of a record, as the look-ups bring them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Field
from smarthealth.storage.patients import DOCUMENT_TYPES

CONTACTS = frozenset(
    {
        Field.DOCUMENT,
        Field.PHONE,
        Field.EMAIL,
        Field.ADDRESS,
        Field.LANGUAGE,
        Field.MARITAL_STATUS,
        Field.CONTACT,
        Field.PRACTITIONER,
    }
)
"""What a record says in words of its own: by what document a patient is known, how to be reached, what they speak."""


def _numbers(values: Iterable[int]) -> tuple[int, ...]:
    return tuple(values)


def _texts(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@attrs.frozen(kw_only=True)
class Known:
    """One thing that a patient's record holds, however often: a distinct kind, code, name and category."""

    kind: str
    code: str | None
    display: str
    category: str | None
    is_part: bool
    """Whether these are components of other entries, as systolic is of blood pressure."""
    count: int


@attrs.frozen(kw_only=True)
class Entry:
    """One entry of a patient's record."""

    id: int
    record: str
    """Its FHIR id, `Type/id`."""
    kind: str
    display: str
    code: str | None = None
    category: str | None = None
    status: str | None = None
    on: date | None = None
    until: date | None = None
    value: float | None = None
    unit: str | None = None
    value_text: str | None = None
    range_low: float | None = None
    range_high: float | None = None
    dosage: str | None = None
    severity: str | None = None
    reason: str | None = None
    verification: str | None = None
    """Of a diagnosis or an allergy: how sure it is."""
    clock: str | None = None
    """HH:MM at which it began, as the record writes it."""
    end_clock: str | None = None
    body: str | None = None
    parts: tuple[Entry, ...] = ()
    """Its components."""
    people: tuple[str, ...] = ()
    """Who attended."""
    roles: tuple[str, ...] = ()
    """As what, one for each of the people."""
    place: str | None = None
    """Where."""

    @property
    def has_value(self) -> bool:
        """Whether it was measured."""
        return self.value is not None or self.value_text is not None or any(part.has_value for part in self.parts)


@attrs.frozen(kw_only=True)
class Person:
    """The patient, as the questions about age, sex and city need it."""

    full_name: str
    record: str = ""
    """FHIR id of the patient, `Patient/id`."""
    gender: str | None = None
    birth_date: date | None = None
    deceased: bool = False
    died_on: date | None = None
    """None also where somebody is known to have died, but not when."""
    city: str | None = None
    phone: str | None = None
    email: str | None = None
    address: str | None = None
    language: str | None = None
    marital_status: str | None = None
    contact: str | None = None
    """Whom to call: relationship, name, number."""
    practitioner: str | None = None
    """The general practitioner, the practice."""
    document_types: tuple[int, ...] = attrs.field(default=(), converter=_numbers)
    """Keys of `DOCUMENT_TYPES`, of the documents below."""
    document_numbers: tuple[str, ...] = attrs.field(default=(), converter=_texts)

    def said(self, field: Field) -> str | None:
        """What the record says of one of `CONTACTS`, in its own words."""
        if field is not Field.DOCUMENT:
            said: str | None = getattr(self, field.value)
            return said
        pairs = zip(self.document_types, self.document_numbers, strict=True)
        return ", ".join(f"{DOCUMENT_TYPES[kind].code} {number}" for kind, number in pairs) or None

    def as_entry(self, asked: Field | None = None) -> Entry:
        """What the record says of the patient, as an entry that an answer may cite.

        The name is left out, and how to reach the patient where that is not asked for.
        """
        said = [("sex", self.gender), ("born", self.birth_date), ("died", self.died_on), ("city", self.city)]
        if asked in CONTACTS:
            said.append((asked.value.replace("_", " "), self.said(asked)))
        body = "; ".join(f"{name}: {value}" for name, value in said if value)
        return Entry(id=0, record=self.record, kind="patient", display="Patient", body=body)

    def age_on(self, day: date) -> int | None:
        """Whole years of age on a day; None without a birth date or before it."""
        born = self.birth_date
        if born is None or day < born:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
