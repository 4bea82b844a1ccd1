"""A turn's work in a world in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from smarthealth.actors import ChildSpec, open_system
from smarthealth.apps.taxi.agents.work import Work, begin
from smarthealth.apps.taxi.caller import Caller
from smarthealth.apps.taxi.slots import Slots
from smarthealth.apps.taxi.state import ThreadState
from smarthealth.apps.taxi.wire import AgentName
from smarthealth.storage.bookings import Booking
from smarthealth.storage.threads import Thread
from tests.apps.taxi.conftest import THREAD, World
from tests.apps.taxi.test_filling import after

CALLER = Caller(user_id=None, address=None, connection_id="1", thread_name=THREAD)
NEW = Thread(id=CALLER.thread_id, user_id=None, state="{}", bookings=0)
ORDER = ("de la calle 76 # 54-11 en El Prado a la carrera 38 # 74-12 en Boston", "efectivo", "no")
"""An order that lacks but its confirmation."""


def state_of(*texts: str, agent: AgentName = "NAVEGANTE") -> ThreadState:
    """A thread in which this was said."""
    return ThreadState(agent=agent, slots=after(*texts).slots if texts else Slots())


def work_of(world: World, text: str, state: ThreadState, active: tuple[Booking, ...] = ()) -> Work:
    """A turn's work on a message."""
    return begin(world.services(), CALLER, NEW, state, text, active)


@asynccontextmanager
async def open_desk(world: World) -> AsyncIterator[None]:
    """With the desk at work, and the thread there."""
    await world.threads.open(CALLER.thread_id, None)
    async with open_system("test") as system:
        await system.start_child(ChildSpec(name="desk", start=world.desk.serve))
        yield


async def a_service(world: World) -> Booking:
    """A service under way."""
    from tests.storage.test_bookings import ORDER as BOOKED

    await world.threads.open(CALLER.thread_id, None)
    placed = await world.bookings.place(CALLER.thread_id, 1, None, BOOKED)
    return await world.bookings.dispatched(placed, "memory", "BAQ-1")


Call = Callable[..., Awaitable[object]]
