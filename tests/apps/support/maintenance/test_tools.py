"""The tools of the maintenance specialist."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest

from smarthealth.apps.support.maintenance.tools import (
    Counter,
    book_appointment,
    cancel_appointment,
    counter,
    find_slots,
    list_appointments,
    list_prices,
    move_appointment,
    toolbox,
)
from smarthealth.llm.tooling import ToolError
from smarthealth.storage.appointments import Appointment, Appointments
from smarthealth.storage.customers import Customers
from tests.apps.support.conftest import Books

THURSDAY = "2026-03-05"


async def at_the_counter(books: Books, user: int = 7) -> None:
    """Act for a user's own customer from now on."""
    customers = Customers(books.pool)
    customer = await customers.claim(user, None)

    async def vehicle_of(registration: str) -> int:
        return (await customers.vehicle(customer.id, registration)).id

    counter.set(Counter(workshop=books.workshop(), customer_id=customer.id, vehicle_of=vehicle_of))


async def refused(call: Awaitable[Any]) -> str:
    """Why a tool cannot."""
    with pytest.raises(ToolError) as error:
        await call
    return error.value.reason


async def test_a_visit_from_the_first_look_to_its_end(books: Books) -> None:
    """Found, booked once, moved, listed and cancelled; other people's visits are not there."""
    await at_the_counter(books)
    slots = (await find_slots("oil_change", THURSDAY, "morning"))["slots"]
    assert slots[0] == f"{THURSDAY}T08:00"
    booked = await book_appointment("oil_change", slots[0])
    again = await book_appointment("oil_change", slots[1])
    assert (booked["new"], again["new"], again["appointment"]) == (True, False, booked["appointment"])
    number = booked["appointment"]["number"]
    moved = await move_appointment(number, f"{THURSDAY}T15:00")
    assert (moved["was"], moved["appointment"]["begins"]) == (slots[0], f"{THURSDAY}T15:00")
    assert [one["number"] for one in (await list_appointments())["open"]] == [number]
    await at_the_counter(books, 8)
    assert "no such" in await refused(cancel_appointment(number))
    assert "no such" in await refused(move_appointment(number, slots[0]))
    await at_the_counter(books)
    assert (await cancel_appointment(number))["appointment"]["state"] == "cancelled"
    assert [one["state"] for one in (await list_appointments())["past"]] == ["cancelled"]


async def test_full_hours_are_refused(books: Books) -> None:
    """Two bays take two cars; a full day is passed over."""
    for user in (1, 2):
        await at_the_counter(books, user)
        await book_appointment("oil_change", f"{THURSDAY}T08:00")
    await at_the_counter(books, 3)
    assert "taken" in await refused(book_appointment("oil_change", f"{THURSDAY}T08:00"))
    mine = await book_appointment("oil_change", f"{THURSDAY}T09:00")
    assert "taken" in await refused(move_appointment(mine["appointment"]["number"], f"{THURSDAY}T08:00"))
    assert (await find_slots("inspection", "2026-03-08"))["slots"][0].startswith("2026-03-09")
    assert (await find_slots(day="2030-01-01"))["slots"] == []


async def test_few_times_are_all_told(books: Books) -> None:
    """Of a Saturday, from the hour on that is left of it."""
    books.now = datetime(2026, 3, 7, 15, 0, tzinfo=UTC)
    await at_the_counter(books)
    slots = (await find_slots("oil_change", "2026-03-07"))["slots"]
    assert slots == [f"2026-03-07T{time}" for time in ("10:30", "11:00")]


async def test_a_visit_that_goes_meanwhile_is_not_moved(books: Books) -> None:
    """Between the look and the move somebody else cancelled it."""
    appointments = Appointments(books.pool)

    class Slow(Appointments):
        """Tells of visits, and cancels them right after."""

        async def of_customer(self, customer_id: int) -> list[Appointment]:
            visits = await appointments.of_customer(customer_id)
            for visit in visits:
                await appointments.cancel(visit.id, customer_id)
            return visits

    await at_the_counter(books)
    number = (await book_appointment("oil_change", f"{THURSDAY}T08:00"))["appointment"]["number"]
    here = counter.get()
    counter.set(attrs.evolve(here, workshop=attrs.evolve(here.workshop, book=Slow(books.pool))))
    assert "no such" in await refused(move_appointment(number, f"{THURSDAY}T15:00"))


async def test_bad_arguments_are_told_in_words(books: Books) -> None:
    """Services, days and hours that are none."""
    await at_the_counter(books)
    assert "no such service" in await refused(find_slots("wings"))
    assert "YYYY-MM-DD" in await refused(find_slots("oil_change", "soon"))
    assert "YYYY-MM-DDTHH:MM" in await refused(book_appointment("oil_change", "tomorrow at ten!"))
    assert "over" in await refused(book_appointment("oil_change", "2026-03-01T10:00"))
    assert "closed" in await refused(book_appointment("oil_change", "2026-03-08T10:00"))


async def test_prices_and_hours(books: Books) -> None:
    """As the rows have them; the tools are made once."""
    await at_the_counter(books)
    prices = await list_prices()
    assert {
        "code": "alignment",
        "name_en": "wheel alignment",
        "name_es": "alineación",
        "minutes": 45,
        "price": "70.00",
    } in prices["services"]
    assert prices["hours"]["5"] == ["08:00", "12:00"]
    assert toolbox() is toolbox()
