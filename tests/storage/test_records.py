"""A patient's entries come with who took part and where."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from smarthealth.storage.pool import Pool
from smarthealth.storage.records import Kind, Records


async def insert(pool: Pool, sql: str, *values: object) -> int:
    """Insert a row; its id."""
    row = await pool.fetch_one(f"{sql} returning id", values)
    assert row is not None
    return int(row[0])


async def add_patient(pool: Pool, name: str) -> int:
    """Store a patient."""
    return await insert(pool, "insert into patient (fhir_id, full_name, search_name) values (%s, %s, '')", name, name)


async def add_record(pool: Pool, patient_id: int, kind: Kind, fhir_id: str, day: str | None, **columns: object) -> int:
    """Store an entry that started on a day."""
    values: dict[str, object] = {
        "patient_id": patient_id,
        "kind": kind,
        "fhir_id": fhir_id,
        "display": fhir_id,
        "started_on": day,
        "started_at": f"{day}T00:00:00Z" if day else None,
        **columns,
    }
    names, places = ", ".join(values), ", ".join(["%s"] * len(values))
    return await insert(pool, f"insert into record ({names}) values ({places})", *values.values())


async def test_an_entry_has_everything_the_table_has(pool: Pool) -> None:
    """Every column comes out, with the names of people, each once and in order, and of the place."""
    laura = await add_patient(pool, "Laura")
    clinic = await insert(pool, "insert into organization (fhir_id, name) values ('Organization/1', 'Clínica')")
    record = await add_record(
        pool,
        laura,
        "observation",
        "Observation/1",
        "2020-01-02",
        value=6.6,
        unit="%",
        range_low=4.0,
        interpretation="H",
        precision="instant",
        verification="confirmed",
        organization_id=clinic,
    )
    for name in ("Dra. B", "Dr. A"):
        who = await insert(pool, "insert into practitioner (fhir_id, full_name) values (%s, %s)", name, name)
        for role in ("performer", "author"):
            await pool.execute("insert into attendance values (%s, %s, %s)", [record, who, role])
    found = await Records(pool).find("Observation/1")
    assert found is not None
    assert (found.id, found.patient_id, found.kind, found.component) == (record, laura, "observation", None)
    assert (found.value, found.unit, found.range_low, found.range_high) == (6.6, "%", 4.0, None)
    assert (found.started_on, found.started_at) == (date(2020, 1, 2), datetime(2020, 1, 2, tzinfo=UTC))
    assert (found.precision, found.interpretation, found.verification) == ("instant", "H", "confirmed")
    assert (found.practitioners, found.organization) == (("Dr. A", "Dra. B"), "Clínica")
    assert await Records(pool).find("Observation/2") is None


@pytest.mark.parametrize(
    ("kinds", "since", "until", "limit", "offset", "expected"),
    [
        (None, None, None, None, 0, ["d", "c", "b", "a", "undated"]),
        (["condition"], None, None, None, 0, ["c", "a"]),
        ([], None, None, None, 0, []),
        (None, date(2015, 1, 1), None, None, 0, ["d", "c", "b"]),
        (None, None, date(2015, 1, 1), None, 0, ["b", "a"]),
        (None, None, None, 2, 1, ["c", "b"]),
    ],
)
async def test_entries_are_selected_the_latest_first(
    pool: Pool,
    kinds: Sequence[Kind] | None,
    since: date | None,
    until: date | None,
    limit: int | None,
    offset: int,
    expected: list[str],
) -> None:
    """Kinds and days select, both ends included; the latest come first and the undated last, of that patient alone."""
    laura, other = await add_patient(pool, "Laura"), await add_patient(pool, "Other")
    await add_record(pool, laura, "condition", "a", "2014-12-31")
    await add_record(pool, laura, "procedure", "b", "2015-01-01")
    await add_record(pool, laura, "condition", "c", "2016-01-01")
    await add_record(pool, laura, "procedure", "d", "2017-01-01")
    await add_record(pool, laura, "document", "undated", None)
    await add_record(pool, other, "condition", "other", "2015-01-01")
    found = await Records(pool).of_patient(laura, kinds=kinds, since=since, until=until, limit=limit, offset=offset)
    assert [record.fhir_id for record in found] == expected


async def test_entries_of_other_patients_are_not_given_out(pool: Pool) -> None:
    """Ids select among the patient's own entries."""
    laura, other = await add_patient(pool, "Laura"), await add_patient(pool, "Other")
    mine = await add_record(pool, laura, "condition", "mine", "2015-01-01")
    foreign = await add_record(pool, other, "condition", "foreign", "2015-01-01")
    assert [record.fhir_id for record in await Records(pool).of_ids(laura, [mine, foreign])] == ["mine"]
