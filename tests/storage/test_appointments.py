"""Appointments of a workshop."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import attrs
import pytest
import trio

from smarthealth.storage.appointments import Appointment, Appointments, Service, SlotTaken
from smarthealth.storage.customers import Customers
from smarthealth.storage.errors import Conflict, InvalidData
from smarthealth.storage.pool import Pool

MONDAY = datetime(2026, 3, 2, 13, 0, tzinfo=UTC)
OIL = Service(
    code="oil", name_en="Oil change", name_es="Cambio de aceite", minutes=60, price=Decimal("89.00"), position=1
)
BRAKES = Service(code="brakes", name_en="Brakes", name_es="Frenos", minutes=90, price=Decimal("240.50"), position=2)
CLIENTS = 50
BAYS = 2


@pytest.fixture
async def appointments(pool: Pool) -> Appointments:
    """A workshop with two services."""
    made = Appointments(pool)
    await made.offer([OIL, BRAKES])
    return made


async def vehicle_of(pool: Pool, user: int) -> tuple[int, int]:
    """A customer and a vehicle."""
    customers = Customers(pool)
    customer = await customers.claim(user, None)
    return customer.id, (await customers.vehicle(customer.id, "")).id


async def test_services_are_brought_up_to_date(appointments: Appointments) -> None:
    """What is on offer is as it was said last, in order."""
    await appointments.offer([BRAKES, attrs.evolve(OIL, price=Decimal("95.00"))])
    assert [(one.code, one.price) for one in await appointments.services()] == [
        ("oil", Decimal("95.00")),
        ("brakes", Decimal("240.50")),
    ]


async def test_a_visit_is_booked_moved_and_cancelled(pool: Pool, appointments: Appointments) -> None:
    """Its row says each time what holds, and its bay is free again afterwards."""
    customer, vehicle = await vehicle_of(pool, 1)
    booked, new = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    assert (new, booked.begins, booked.ends, booked.bay) == (True, MONDAY, MONDAY + timedelta(hours=1), 1)
    moved = await appointments.move(booked.id, customer, MONDAY + timedelta(days=1), bays=BAYS)
    assert moved is not None
    assert (moved.id, moved.begins) == (booked.id, MONDAY + timedelta(days=1))
    assert await appointments.taken(MONDAY, MONDAY + timedelta(hours=8)) == []
    cancelled = await appointments.cancel(booked.id, customer)
    assert cancelled is not None
    assert cancelled.state == "cancelled"
    assert await appointments.cancel(booked.id, customer) == cancelled
    assert await appointments.of_customer(customer) == [cancelled]


async def test_said_twice_is_booked_once(pool: Pool, appointments: Appointments) -> None:
    """A vehicle has one open visit for a service; after it was cancelled there may be another."""
    customer, vehicle = await vehicle_of(pool, 1)
    first, _ = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    again, new = await appointments.book(vehicle, OIL, MONDAY + timedelta(days=2), bays=BAYS)
    assert (again, new) == (first, False)
    await appointments.cancel(first.id, customer)
    _, new = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    assert new


async def test_a_full_hour_is_refused(pool: Pool, appointments: Appointments) -> None:
    """Whether one books or moves there; what is moved stays where it was."""
    people = [await vehicle_of(pool, user) for user in range(1, 4)]
    for _, vehicle in people[:2]:
        await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    customer, vehicle = people[2]
    with pytest.raises(SlotTaken):
        await appointments.book(vehicle, OIL, MONDAY + timedelta(minutes=30), bays=BAYS)
    booked, _ = await appointments.book(vehicle, OIL, MONDAY + timedelta(hours=1), bays=BAYS)
    with pytest.raises(SlotTaken):
        await appointments.move(booked.id, customer, MONDAY, bays=BAYS)
    assert await appointments.of_customer(customer) == [booked]
    moved = await appointments.move(booked.id, customer, MONDAY + timedelta(minutes=90), bays=1)
    assert moved is not None
    assert moved.bay == 1


async def test_nobody_changes_the_visit_of_another(pool: Pool, appointments: Appointments) -> None:
    """To another customer it is not there."""
    _, vehicle = await vehicle_of(pool, 1)
    stranger, _ = await vehicle_of(pool, 2)
    booked, _ = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    assert await appointments.cancel(booked.id, stranger) is None
    assert await appointments.move(booked.id, stranger, MONDAY, bays=BAYS) is None


async def test_what_is_over_is_done(pool: Pool, appointments: Appointments) -> None:
    """A visit of the past is history, and is not cancelled any more."""
    customer, vehicle = await vehicle_of(pool, 1)
    booked, _ = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
    assert await appointments.finish(MONDAY + timedelta(days=1)) == 1
    assert await appointments.cancel(booked.id, customer) is None
    assert [one.state for one in await appointments.of_customer(customer)] == ["done"]


async def test_fifty_at_once_get_the_bays_that_there_are(pool: Pool, appointments: Appointments) -> None:
    """As many as there are bays are booked, in different bays, and everybody else is told that the hour is taken."""
    vehicles = [(await vehicle_of(pool, user))[1] for user in range(1, CLIENTS + 1)]
    won: list[Appointment] = []
    refused: list[int] = []

    async def want(vehicle: int) -> None:
        try:
            appointment, _ = await appointments.book(vehicle, OIL, MONDAY, bays=BAYS)
        except SlotTaken:
            refused.append(vehicle)
        else:
            won.append(appointment)

    async with trio.open_nursery() as nursery:
        for vehicle in vehicles:
            nursery.start_soon(want, vehicle)
    assert sorted(one.bay for one in won) == [1, 2]
    assert len(refused) == CLIENTS - BAYS


async def test_one_client_fifty_times_at_once_books_once(pool: Pool, appointments: Appointments) -> None:
    """Repeated messages that overtake one another make one row."""
    customer, vehicle = await vehicle_of(pool, 1)
    told: list[bool] = []

    async def want(hour: int) -> None:
        told.append((await appointments.book(vehicle, OIL, MONDAY + timedelta(hours=hour % 8), bays=BAYS))[1])

    async with trio.open_nursery() as nursery:
        for number in range(CLIENTS):
            nursery.start_soon(want, number)
    assert told.count(True) == 1
    assert len(await appointments.of_customer(customer)) == 1


async def test_the_database_itself_refuses_a_second_car_in_a_bay(pool: Pool, appointments: Appointments) -> None:
    """Whoever writes past the lock meets the constraint, and whoever meets it is told that the hour is taken."""
    _, vehicle = await vehicle_of(pool, 1)
    _, other = await vehicle_of(pool, 2)
    await appointments.book(vehicle, OIL, MONDAY, bays=1)
    with pytest.raises(Conflict):
        await pool.execute(
            "insert into support_appointment (vehicle_id, service, price, bay, during)"
            " values (%s, 'oil', 1, 1, tstzrange(%s, %s))",
            [other, MONDAY, MONDAY + timedelta(hours=1)],
        )
    # the lock left alone: a trigger of the test's own puts a row into the bay after it was found free
    await pool.execute(
        "create function steal() returns trigger language plpgsql as $$ begin"
        f" if new.bay = 1 and new.vehicle_id <> {vehicle} then"
        " insert into support_appointment (vehicle_id, service, price, bay, during)"
        f" values ({vehicle}, 'brakes', 1, 1, new.during); end if; return new; end $$"
    )
    await pool.execute(
        "create trigger steal before insert or update on support_appointment for each row execute function steal()"
    )
    try:
        later = MONDAY + timedelta(days=1)
        with pytest.raises(SlotTaken):
            await appointments.book(other, OIL, later, bays=1)
        await pool.execute("alter table support_appointment disable trigger steal")
        booked, _ = await appointments.book(other, OIL, later, bays=1)
        await pool.execute("alter table support_appointment enable trigger steal")
        with pytest.raises(SlotTaken):
            await appointments.move(booked.id, booked.customer_id, later + timedelta(days=1), bays=1)
    finally:
        await pool.execute("drop trigger steal on support_appointment")
        await pool.execute("drop function steal")


async def test_what_is_no_conflict_of_hours_stays_what_it_is(pool: Pool, appointments: Appointments) -> None:
    """A service that is not on offer is no taken slot."""
    _, vehicle = await vehicle_of(pool, 1)
    unknown = attrs.evolve(OIL, code="wings")
    with pytest.raises((Conflict, InvalidData)):
        await appointments.book(vehicle, unknown, MONDAY, bays=1)
