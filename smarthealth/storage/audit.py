"""Who looked at whose record: rows that are added and never changed.

An entry says who, when, from where, about whom and with what outcome. It never holds a question, an answer, a name or a
document number. The database itself refuses to change, delete or truncate entries.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

import attrs

from .pool import Pool

_COLUMNS: Final = "event, outcome, application, user_id, address, patient_id, session_id, turn_id, duration"

_RECORD: Final = f"""
insert into audit_entry ({_COLUMNS}) values (
    %(event)s, %(outcome)s, %(application)s, %(user_id)s, %(address)s,
    %(patient_id)s, %(session_id)s, %(turn_id)s, %(duration)s
)
"""

_LATEST: Final = f"""
select id, at, {_COLUMNS} from audit_entry
where (%(user)s::bigint is null or user_id = %(user)s)
  and (%(patient)s::bigint is null or patient_id = %(patient)s)
  and (%(since)s::timestamptz is null or at >= %(since)s)
order by at desc, id desc limit %(limit)s
"""


@attrs.frozen(kw_only=True)
class AuditEntry:
    """One thing that somebody did, or was refused."""

    event: str
    """What kind of thing: `query`, `refusal`, `login`, …"""
    outcome: str
    """How it ended: `completed`, or the code of the error."""
    application: str | None = None
    user_id: int | None = None
    """Who, None when nobody was signed in."""
    address: str | None = None
    """The peer's address."""
    patient_id: int | None = None
    """Whose record."""
    session_id: UUID | None = None
    turn_id: str | None = None
    duration: float | None = None
    """Seconds."""


@attrs.frozen(kw_only=True)
class RecordedEntry(AuditEntry):
    """An entry as the database holds it."""

    id: int
    at: datetime


class AuditLog:
    """The audit entries in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def record(self, entry: AuditEntry) -> None:
        """Add an entry.

        Raises:
            StorageError: The database failed; the entry may or may not be there.

        Cancellation:
            The entry may be lost: a caller who must not lose it shields this call, with a limit.
        """
        await self._pool.execute(_RECORD, attrs.asdict(entry))

    async def latest(
        self,
        *,
        limit: int,
        user_id: int | None = None,
        patient_id: int | None = None,
        since: datetime | None = None,
    ) -> list[RecordedEntry]:
        """The latest entries, newest first.

        Args:
            limit: Most entries to return.
            user_id: Of this user only.
            patient_id: About this patient only.
            since: Not older than this.

        Raises:
            StorageError: The database failed.
        """
        wanted = {"limit": limit, "user": user_id, "patient": patient_id, "since": since}
        return await self._pool.fetch_as(RecordedEntry, _LATEST, wanted)
