"""Asking the database for what a batch mentions, and reserving the ids it may need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from psycopg.rows import TupleRow

from smarthealth.storage.pool import PooledConnection

from .datatypes import Concept
from .known import (
    Known,
    Seen,
    Stored,
    StoredMedication,
    StoredPatient,
    StoredPractitioner,
    StoredRecord,
    by_table,
    documents_in,
    names_in,
)
from .model import EntryContent, MedicationContent, OrganizationContent, PatientContent, PractitionerContent, Resource
from .plan import Ids

_ALIASES: Final = "select alias, fhir_id from fhir_alias where alias = any(%s)"
_PATIENTS: Final = """
select fhir_id, id, content_hash, last_updated, birth_date from patient where fhir_id = any(%s)
"""
_PRACTITIONERS: Final = """
select fhir_id, id, content_hash, last_updated, specialty from practitioner where fhir_id = any(%s)
"""
_ORGANIZATIONS: Final = "select fhir_id, id, content_hash, last_updated from organization where fhir_id = any(%s)"
_MEDICATIONS: Final = """
select fhir_id, id, content_hash, last_updated, display, code, code_system from medication where fhir_id = any(%s)
"""
_RECORDS: Final = """
select fhir_id, id, content_hash, last_updated, patient_id,
       case when verification = 'entered-in-error' then '' else display end from record where fhir_id = any(%s)
"""
_DOCUMENTS: Final = """
select document_type, document_number, patient_id from patient_identifier where patient_id = any(%s)
union
select i.document_type, i.document_number, i.patient_id from patient_identifier i
join unnest(%s::smallint[], %s::text[]) as wanted (kind, number)
  on i.document_type = wanted.kind and i.document_number = wanted.number
"""
_SEEN: Final = """
select fhir_id, file_id, position, refused from import_seen where fhir_id = any(%s) and file_id = any(%s)
"""


async def look_up(connection: PooledConnection, resources: Sequence[Resource], file_ids: Sequence[int]) -> Known:
    """What the database knows of every name in a batch.

    Args:
        connection: Within the transaction that will write the batch.
        resources: The batch.
        file_ids: The files of this import.
    """
    names = names_in(resources)
    known = Known(aliases=dict(await _fetch(connection, _ALIASES, names)))
    names.update(known.aliases.values())
    tables = by_table(names)
    for row in await _fetch(connection, _PATIENTS, tables["patients"]):
        known.patients[row[0]] = StoredPatient(id=row[1], content_hash=row[2], last_updated=row[3], birth_date=row[4])
    for row in await _fetch(connection, _PRACTITIONERS, tables["practitioners"]):
        known.practitioners[row[0]] = StoredPractitioner(
            id=row[1], fhir_id=row[0], content_hash=row[2], last_updated=row[3], specialty=row[4]
        )
    for row in await _fetch(connection, _ORGANIZATIONS, tables["organizations"]):
        known.organizations[row[0]] = Stored(id=row[1], content_hash=row[2], last_updated=row[3])
    for row in await _fetch(connection, _MEDICATIONS, tables["medications"]):
        known.medications[row[0]] = StoredMedication(
            id=row[1], content_hash=row[2], last_updated=row[3], named=Concept(row[4], row[5], row[6])
        )
    for row in await _fetch(connection, _RECORDS, tables["records"]):
        known.records[row[0]] = StoredRecord(
            id=row[1], content_hash=row[2], last_updated=row[3], patient_id=row[4], display=row[5]
        )
    await _look_up_documents(connection, resources, known)
    for row in await (await connection.execute(_SEEN, [list(names), list(file_ids)])).fetchall():
        known.seen[row[0]] = Seen(file_id=row[1], position=row[2], refused=row[3])
    return known


async def _look_up_documents(connection: PooledConnection, resources: Sequence[Resource], known: Known) -> None:
    patients = [resource.fhir_id for resource in resources if isinstance(resource.content, PatientContent)]
    if not patients:
        return
    wanted = sorted(documents_in(resources))
    parameters = [
        [known.patients[fhir_id].id for fhir_id in patients if fhir_id in known.patients],
        [kind for kind, _ in wanted],
        [number for _, number in wanted],
    ]
    for row in await (await connection.execute(_DOCUMENTS, parameters)).fetchall():
        known.documents[row[0], row[1]] = row[2]


async def _fetch(connection: PooledConnection, sql: str, names: set[str] | list[str]) -> list[TupleRow]:
    if not names:
        return []
    return await (await connection.execute(sql, [list(names)])).fetchall()


async def reserve_ids(connection: PooledConnection, resources: Sequence[Resource], known: Known) -> Ids:
    """Take from the sequences as many ids as placing the batch may need; those left over are never used."""
    contents = [(resource.fhir_id, resource.content) for resource in resources]
    entries = [(fhir_id, content) for fhir_id, content in contents if isinstance(content, EntryContent)]
    patients = [content for _, content in contents if isinstance(content, PatientContent)]
    people = {attendee.target for _, entry in entries for attendee in entry.attendees}
    people.update(target for patient in patients for target in patient.practitioners)
    places = {entry.organization for _, entry in entries if entry.organization}
    places.update(target for patient in patients for target in patient.practices)
    needs = {
        "patient": _unknown(contents, PatientContent, known.patients),
        "practitioner": _unknown(contents, PractitionerContent, known.practitioners)
        + sum(known.key(target, known.practitioners) is None for target in people)
        + sum(resource.type == "PractitionerRole" for resource in resources),
        "organization": _unknown(contents, OrganizationContent, known.organizations)
        + sum(known.key(target, known.organizations) is None for target in places),
        "medication": _unknown(contents, MedicationContent, known.medications),
        "record": _unknown(contents, EntryContent, known.records) + sum(len(entry.components) for _, entry in entries),
    }
    taken = {table: await _take(connection, table, count) for table, count in needs.items()}
    return Ids(
        patients=taken["patient"],
        practitioners=taken["practitioner"],
        organizations=taken["organization"],
        medications=taken["medication"],
        records=taken["record"],
    )


def _unknown(contents: Sequence[tuple[str, object]], kind: type, table: Mapping[str, Stored]) -> int:
    return sum(isinstance(content, kind) and fhir_id not in table for fhir_id, content in contents)


async def _take(connection: PooledConnection, table: str, count: int) -> Iterator[int]:
    if not count:
        return iter(())
    sql = "select nextval(pg_get_serial_sequence(%s, 'id')) from generate_series(1, %s)"
    rows = await (await connection.execute(sql, [table, count])).fetchall()
    return iter([row[0] for row in rows])
