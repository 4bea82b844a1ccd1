from __future__ import annotations

from uuid import UUID, uuid4

import attrs
import pytest
import trio

from smarthealth.storage.bookings import Bookings, Order
from smarthealth.storage.errors import Conflict, InvalidData
from smarthealth.storage.pool import Pool
from smarthealth.storage.threads import Threads

ORDER = Order(
    destination="Calle 72 # 43-25, El Prado, Barranquilla",
    zone="Barranquilla",
    sector="Norte-Centro Histórico",
    pickup=None,
    pickup_zone=None,
    pickup_sector=None,
    fare=9500,
    fare_is_estimate=True,
    payment="efectivo",
    features=("mascota",),
)


@attrs.frozen
class Desk:
    """A thread and the bookings of all."""

    bookings: Bookings
    threads: Threads
    thread_id: UUID


@pytest.fixture
async def desk(pool: Pool) -> Desk:
    """A thread without bookings."""
    desk = Desk(Bookings(pool), Threads(pool), uuid4())
    await desk.threads.open(desk.thread_id, None)
    return desk


async def test_an_order_is_one_row_however_often_it_is_placed(desk: Desk, pool: Pool) -> None:
    """Also when it is placed several times at once; until it is dispatched it may be corrected."""
    async with trio.open_nursery() as nursery:
        for _ in range(5):
            nursery.start_soon(desk.bookings.place, desk.thread_id, 1, None, ORDER)
    corrected = await desk.bookings.place(desk.thread_id, 1, None, attrs.evolve(ORDER, payment="nequi"))
    assert (corrected.payment, corrected.status, corrected.features) == ("nequi", "pending", ("mascota",))
    assert await pool.fetch_one("select count(*) from taxi_booking") == (1,)


async def test_a_dispatched_booking_stays_as_it_is(desk: Desk) -> None:
    """Neither another order nor another reference changes it, and the thread counts it once."""
    placed = await desk.bookings.place(desk.thread_id, 1, 7, ORDER)
    for reference in ("BAQ-1", "BAQ-2"):
        done = await desk.bookings.dispatched(placed, "embedded", reference)
    again = await desk.bookings.place(desk.thread_id, 1, 7, attrs.evolve(ORDER, payment="nequi"))
    assert again == done
    assert (done.status, done.reference, done.payment, done.user_id) == ("dispatched", "BAQ-1", "efectivo", 7)
    assert (await desk.threads.open(desk.thread_id, None)).bookings == 1


async def test_services_under_way_are_found_by_thread_and_by_user(desk: Desk) -> None:
    """A user's in any thread; those of nobody only in their own; neither cancelled nor old ones."""
    first = await desk.bookings.place(desk.thread_id, 1, 7, ORDER)
    waiting = await desk.bookings.place(desk.thread_id, 2, 7, ORDER)
    await desk.bookings.dispatched(first, "embedded", "BAQ-1")
    find = desk.bookings.active
    assert [one.id for one in await find(desk.thread_id, None, age=60, limit=5)] == [first.id]
    assert [one.id for one in await find(uuid4(), 7, age=60, limit=5)] == [first.id]
    assert await find(uuid4(), None, age=60, limit=5) == ()
    assert await find(desk.thread_id, 7, age=0, limit=5) == ()
    await desk.bookings.dispatched(waiting, "embedded", "BAQ-2")
    assert await desk.bookings.cancel(first.id, "cambio de planes")
    assert [one.id for one in await find(desk.thread_id, 7, age=60, limit=5)] == [waiting.id]


async def test_a_booking_is_cancelled_once(desk: Desk, pool: Pool) -> None:
    """The second time nothing happens; the first reason stays."""
    placed = await desk.bookings.place(desk.thread_id, 1, None, ORDER)
    assert await desk.bookings.cancel(placed.id, "uno")
    assert not await desk.bookings.cancel(placed.id, "dos")
    assert not await desk.bookings.cancel(placed.id + 1, "nada")
    assert await pool.fetch("select reason from taxi_cancellation") == [("uno",)]


async def test_an_order_without_a_fare_is_refused(desk: Desk) -> None:
    """A booking has a fare."""
    with pytest.raises(InvalidData):
        await desk.bookings.place(desk.thread_id, 1, None, attrs.evolve(ORDER, fare=0))


async def test_a_booking_that_is_not_there_is_gone(desk: Desk, pool: Pool) -> None:
    """Whoever holds it is told, whether its row or its number is missing."""
    placed = await desk.bookings.place(desk.thread_id, 1, None, ORDER)
    with pytest.raises(Conflict):
        await desk.bookings.dispatched(attrs.evolve(placed, number=9), "embedded", "BAQ-1")
    await pool.execute("delete from taxi_booking")
    with pytest.raises(Conflict):
        await desk.bookings.dispatched(placed, "embedded", "BAQ-1")
