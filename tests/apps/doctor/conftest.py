"""The doctor's conversation over a socket in memory: the real engine, real agents' stages, scripted model, storage in memory."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import attrs
import msgspec
import pytest
import trio

from smarthealth.actors import open_system
from smarthealth.apps.doctor.application import doctor_application
from smarthealth.apps.doctor.case import Case, Passage
from smarthealth.apps.doctor.profile import PatientProfile
from smarthealth.apps.doctor.results import Level, TriageResult
from smarthealth.apps.doctor.services import Alarm, DoctorServices, Refusal
from smarthealth.apps.doctor.settings import DoctorSettings
from smarthealth.apps.doctor.wire import Contact
from smarthealth.conversation.application import Endpoint, Language, Principal
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.port import ChatMessage, ChatRequest
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply
from tests.apps.client import Allowance, MemoryClient
from tests.apps.records.conftest import Heard, MemoryAudit, MemorySessions, Trouble
from tests.conversation.conftest import MemorySocket

NOW = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
STAMP = "2026-01-15T10:30:00.000Z"
ALARM = Alarm(
    severity="critical",
    conditions=("chest pain",),
    recommendation="Call 123 now.",
    contacts=(Contact(name="Emergency line", number="123"),),
    advice="Sit down.\nDo not drive.",
    rules=("test.chest-pain",),
)
PASSAGE = Passage(
    article="cough",
    section="self_care",
    title="Cough",
    heading="What you can do",
    text="Drink enough.",
    language="en",
    source="NHS",
    url="https://www.nhs.uk/conditions/cough/",
    score=0.9,
)
ANA = Principal(user_id=7, email="ana@example.org", name="Ana", role="patient", expires_at=2e9)
LUIS = Principal(user_id=8, email="luis@example.org", name="Luis", role="patient", expires_at=2e9)
DOCTOR = Principal(user_id=9, email="doc@example.org", name="Doc", role="clinician", expires_at=2e9)


@attrs.define(eq=False)
class MemoryProfiles:
    """Keeps profiles."""

    users: dict[int, str] = attrs.field(factory=dict)
    sessions: dict[UUID, str] = attrs.field(factory=dict)
    trouble: Trouble = attrs.field(factory=Trouble)

    async def of_user(self, user_id: int) -> str | None:
        """A user's."""
        await self.trouble.meet()
        return self.users.get(user_id)

    async def of_session(self, session_id: UUID) -> str | None:
        """A session's."""
        await self.trouble.meet()
        return self.sessions.get(session_id)

    async def save_of_user(self, user_id: int, profile: str) -> None:
        """Keep it."""
        self.users[user_id] = profile

    async def save_of_session(self, session_id: UUID, profile: str) -> None:
        """Keep it."""
        self.sessions[session_id] = profile


@attrs.define(eq=False)
class MemoryKnowledge:
    """Finds one passage for any query."""

    trouble: Trouble = attrs.field(factory=Trouble)
    queries: list[str] = attrs.field(factory=list)

    async def find(self, query: str, language: Language, limit: int) -> tuple[Passage, ...]:
        """Find it."""
        self.queries.append(query)
        await self.trouble.meet()
        return (PASSAGE,)


@attrs.frozen
class PlainAgent:
    """Asks the model with its own name and the message; triage reads its level from the head."""

    name: str

    def query(self, case: Case) -> str:
        """What to look up."""
        return f"{self.name} {case.message}"

    def passages(self, case: Case) -> tuple[Passage, ...]:
        """Nothing besides."""
        return ()

    def request(self, case: Case) -> ChatRequest:
        """What to ask."""
        said = [ChatMessage(role="user", content=one.message) for one in case.history]
        return ChatRequest(messages=(*said, ChatMessage(role="user", content=f"{self.name}: {case.message}")))

    def read(self, head: str | None, case: Case) -> Case:
        """The level, where there is one."""
        if self.name != "triage":
            return case
        level: Level = msgspec.json.decode(head)["level"] if head else "IV"
        triage = TriageResult(level=level, reasons=("as scripted",))
        return attrs.evolve(case, triage=triage, is_over=level == "INFO")


@attrs.define(eq=False)
class OpenBarrier:
    """Lets everything through but the word `forbidden`."""

    def feed(self, text: str) -> str:
        """Look at it."""
        return text.replace("forbidden", "[removed]")

    def finish(self) -> str:
        """Nothing is held back."""
        return ""


def detect(message: str, profile: PatientProfile, earlier: Sequence[str]) -> Alarm | None:
    """Chest pain is an emergency; `worse` is one after pain, and fever in an infant."""
    worse = "worse" in message and any("pain" in one for one in earlier)
    infant = "fever" in message and profile.years is not None and profile.years < 0.25
    return ALARM if "chest pain" in message or worse or infant else None


def screen(message: str, language: Language) -> Refusal | None:
    """Refuses one word."""
    return Refusal(rule="test.poison", message="I cannot help with that.") if "poison" in message else None


def raise_alarm(case: Case) -> Alarm:
    """The alarm of triage."""
    return attrs.evolve(ALARM, rules=("triage",))


@attrs.define(eq=False)
class World:
    """What the application works with, to be told what to do."""

    model: ScriptedChatModel = attrs.field(factory=ScriptedChatModel)
    sessions: MemorySessions = attrs.field(factory=MemorySessions)
    profiles: MemoryProfiles = attrs.field(factory=MemoryProfiles)
    audit: MemoryAudit = attrs.field(factory=MemoryAudit)
    knowledge: MemoryKnowledge = attrs.field(factory=MemoryKnowledge)
    limiter: Allowance = attrs.field(factory=Allowance)
    telemetry: Heard = attrs.field(factory=Heard)
    settings: DoctorSettings = attrs.field(factory=DoctorSettings)

    def services(self) -> DoctorServices:
        """All of it."""
        names = ("triage", "diagnostic", "treatment", "general")
        return DoctorServices(
            sessions=self.sessions,
            profiles=self.profiles,
            audit=self.audit,
            knowledge=self.knowledge,
            chat_model=self.model,
            agents={name: PlainAgent(name) for name in names},
            detect=detect,
            raise_alarm=raise_alarm,
            screen=screen,
            open_barrier=lambda case: OpenBarrier(),
            language_of=lambda message: "en",
            limiter=self.limiter,
            settings=self.settings,
            telemetry=self.telemetry,
            now=lambda: NOW,
        )

    def answers(self, *texts: str) -> None:
        """What the model says, one text an agent."""
        self.model.script.add(*(Reply(text=text) for text in texts))


@attrs.define(eq=False)
class Host:
    """A server with the doctor on it."""

    connections: Connections
    endpoints: Sequence[Endpoint[Any]]
    nursery: trio.Nursery

    def connect(self, principal: Principal | None = None, user_id: int | None = None) -> Client:
        """Connect a client."""
        socket = MemorySocket()
        endpoint = self.endpoints[0 if user_id is None else 1]
        parts = {} if user_id is None else {"user_id": str(user_id)}
        serve = functools.partial(self.connections.serve, socket, endpoint, principal, parts, address="192.0.2.7")
        self.nursery.start_soon(serve)
        return Client(socket, host=self)


@attrs.define(eq=False)
class Client(MemoryClient):
    """A client of the doctor."""

    host: Host = attrs.field(kw_only=True)


Connect = Callable[..., AbstractAsyncContextManager[Client]]


@pytest.fixture
def world() -> World:
    """A world in which nothing goes wrong."""
    return World()


@pytest.fixture
def connect(world: World) -> Connect:
    """Connect a client to a server of its own, around the same world."""

    @asynccontextmanager
    async def open_it(principal: Principal | None = None, user_id: int | None = None) -> AsyncIterator[Client]:
        connections = Connections(ConversationSettings(), wall_clock=lambda: 1_000_000 + trio.current_time())
        endpoints = doctor_application(world.services()).endpoints
        async with trio.open_nursery() as nursery, open_system("test") as system:
            await connections.start(system)
            client = Host(connections, endpoints, nursery).connect(principal, user_id)
            yield client
            client.socket.leave()

    return open_it


def kinds(events: Sequence[dict[str, Any]]) -> list[str]:
    """What came, in short: statuses by their names, tokens as one."""
    found: list[str] = []
    for event in events:
        name = event["status"] if event["type"] == "status" else event["type"]
        if name != "token" or found[-1:] != ["token"]:
            found.append(name)
    return found


def prose(events: Sequence[dict[str, Any]]) -> str:
    """The tokens, joined."""
    return "".join(event["content"] for event in events if event["type"] == "token")
