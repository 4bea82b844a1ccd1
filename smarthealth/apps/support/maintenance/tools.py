"""The tools of the maintenance specialist: each acts for the customer of the turn that is running, on real rows.

The tools are made once, since making one reads its types; whom they act for is told by a context variable that is set for the
task of one turn and the tasks below it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from typing import Annotated, Any, Final, Literal

import attrs

from smarthealth.llm.tooling import Toolbox, ToolError, make_tool
from smarthealth.storage.appointments import Appointment, Service, SlotTaken
from smarthealth.wire.fields import length

from .workshop import DAYS_SEARCHED, NotBookable, PartOfDay, Workshop

MOST_OFFERED: Final = 5
"""Times that one answer names."""
DEFAULT_SERVICE: Final = "inspection"
"""Whose length free times are told for where no service was named."""
_REASONS: Final = {
    "past": "That time is over.",
    "soon": "Book at least 30 minutes ahead.",
    "far": "Book at most 90 days ahead.",
    "closed": "The workshop is closed then, or would close before the work is done; visits begin at full and half hours.",
}
VehicleOf = Callable[[str], Awaitable[int]]
"""A registration, empty for none told, to the number of a vehicle of the customer."""


@attrs.frozen(kw_only=True)
class Counter:
    """For whom the tools act."""

    workshop: Workshop
    customer_id: int
    vehicle_of: VehicleOf


counter: ContextVar[Counter] = ContextVar("counter")
"""Of the turn that is running."""


async def find_slots(
    service: Annotated[str, "Code of the service"] = DEFAULT_SERVICE,
    day: Annotated[str, "First day, as YYYY-MM-DD; empty for as soon as possible", length(0, 10)] = "",
    part: Annotated[PartOfDay, "Part of the day"] = "any",
) -> dict[str, Any]:
    """Tell at which times a visit can begin; from the day on if that is full."""
    workshop = counter.get().workshop
    wanted = _service(workshop, service)
    first = max(_day(day), workshop.today) if day else workshop.today
    found = await workshop.free(wanted, first, part=part)
    if not found:
        found = await workshop.free(wanted, first, part=part, days=DAYS_SEARCHED)
    spread = _spread(found)
    return {
        "service": wanted.code,
        "day_asked": day,
        "slots": [start.strftime("%Y-%m-%dT%H:%M") for start in spread],
        "minutes": wanted.minutes,
    }


async def book_appointment(
    service: Annotated[str, "Code of the service"],
    begins: Annotated[str, "Workshop time, as YYYY-MM-DDTHH:MM", length(16, 16)],
    registration: Annotated[str, "Number plate, empty if not told", length(0, 16)] = "",
) -> dict[str, Any]:
    """Book a visit. A car has one open visit for a service: if there is one already, that one is returned and `new` is false."""
    here = counter.get()
    wanted = _service(here.workshop, service)
    moment = _bookable(here.workshop, begins, wanted.minutes)
    vehicle = await here.vehicle_of(registration)
    try:
        appointment, is_new = await here.workshop.book.book(vehicle, wanted, moment, bays=here.workshop.bays)
    except SlotTaken:
        raise ToolError("That time is taken.") from None
    return {"appointment": _told(here.workshop, appointment), "new": is_new}


async def move_appointment(
    appointment: Annotated[int, "Number of the visit"],
    begins: Annotated[str, "New beginning, workshop time, as YYYY-MM-DDTHH:MM", length(16, 16)],
) -> dict[str, Any]:
    """Move a visit of the customer to another time; it stays where it was if that is taken."""
    here = counter.get()
    visit = next((one for one in await _visits(here) if one.id == appointment and one.state == "booked"), None)
    if visit is None:
        raise ToolError("The customer has no such visit.")
    minutes = round((visit.ends - visit.begins).total_seconds() / 60)
    moment = _bookable(here.workshop, begins, minutes)
    try:
        moved = await here.workshop.book.move(appointment, here.customer_id, moment, bays=here.workshop.bays)
    except SlotTaken:
        raise ToolError("That time is taken.") from None
    if moved is None:
        raise ToolError("The customer has no such visit.")
    return {"appointment": _told(here.workshop, moved), "was": _local(here.workshop, visit.begins)}


async def cancel_appointment(appointment: Annotated[int, "Number of the visit"]) -> dict[str, Any]:
    """Cancel a visit of the customer; cancelling it again changes nothing."""
    here = counter.get()
    cancelled = await here.workshop.book.cancel(appointment, here.customer_id)
    if cancelled is None:
        raise ToolError("The customer has no such visit.")
    return {"appointment": _told(here.workshop, cancelled)}


async def list_appointments() -> dict[str, Any]:
    """List the customer's visits: those to come, and those that are over."""
    here = counter.get()
    await here.workshop.book.finish(here.workshop.now())
    visits = await _visits(here)
    return {
        "open": [_told(here.workshop, one) for one in reversed(visits) if one.state == "booked"],
        "past": [_told(here.workshop, one) for one in visits if one.state != "booked"],
    }


async def list_prices() -> dict[str, Any]:
    """List what the workshop does, how long it takes and what it costs in dollars; and its hours."""
    workshop = counter.get().workshop
    services = await workshop.book.services()
    return {
        "services": [
            {
                "code": one.code,
                "name_en": one.name_en,
                "name_es": one.name_es,
                "minutes": one.minutes,
                "price": str(one.price),
            }
            for one in services
        ],
        "hours": {
            str(day): [opens.strftime("%H:%M"), closes.strftime("%H:%M")]
            for day, (opens, closes) in workshop.plan.hours.items()
        },
    }


@cache
def toolbox() -> Toolbox:
    """All of them."""
    functions: tuple[Callable[..., Awaitable[object]], ...] = (
        find_slots,
        book_appointment,
        move_appointment,
        cancel_appointment,
        list_appointments,
        list_prices,
    )
    return Toolbox(make_tool(function) for function in functions)


def _service(workshop: Workshop, code: str) -> Service:
    found = workshop.service(code)
    if found is None:
        known = ", ".join(service.code for service in workshop.plan.services)
        raise ToolError(f"There is no such service; there are: {known}.")
    return found


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ToolError("A day is written as YYYY-MM-DD.") from None


def _bookable(workshop: Workshop, begins: str, minutes: int) -> datetime:
    try:
        moment = workshop.begins(
            datetime.strptime(begins, "%Y-%m-%dT%H:%M")
        )  # in the workshop's zone, which is put on there
    except ValueError:
        raise ToolError("A beginning is written as YYYY-MM-DDTHH:MM.") from None
    except NotBookable as refused:
        raise ToolError(_REASONS[refused.reason]) from None
    if not workshop.fits(moment, minutes):
        raise ToolError(_REASONS["closed"])
    return moment


async def _visits(here: Counter) -> list[Appointment]:
    return await here.workshop.book.of_customer(here.customer_id)


def _told(workshop: Workshop, appointment: Appointment) -> dict[str, Any]:
    state: Literal["booked", "cancelled", "done"] = appointment.state
    return {
        "number": appointment.id,
        "service": appointment.service,
        "name_en": appointment.name_en,
        "name_es": appointment.name_es,
        "begins": _local(workshop, appointment.begins),
        "price": str(appointment.price),
        "registration": appointment.registration,
        "state": state,
    }


def _local(workshop: Workshop, moment: datetime) -> str:
    return workshop.local(moment).strftime("%Y-%m-%dT%H:%M")


def _spread(found: list[datetime]) -> list[datetime]:
    """A few of many times, of the first day that has any, from early to late."""
    if not found:
        return []
    day = [start for start in found if start.date() == found[0].date()]
    if len(day) <= MOST_OFFERED:
        return day
    return [day[round(place * (len(day) - 1) / (MOST_OFFERED - 1))] for place in range(MOST_OFFERED)]
