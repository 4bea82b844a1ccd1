"""What the taxi application works with, each part as narrow as it is used."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

import attrs
import trio

from smarthealth.conversation.telemetry import NullTelemetry, Telemetry
from smarthealth.llm.port import ChatModel
from smarthealth.storage.bookings import Booking, Order
from smarthealth.storage.threads import Thread, ThreadMessage

from .dispatch.port import Backend
from .places.fares import Fares
from .places.gazetteer import Gazetteer
from .settings import TaxiSettings
from .voice.booth import VoiceServices


class ThreadStore(Protocol):
    """Keeps threads: `storage.threads.Threads`."""

    async def open(self, thread_id: UUID, user_id: int | None) -> Thread:
        """Continue or open a thread; raises `SessionOwnedByAnother`."""
        ...

    async def history(self, thread_id: UUID, limit: int) -> tuple[ThreadMessage, ...]:
        """The latest messages, oldest first."""
        ...

    async def append(
        self,
        thread_id: UUID,
        messages: Sequence[ThreadMessage],
        state: str | None = None,
        *,
        bookings: int | None = None,
    ) -> None:
        """Add messages and replace the state."""
        ...

    async def ask_person(self, thread: Thread, phone: str | None, reason: str) -> None:
        """Write down that somebody wants to talk to a person."""
        ...


class BookingStore(Protocol):
    """Keeps bookings: `storage.bookings.Bookings`."""

    async def place(self, thread_id: UUID, number: int, user_id: int | None, order: Order) -> Booking:
        """Write an order down, once."""
        ...

    async def dispatched(self, booking: Booking, backend: str, reference: str) -> Booking:
        """Write down that the backend has it."""
        ...

    async def active(self, thread_id: UUID, user_id: int | None, *, age: float, limit: int) -> tuple[Booking, ...]:
        """Services under way, newest first."""
        ...

    async def cancel(self, booking_id: int, reason: str) -> bool:
        """Cancel a booking."""
        ...


class Limiter(Protocol):
    """Counts messages: `server.rate.TokenBuckets`."""

    def take(self, client: Hashable) -> float:
        """Count one; 0 when it may go on, else the seconds after which one may."""
        ...


class WorkDesk(Protocol):
    """Finishes what a turn began: `desk.Desk`."""

    async def run(self, thread: str, job: Callable[[], Awaitable[str]], late: Callable[[str], Awaitable[None]]) -> str:
        """Do a piece of work that goes on when the caller is cancelled."""
        ...

    async def settled(self, thread: str) -> None:
        """Return when nothing of a thread is being done."""
        ...


@attrs.define(eq=False)
class ThreadLocks:
    """One turn at a time in a thread, over all connections of the process."""

    _locks: dict[UUID, tuple[trio.Semaphore, int]] = attrs.field(factory=dict, init=False)

    @asynccontextmanager
    async def hold(self, thread_id: UUID) -> AsyncIterator[None]:
        """Wait until no other turn is in the thread, and keep others out."""
        semaphore, users = self._locks.get(thread_id, (trio.Semaphore(1), 0))
        self._locks[thread_id] = (semaphore, users + 1)
        try:
            async with semaphore:
                yield
        finally:
            users = self._locks[thread_id][1] - 1
            if users:
                self._locks[thread_id] = (semaphore, users)
            else:
                del self._locks[thread_id]


def utc_now() -> datetime:
    """The time by the wall clock."""
    return datetime.now(UTC)


@attrs.frozen(kw_only=True)
class TaxiServices:
    """Everything that the application is given."""

    threads: ThreadStore
    bookings: BookingStore
    chat_model: ChatModel
    backend: Backend
    desk: WorkDesk
    gazetteer: Gazetteer
    fares: Fares
    limiter: Limiter
    """By connection and by user."""
    voice: VoiceServices | None = None
    """None where nobody hears and nobody speaks, ever."""
    settings: TaxiSettings = attrs.field(factory=TaxiSettings)
    telemetry: Telemetry = attrs.field(factory=NullTelemetry)
    locks: ThreadLocks = attrs.field(factory=ThreadLocks)
    now: Callable[[], datetime] = utc_now
