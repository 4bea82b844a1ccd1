"""One entry as an item of a fact."""

from __future__ import annotations

from .entries import Entry
from .facts import Item
from .labels import Labels
from .wording import write_number, write_quantity, write_unit

_WITH_STATUS = frozenset({"condition", "medication", "careplan"})
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
