"""Bookings of taxis, the services that came of them, and cancellations.

A booking is placed before it is dispatched, under the number that it has in its thread: whoever repeats it, or comes after an
attempt that was broken off, finds that row again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import attrs

from .errors import Conflict
from .pool import Pool

Status = Literal["pending", "dispatched", "cancelled"]

_FIELDS: Final = (
    "destination, zone, sector, pickup, pickup_zone, pickup_sector, fare, fare_is_estimate, payment, features, observation,"
    " name, phone, wanted"
)
_COLUMNS: Final = f"booking.id, thread_id, number, user_id, status, {_FIELDS}, created_at, reference"
_VALUES: Final = ", ".join(f"%({name.strip()})s" for name in _FIELDS.split(","))

# An order that was not dispatched may still be corrected; one that was is left as it is.
_PLACE: Final = f"""
insert into taxi_booking (thread_id, number, user_id, {_FIELDS}) values (%(thread_id)s, %(number)s, %(user_id)s, {_VALUES})
on conflict (thread_id, number) do update set ({_FIELDS}) = ({_VALUES}) where taxi_booking.status = 'pending'
"""
_FIND: Final = f"""
select {_COLUMNS} from taxi_booking as booking left join taxi_service on booking_id = booking.id
where thread_id = %s and number = %s
"""
_DISPATCHED: Final = """
with service as (
    insert into taxi_service (booking_id, backend, reference) values (%(booking)s, %(backend)s, %(reference)s)
    on conflict (booking_id) do nothing
), booking as (
    update taxi_booking set status = 'dispatched' where id = %(booking)s and status = 'pending'
)
update taxi_thread set bookings = greatest(bookings, number)
from taxi_booking where taxi_booking.id = %(booking)s and taxi_thread.id = taxi_booking.thread_id
"""
_ACTIVE: Final = f"""
select {_COLUMNS} from taxi_booking as booking join taxi_service on booking_id = booking.id
where status = 'dispatched' and dispatched_at > now() - make_interval(secs => %(age)s)
  and (thread_id = %(thread)s or (%(user)s::bigint is not null and user_id = %(user)s))
order by booking.id desc limit %(limit)s
"""
_CANCEL: Final = """
with booking as (
    update taxi_booking set status = 'cancelled' where id = %(booking)s and status <> 'cancelled' returning id
)
insert into taxi_cancellation (booking_id, reason) select id, %(reason)s from booking on conflict (booking_id) do nothing
"""


def _tuple(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(texts)


@attrs.frozen(kw_only=True)
class Order:
    """What is booked."""

    destination: str
    zone: str
    sector: str
    pickup: str | None
    pickup_zone: str | None
    pickup_sector: str | None
    fare: int
    """Pesos."""
    fare_is_estimate: bool
    payment: str
    features: tuple[str, ...] = attrs.field(default=(), converter=_tuple)
    observation: str | None = None
    name: str | None = None
    phone: str | None = None
    wanted: str | None = None
    """For when, in the person's words; None for now."""


@attrs.frozen(kw_only=True)
class Booking(Order):
    """A booking as the database holds it."""

    id: int
    thread_id: UUID
    number: int
    """In its thread, from 1."""
    user_id: int | None
    status: Status
    created_at: datetime
    reference: str | None
    """The service's, as the backend calls it; None while it was not dispatched."""


class Bookings:
    """The bookings in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def place(self, thread_id: UUID, number: int, user_id: int | None, order: Order) -> Booking:
        """Write an order down, once: the second time its row is corrected while it waits, and found when it was dispatched.

        Args:
            thread_id: Where it was ordered.
            number: Of the booking in its thread, from 1.
            user_id: Whose it is, None for a client without a token.
            order: What is booked.

        Raises:
            StorageError: The database failed.
        """
        values = {**attrs.asdict(order), "features": list(order.features)}
        await self._pool.execute(_PLACE, {**values, "thread_id": thread_id, "number": number, "user_id": user_id})
        return await self._find(thread_id, number)

    async def dispatched(self, booking: Booking, backend: str, reference: str) -> Booking:
        """Write down that the backend has a booking; the first reference stays.

        Raises:
            StorageError: The database failed.
        """
        await self._pool.execute(_DISPATCHED, {"booking": booking.id, "backend": backend, "reference": reference})
        return await self._find(booking.thread_id, booking.number)

    async def active(self, thread_id: UUID, user_id: int | None, *, age: float, limit: int) -> tuple[Booking, ...]:
        """The services under way of a thread, and of its user in any thread, newest first.

        Args:
            thread_id: The thread.
            user_id: None for a client without a token.
            age: Seconds after its dispatch for which a service counts as under way.
            limit: Most to return.

        Raises:
            StorageError: The database failed.
        """
        wanted = {"thread": thread_id, "user": user_id, "age": age, "limit": limit}
        return tuple(await self._pool.fetch_as(Booking, _ACTIVE, wanted))

    async def cancel(self, booking_id: int, reason: str) -> bool:
        """Cancel a booking; False when it was cancelled before, or there is none.

        Raises:
            StorageError: The database failed.
        """
        return bool(await self._pool.execute(_CANCEL, {"booking": booking_id, "reason": reason}))

    async def _find(self, thread_id: UUID, number: int) -> Booking:
        booking = await self._pool.fetch_one_as(Booking, _FIND, [thread_id, number])
        if booking is None:  # somebody deleted it meanwhile
            raise Conflict("the booking is gone", constraint=None, retryable=True)
        return booking
