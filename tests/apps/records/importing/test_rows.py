"""Rows know their columns."""

from __future__ import annotations

from datetime import date

import pytest

from smarthealth.apps.records.importing.datatypes import Concept
from smarthealth.apps.records.importing.model import Measured, Row
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
    SeenRow,
    TableRow,
    WaitingRow,
    columns,
    record_row,
)
from smarthealth.apps.records.importing.times import parse_moment
from smarthealth.storage.pool import Pool


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        ("patient", PatientRow),
        ("patient_identifier", IdentifierRow),
        ("practitioner", PractitionerRow),
        ("organization", OrganizationRow),
        ("medication", MedicationRow),
        ("record", RecordRow),
        ("attendance", AttendanceRow),
        ("fhir_alias", AliasRow),
        ("import_seen", SeenRow),
        ("import_failure", FailureRow),
        ("import_waiting", WaitingRow),
    ],
)
async def test_columns_are_those_of_the_table(pool: Pool, table: str, kind: type[TableRow]) -> None:
    """Every column of a row is one of its table, and of its type but for the width of integers."""
    found: dict[str, str] = dict(
        await pool.fetch("select column_name, data_type from information_schema.columns where table_name = %s", [table])
    )
    for name, sql_type in columns(kind).items():
        expected = {"timestamptz": "timestamp with time zone"}.get(sql_type, sql_type)
        assert found[name] in ({"bigint", "smallint"} if expected == "bigint" else {expected}), name


def test_a_row_of_an_entry_has_what_the_resource_says() -> None:
    """What was extracted, and what its references came to, fill the columns; absent dates stay empty."""
    row = Row(
        kind="observation",
        named=Concept("not this"),
        started=parse_moment("2020-05"),
        ended=parse_moment("2021"),
        measured=Measured(value=1.0, unit="mg", range_low=0.5),
        reason="not this",
    )
    found = record_row(
        row,
        id=1,
        patient_id=2,
        fhir_id="Observation/1",
        named=Concept("this", "c", "s"),
        reason="this",
        encounter_id=3,
        organization_id=4,
    )
    assert (found.display, found.code, found.code_system, found.reason) == ("this", "c", "s", "this")
    assert (found.started_on, found.precision, found.ended_on) == (date(2020, 5, 1), "month", date(2021, 1, 1))
    assert (found.value, found.unit, found.range_low, found.range_high) == (1.0, "mg", 0.5, None)
    assert (found.encounter_id, found.organization_id, found.parent_id, found.component) == (3, 4, None, None)
    bare = record_row(
        Row(kind="condition", named=Concept("x")),
        id=1,
        patient_id=2,
        fhir_id="Condition/1",
        named=Concept("x"),
        reason=None,
        encounter_id=None,
        organization_id=None,
    )
    assert (bare.started_on, bare.started_at, bare.precision, bare.ended_on) == (None, None, None, None)
