"""FHIR's data types, as far as records need them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import attrs

from .nodes import Node, first, node, nodes, number, text, texts

LOINC: Final = "http://loinc.org"
SNOMED: Final = "http://snomed.info/sct"
RXNORM: Final = "http://www.nlm.nih.gov/research/umls/rxnorm"
CVX: Final = "http://hl7.org/fhir/sid/cvx"


@attrs.frozen
class Concept:
    """What a coded element says."""

    display: str
    """As the record has it: its text, else the name of its code, else the code."""
    code: str | None = None
    system: str | None = None


def concept(parent: Node, name: str, preferred: str | None = None) -> Concept | None:
    """A CodeableConcept, None when absent or empty.

    Args:
        parent: The object that has the element.
        name: Name of the element.
        preferred: System of the coding to take where there are several.
    """
    found = node(parent, name)
    return None if found is None else concept_of(found, preferred)


def first_concept(parent: Node, name: str, preferred: str | None = None) -> Concept | None:
    """The first CodeableConcept of a repeating element that says anything."""
    found = (concept_of(item, preferred) for item in nodes(parent, name))
    return next((item for item in found if item is not None), None)


def concept_of(found: Node, preferred: str | None = None) -> Concept | None:
    """What a CodeableConcept object says."""
    codings = [coding for coding in nodes(found, "coding") if text(coding, "code") or text(coding, "display")]
    best = next((coding for coding in codings if preferred and text(coding, "system") == preferred), None)
    best = best or next(iter(codings), {})
    code, system = text(best, "code"), text(best, "system")
    names = (text(found, "text"), text(best, "display"), *(text(coding, "display") for coding in codings), code)
    display = next((name for name in names if name), None)
    return None if display is None else Concept(display, code, system if code else None)


def coding(parent: Node, name: str) -> Concept | None:
    """A Coding."""
    found = node(parent, name)
    return None if found is None else concept_of({"coding": [found]})


def concept_texts(parent: Node, name: str) -> list[str]:
    """What the CodeableConcepts of a repeating element say."""
    return [found.display for item in nodes(parent, name) if (found := concept_of(item))]


def code_of(parent: Node, name: str) -> str | None:
    """The code of a CodeableConcept, or what it says where it has none."""
    found = concept(parent, name)
    return None if found is None else found.code or found.display


def first_code(parent: Node, name: str) -> str | None:
    """The code of the first CodeableConcept of a repeating element, or what it says where it has none."""
    found = first_concept(parent, name)
    return None if found is None else found.code or found.display


def joined(parts: Iterable[str | None], separator: str = "; ") -> str | None:
    """The parts that say anything, each once; None when none does."""
    return separator.join(dict.fromkeys(part for part in parts if part)) or None


def number_text(value: float) -> str:
    """A number as people write it: no `.0` of whole ones."""
    return f"{value:.15g}"


@attrs.frozen
class Quantity:
    """A measured amount."""

    value: float | None
    unit: str | None
    comparator: str | None

    def __str__(self) -> str:
        amount = None if self.value is None else f"{self.comparator or ''}{number_text(self.value)}"
        return joined((amount, self.unit), " ") or ""


def quantity(parent: Node, name: str) -> Quantity | None:
    """A Quantity."""
    found = node(parent, name)
    return None if found is None else quantity_of(found)


def quantity_of(found: Node) -> Quantity:
    """What a Quantity object says."""
    return Quantity(number(found, "value"), text(found, "unit") or text(found, "code"), text(found, "comparator"))


def range_text(found: Node) -> str | None:
    """A Range in words."""
    low, high = quantity(found, "low"), quantity(found, "high")
    if low and high:
        unit = high.unit or low.unit
        return joined((f"{number_text(low.value or 0)}-{number_text(high.value or 0)}", unit), " ")
    return f"≥{low}" if low else f"≤{high}" if high else None


def human_name(person: Node, *, with_prefix: bool = False) -> str | None:
    """The name by which to call somebody: the official one, else the usual one, else one that is not past."""
    names = [name for name in nodes(person, "name") if _parts(name)]
    names.sort(key=lambda name: _NAME_ORDER.get(text(name, "use"), _NAME_ORDER[None]))
    if not names:
        return None
    prefix = texts(names[0], "prefix") if with_prefix and not text(names[0], "text") else []
    return " ".join([*prefix, *_parts(names[0])])


_NAME_ORDER: Final = {
    "official": 0,
    "usual": 1,
    None: 2,
    "nickname": 3,
    "anonymous": 3,
    "temp": 4,
    "maiden": 5,
    "old": 5,
}


def _parts(name: Node) -> Sequence[str]:
    written = text(name, "text")
    if written:
        return [written]
    family = text(name, "family")
    return [*texts(name, "given"), *([family] if family else []), *texts(name, "suffix")]


def notes(parent: Node) -> list[str]:
    """The annotations of a resource."""
    return [written for item in nodes(parent, "note") if (written := text(item, "text"))]


def city(person: Node) -> str | None:
    """The city of the first address."""
    return text(first(person, "address"), "city")
