"""Appointments of a workshop: what it does, when its bays are taken, who comes.

No two open appointments share a bay at any moment, and a vehicle has one open appointment for a service: both are constraints
of the database, so that they hold whoever writes. Writers of one day take turns under an advisory lock, so that they
seldom meet a constraint at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, Literal

import attrs

from .errors import Conflict, StorageError
from .pool import Pool, PooledConnection

State = Literal["booked", "cancelled", "done"]
ONCE: Final = "support_appointment_once"
BAY_TAKEN: Final = "support_appointment_bay_taken"
MOST_LISTED: Final = 50
_LOCK: Final = 0x5_0C1A
"""First half of the advisory locks that writers of a day hold."""

_SELECT: Final = """
select a.id, v.customer_id, v.registration, a.service, s.name_en, s.name_es, a.price, a.bay, lower(a.during) as begins,
       upper(a.during) as ends, a.state, a.made_at
from support_appointment a join support_vehicle v on v.id = a.vehicle_id join support_service s on s.code = a.service
"""
_FREE_BAY: Final = """
select bay from generate_series(1, %(bays)s) as bay where not exists (
    select from support_appointment a
    where a.bay = bay.bay and a.state = 'booked' and a.during && tstzrange(%(begins)s, %(ends)s) and a.id <> %(except)s
) order by bay limit 1
"""


class SlotTaken(StorageError):
    """All bays are taken at that time."""


@attrs.frozen(kw_only=True)
class Service:
    """What the workshop does."""

    code: str
    name_en: str
    name_es: str
    minutes: int
    price: Decimal
    position: int


@attrs.frozen(kw_only=True)
class Appointment:
    """One visit."""

    id: int
    customer_id: int
    registration: str
    service: str
    name_en: str
    name_es: str
    price: Decimal
    bay: int
    begins: datetime
    ends: datetime
    state: State
    made_at: datetime


class Appointments:
    """The appointments in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def offer(self, services: Sequence[Service]) -> None:
        """Add services, or bring those that are there up to date; none is ever removed.

        Raises:
            StorageError: The database failed.
        """
        await self._pool.execute_many(
            "insert into support_service (code, name_en, name_es, minutes, price, position)"
            " values (%(code)s, %(name_en)s, %(name_es)s, %(minutes)s, %(price)s, %(position)s)"
            " on conflict (code) do update set name_en = excluded.name_en, name_es = excluded.name_es,"
            " minutes = excluded.minutes, price = excluded.price, position = excluded.position",
            [attrs.asdict(service) for service in services],
        )

    async def services(self) -> list[Service]:
        """What is on offer.

        Raises:
            StorageError: The database failed.
        """
        sql = "select code, name_en, name_es, minutes, price, position from support_service order by position, code"
        return await self._pool.fetch_as(Service, sql)

    async def taken(self, begins: datetime, ends: datetime) -> list[tuple[int, datetime, datetime]]:
        """Bay, beginning and end of every open appointment that touches a time.

        Raises:
            StorageError: The database failed.
        """
        rows = await self._pool.fetch(
            "select bay, lower(during), upper(during) from support_appointment"
            " where state = 'booked' and during && tstzrange(%s, %s)",
            [begins, ends],
        )
        return [(bay, start, end) for bay, start, end in rows]

    async def book(self, vehicle_id: int, service: Service, begins: datetime, *, bays: int) -> tuple[Appointment, bool]:
        """Book a visit, in any bay that is free.

        Args:
            vehicle_id: Which car.
            service: What is to be done.
            begins: When.
            bays: How many the workshop has.

        Returns:
            The appointment and whether it is new: where the vehicle has an open one for the service already, that one.

        Raises:
            SlotTaken: All bays are taken then.
            StorageError: The database failed.
        """
        ends = begins + timedelta(minutes=service.minutes)
        try:
            async with self._pool.transaction() as connection:
                await _lock(connection, begins.date(), vehicle_id)
                cursor = await connection.execute(
                    "select id from support_appointment where vehicle_id = %s and service = %s and state = 'booked'",
                    [vehicle_id, service.code],
                )
                found = await cursor.fetchone()
                if found is not None:
                    return await _one(connection, found[0]), False
                bay = await _free_bay(connection, begins, ends, bays=bays, besides=0)
                cursor = await connection.execute(
                    "insert into support_appointment (vehicle_id, service, price, bay, during)"
                    " values (%s, %s, %s, %s, tstzrange(%s, %s)) returning id",
                    [vehicle_id, service.code, service.price, bay, begins, ends],
                )
                row = await cursor.fetchone()
                assert row is not None
                return await _one(connection, row[0]), True
        except Conflict as error:
            raise _slot_taken(error) from error

    async def move(self, appointment_id: int, customer_id: int, begins: datetime, *, bays: int) -> Appointment | None:
        """Move a customer's open visit to another time; None when there is no such one.

        Raises:
            SlotTaken: All bays are taken then; the visit stays where it was.
            StorageError: The database failed.
        """
        try:
            async with self._pool.transaction() as connection:
                await _lock(connection, begins.date(), 0)
                cursor = await connection.execute(
                    f"{_SELECT} where a.id = %s and v.customer_id = %s and a.state = 'booked' for update of a",
                    [appointment_id, customer_id],
                )
                row = await cursor.fetchone()
                if row is None:
                    return None
                now = await _one(connection, appointment_id)
                ends = begins + (now.ends - now.begins)
                bay = await _free_bay(connection, begins, ends, bays=bays, besides=appointment_id)
                await connection.execute(
                    "update support_appointment set bay = %s, during = tstzrange(%s, %s), changed_at = now() where id = %s",
                    [bay, begins, ends, appointment_id],
                )
                return await _one(connection, appointment_id)
        except Conflict as error:
            raise _slot_taken(error) from error

    async def cancel(self, appointment_id: int, customer_id: int) -> Appointment | None:
        """Cancel a customer's visit; one that is cancelled already stays so. None when there is no such one.

        Raises:
            StorageError: The database failed.
        """
        async with self._pool.transaction() as connection:
            cursor = await connection.execute(
                "update support_appointment a set state = 'cancelled', changed_at = now() from support_vehicle v"
                " where v.id = a.vehicle_id and a.id = %s and v.customer_id = %s and a.state <> 'done' returning a.id",
                [appointment_id, customer_id],
            )
            return None if await cursor.fetchone() is None else await _one(connection, appointment_id)

    async def of_customer(self, customer_id: int) -> list[Appointment]:
        """A customer's visits of all states, the latest first.

        Raises:
            StorageError: The database failed.
        """
        sql = f"{_SELECT} where v.customer_id = %s order by lower(a.during) desc, a.id desc limit {MOST_LISTED}"
        return await self._pool.fetch_as(Appointment, sql, [customer_id])

    async def finish(self, before: datetime) -> int:
        """Mark the visits that are over as done; returns how many.

        Raises:
            StorageError: The database failed.
        """
        return await self._pool.execute(
            "update support_appointment set state = 'done', changed_at = now() where state = 'booked' and upper(during) < %s",
            [before],
        )


async def _lock(connection: PooledConnection, day: date, vehicle_id: int) -> None:
    """Have writers of one day, and of one vehicle, go one after the other, always in this order."""
    await connection.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, day.toordinal()])
    if vehicle_id:
        await connection.execute("select id from support_vehicle where id = %s for update", [vehicle_id])


async def _free_bay(connection: PooledConnection, begins: datetime, ends: datetime, *, bays: int, besides: int) -> int:
    cursor = await connection.execute(_FREE_BAY, {"bays": bays, "begins": begins, "ends": ends, "except": besides})
    row = await cursor.fetchone()
    if row is None:
        raise SlotTaken("all bays are taken then")
    return int(row[0])


async def _one(connection: PooledConnection, appointment_id: int) -> Appointment:
    cursor = await connection.execute(f"{_SELECT} where a.id = %s", [appointment_id])
    row = await cursor.fetchone()
    assert row is not None
    return Appointment(**dict(zip((field.name for field in attrs.fields(Appointment)), row, strict=True)))


def _slot_taken(error: Conflict) -> StorageError:
    """Whoever writes past the lock is told the same: the slot is gone."""
    return SlotTaken("all bays are taken then") if error.constraint in (ONCE, BAY_TAKEN) or error.retryable else error
