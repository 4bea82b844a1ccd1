"""What a record says of a patient's relatives: a row for each of them, and one below it for each disease."""

from __future__ import annotations

from typing import Final

from .datatypes import SNOMED, Concept, concept, joined, notes, quantity_of, range_text
from .entries import read_patient, required_concept
from .model import EntryContent, Measured, Row
from .nodes import Node, boolean, node, nodes, text
from .references import Scope
from .times import Moment, moment

_KIND: Final = "family"


def read_relative(resource: Node, scope: Scope) -> EntryContent:
    """What a FamilyMemberHistory says.

    Raises:
        Malformed: It cannot be taken.
    """
    relationship = required_concept(resource, "relationship", SNOMED)
    started = moment(resource, "date")
    row = Row(
        kind=_KIND,
        named=relationship,
        status=text(resource, "status"),
        started=started,
        measured=Measured(text=_death(resource)),
        body=joined((text(resource, "name"), *notes(resource)), "\n"),
    )
    return EntryContent(
        patient=read_patient(resource, scope),
        row=row,
        components=tuple(_disease(item, relationship, started) for item in nodes(resource, "condition")),
    )


def _disease(condition: Node, relationship: Concept, started: Moment | None) -> Row:
    outcome = concept(condition, "outcome")
    died_of_it = "contributed to death" if boolean(condition, "contributedToDeath") is True else None
    return Row(
        kind=_KIND,
        named=required_concept(condition, "code", SNOMED),
        category=relationship.display,
        started=started,
        measured=Measured(text=joined((_onset(condition), outcome.display if outcome else None, died_of_it), ", ")),
        body=joined(notes(condition), "\n"),
    )


def _onset(condition: Node) -> str | None:
    return _age(condition, "onset") or text(condition, "onsetString")


def _death(resource: Node) -> str | None:
    if boolean(resource, "deceasedBoolean") is True:
        return "deceased"
    told = _age(resource, "deceased") or text(resource, "deceasedDate") or text(resource, "deceasedString")
    return f"deceased, {told}" if told else None


def _age(parent: Node, name: str) -> str | None:
    age, ages = node(parent, f"{name}Age"), node(parent, f"{name}Range")
    if age is not None:
        return f"at the age of {quantity_of(age)}"
    return range_text(ages) if ages is not None else None
