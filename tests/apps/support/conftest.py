"""The support chat over a socket in memory: the real engine, stages, database and offline model, a scripted one where a test says so."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Hashable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import msgspec
import pytest
import trio

from smarthealth.actors import open_system
from smarthealth.apps.support.agents.offline import compose
from smarthealth.apps.support.application import support_application
from smarthealth.apps.support.knowledge.library import manual_sources
from smarthealth.apps.support.knowledge.matching import Found, Matcher
from smarthealth.apps.support.maintenance.workshop import Workshop
from smarthealth.apps.support.routing.classes import CLASSES, Label
from smarthealth.apps.support.routing.model import load_model
from smarthealth.apps.support.routing.router import Router
from smarthealth.apps.support.services import SupportServices, TokenRefused
from smarthealth.apps.support.settings import SupportSettings
from smarthealth.conversation.application import Application, Principal
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.offline import OfflineChatModel
from smarthealth.llm.port import ChatModel
from smarthealth.storage.appointments import Appointments
from smarthealth.storage.audit import AuditLog
from smarthealth.storage.customers import Customers
from smarthealth.storage.dialogues import Dialogues
from smarthealth.storage.pool import Pool
from smarthealth.storage.tickets import Tickets
from tests.conversation.conftest import MemorySocket

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
"""A Wednesday, 10:00 at the workshop."""
ANA = Principal(user_id=7, email="ana@example.org", name="Ana", role="patient", expires_at=4e9)
LUIS = Principal(user_id=8, email="luis@example.org", name=None, role="patient", expires_at=4e9)
STAFF = Principal(user_id=9, email="eva@example.org", name="Eva", role="clinician", expires_at=4e9)
SETTLING = 0.01
"""Seconds without anything moving after which a client has heard all; the database is asked in between."""


@cache
def manual() -> Matcher:
    """The manual, made searchable once."""
    return Matcher(manual_sources())


class ManualOnly:
    """A knowledge base of the manual, by words."""

    async def find(self, question: str, limit: int) -> list[Found]:
        """Find it."""
        await trio.lowlevel.checkpoint()
        return manual().find(question, limit)


@attrs.frozen
class Fixed:
    """Says the same of every message but those that hold a word."""

    label: Label
    probability: float
    words: Mapping[str, Label] = attrs.field(factory=dict)

    def probabilities(self, message: str) -> Mapping[Label, float]:
        """By class."""
        label = next((label for word, label in self.words.items() if word in message), self.label)
        rest = (1 - self.probability) / (len(CLASSES) - 1)
        return {one: self.probability if one == label else rest for one in CLASSES}


@attrs.define(eq=False)
class Tokens:
    """Knows two tokens, until told otherwise."""

    error: Exception | None = None

    async def recognise(self, token: str) -> Principal:
        """Who it is."""
        await trio.lowlevel.checkpoint()
        if self.error is not None:
            raise self.error
        known = {"ana": ANA, "luis": LUIS, "staff": STAFF}
        if token not in known:
            raise TokenRefused(is_temporary=False)
        return known[token]


@attrs.define(eq=False)
class Allowance:
    """Allows until told otherwise."""

    retry_after: float = 0.0

    def take(self, client: Hashable) -> float:
        """Say how long to wait."""
        return self.retry_after


@attrs.define(eq=False)
class Books:
    """The stores, any of which may be replaced."""

    pool: Pool
    changes: dict[str, Any] = attrs.field(factory=dict)
    model: ChatModel = attrs.field(factory=lambda: OfflineChatModel(compose))
    accounts: Tokens = attrs.field(factory=Tokens)
    limiter: Allowance = attrs.field(factory=Allowance)
    settings: SupportSettings = attrs.field(factory=SupportSettings)
    now: datetime = NOW
    _services: SupportServices | None = None

    def services(self) -> SupportServices:
        """All of it, made at the first need."""
        if self._services is None:
            stores: dict[str, Any] = {
                "conversations": Dialogues(self.pool),
                "customers": Customers(self.pool),
                "tickets": Tickets(self.pool),
                "audit": AuditLog(self.pool),
                "router": Router(load_model()),
            }
            self._services = SupportServices(
                **{**stores, **self.changes},
                accounts=self.accounts,
                knowledge=ManualOnly(),
                workshop=self.workshop(),
                chat_model=self.model,
                limiter=self.limiter,
                settings=self.settings,
                now=lambda: self.now,
            )
        return self._services

    def workshop(self) -> Workshop:
        """The workshop."""
        return Workshop(book=Appointments(self.pool), zone=ZoneInfo("America/Bogota"), bays=2, now=lambda: self.now)


@attrs.define(eq=False)
class Client:
    """A client's connection."""

    socket: MemorySocket
    _read: int = 0

    def say(self, *messages: object) -> None:
        """Send messages; texts go as they are."""
        self.socket.say(*(one if isinstance(one, str) else msgspec.json.encode(one).decode() for one in messages))

    async def heard(self, *messages: object, until: Sequence[str] = ("complete", "error")) -> list[dict[str, Any]]:
        """Say something, and what comes up to the first message of these types."""
        self.say(*messages)
        events: list[dict[str, Any]] = []
        with trio.fail_after(10):
            while not events or events[-1]["type"] not in until:
                if self._read < len(self.socket.frames):
                    events.append(msgspec.json.decode(self.socket.frames[self._read]))
                    self._read += 1
                else:
                    await trio.sleep(0.001)
        return events

    async def ask(self, message: str, **more: object) -> list[dict[str, Any]]:
        """A whole turn."""
        return await self.heard({"type": "message", "message": message, **more})

    async def answer(self, message: str, **more: object) -> str:
        """The text of an answer."""
        last = (await self.ask(message, **more))[-1]
        assert last["type"] == "complete", last
        text: str = last["response"]
        return text


@attrs.define(eq=False)
class Host:
    """A server with the support chat on it."""

    connections: Connections
    application: Application
    nursery: trio.Nursery

    def connect(self, principal: Principal | None = ANA, *, endpoint: int = 0, **parts: str) -> Client:
        """Connect a client."""
        socket = MemorySocket()
        serve = functools.partial(
            self.connections.serve,
            socket,
            self.application.endpoints[endpoint],
            principal,
            parts,
            address="192.0.2.7",
        )
        self.nursery.start_soon(serve)
        return Client(socket)

    def staff(self, principal: Principal = STAFF) -> Client:
        """Connect a person of the staff."""
        return self.connect(principal, endpoint=1)


OpenHost = Callable[[], AbstractAsyncContextManager[Host]]


@pytest.fixture
async def books(pool: Pool) -> Books:
    """Stores in which nothing goes wrong."""
    made = Books(pool)
    await made.workshop().prepare()
    return made


@pytest.fixture
def host(books: Books) -> OpenHost:
    """Opens a server around the stores, whose connections are gone when it is left."""

    @asynccontextmanager
    async def open_it() -> AsyncIterator[Host]:
        connections = Connections(ConversationSettings())
        application = support_application(books.services())
        async with trio.open_nursery() as nursery, open_system("test") as system:
            await connections.start(system)
            yield Host(connections, application, nursery)
            nursery.cancel_scope.cancel()

    return open_it
