"""The dispatcher over a socket in memory: the real engine, agents, tools and desk; threads and bookings in memory."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import attrs
import pytest
import trio
import trio.testing

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.taxi.agents.offline import compose
from smarthealth.apps.taxi.application import taxi_application
from smarthealth.apps.taxi.desk import Desk
from smarthealth.apps.taxi.places.fares import load_fares
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.services import TaxiServices
from smarthealth.apps.taxi.settings import TaxiSettings
from smarthealth.conversation.application import Application, Principal
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.settings import ConversationSettings
from smarthealth.llm.offline import OfflineChatModel
from smarthealth.llm.port import ChatModel
from smarthealth.storage.bookings import Booking, Order
from smarthealth.storage.errors import SessionOwnedByAnother
from smarthealth.storage.threads import Thread, ThreadMessage
from tests.apps.client import Allowance, MemoryClient
from tests.apps.records.conftest import Heard, Trouble
from tests.conversation.conftest import MemorySocket

NOW = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
TS = 1_768_473_000_000
"""`NOW`, as the protocol writes it."""
THREAD = "test-123"
ANA = Principal(user_id=7, email="ana@example.org", name="Ana", role="patient", expires_at=2e9)
LUIS = Principal(user_id=8, email="luis@example.org", name="Luis", role="patient", expires_at=2e9)


@attrs.define(eq=False)
class MemoryThreads:
    """Keeps threads."""

    threads: dict[UUID, Thread] = attrs.field(factory=dict)
    messages: dict[UUID, list[ThreadMessage]] = attrs.field(factory=dict)
    persons: list[tuple[UUID, str | None, str]] = attrs.field(factory=list)
    opening: Trouble = attrs.field(factory=Trouble)
    keeping: Trouble = attrs.field(factory=Trouble)
    asking: Trouble = attrs.field(factory=Trouble)

    async def open(self, thread_id: UUID, user_id: int | None) -> Thread:
        """Belong to the first who comes."""
        await self.opening.meet()
        new = Thread(id=thread_id, user_id=user_id, state="{}", bookings=0)
        thread = self.threads.setdefault(thread_id, new)
        if thread.user_id != user_id:
            raise SessionOwnedByAnother
        return thread

    async def history(self, thread_id: UUID, limit: int) -> tuple[ThreadMessage, ...]:
        """What was said."""
        return tuple(self.messages.get(thread_id, ())[-limit:])

    async def append(
        self,
        thread_id: UUID,
        messages: Sequence[ThreadMessage],
        state: str | None = None,
        *,
        bookings: int | None = None,
    ) -> None:
        """Keep them."""
        await self.keeping.meet()
        self.messages.setdefault(thread_id, []).extend(messages)
        thread = self.threads[thread_id]
        if state is not None and bookings in (None, thread.bookings):
            self.threads[thread_id] = attrs.evolve(thread, state=state)

    async def ask_person(self, thread: Thread, phone: str | None, reason: str) -> None:
        """Write it down."""
        await self.asking.meet()
        self.persons.append((thread.id, phone, reason))

    @property
    def said(self) -> list[tuple[str, str]]:
        """All that is kept of the only thread, in short."""
        (messages,) = self.messages.values()
        return [(one.role, one.content) for one in messages]


@attrs.define(eq=False)
class MemoryBookings:
    """Keeps bookings."""

    threads: MemoryThreads
    rows: dict[tuple[UUID, int], Booking] = attrs.field(factory=dict)
    reasons: dict[int, str] = attrs.field(factory=dict)
    trouble: Trouble = attrs.field(factory=Trouble)

    async def place(self, thread_id: UUID, number: int, user_id: int | None, order: Order) -> Booking:
        """Write it down, once."""
        await self.trouble.meet()
        known = self.rows.get((thread_id, number))
        if known is not None and known.status != "pending":
            return known
        fields = {field.name: getattr(order, field.name) for field in attrs.fields(Order)}
        booking = Booking(
            **fields,
            id=known.id if known is not None else len(self.rows) + 1,
            thread_id=thread_id,
            number=number,
            user_id=user_id,
            status="pending",
            created_at=NOW,
            reference=None,
        )
        self.rows[thread_id, number] = booking
        return booking

    async def dispatched(self, booking: Booking, backend: str, reference: str) -> Booking:
        """Give it its reference."""
        key = (booking.thread_id, booking.number)
        self.rows[key] = attrs.evolve(self.rows[key], status="dispatched", reference=reference)
        thread = self.threads.threads[booking.thread_id]
        self.threads.threads[booking.thread_id] = attrs.evolve(thread, bookings=booking.number)
        return self.rows[key]

    async def active(self, thread_id: UUID, user_id: int | None, *, age: float, limit: int) -> tuple[Booking, ...]:
        """Those under way."""
        return tuple(
            one
            for one in reversed(self.rows.values())
            if one.status == "dispatched" and (one.thread_id == thread_id or user_id is not None is not one.user_id)
        )

    async def cancel(self, booking_id: int, reason: str) -> bool:
        """Cancel it."""
        key = next(key for key, one in self.rows.items() if one.id == booking_id)
        self.rows[key] = attrs.evolve(self.rows[key], status="cancelled")
        self.reasons[booking_id] = reason
        return True


@attrs.define(eq=False)
class MemoryBackend:
    """Sends taxis, slowly or not at all where told so."""

    trouble: Trouble = attrs.field(factory=Trouble)
    keys: list[str] = attrs.field(factory=list)
    called_back: list[str] = attrs.field(factory=list)

    @property
    def name(self) -> str:
        """For the service's row."""
        return "memory"

    async def dispatch(self, booking: Booking, key: str) -> str:
        """Send it."""
        self.keys.append(key)
        await self.trouble.meet()
        return f"BAQ-{booking.id}"

    async def cancel(self, reference: str) -> None:
        """Call it back."""
        await self.trouble.meet()
        self.called_back.append(reference)


def _bookings(world: World) -> MemoryBookings:
    return MemoryBookings(world.threads)


@attrs.define(eq=False)
class World:
    """What the application works with, to be told what to do."""

    model: ChatModel = attrs.field(factory=lambda: OfflineChatModel(compose))
    threads: MemoryThreads = attrs.field(factory=MemoryThreads)
    bookings: MemoryBookings = attrs.field(default=attrs.Factory(_bookings, takes_self=True))
    backend: MemoryBackend = attrs.field(factory=MemoryBackend)
    desk: Desk = attrs.field(factory=Desk)
    limiter: Allowance = attrs.field(factory=Allowance)
    telemetry: Heard = attrs.field(factory=Heard)
    settings: TaxiSettings = attrs.field(factory=TaxiSettings)

    def services(self) -> TaxiServices:
        """All of it."""
        return TaxiServices(
            threads=self.threads,
            bookings=self.bookings,
            chat_model=self.model,
            backend=self.backend,
            desk=self.desk,
            gazetteer=load_gazetteer(),
            fares=load_fares(),
            limiter=self.limiter,
            settings=self.settings,
            telemetry=self.telemetry,
            now=lambda: NOW,
        )

    @property
    def booked(self) -> list[Booking]:
        """The rows."""
        return list(self.bookings.rows.values())


@attrs.define(eq=False)
class Host:
    """A server with the dispatcher on it."""

    connections: Connections
    application: Application
    nursery: trio.Nursery

    def connect(self, principal: Principal | None = None) -> Client:
        """Connect a client."""
        socket = MemorySocket()
        endpoint = self.application.endpoints[0]
        serve = functools.partial(self.connections.serve, socket, endpoint, principal, {}, address="192.0.2.7")
        self.nursery.start_soon(serve)
        return Client(socket, host=self)


@attrs.define(eq=False)
class Client(MemoryClient):
    """A client of the dispatcher."""

    host: Host = attrs.field(kw_only=True)

    async def tell(self, text: str, thread: str = THREAD, seconds: float = 1.0) -> Answer:
        """Say something in a thread, and hear the answer."""
        return Answer(await self.heard({"type": "user_input", "text": text, "thread_id": thread}, seconds=seconds))

    async def talk(self, *texts: str, thread: str = THREAD) -> list[Answer]:
        """Say one thing after another."""
        return [await self.tell(text, thread) for text in texts]


@attrs.frozen
class Answer:
    """What came of one message."""

    events: list[dict[str, Any]]

    @property
    def text(self) -> str:
        """What the agent said."""
        return "".join(event["text"] for event in self.events if event["type"] == "agent_chunk")

    @property
    def agent(self) -> str | None:
        """Who said it."""
        return next((event["agent"] for event in self.events if event["type"] == "agent_end"), None)

    @property
    def tools(self) -> list[str]:
        """The tools that were called, in order."""
        return [event["name"] for event in self.events if event["type"] == "tool_call"]

    @property
    def kinds(self) -> list[str]:
        """The events by their types, adjacent ones of one type as one."""
        found: list[str] = []
        for event in self.events:
            if found[-1:] != [event["type"]]:
                found.append(event["type"])
        return found


Connect = Callable[..., AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def open_host(world: World) -> AsyncIterator[Host]:
    """A server around a world."""
    connections = Connections(ConversationSettings(), wall_clock=lambda: 1_000_000 + trio.current_time())
    async with trio.open_nursery() as nursery, open_system("test") as system:
        await system.start_child(ChildSpec(name="desk", start=world.desk.serve))
        await connections.start(system)
        yield Host(connections, taxi_application(world.services()), nursery)


@pytest.fixture
def world() -> World:
    """A world in which nothing goes wrong."""
    return World()


@pytest.fixture
def connect(world: World) -> Connect:
    """Connect a client, greeted already, to a server of its own around the same world."""

    @asynccontextmanager
    async def open_it(principal: Principal | None = None) -> AsyncIterator[Client]:
        async with open_host(world) as host:
            client = host.connect(principal)
            await client.settled()
            yield client
            client.socket.leave()

    return open_it
