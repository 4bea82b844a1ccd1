"""How to reach a patient: telephone, e-mail, address, language, civil status, and whom to call."""

from __future__ import annotations

from typing import Final

from .datatypes import concept, concept_of, concept_texts, human_name, joined
from .nodes import Node, boolean, node, nodes, text, texts

_PAST: Final = "old"
"""The use of a telecom or an address that is no longer theirs."""
_PHONES: Final = ("phone", "sms")
_MARITAL: Final = {
    "A": "Annulled",
    "C": "Common law",
    "D": "Divorced",
    "I": "Interlocutory",
    "L": "Legally separated",
    "M": "Married",
    "P": "Polygamous",
    "S": "Never married",
    "T": "Domestic partner",
    "U": "Unmarried",
    "W": "Widowed",
}
"""What the codes of v3-MaritalStatus stand for, where a record has nothing but the code."""


def phone(person: Node) -> str | None:
    """The telephone numbers in use, the preferred one first."""
    return _telecoms(person, _PHONES)


def email(person: Node) -> str | None:
    """The e-mail addresses in use, the preferred one first."""
    return _telecoms(person, ("email",))


def _telecoms(person: Node, systems: tuple[str, ...]) -> str | None:
    found = [
        (number if isinstance(number := item.get("rank"), int) else len(systems) + index + 100, value)
        for index, item in enumerate(nodes(person, "telecom"))
        if text(item, "system") in systems and text(item, "use") != _PAST and (value := text(item, "value"))
    ]
    return joined((value for _, value in sorted(found)), ", ")


def address(person: Node) -> str | None:
    """The first address that is still theirs, on one line."""
    for item in nodes(person, "address"):
        if text(item, "use") == _PAST:
            continue
        parts = [*texts(item, "line"), *(text(item, name) for name in ("city", "state", "postalCode", "country"))]
        written = text(item, "text") or joined(parts, ", ")
        if written:
            return written
    return None


def language(person: Node) -> str | None:
    """The languages that somebody speaks, the preferred one first."""
    spoken = sorted(nodes(person, "communication"), key=lambda item: boolean(item, "preferred") is not True)
    said = (concept(item, "language") for item in spoken)
    return joined((found.display for found in said if found is not None), ", ")


def marital_status(person: Node) -> str | None:
    """Whether somebody is married; a bare code in words."""
    found = concept(person, "maritalStatus")
    if found is None:
        return None
    codings = nodes(node(person, "maritalStatus") or {}, "coding")
    named = (
        said.display for coding in codings if (said := concept_of({"coding": [coding]})) and said.display != said.code
    )
    return _MARITAL.get(found.display) or (found.display if len(found.display) > 1 else next(named, found.display))


def contact(person: Node) -> str | None:
    """Whom to call: relationship, name and number of each."""
    return joined(
        joined((joined(concept_texts(item, "relationship"), ", "), _name(item), phone(item)), ", ")
        for item in nodes(person, "contact")
    )


def _name(item: Node) -> str | None:
    name = node(item, "name")
    return None if name is None else human_name({"name": [name]})
