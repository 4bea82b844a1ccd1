"""Deciding what becomes of each resource of a batch: pure, given what the database knows.

A resource goes to its row when everything it refers to is known. Else it waits, until all files are read; then, in the last
pass, what is still unknown is left out: whom nobody knows is stored by the name that the reference gives, and an entry
without a patient fails. So the order of resources and files does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from .desk import Desk, Waits
from .errors import Malformed
from .known import Known
from .model import (
    EntryContent,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    Retraction,
    RoleContent,
    rank,
)
from .placing_entries import place_entry, retract
from .placing_people import (
    place_medication,
    place_organization,
    place_patient,
    place_practitioner,
    place_role,
)
from .plan import Ids, Plan
from .report import Outcome


def place(resources: Iterable[Resource], known: Known, ids: Ids, *, is_final: bool) -> Plan:
    """Decide what becomes of each resource of a batch.

    Args:
        resources: The batch.
        known: What the database knows of every name in it; added to.
        ids: Fresh ids, as many as the batch may need.
        is_final: Whether all files are read.
    """
    desk = Desk(known=known, ids=ids, is_final=is_final)
    for resource in sorted(resources, key=rank):
        try:
            outcome = _place(desk, resource)
        except Waits:
            desk.put_off(resource)
        except Malformed as error:
            desk.fail(resource, error.reason)
            continue
        else:
            desk.plan.tally[resource.file_id, resource.type, outcome] += 1
        desk.see(resource)
    return desk.plan


def _place(desk: Desk, resource: Resource) -> Outcome:
    match resource.content:
        case EntryContent() as content:
            return place_entry(desk, resource, content)
        case PatientContent() as content:
            return place_patient(desk, resource, content)
        case PractitionerContent() as content:
            return place_practitioner(desk, resource, content)
        case OrganizationContent() as content:
            return place_organization(desk, resource, content)
        case RoleContent() as content:
            return place_role(desk, resource, content)
        case MedicationContent() as content:
            return place_medication(desk, resource, content)
        case Retraction() as content:
            return retract(desk, resource, content)
        case _:
            assert_never(resource.content)
