"""What the support application works with, each part as narrow as it is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import attrs

from smarthealth.conversation.application import Principal
from smarthealth.conversation.telemetry import NullTelemetry, Telemetry
from smarthealth.llm.port import ChatModel
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.customers import Customer, Vehicle
from smarthealth.storage.dialogues import Author, Conversation, Message
from smarthealth.storage.tickets import Ticket

from .busy import BusySessions
from .knowledge.matching import Found
from .maintenance.workshop import Workshop
from .people import Switchboard
from .routing.router import Router
from .settings import SupportSettings


class ConversationStore(Protocol):
    """Keeps sessions: `storage.dialogues.Dialogues`."""

    async def open(self, session_id: UUID, application: str, user_id: int, limit: int) -> Conversation:
        """Continue or open a session; raises `SessionOwnedByAnother`."""
        ...

    async def keep(
        self, session_id: UUID, messages: Sequence[Message], *, state: str | None = None, customer_id: int | None = None
    ) -> None:
        """Add messages, and where the session stands."""
        ...

    async def cut_from(self, session_id: UUID, message_id: UUID) -> bool:
        """Forget a message and what followed."""
        ...

    async def remove(self, session_id: UUID, message_id: UUID) -> bool:
        """Forget a message and its answer."""
        ...

    async def mark_read(self, session_id: UUID, message_id: UUID, readers: Author) -> bool:
        """Say that messages were read."""
        ...

    async def history(self, session_id: UUID, limit: int) -> tuple[Message, ...]:
        """The latest messages, oldest first."""
        ...


class CustomerStore(Protocol):
    """Keeps customers: `storage.customers.Customers`."""

    async def claim(self, user_id: int, reference: str | None) -> Customer:
        """A customer by name; raises `CustomerOfAnother`."""
        ...

    async def vehicle(self, customer_id: int, registration: str) -> Vehicle:
        """A vehicle."""
        ...


class TicketStore(Protocol):
    """Keeps tickets: `storage.tickets.Tickets`."""

    async def open(self, session_id: UUID, user_id: int, reason: str, question: str) -> Ticket:
        """Open one, or return the session's."""
        ...

    async def list(self, *, closed: bool = False) -> list[Ticket]:
        """Those that are not closed."""
        ...

    async def join(self, ticket_id: int, operator: str) -> Ticket | None:
        """Take one."""
        ...

    async def close(self, ticket_id: int) -> Ticket | None:
        """Close one."""
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
    """The knowledge base: `knowledge.search.KnowledgeBase`."""

    async def find(self, question: str, limit: int) -> list[Found]:
        """The passages that tell most of a question, best first."""
        ...


class TokenRefused(Exception):
    """A token names nobody who may come in.

    Attributes:
        is_temporary: Whether the next attempt may succeed.
    """

    def __init__(self, *, is_temporary: bool) -> None:
        super().__init__("temporary" if is_temporary else "refused")
        self.is_temporary = is_temporary


class Accounts(Protocol):
    """Knows tokens."""

    async def recognise(self, token: str) -> Principal:
        """Who a token names; raises `TokenRefused`."""
        ...


def utc_now() -> datetime:
    """The time by the wall clock."""
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class SupportServices:
    """Everything that the application is given."""

    conversations: ConversationStore
    customers: CustomerStore
    tickets: TicketStore
    audit: AuditTrail
    accounts: Accounts
    knowledge: Knowledge
    workshop: Workshop
    chat_model: ChatModel
    router: Router
    limiter: Limiter
    """By connection."""
    switchboard: Switchboard = attrs.field(factory=Switchboard)
    busy: BusySessions = attrs.field(factory=BusySessions)
    settings: SupportSettings = attrs.field(factory=SupportSettings)
    telemetry: Telemetry = attrs.field(factory=NullTelemetry)
    now: Callable[[], datetime] = utc_now
