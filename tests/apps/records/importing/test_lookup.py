"""The database is asked for what a batch mentions, once."""

from __future__ import annotations

from datetime import UTC, date, datetime

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.identities import IdentityDocument
from smarthealth.apps.records.importing.known import Known, Seen
from smarthealth.apps.records.importing.lookup import look_up, reserve_ids
from smarthealth.apps.records.importing.model import (
    Attendee,
    Content,
    EntryContent,
    MedicationContent,
    OrganizationContent,
    PatientContent,
    PractitionerContent,
    Resource,
    RoleContent,
    Row,
)
from smarthealth.apps.records.importing.references import Target
from smarthealth.storage.pool import Pool

NOW = datetime(2020, 1, 2, tzinfo=UTC)


def at(*names: str) -> Target:
    """A target."""
    return Target(candidates=names)


def resource(fhir_id: str, content: Content) -> Resource:
    """A resource."""
    kind = fhir_id.partition("/")[0]
    return Resource(file_id=1, position=1, type=kind, fhir_id=fhir_id, last_updated=None, aliases=(), content=content)


def patient(fhir_id: str, *numbers: str) -> Resource:
    """A patient."""
    return resource(
        fhir_id,
        PatientContent(
            full_name="A",
            search_name="a",
            gender=None,
            birth_date=None,
            birth_precision=None,
            deceased=False,
            died_on=None,
            city=None,
            documents=tuple(IdentityDocument(1, number, number, None, 0) for number in numbers),
        ),
    )


ROW = Row(kind="observation", named=Concept("x"))
ENTRY = resource(
    "Observation/1",
    EntryContent(
        patient=at("Patient?identifier=s|1"),
        row=ROW,
        components=(ROW, ROW),
        organization=at("Organization/1"),
        medication=at("Medication/1"),
        attendees=(
            Attendee(target=at("PractitionerRole/1"), role="x"),
            Attendee(target=at("Practitioner/2"), role="x"),
        ),
    ),
)


async def fill(pool: Pool) -> None:
    """Store one of everything, the patient with a document."""
    for statement in (
        "insert into patient (id, fhir_id, full_name, search_name, birth_date, content_hash) overriding system value"
        " values (1, 'Patient/1', 'A', 'a', '1980-01-02', 'hp')",
        "insert into patient_identifier (document_type, document_number, patient_id, written_as) values (1, '7', 1, '7')",
        "insert into patient (id, fhir_id, full_name, search_name) overriding system value values (2, 'Patient/2', 'B', 'b')",
        "insert into patient_identifier (document_type, document_number, patient_id, written_as) values (1, '8', 2, '8')",
        "insert into practitioner (id, fhir_id, full_name, specialty) overriding system value"
        " values (3, 'Practitioner/1', 'Dr.', 'Cardiology')",
        "insert into organization (id, fhir_id, name) overriding system value values (4, 'Organization/1', 'C')",
        "insert into medication (id, fhir_id, display, code, code_system) overriding system value"
        " values (5, 'Medication/1', 'drug', 'd', 's')",
        "insert into record (id, patient_id, kind, fhir_id, display, last_updated) overriding system value"
        " values (6, 1, 'observation', 'Observation/1', 'x', '2020-01-02T00:00:00Z')",
        "insert into fhir_alias values ('Patient?identifier=s|1', 'Patient/1'), ('PractitionerRole/1', 'Practitioner/1')",
        "insert into import_file (path, size, modified_ns) values ('a', 1, 1), ('b', 1, 1)",
        "insert into import_seen values ('Patient/1', 1, 9, true), ('Patient/2', 2, 9, false)",
    ):
        await pool.execute(statement)


async def known_of(pool: Pool, *batch: Resource) -> Known:
    """What is known of a batch in an import of the first file."""
    async with pool.connection() as connection:
        return await look_up(connection, batch, [1])


async def test_what_is_mentioned_is_known_by_any_name(pool: Pool) -> None:
    """Aliases lead to what they stand for, and every table gives its rows by FHIR id."""
    await fill(pool)
    known = await known_of(pool, ENTRY)
    assert known.find(at("Patient?identifier=s|1"), known.patients) is known.patients["Patient/1"]
    assert (known.patients["Patient/1"].content_hash, known.patients["Patient/1"].birth_date) == (
        "hp",
        date(1980, 1, 2),
    )
    practitioner = known.find(at("PractitionerRole/1"), known.practitioners)
    assert practitioner is not None
    assert (practitioner.id, practitioner.specialty) == (3, "Cardiology")
    assert known.organizations["Organization/1"].id == 4
    assert known.medications["Medication/1"].named == Concept("drug", "d", "s")
    record = known.records["Observation/1"]
    assert (record.id, record.patient_id, record.last_updated) == (6, 1, NOW)
    assert known.documents == {}


async def test_documents_are_known_of_whom_and_by_whom(pool: Pool) -> None:
    """Of a batch's patients all documents are known, and of every document they claim who has it."""
    await fill(pool)
    known = await known_of(pool, patient("Patient/1", "8", "9"))
    assert known.documents == {(1, "7"): 1, (1, "8"): 2}
    assert (await known_of(pool, patient("Patient/9"))).documents == {}


async def test_only_this_import_has_seen_anything(pool: Pool) -> None:
    """What other imports have seen does not count."""
    await fill(pool)
    known = await known_of(pool, patient("Patient/1"), patient("Patient/2"))
    assert known.seen == {"Patient/1": Seen(file_id=1, position=9, refused=True)}


async def test_enough_ids_are_reserved(pool: Pool) -> None:
    """There is a fresh id for every row that placing may write, and for none that is there already."""
    await fill(pool)
    batch = [
        ENTRY,
        patient("Patient/1"),
        patient("Patient/3"),
        resource("Practitioner/9", PractitionerContent(full_name="x")),
        resource("PractitionerRole/9", RoleContent(practitioner=at("Practitioner/9"), specialty=None)),
        resource("Organization/9", OrganizationContent(name="x")),
        resource("Medication/1", MedicationContent(named=Concept("x"))),
    ]
    async with pool.connection() as connection:
        known = await look_up(connection, batch, [1])
        ids = await reserve_ids(connection, batch, known)
        again = await reserve_ids(connection, batch, known)
    # one unknown practitioner among the attendees, one new, and one that the role may have to name
    counts = [
        len(list(each)) for each in (ids.patients, ids.practitioners, ids.organizations, ids.medications, ids.records)
    ]
    assert counts == [1, 3, 1, 0, 2]
    assert len({*again.records}) == 2


async def test_an_empty_batch_asks_for_nothing(pool: Pool) -> None:
    """Nothing mentioned, nothing known, no id taken."""
    async with pool.connection() as connection:
        known = await look_up(connection, [], [1])
        assert known == Known()
        assert list((await reserve_ids(connection, [], known)).records) == []
