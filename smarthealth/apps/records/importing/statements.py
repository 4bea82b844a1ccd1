"""From a plan to SQL: every table's rows go in as one JSON array, which PostgreSQL unpacks; pure, for a thread."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

import attrs
import msgspec

from .plan import Plan
from .rows import (
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
    TableRow,
    WaitingRow,
    columns,
)

_KEPT: Final = frozenset({"id", "parent_id"})
"""Columns that bringing a row up to date leaves alone; of whose report it is a result, the report says."""


@attrs.frozen
class Statement:
    """SQL with its parameters."""

    sql: str
    parameters: tuple[object, ...]


def statements(plan: Plan) -> tuple[Statement, ...]:
    """What to run, in order, to write a plan."""
    return tuple(_all(plan))


def _all(plan: Plan) -> Iterator[Statement]:
    yield from _both("practitioner", PractitionerRow, plan.practitioners.new, plan.practitioners.changed)
    yield from _both("organization", OrganizationRow, plan.organizations.new, plan.organizations.changed)
    yield from _both("medication", MedicationRow, plan.medications.new, plan.medications.changed)
    yield from _both("patient", PatientRow, plan.patients.new, plan.patients.changed)
    yield from _for_ids("delete from patient_identifier where patient_id = any(%s)", _ids(plan.patients.changed))
    yield from _insert("patient_identifier", IdentifierRow, plan.identifiers)
    yield from _update("practitioner", SpecialtyRow, tuple(plan.specialties.values()))
    yield from _insert("fhir_alias", AliasRow, tuple(plan.aliases.values()), key="alias")
    yield from _records(plan)
    yield from _for_ids("update patient set revision = revision + 1 where id = any(%s)", sorted(plan.touched))
    yield from _insert("import_seen", SeenRow, tuple(plan.seen.values()), key="fhir_id")
    yield from _insert("import_waiting", WaitingRow, plan.waiting)
    yield from _insert("import_failure", FailureRow, plan.failures)


def _records(plan: Plan) -> Iterator[Statement]:
    changed = _ids(plan.records.changed)
    gone = [*changed, *plan.retracted]
    yield from _for_ids("delete from record where parent_id = any(%s) and component is not null", gone)
    yield from _for_ids("delete from record where id = any(%s)", plan.retracted)
    yield from _for_ids("delete from attendance where record_id = any(%s)", changed)
    yield from _for_ids("update record set parent_id = null where parent_id = any(%s)", changed)
    yield from _both("record", RecordRow, plan.records.new, plan.records.changed)
    yield from _insert("attendance", AttendanceRow, plan.attendances)
    if plan.results:
        unpacked = _unpacked(ResultRow)
        statement = (
            f"update record t set parent_id = n.parent_id from {unpacked} where t.id = n.id and t.parent_id is null"
        )
        yield _with_rows(statement, tuple(plan.results.values()))


def _ids(rows: Sequence[PatientRow] | Sequence[RecordRow]) -> list[int]:
    return [row.id for row in rows]


def _for_ids(statement: str, ids: Sequence[int]) -> Iterator[Statement]:
    if ids:
        yield Statement(statement, (list(ids),))


def _both(
    table: str, kind: type[TableRow], new: Sequence[TableRow], changed: Sequence[TableRow]
) -> Iterator[Statement]:
    yield from _insert(table, kind, new)
    yield from _update(table, kind, changed)


def _insert(
    table: str, kind: type[TableRow], rows: Sequence[TableRow], *, key: str | None = None
) -> Iterator[Statement]:
    """Insert rows; where there is a `key`, a row of the same key is overwritten."""
    if not rows:
        return
    names = ", ".join(columns(kind))
    statement = f"insert into {table} ({names}) overriding system value select {names} from {_unpacked(kind)}"
    if key is not None:
        rest = _assignments([name for name in columns(kind) if name != key], "excluded")
        statement += f" on conflict ({key}) do update set {rest}"
    yield _with_rows(statement, rows)


def _update(table: str, kind: type[TableRow], rows: Sequence[TableRow]) -> Iterator[Statement]:
    if rows:
        assignments = _assignments([name for name in columns(kind) if name not in _KEPT], "n")
        yield _with_rows(f"update {table} t set {assignments} from {_unpacked(kind)} where t.id = n.id", rows)


def _assignments(names: Sequence[str], source: str) -> str:
    return ", ".join(f"{name} = {source}.{name}" for name in names)


def _unpacked(kind: type[TableRow]) -> str:
    definitions = ", ".join(f"{name} {sql_type}" for name, sql_type in columns(kind).items())
    return f"json_to_recordset(%s::json) as n({definitions})"


def _with_rows(statement: str, rows: Sequence[TableRow]) -> Statement:
    return Statement(statement, (msgspec.json.encode(rows).decode(),))
