"""A plan becomes SQL that writes it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.model import Row
from smarthealth.apps.records.importing.plan import Plan
from smarthealth.apps.records.importing.rows import (
    AliasRow,
    AttendanceRow,
    FailureRow,
    IdentifierRow,
    MedicationRow,
    OrganizationRow,
    PatientRow,
    PractitionerRow,
    RecordRow,
    ResultRow,
    SeenRow,
    SpecialtyRow,
    WaitingRow,
    record_row,
)
from smarthealth.apps.records.importing.statements import statements
from smarthealth.storage.pool import Pool

NOW = datetime(2020, 1, 2, 3, 4, 5, 678901, UTC)


async def run(pool: Pool, plan: Plan) -> None:
    """Write a plan."""
    for statement in statements(plan):
        await pool.execute(statement.sql, statement.parameters)


def patient(name: str) -> PatientRow:
    """The patient."""
    return PatientRow(
        id=1,
        fhir_id="Patient/1",
        full_name=name,
        search_name="ana",
        gender="female",
        birth_date=date(1980, 1, 2),
        birth_precision="day",
        deceased=True,
        died_on=None,
        city="Bogotá",
        phone="1",
        email="a@b",
        address="Calle 1",
        language="es",
        marital_status="Married",
        contact="Ana, 2",
        practitioner_id=None,
        practice_id=None,
        content_hash="h",
        last_updated=NOW,
    )


def identifier(number: str) -> IdentifierRow:
    """A document of the patient."""
    return IdentifierRow(document_type=1, document_number=number, patient_id=1, written_as=number, system="s", rank=0)


def record(number: int, text: str, *, component: int | None = None, parent_id: int | None = None) -> RecordRow:
    """An entry of the patient."""
    return record_row(
        Row(kind="observation", named=Concept(text), body='línea 1\n"2"'),
        id=number,
        patient_id=1,
        fhir_id=f"Observation/{number}",
        named=Concept(text),
        reason=None,
        encounter_id=None,
        organization_id=1,
        component=component,
        parent_id=parent_id,
        last_updated=NOW,
    )


def practitioner(name: str) -> PractitionerRow:
    """The practitioner."""
    return PractitionerRow(
        id=1, fhir_id="Practitioner/1", full_name=name, specialty=None, content_hash="h", last_updated=None
    )


async def fill(pool: Pool) -> None:
    """Write a first plan: one of everything."""
    await pool.execute("insert into import_file (path, size, modified_ns) values ('a', 1, 1)")
    plan = Plan()
    plan.patients.new.append(patient("Ana"))
    plan.identifiers.append(identifier("7"))
    plan.practitioners.new.append(practitioner("Dr. A"))
    plan.organizations.new.append(
        OrganizationRow(id=1, fhir_id="Organization/1", name="C", content_hash=None, last_updated=None)
    )
    plan.medications.new.append(
        MedicationRow(
            id=1, fhir_id="Medication/1", code=None, code_system=None, display="d", content_hash="h", last_updated=None
        )
    )
    plan.records.new += [
        record(1, "whole"),
        record(2, "part", component=0, parent_id=1),
        record(3, "report"),
        record(4, "result"),
    ]
    plan.attendances.append(AttendanceRow(record_id=1, practitioner_id=1, role="performer"))
    plan.results[4] = ResultRow(id=4, parent_id=3)
    plan.specialties[1] = SpecialtyRow(id=1, specialty="Cardiology")
    plan.aliases["a"] = AliasRow(alias="a", fhir_id="Patient/1")
    plan.seen["Patient/1"] = SeenRow(fhir_id="Patient/1", file_id=1, position=1, refused=False)
    plan.waiting.append(WaitingRow(file_id=1, rank=1, position=1, resource="{}"))
    plan.failures.append(FailureRow(file_id=1, position=1, resource_type="Claim", reason="why"))
    await run(pool, plan)


def test_nothing_to_write_is_no_statement() -> None:
    """An empty plan costs nothing."""
    assert statements(Plan()) == ()


async def test_new_rows_are_inserted(pool: Pool) -> None:
    """Every kind of row goes into its table as it is."""
    await fill(pool)
    assert await pool.fetch("select full_name, birth_date, deceased, city, last_updated, revision from patient") == [
        ("Ana", date(1980, 1, 2), True, "Bogotá", NOW, 1)
    ]
    assert await pool.fetch("select id, display, parent_id, component, body from record order by id") == [
        (1, "whole", None, None, 'línea 1\n"2"'),
        (2, "part", 1, 0, 'línea 1\n"2"'),
        (3, "report", None, None, 'línea 1\n"2"'),
        (4, "result", 3, None, 'línea 1\n"2"'),
    ]
    assert await pool.fetch("select full_name, specialty from practitioner") == [("Dr. A", "Cardiology")]
    for table in ("patient_identifier", "organization", "medication", "attendance", "fhir_alias", "import_seen"):
        assert await pool.fetch_one(f"select count(*) from {table}") == (1,), table
    for table in ("import_waiting", "import_failure"):
        assert await pool.fetch_one(f"select count(*) from {table}") == (1,), table


async def test_changed_rows_replace_what_belonged_to_them(pool: Pool) -> None:
    """A changed record has new components and people, and stays the report's; a changed patient new documents."""
    await fill(pool)
    plan = Plan()
    plan.patients.changed.append(patient("Ana María"))
    plan.identifiers.append(identifier("8"))
    plan.records.changed += [record(1, "whole now"), record(4, "result now")]
    plan.records.new.append(record(5, "new part", component=0, parent_id=1))
    plan.touched.add(1)
    plan.aliases["a"] = AliasRow(alias="a", fhir_id="Patient/2")
    plan.seen["Patient/1"] = SeenRow(fhir_id="Patient/1", file_id=1, position=2, refused=True)
    await run(pool, plan)
    assert await pool.fetch("select full_name, revision from patient") == [("Ana María", 2)]
    assert await pool.fetch("select document_number from patient_identifier") == [("8",)]
    assert await pool.fetch("select id, display, parent_id from record order by id") == [
        (1, "whole now", None),
        (3, "report", None),
        (4, "result now", 3),
        (5, "new part", 1),
    ]
    assert await pool.fetch("select * from attendance") == []
    assert await pool.fetch("select fhir_id from fhir_alias") == [("Patient/2",)]
    assert await pool.fetch("select position, refused from import_seen") == [(2, True)]


async def test_a_changed_report_has_other_results(pool: Pool) -> None:
    """What a report no longer lists is no result of it; what another report has already stays there."""
    await fill(pool)
    plan = Plan()
    plan.records.changed.append(record(3, "report now"))
    plan.records.new.append(record(5, "other report"))
    plan.results[1] = ResultRow(id=1, parent_id=3)
    await run(pool, plan)
    assert await pool.fetch("select id, parent_id from record where id in (1, 4) order by id") == [(1, 3), (4, None)]
    plan = Plan()
    plan.results[1] = ResultRow(id=1, parent_id=5)
    await run(pool, plan)
    assert await pool.fetch("select parent_id from record where id = 1") == [(3,)]


async def test_what_is_retracted_goes_with_its_components(pool: Pool) -> None:
    """A retracted observation leaves nothing; a retracted report leaves its results."""
    await fill(pool)
    await run(pool, Plan(retracted=[1, 3]))
    assert await pool.fetch("select id, parent_id from record order by id") == [(4, None)]
