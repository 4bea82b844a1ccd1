"""The workshop: its hours, its services, its free times; a thin layer of rules over the rows of appointments."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal, Protocol
from zoneinfo import ZoneInfo

import attrs

from smarthealth.storage.appointments import Appointment, Service

STEP: Final = timedelta(minutes=30)
"""Visits begin at full and half hours."""
FARTHEST: Final = timedelta(days=90)
"""How far ahead one may book."""
NOTICE: Final = timedelta(minutes=30)
"""How long ahead one must book."""
DAYS_SEARCHED: Final = 21
_DAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NOON: Final = time(12)
PartOfDay = Literal["any", "morning", "afternoon"]


class AppointmentBook(Protocol):
    """Keeps appointments: `storage.appointments.Appointments`."""

    async def offer(self, services: Sequence[Service]) -> None:
        """Add services."""
        ...

    async def services(self) -> list[Service]:
        """What is on offer."""
        ...

    async def taken(self, begins: datetime, ends: datetime) -> list[tuple[int, datetime, datetime]]:
        """Bay, beginning and end of what is booked."""
        ...

    async def book(self, vehicle_id: int, service: Service, begins: datetime, *, bays: int) -> tuple[Appointment, bool]:
        """Book a visit; raises `SlotTaken`."""
        ...

    async def move(self, appointment_id: int, customer_id: int, begins: datetime, *, bays: int) -> Appointment | None:
        """Move a visit; raises `SlotTaken`."""
        ...

    async def cancel(self, appointment_id: int, customer_id: int) -> Appointment | None:
        """Cancel a visit."""
        ...

    async def of_customer(self, customer_id: int) -> list[Appointment]:
        """A customer's visits."""
        ...

    async def finish(self, before: datetime) -> int:
        """Mark what is over."""
        ...


class NotBookable(Exception):
    """A time at which nothing can be booked; says why, for people.

    Attributes:
        reason: `past`, `soon`, `far` or `closed`.
    """

    def __init__(self, reason: Literal["past", "soon", "far", "closed"]) -> None:
        super().__init__(reason)
        self.reason: Literal["past", "soon", "far", "closed"] = reason


@attrs.frozen(kw_only=True)
class Plan:
    """What the workshop's file says."""

    hours: Mapping[int, tuple[time, time]]
    """By weekday, Monday 0; days without are closed."""
    services: tuple[Service, ...]
    clues: Mapping[str, tuple[str, ...]]
    """By service, the words by which people name it."""


@cache
def load_plan() -> Plan:
    """The shipped workshop."""
    text = files("smarthealth.apps.support").joinpath("data/workshop.toml").read_text(encoding="utf-8")
    held: dict[str, Any] = tomllib.loads(text)
    return Plan(
        hours={
            _DAYS.index(day): (time.fromisoformat(opens), time.fromisoformat(closes))
            for day, (opens, closes) in held["hours"].items()
        },
        services=tuple(
            Service(
                code=one["code"],
                name_en=one["name_en"],
                name_es=one["name_es"],
                minutes=one["minutes"],
                price=Decimal(one["price"]),
                position=number,
            )
            for number, one in enumerate(held["service"], start=1)
        ),
        clues={one["code"]: tuple(one["clues"]) for one in held["service"]},
    )


@attrs.frozen(kw_only=True)
class Workshop:
    """Free times and visits."""

    book: AppointmentBook
    zone: ZoneInfo
    bays: int
    now: Callable[[], datetime]
    plan: Plan = attrs.field(factory=load_plan)

    async def prepare(self) -> None:
        """Put what is on offer into the database.

        Raises:
            StorageError: The database failed.
        """
        await self.book.offer(self.plan.services)

    def local(self, moment: datetime) -> datetime:
        """A moment in the workshop's own time."""
        return moment.astimezone(self.zone)

    @property
    def today(self) -> date:
        """The day that it is at the workshop."""
        return self.local(self.now()).date()

    def service(self, code: str) -> Service | None:
        """The service of that code."""
        return next((service for service in self.plan.services if service.code == code), None)

    def begins(self, local: datetime) -> datetime:
        """A beginning, in UTC, if something may be booked then at all.

        Args:
            local: In the workshop's time, without a zone.

        Raises:
            NotBookable: It may not.
        """
        moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        now = self.now()
        if moment < now:
            raise NotBookable("past")
        if moment < now + NOTICE:
            raise NotBookable("soon")
        if moment > now + FARTHEST:
            raise NotBookable("far")
        return moment

    def fits(self, begins: datetime, minutes: int) -> bool:
        """Whether a visit is within the hours of its day."""
        local = self.local(begins)
        hours = self.plan.hours.get(local.weekday())
        if hours is None or (local.minute * 60 + local.second) % STEP.total_seconds():
            return False
        ends = local + timedelta(minutes=minutes)
        return hours[0] <= local.time() and ends.date() == local.date() and ends.time() <= hours[1]

    async def free(self, service: Service, first: date, *, part: PartOfDay = "any", days: int = 1) -> list[datetime]:
        """Beginnings at which a bay is free, in the workshop's time, on so many days from the first.

        Raises:
            StorageError: The database failed.
        """
        starts = [
            start
            for offset in range(days)
            for start in self._starts(service, first + timedelta(days=offset))
            if part == "any" or (start.time() < NOON) is (part == "morning")
        ]
        if not starts:
            return []
        length = timedelta(minutes=service.minutes)
        taken = await self.book.taken(starts[0].astimezone(UTC), (starts[-1] + length).astimezone(UTC))
        return [start for start in starts if self._has_bay(start, start + length, taken)]

    def _starts(self, service: Service, day: date) -> list[datetime]:
        hours = self.plan.hours.get(day.weekday())
        if hours is None:
            return []
        earliest, latest = self.now() + NOTICE, self.now() + FARTHEST
        start = datetime.combine(day, hours[0], self.zone)
        closes = datetime.combine(day, hours[1], self.zone)
        found = []
        while start + timedelta(minutes=service.minutes) <= closes:
            if earliest <= start <= latest:
                found.append(start)
            start += STEP
        return found

    def _has_bay(self, start: datetime, end: datetime, taken: Sequence[tuple[int, datetime, datetime]]) -> bool:
        busy = {bay for bay, begins, ends in taken if begins < end and start < ends}
        return len([bay for bay in busy if bay <= self.bays]) < self.bays
