"""What resources about a patient have in common: whose they are, in which encounter, who took part, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .datatypes import Concept, coding, concept, concept_texts, first_concept, joined
from .errors import Malformed
from .model import Attendee
from .nodes import Node, node, nodes, text
from .references import ORGANIZATION, PATIENT, PEOPLE, Scope, Target, target

_ENCOUNTER: Final = ("Encounter",)
_REASONS: Final = ("Condition", "Observation", "Procedure")
_PARTICIPANT: Final = "participant"


def read_patient(resource: Node, scope: Scope) -> Target:
    """Whose entry a resource is.

    Raises:
        Malformed: It says of nobody, or not of a patient.
    """
    reference = node(resource, "subject") or node(resource, "patient")
    if reference is None:
        raise Malformed("no patient")
    found = target(reference, PATIENT, scope)
    if found is None:
        raise Malformed("its subject is no patient")
    return found


def read_encounter(parent: Node, scope: Scope) -> Target | None:
    """In which encounter an entry was made."""
    return reference_target(parent, "encounter", _ENCOUNTER, scope)


def reference_target(parent: Node, name: str, types: Sequence[str], scope: Scope) -> Target | None:
    """What an element that is a reference points to."""
    reference = node(parent, name)
    return None if reference is None else target(reference, types, scope)


def read_organization(parent: Node, name: str, scope: Scope) -> Target | None:
    """The organization that an element names."""
    return reference_target(parent, name, ORGANIZATION, scope)


def person(parent: Node, name: str, scope: Scope) -> list[Attendee]:
    """The one person whom an element names, in the role of the element's name."""
    return people([node(parent, name) or {}], name, scope)


def people(references: Sequence[Node], role: str, scope: Scope, *, exclusive: bool = True) -> list[Attendee]:
    """The people among those referred to."""
    found = (target(reference, PEOPLE, scope, exclusive=exclusive) for reference in references)
    return [Attendee(target=who, role=role) for who in found if who is not None]


def participants(encounter: Node, scope: Scope) -> list[Attendee]:
    """Who took part in an encounter, as what."""
    found: list[Attendee] = []
    for item in nodes(encounter, "participant"):
        role = first_concept(item, "type")
        found += people([node(item, "individual") or {}], role.display if role else _PARTICIPANT, scope)
    return found


def performers(resource: Node, scope: Scope, name: str = "performer") -> tuple[list[Attendee], Target | None]:
    """The people and the organization among a list of references of both."""
    return _sorted_out(nodes(resource, name), "performer", scope)


def actors(resource: Node, scope: Scope) -> tuple[list[Attendee], Target | None]:
    """The people, as what, and the organization who performed a procedure or gave a vaccine."""
    attendees: list[Attendee] = []
    organization: Target | None = None
    for item in nodes(resource, "performer"):
        function = concept(item, "function")
        who, where = _sorted_out([node(item, "actor") or {}], function.display if function else "performer", scope)
        attendees += who
        organization = organization or where or read_organization(item, "onBehalfOf", scope)
    return attendees, organization


def _sorted_out(references: Sequence[Node], role: str, scope: Scope) -> tuple[list[Attendee], Target | None]:
    attendees = people(references, role, scope, exclusive=False)
    organizations = (target(reference, ORGANIZATION, scope, exclusive=False) for reference in references)
    return attendees, next((found for found in organizations if found is not None), None)


def reasons(resource: Node, scope: Scope) -> tuple[str | None, tuple[Target, ...]]:
    """Why: what the resource itself says, and the entries it leaves it to."""
    return referred_reasons(resource, "reasonReference", scope, concept_texts(resource, "reasonCode"))


def referred_reasons(
    resource: Node, name: str, scope: Scope, said: Sequence[str] = ()
) -> tuple[str | None, tuple[Target, ...]]:
    """As `reasons`, by the references of another element."""
    displays = list(said)
    targets: list[Target] = []
    for reference in nodes(resource, name):
        display = text(reference, "display")
        found = None if display else target(reference, _REASONS, scope)
        displays += [display] if display else []
        targets += [found] if found else []
    return joined(displays), tuple(targets)


def required_concept(resource: Node, name: str, system: str) -> Concept:
    """The concept that names an entry.

    Raises:
        Malformed: There is none.
    """
    found = concept(resource, name, system)
    if found is None:
        raise Malformed(f"no {name}")
    return found


def labelled(label: str, said: str | None) -> str | None:
    """A line of an entry's text that says one thing of it under a label."""
    return f"{label}: {said}" if said else None


def concept_line(label: str, parent: Node, name: str) -> str | None:
    """A labelled line of what a CodeableConcept says."""
    found = concept(parent, name)
    return labelled(label, found.display if found else None)


def display_line(label: str, parent: Node, name: str) -> str | None:
    """A labelled line of what a Reference displays."""
    return labelled(label, text(node(parent, name) or {}, "display"))


def sites(resource: Node) -> str | None:
    """Where on the body, as a note says it."""
    value = resource.get("bodySite")
    found = concept_texts(resource, "bodySite") if isinstance(value, list) else [_site(resource)]
    said = joined(found, ", ")
    return f"Body site: {said}" if said else None


def _site(resource: Node) -> str | None:
    found = concept(resource, "bodySite")
    return found.display if found else None


def class_of(encounter: Node) -> Concept | None:
    """The class of an encounter."""
    return coding(encounter, "class")
