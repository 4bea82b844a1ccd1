from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import attrs
import pytest

from smarthealth.storage.audit import AuditEntry, AuditLog
from smarthealth.storage.errors import StatementRejected
from smarthealth.storage.pool import Pool


@pytest.fixture
def audit(pool: Pool) -> AuditLog:
    """An empty audit log."""
    return AuditLog(pool)


async def test_an_entry_is_kept_whole(audit: AuditLog) -> None:
    """What was recorded is read again, with its number and time."""
    entry = AuditEntry(
        event="query",
        outcome="completed",
        application="records",
        user_id=7,
        address="192.0.2.1",
        patient_id=3,
        session_id=uuid4(),
        turn_id="query/1",
        duration=1.25,
    )
    await audit.record(entry)
    (kept,) = await audit.latest(limit=10)
    whole = attrs.asdict(kept)
    at = whole.pop("at")
    assert whole == attrs.asdict(entry) | {"id": kept.id}
    assert abs(at - datetime.now(UTC)) < timedelta(minutes=1)


async def test_entries_are_found_by_user_patient_and_time(audit: AuditLog) -> None:
    """Entries come newest first, of one user, about one patient, since a moment."""
    for user_id, patient_id in ((1, 1), (1, 2), (2, 1)):
        await audit.record(AuditEntry(event="query", outcome="completed", user_id=user_id, patient_id=patient_id))
    everything = await audit.latest(limit=10)
    assert [(entry.user_id, entry.patient_id) for entry in everything] == [(2, 1), (1, 2), (1, 1)]
    assert [entry.patient_id for entry in await audit.latest(limit=10, user_id=1)] == [2, 1]
    assert [entry.user_id for entry in await audit.latest(limit=10, patient_id=1)] == [2, 1]
    assert await audit.latest(limit=1) == everything[:1]
    assert await audit.latest(limit=10, since=everything[1].at) == everything[:2]


@pytest.mark.parametrize(
    "statement",
    [
        "update audit_entry set user_id = 1",
        "delete from audit_entry",
        "truncate audit_entry",
        "set session_replication_role = replica; delete from audit_entry",
        "insert into audit_entry (event, outcome) values ('query', 'completed') on conflict (id) do update set user_id = 1;"
        " update audit_entry set id = default",
    ],
)
async def test_entries_are_never_changed(statement: str, audit: AuditLog, pool: Pool) -> None:
    """The database refuses to change, delete or truncate entries, to its owner too."""
    await audit.record(AuditEntry(event="login", outcome="refused"))
    before = await audit.latest(limit=10)
    with pytest.raises(StatementRejected, match="never changed"):
        await pool.execute(statement)
    assert await audit.latest(limit=10) == before


async def test_there_is_no_room_for_what_was_said(pool: Pool) -> None:
    """The table has columns for who, when, whom and how it ended, and no others."""
    rows = await pool.fetch("select column_name from information_schema.columns where table_name = 'audit_entry'")
    assert {name for (name,) in rows} == {
        "id", "at", "event", "outcome", "application", "user_id", "address", "patient_id", "session_id", "turn_id",
        "duration",
    }  # fmt: skip
