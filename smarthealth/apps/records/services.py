"""What the records application works with, each part as narrow as it is used.

Storage and the answering parts fit these protocols as they are; the protocols let a test of a turn's deadlines run on virtual
time, which no database does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import attrs

from smarthealth.conversation.telemetry import NullTelemetry, Telemetry
from smarthealth.llm.port import ChatModel, ChatRequest
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.patients import PatientInfo
from smarthealth.storage.sessions import Exchange

from .settings import RecordsSettings
from .wire import AnswerSource


class PatientFinder(Protocol):
    """Finds patients by their documents: `storage.patients.Patients`."""

    async def find(self, document_type: int, document_number: str) -> PatientInfo | None:
        """The patient with this document, None when nobody has it."""
        ...


class SessionStore(Protocol):
    """Keeps sessions: `storage.sessions.Sessions`."""

    async def open(self, session_id: UUID, application: str, user_id: int | None) -> object:
        """Continue or open a session; raises `SessionOwnedByAnother`."""
        ...

    async def history(self, session_id: UUID, limit: int, *, patient_id: int | None = None) -> tuple[Exchange, ...]:
        """The latest exchanges about a patient, oldest first."""
        ...

    async def append(self, session_id: UUID, exchange: Exchange) -> None:
        """Remember an exchange."""
        ...


class AuditTrail(Protocol):
    """Keeps who did what: `storage.audit.AuditLog`."""

    async def record(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...


class QueryLimiter(Protocol):
    """Counts a user's queries over all connections."""

    def allow(self, user_id: int) -> float:
        """Count one query; 0 when it may go on, else the seconds after which one may."""
        ...


class Grounds(Protocol):
    """What an answer is made from and held against."""

    @property
    def request(self) -> ChatRequest:
        """The prompt, with its numbered sources."""
        ...

    @property
    def sources(self) -> Sequence[AnswerSource]:
        """What the marks in the answer point to."""
        ...

    @property
    def records_analyzed(self) -> int:
        """Entries of the patient's record that were looked at."""
        ...

    @property
    def chunks_used(self) -> int:
        """Passages found by search that reached the prompt."""
        ...

    @property
    def passages_searched(self) -> bool:
        """False when the index could not be searched."""
        ...

    def confidence(self, text: str) -> float:
        """How far an answer may be trusted, in [0, 1]."""
        ...


class Retrieved(Protocol):
    """What a search of a patient's record found."""

    def build(self) -> Grounds:
        """Choose and number the sources, and write the prompt."""
        ...


class Grounding(Protocol):
    """Finds in a patient's record what a question asks for."""

    async def retrieve(self, patient: PatientInfo, question: str, history: Sequence[Exchange]) -> Retrieved:
        """Look the question up in the database and search the index, side by side.

        Raises:
            StorageError: The database failed.
            RetrievalError: The index failed, and nothing can be answered without it.
        """
        ...


def utc_now() -> datetime:
    """The time by the wall clock."""
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class RecordsServices:
    """Everything that the application is given."""

    patients: PatientFinder
    sessions: SessionStore
    audit: AuditTrail
    grounding: Grounding
    chat_model: ChatModel
    query_limiter: QueryLimiter
    settings: RecordsSettings = attrs.field(factory=RecordsSettings)
    telemetry: Telemetry = attrs.field(factory=NullTelemetry)
    now: Callable[[], datetime] = utc_now
