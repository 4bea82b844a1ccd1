"""What the doctor application works with, each part as narrow as it is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import attrs

from smarthealth.conversation.application import Language
from smarthealth.conversation.telemetry import NullTelemetry, Telemetry
from smarthealth.llm.port import ChatModel, ChatRequest
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.sessions import Exchange

from .case import Case, Passage
from .profile import PatientProfile
from .settings import DoctorSettings
from .wire import Contact


class SessionStore(Protocol):
    """Keeps sessions: `storage.sessions.Sessions`."""

    async def open(self, session_id: UUID, application: str, user_id: int | None) -> object:
        """Continue or open a session; raises `SessionOwnedByAnother`."""
        ...

    async def history(self, session_id: UUID, limit: int, *, patient_id: int | None = None) -> tuple[Exchange, ...]:
        """The latest exchanges, oldest first."""
        ...

    async def append(self, session_id: UUID, exchange: Exchange) -> None:
        """Remember an exchange."""
        ...


class ProfileStore(Protocol):
    """Keeps profiles as JSON: `storage.profiles.Profiles`."""

    async def of_user(self, user_id: int) -> str | None:
        """A user's."""
        ...

    async def of_session(self, session_id: UUID) -> str | None:
        """A session's."""
        ...

    async def save_of_user(self, user_id: int, profile: str) -> None:
        """Replace a user's."""
        ...

    async def save_of_session(self, session_id: UUID, profile: str) -> None:
        """Replace a session's."""
        ...


class AuditTrail(Protocol):
    """Keeps who did what: `storage.audit.AuditLog`."""

    async def record(self, entry: AuditEntry) -> None:
        """Add an entry."""
        ...


class Limiter(Protocol):
    """Counts messages: `server.rate.TokenBuckets`."""

    def take(self, client: Hashable) -> float:
        """Count one; 0 when it may go on, else the seconds after which one may."""
        ...


class Knowledge(Protocol):
    """The knowledge base."""

    async def find(self, query: str, language: Language, limit: int) -> tuple[Passage, ...]:
        """The sections that tell of what is asked, best first.

        Raises:
            RetrievalError: It cannot be searched.
        """
        ...


class Agent(Protocol):
    """One of those who look at a case."""

    @property
    def name(self) -> str:
        """As the protocol calls it."""
        ...

    def query(self, case: Case) -> str:
        """What to look up for it."""
        ...

    def passages(self, case: Case) -> tuple[Passage, ...]:
        """What it rests on whatever the search finds, given what was found."""
        ...

    def request(self, case: Case) -> ChatRequest:
        """What the model is asked."""
        ...

    def read(self, head: str | None, case: Case) -> Case:
        """The case with this agent's result, from the head of the model's answer and from rules.

        Never raises: where the head is missing or malformed, the rules' own result stands.
        """
        ...


class Barrier(Protocol):
    """Holds each sentence back until it has been looked at."""

    def feed(self, text: str) -> str:
        """Take the next piece of prose; returns what may be shown now."""
        ...

    def finish(self) -> str:
        """The prose has ended; returns what may be shown of the rest."""
        ...


@attrs.frozen(kw_only=True)
class Alarm:
    """An emergency."""

    severity: str
    conditions: tuple[str, ...]
    recommendation: str
    """The one sentence that matters."""
    contacts: tuple[Contact, ...]
    advice: str
    """What to do until help comes."""
    rules: tuple[str, ...]
    """Ids of the rules that raised it; for the audit."""


@attrs.frozen(kw_only=True)
class Refusal:
    """A message that is not answered, and what is said instead."""

    rule: str
    """Id of the rule; for the audit."""
    message: str


Detect = Callable[[str, PatientProfile, Sequence[str]], Alarm | None]
"""A message, the profile and the person's earlier messages to an alarm; synchronous, without model or database."""
Screen = Callable[[str, Language], Refusal | None]
OpenBarrier = Callable[[Case], Barrier]
LanguageOf = Callable[[str], Language]
RaiseAlarm = Callable[[Case], Alarm]
"""The alarm of a case that triage found to be an emergency."""


def utc_now() -> datetime:
    """The time by the wall clock."""
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class DoctorServices:
    """Everything that the application is given."""

    sessions: SessionStore
    profiles: ProfileStore
    audit: AuditTrail
    knowledge: Knowledge
    chat_model: ChatModel
    agents: Mapping[str, Agent]
    """By name: triage, diagnostic, treatment, and general for who wants none of them."""
    detect: Detect
    raise_alarm: RaiseAlarm
    screen: Screen
    open_barrier: OpenBarrier
    language_of: LanguageOf
    limiter: Limiter
    """By connection and by user."""
    settings: DoctorSettings = attrs.field(factory=DoctorSettings)
    telemetry: Telemetry = attrs.field(factory=NullTelemetry)
    now: Callable[[], datetime] = utc_now
