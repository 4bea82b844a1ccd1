"""The records application without a database and an index, so that its deadlines run on virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, date, datetime
from uuid import UUID

import attrs
import pytest
import trio

from smarthealth.actors import ChildSpec, Context, Restart, open_system
from smarthealth.apps.records.services import RecordsServices
from smarthealth.apps.records.settings import RecordsSettings
from smarthealth.apps.records.turn import Caller, QueryTurn
from smarthealth.apps.records.wire import AnswerSource, Event, Query
from smarthealth.conversation.application import TurnFailure
from smarthealth.conversation.telemetry import NullTelemetry
from smarthealth.llm.port import ChatMessage, ChatRequest
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import SessionOwnedByAnother
from smarthealth.storage.patients import PatientInfo
from smarthealth.storage.sessions import Exchange
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply

NOW = datetime(2024, 12, 8, 10, 30, tzinfo=UTC)
SESSION = "0b8f1c1e-8a3e-4c0e-9d53-3a6f5f6f1a11"
LAURA = PatientInfo(
    id=1,
    full_name="Laura123 Morales456",
    document_type=8,
    document_number="30.995.750",
    birth_date=date(1967, 5, 2),
    birth_precision="day",
    gender="female",
    deceased=False,
    died_on=None,
)
SOURCE = AnswerSource(
    id=1, type="observation", date=date(2015, 3, 2), score=0.9, excerpt="A1c 6.1 %", record="Observation/17"
)


def make_query(**changes: object) -> Query:
    """A question about Laura."""
    fields: dict[str, object] = {
        "session_id": SESSION,
        "document_type_id": 8,
        "document_number": "30995750",
        "question": "¿Cuál fue su última hemoglobina glicosilada?",
        **changes,
    }
    return Query(**fields)  # type: ignore[arg-type]  # of the right types, by name


@attrs.define(eq=False)
class Trouble:
    """What goes wrong, or slowly, at one place."""

    delay: float = 0.0
    error: Exception | None = None

    async def meet(self) -> None:
        """Take the time, or fail."""
        await trio.sleep(self.delay)
        if self.error is not None:
            raise self.error


@attrs.define(eq=False)
class MemoryPatients:
    """Knows Laura."""

    trouble: Trouble = attrs.field(factory=Trouble)

    async def find(self, document_type: int, document_number: str) -> PatientInfo | None:
        """Find her."""
        await self.trouble.meet()
        return LAURA if (document_type, document_number) == (8, "30995750") else None


@attrs.define(eq=False)
class MemorySessions:
    """Keeps sessions."""

    owners: dict[UUID, int | None] = attrs.field(factory=dict)
    exchanges: dict[UUID, list[Exchange]] = attrs.field(factory=dict)
    opening: Trouble = attrs.field(factory=Trouble)
    keeping: Trouble = attrs.field(factory=Trouble)

    async def open(self, session_id: UUID, application: str, user_id: int | None) -> object:
        """Belong to the first who comes."""
        await self.opening.meet()
        if self.owners.setdefault(session_id, user_id) != user_id:
            raise SessionOwnedByAnother
        return session_id

    async def history(self, session_id: UUID, limit: int, *, patient_id: int | None = None) -> tuple[Exchange, ...]:
        """What was said."""
        return tuple(self.exchanges.get(session_id, ())[-limit:])

    async def append(self, session_id: UUID, exchange: Exchange) -> None:
        """Keep it."""
        await self.keeping.meet()
        self.exchanges.setdefault(session_id, []).append(exchange)


@attrs.define(eq=False)
class MemoryAudit:
    """Keeps entries."""

    entries: list[AuditEntry] = attrs.field(factory=list)
    trouble: Trouble = attrs.field(factory=Trouble)

    async def record(self, entry: AuditEntry) -> None:
        """Keep it."""
        await self.trouble.meet()
        self.entries.append(entry)

    @property
    def outcomes(self) -> list[tuple[str, str]]:
        """What was kept, in short."""
        return [(entry.event, entry.outcome) for entry in self.entries]


@attrs.frozen
class MemoryGrounds:
    """One source, and a prompt that repeats the question."""

    request: ChatRequest
    sources: Sequence[AnswerSource] = (SOURCE,)
    records_analyzed: int = 25
    chunks_used: int = 5
    passages_searched: bool = True

    def confidence(self, text: str) -> float:
        """Be sure of what cites."""
        return 0.85 if "[1]" in text else 0.2


@attrs.frozen
class MemoryRetrieved:
    """What was found."""

    question: str
    history: Sequence[Exchange]

    def build(self) -> MemoryGrounds:
        """Ask the model the same."""
        said = [ChatMessage(role="user", content=text.question) for text in self.history]
        return MemoryGrounds(ChatRequest(messages=(*said, ChatMessage(role="user", content=self.question))))


@attrs.define(eq=False)
class MemoryGrounding:
    """Finds one source for any question."""

    trouble: Trouble = attrs.field(factory=Trouble)

    async def retrieve(self, patient: PatientInfo, question: str, history: Sequence[Exchange]) -> MemoryRetrieved:
        """Find it."""
        await self.trouble.meet()
        return MemoryRetrieved(question, history)


@attrs.define(eq=False)
class Allowance:
    """Allows until told otherwise."""

    retry_after: float = 0.0
    asked: list[int] = attrs.field(factory=list)

    def allow(self, user_id: int) -> float:
        """Say how long to wait."""
        self.asked.append(user_id)
        return self.retry_after


@attrs.define(eq=False)
class Heard(NullTelemetry):
    """Remembers what was measured."""

    stages: list[str] = attrs.field(factory=list)
    errors: list[str] = attrs.field(factory=list)
    first_tokens: list[float] = attrs.field(factory=list)
    counts: list[int] = attrs.field(factory=list)

    def stage_finished(self, application: str, stage: str, seconds: float) -> None:
        """Keep it."""
        self.stages.append(stage)

    def first_token(self, application: str, seconds: float) -> None:
        """Keep it."""
        self.first_tokens.append(seconds)

    def tokens(self, application: str, count: int) -> None:
        """Keep it."""
        self.counts.append(count)

    def error(self, application: str, code: str) -> None:
        """Keep it."""
        self.errors.append(code)


@attrs.define(eq=False)
class World:
    """All that the application is given, and can be troubled."""

    patients: MemoryPatients = attrs.field(factory=MemoryPatients)
    sessions: MemorySessions = attrs.field(factory=MemorySessions)
    audit: MemoryAudit = attrs.field(factory=MemoryAudit)
    grounding: MemoryGrounding = attrs.field(factory=MemoryGrounding)
    limiter: Allowance = attrs.field(factory=Allowance)
    telemetry: Heard = attrs.field(factory=Heard)
    settings: RecordsSettings = attrs.field(factory=RecordsSettings)
    model: ScriptedChatModel = attrs.field(
        factory=lambda: ScriptedChatModel(rule=lambda request: Reply(text="Fue 6.1 % [1]."))
    )

    @property
    def services(self) -> RecordsServices:
        """For the application."""
        return RecordsServices(
            patients=self.patients,
            sessions=self.sessions,
            audit=self.audit,
            grounding=self.grounding,
            chat_model=self.model,
            query_limiter=self.limiter,
            settings=self.settings,
            telemetry=self.telemetry,
            now=lambda: NOW,
        )

    def turn(self, **changes: object) -> QueryTurn:
        """The turn of a query by user 7."""
        caller = Caller(user_id=7, address="192.0.2.7", connection_id="c")
        return QueryTurn(self.services, make_query(**changes), caller, "c/query/1")


@attrs.define(eq=False)
class Sent:
    """A turn's output: keeps events, and may be slow."""

    events: list[Event] = attrs.field(factory=list)
    trouble: Trouble = attrs.field(factory=Trouble)

    async def send(self, event: Event) -> None:
        """Keep it."""
        await self.trouble.meet()
        self.events.append(event)


@pytest.fixture
def world() -> World:
    """All that the application is given."""
    return World()


OpenContext = Callable[[], AbstractAsyncContextManager[Context]]


@pytest.fixture
def open_context() -> OpenContext:
    """Be an actor for a while: yields the context of one."""

    @asynccontextmanager
    async def open_it() -> AsyncIterator[Context]:
        contexts: list[Context] = []

        async def be(context: Context) -> None:
            contexts.append(context)
            context.started()
            await trio.sleep_forever()

        async with open_system("test") as system:
            await system.start_child(ChildSpec(name="turn", start=be, restart=Restart.TEMPORARY))
            yield contexts[0]

    return open_it


async def play(turn: QueryTurn, context: Context, sent: Sent | None = None) -> list[Event]:
    """Run a turn to an end of its own, settle it, and return all its events."""
    sent = sent or Sent()
    last = await turn.run(sent, context)
    await turn.settle(None)
    return [*sent.events, *last]


async def fail(turn: QueryTurn, context: Context, failure: TurnFailure, after: float) -> list[Event]:
    """Run a turn for so many seconds, then end it as the engine does."""
    sent = Sent()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(turn.run, sent, context)
        await trio.sleep(after)
        nursery.cancel_scope.cancel()
    await turn.settle(failure)
    return [*sent.events, *turn.ending(failure)]
