"""Placing entries: finding whose they are and what they refer to, and writing their rows."""

from __future__ import annotations

from contextlib import suppress

import attrs

from .datatypes import Concept, joined
from .desk import Desk, content_hash
from .errors import Malformed
from .known import StoredRecord
from .model import EntryContent, Resource, Retraction
from .placing_people import find_organization, find_practitioner
from .references import Target
from .report import Outcome
from .rows import AttendanceRow, ResultRow, record_row


@attrs.frozen(kw_only=True)
class _Links:
    """What an entry's references came to."""

    patient_id: int
    encounter_id: int | None
    organization_id: int | None
    attendances: tuple[tuple[int, str], ...]
    """(practitioner, role)."""
    named: Concept
    reason: str | None
    results: tuple[int, ...]


def place_entry(desk: Desk, resource: Resource, content: EntryContent) -> Outcome:
    """Place an entry.

    Raises:
        Malformed: Its patient is unknown, or it contradicts another of this import.
        Waits: What it refers to may yet come.
    """
    return _put(desk, resource, content, retracts=False)


def _put(desk: Desk, resource: Resource, content: EntryContent, *, retracts: bool) -> Outcome:
    links = _resolve(desk, content)
    digest = content_hash(content.row, content.components, links)
    stored = desk.known.records.get(resource.fhir_id)
    outcome = desk.verdict(resource, stored, digest, retracts=retracts)
    if outcome is Outcome.UNCHANGED:
        return outcome
    record_id = stored.id if stored else next(desk.ids.records)
    _write(desk, resource, content, links, record_id, digest, is_new=stored is None)
    desk.plan.touched.update({links.patient_id} | ({stored.patient_id} if stored else set()))
    desk.known.records[resource.fhir_id] = StoredRecord(
        id=record_id,
        content_hash=digest,
        last_updated=resource.last_updated,
        patient_id=links.patient_id,
        # a mistake is nothing's reason
        display="" if retracts else links.named.display,
    )
    return outcome


def retract(desk: Desk, resource: Resource, content: Retraction) -> Outcome:
    """Take back an entry that says it was entered in error: what stays of it is its name and its day.

    Raises:
        Waits: The entry itself waits, or what it refers to.
    """
    if content.remains is not None:
        with suppress(Malformed):
            return _put(desk, resource, content.remains, retracts=True)
    stored = desk.known.records.pop(resource.fhir_id, None)
    if stored is None:
        if desk.is_second(resource):
            desk.wait_unless_final()
        return Outcome.SKIPPED
    desk.plan.retracted.append(stored.id)
    desk.plan.touched.add(stored.patient_id)
    return Outcome.CHANGED


def _resolve(desk: Desk, content: EntryContent) -> _Links:
    patient_id = _patient(desk, content.patient)
    organization = find_organization(desk, content.organization) if content.organization else None
    attended = ((find_practitioner(desk, attendee.target), attendee.role) for attendee in content.attendees)
    return _Links(
        patient_id=patient_id,
        encounter_id=next(iter(_records(desk, (content.encounter,), patient_id)), None),
        organization_id=organization.id if organization else None,
        attendances=tuple(dict.fromkeys((who.id, role) for who, role in attended if who is not None)),
        named=_name(desk, content),
        reason=_reason(desk, content),
        results=_records(desk, content.results, patient_id),
    )


def _patient(desk: Desk, target: Target) -> int:
    """Whose entry it is.

    An entry waits for its patient to be met in this import although the database has one of the same id: the patient may
    yet turn out to be another person, whose id is from another source.
    """
    key = desk.known.key(target, desk.known.patients)
    seen = desk.known.seen.get(key) if key else None
    if seen is not None and seen.refused:
        raise Malformed("its patient was refused")
    if seen is None:
        desk.wait_unless_final()
    if key is None:
        raise Malformed("unknown patient")
    return desk.known.patients[key].id


def _records(desk: Desk, targets: tuple[Target | None, ...], patient_id: int) -> tuple[int, ...]:
    """The entries that targets point to, those of other patients left out: a link across records would mix them."""
    found: list[int] = []
    for target in targets:
        if target is None:
            continue
        record = desk.known.find(target, desk.known.records)
        if record is None:
            desk.wait_unless_final()
        elif record.patient_id == patient_id:
            found.append(record.id)
    return tuple(found)


def _name(desk: Desk, content: EntryContent) -> Concept:
    if content.medication is None:
        return content.row.named
    medication = desk.known.find(content.medication, desk.known.medications)
    if medication is not None:
        return medication.named
    desk.wait_unless_final()
    if not content.row.named.display:
        raise Malformed("unknown medication")
    return content.row.named


def _reason(desk: Desk, content: EntryContent) -> str | None:
    said = [content.row.reason]
    for target in content.reasons:
        record = desk.known.find(target, desk.known.records)
        if record is None:
            desk.wait_unless_final()
        else:
            said.append(record.display)
    return joined(said)


def _write(
    desk: Desk,
    resource: Resource,
    content: EntryContent,
    links: _Links,
    record_id: int,
    digest: str,
    *,
    is_new: bool,
) -> None:
    plan = desk.plan
    row = record_row(
        content.row,
        id=record_id,
        patient_id=links.patient_id,
        fhir_id=resource.fhir_id,
        named=links.named,
        reason=links.reason,
        encounter_id=links.encounter_id,
        organization_id=links.organization_id,
        content_hash=digest,
        last_updated=resource.last_updated,
    )
    (plan.records.new if is_new else plan.records.changed).append(row)
    for number, component in enumerate(content.components):
        plan.records.new.append(
            record_row(
                component,
                id=next(desk.ids.records),
                patient_id=links.patient_id,
                fhir_id=f"{resource.fhir_id}#{number}",
                named=component.named,
                reason=None,
                encounter_id=links.encounter_id,
                organization_id=links.organization_id,
                component=number,
                parent_id=record_id,
            )
        )
    plan.attendances += [
        AttendanceRow(record_id=record_id, practitioner_id=who, role=role) for who, role in links.attendances
    ]
    for result in links.results:
        plan.results.setdefault(result, ResultRow(id=result, parent_id=record_id))
