"""One entry as an item of a fact."""

from __future__ import annotations

from collections.abc import Mapping

from smarthealth.apps.records.understanding.question import Language

from .entries import Entry
from .facts import Item
from .labels import Labels
from .wording import write_number, write_quantity, write_unit

_WITH_STATUS = frozenset({"condition", "medication", "careplan", "allergy"})
"""Kinds whose state is worth saying."""
_LASTING = frozenset({"condition", "careplan"})
"""Kinds whose end is worth saying whatever its distance; an encounter's only when it is another day."""


def item_of(entry: Entry, labels: Labels) -> Item:
    """What a fact says of an entry."""
    return Item(
        name=labels.of_display(entry.kind, entry.display, entry.code),
        on=entry.on,
        until=entry.until if entry.until != entry.on else None,
        value=value_of(entry) if entry.kind == "observation" else None,
        status=entry.status if entry.kind in _WITH_STATUS else None,
    )


def particulars_of(entry: Entry, language: Language) -> str | None:
    """How severe it is and what it does to the patient, as far as the record says."""
    words = _PARTICULARS[language]
    reaction = entry.value_text if entry.kind == "allergy" else None
    severity = "criticality" if entry.kind == "allergy" else "severity"
    said = (("reaction", reaction), (severity, _DEGREES[language].get((entry.severity or "").lower(), entry.severity)))
    return ", ".join(f"{words[name]} {value}" for name, value in said if value) or None


_PARTICULARS: Mapping[Language, Mapping[str, str]] = {
    "es": {"reaction": "reacción:", "severity": "gravedad:", "criticality": "criticidad:"},
    "en": {"reaction": "reaction:", "severity": "severity:", "criticality": "criticality:"},
}
_DEGREES: Mapping[Language, Mapping[str, str]] = {
    "es": {"mild": "leve", "moderate": "moderada", "severe": "grave", "high": "alta", "low": "baja", "unable-to-assess": "no evaluable"},
    "en": {},
}  # fmt: skip
"""Words of FHIR and SNOMED CT for how severe something is."""


def value_of(entry: Entry) -> str | None:
    """What was measured, with its unit; components one after the other."""
    if entry.value is not None:
        return write_quantity(entry.value, entry.unit)
    if entry.value_text is not None:
        return entry.value_text
    measured = sorted(
        (part for part in entry.parts if part.value is not None),
        key=lambda part: "systolic" not in part.display.lower(),
    )
    if len(measured) == 2 and "systolic" in measured[0].display.lower():
        systolic, diastolic = measured
        return f"{write_number(systolic.value or 0)} / {write_number(diastolic.value or 0)} {write_unit(systolic.unit)}"
    return ", ".join(f"{part.display} {value_of(part)}" for part in measured) or None


def bp_parts(entry: Entry) -> tuple[Entry, ...]:
    """The entries that hold an entry's numbers: itself, or its components with the day of the whole."""
    if entry.value is not None:
        return (entry,)
    return tuple(part for part in entry.parts if part.value is not None)
