"""Who looks after a patient together: care teams."""

from __future__ import annotations

from typing import Final

from .datatypes import SNOMED, Concept, first_concept, joined, notes
from .entries import labelled, people, read_encounter, read_organization, read_patient
from .model import Attendee, EntryContent, Row
from .nodes import Node, node, nodes, text
from .references import ORGANIZATION, PEOPLE, Scope, Target, target
from .times import moment, period

_MEMBER: Final = "member"
_NAMELESS: Final = Concept("Care team")


def read_care_team(resource: Node, scope: Scope) -> EntryContent:
    """What a CareTeam says: its members are those who attend, each in a role; who is no practitioner stands in the text.

    Raises:
        Malformed: It cannot be taken.
    """
    when = period(resource, "period")
    category = first_concept(resource, "category", SNOMED)
    title = text(resource, "name")
    members = nodes(resource, "participant")
    named = (
        Concept(title, category.code if category else None, category.system if category else None)
        if title
        else category
    )
    return EntryContent(
        patient=read_patient(resource, scope),
        encounter=read_encounter(resource, scope),
        organization=_organization(resource, scope),
        attendees=tuple(attendee for member in members for attendee in _practitioner(member, scope)),
        row=Row(
            kind="careteam",
            named=named or _NAMELESS,
            category=category.display if category else None,
            status=text(resource, "status"),
            started=when.start or moment(resource, "created"),
            ended=when.end,
            body=joined((*(_other(member, scope) for member in members), *notes(resource)), "\n"),
        ),
    )


def _organization(resource: Node, scope: Scope) -> Target | None:
    managing = nodes(resource, "managingOrganization")
    return read_organization({"organization": managing[0]}, "organization", scope) if managing else None


def _role(member: Node) -> str:
    role = first_concept(member, "role")
    return role.display if role else _MEMBER


def _practitioner(member: Node, scope: Scope) -> list[Attendee]:
    return people([node(member, "member") or {}], _role(member), scope, exclusive=False)


def _other(member: Node, scope: Scope) -> str | None:
    """A member who is no practitioner: a relative, an organization."""
    reference = node(member, "member") or {}
    if target(reference, PEOPLE, scope, exclusive=False) is not None:
        return None
    where = target(reference, ORGANIZATION, scope, exclusive=False)
    return labelled(_role(member), text(reference, "display") or (where.display if where else None))
