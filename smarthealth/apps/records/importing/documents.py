"""Documents: what a DocumentReference says, with the text in it."""

from __future__ import annotations

from .attachments import attached_text, unread_types
from .datatypes import LOINC, Concept, concept, first_code
from .entries import people, person, read_organization, read_patient
from .model import EntryContent, Measured, Row
from .nodes import Node, node, nodes, text
from .references import Scope, target
from .times import moment, period


def read_document(resource: Node, scope: Scope) -> EntryContent:
    """What a DocumentReference says.

    Raises:
        Malformed: It cannot be taken.
    """
    context = node(resource, "context") or {}
    attachments = [found for item in nodes(resource, "content") if (found := node(item, "attachment")) is not None]
    written = attached_text(attachments)
    encounters = (
        target(reference, ("Encounter",), scope, exclusive=False) for reference in nodes(context, "encounter")
    )
    made = (moment(attachment, "creation") for attachment in attachments)
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=next((found for found in encounters if found is not None), None),
        organization=read_organization(resource, "custodian", scope),
        attendees=tuple(
            people(nodes(resource, "author"), "author", scope, exclusive=False)
            + person(resource, "authenticator", scope)
        ),
        row=Row(
            kind="document",
            named=concept(resource, "type", LOINC) or Concept(text(resource, "description") or "Document"),
            category=first_code(resource, "category"),
            status=text(resource, "status"),
            started=moment(resource, "date")
            or period(context, "period").start
            or next((when for when in made if when is not None), None),
            measured=Measured(text=None if written else _unread(unread_types(attachments))),
            body=written or text(resource, "description"),
        ),
    )


def _unread(types: str | None) -> str | None:
    return f"attachment without text here: {types}" if types else None
