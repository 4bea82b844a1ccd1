"""The demo patients' records are there, and import without a flaw."""

from __future__ import annotations

from smarthealth.apps.records.demo.paths import demo_paths
from smarthealth.apps.records.importing import Outcome, import_paths
from smarthealth.storage.patients import Patients
from smarthealth.storage.pool import Pool
from smarthealth.storage.records import Records


async def test_the_demo_patients_are_imported(pool: Pool) -> None:
    """Laura Morales is the first patient, four kinds of documents find somebody, and nothing fails or waits."""
    report = await import_paths(pool, demo_paths())
    assert report.failures == ()
    assert report.total(Outcome.NEW) == report.resources
    patients = Patients(pool)
    laura = await patients.find(8, "30995750")
    assert laura is not None
    assert (laura.id, laura.full_name) == (1, "Laura Morales")
    for kind, number in ((1, "79456123"), (2, "482913"), (3, "1021987654"), (4, "AV482913")):
        assert await patients.find(kind, number) is not None
    again = await import_paths(pool, demo_paths())
    assert again.total(Outcome.UNCHANGED) == report.resources


async def test_lauras_record_is_rich(pool: Pool) -> None:
    """Her record has every kind of entry, trends, ranges, notes in Spanish and who attended her."""
    await import_paths(pool, demo_paths())
    records = await Records(pool).of_patient(1)
    assert {record.kind for record in records} == {
        "encounter",
        "condition",
        "observation",
        "medication",
        "allergy",
        "procedure",
        "immunization",
        "report",
        "document",
        "careplan",
    }
    hba1c = [record.value for record in records if record.code == "4548-4"]
    assert len(hba1c) >= 10
    assert hba1c[0] == 6.6
    assert any(record.range_high for record in records)
    assert any("alergia a la penicilina" in (record.body or "") for record in records)
    assert all(record.practitioners for record in records if record.kind == "encounter")
    assert {record.component for record in records if record.code == "8480-6"} == {0}
