"""The workshop: its hours and its free times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import attrs
import pytest

from smarthealth.apps.support.maintenance.workshop import NotBookable
from smarthealth.storage.customers import Customers
from tests.apps.support.conftest import Books

THURSDAY = date(2026, 3, 5)


async def test_free_times_are_within_hours_and_bays(books: Books) -> None:
    """As long as a bay is free for the whole visit; on closed days there are none."""
    workshop = books.workshop()
    oil = workshop.service("oil_change")
    assert oil is not None
    assert workshop.service("wings") is None
    morning = await workshop.free(oil, THURSDAY, part="morning")
    assert (morning[0].hour, morning[-1].hour, morning[-1].minute) == (8, 11, 30)
    assert (await workshop.free(oil, THURSDAY, part="afternoon"))[0].hour == 12
    assert await workshop.free(oil, date(2026, 3, 8)) == []
    assert (await workshop.free(oil, workshop.today))[0].strftime("%H:%M") == "10:30"
    customers = Customers(books.pool)
    for user in range(2):
        vehicle = await customers.vehicle((await customers.claim(user, None)).id, "")
        await workshop.book.book(vehicle.id, oil, morning[0].astimezone(UTC), bays=2)
    assert (await workshop.free(oil, THURSDAY))[0].strftime("%H:%M") == "09:00"
    assert len(await workshop.free(oil, date(2026, 3, 7), days=2)) == 7


@pytest.mark.parametrize(
    ("ahead", "reason"), [(timedelta(hours=-1), "past"), (timedelta(minutes=5), "soon"), (timedelta(days=99), "far")]
)
def test_what_cannot_be_booked_says_why(ahead: timedelta, reason: str) -> None:
    """Too late, too soon, too far."""
    workshop = Books(None).workshop()  # type: ignore[arg-type] # no database is asked
    local = workshop.local(workshop.now() + ahead).replace(tzinfo=None)
    with pytest.raises(NotBookable, match=reason):
        workshop.begins(local)


@pytest.mark.parametrize(
    ("begins", "minutes", "fits"),
    [
        (datetime(2026, 3, 5, 13, 0, tzinfo=UTC), 60, True),
        (datetime(2026, 3, 5, 12, 30, tzinfo=UTC), 60, False),
        (datetime(2026, 3, 5, 13, 10, tzinfo=UTC), 60, False),
        (datetime(2026, 3, 5, 21, 30, tzinfo=UTC), 60, False),
        (datetime(2026, 3, 8, 15, 0, tzinfo=UTC), 60, False),
    ],
)
def test_visits_fit_into_a_day(begins: datetime, minutes: int, fits: bool) -> None:
    """From a full or half hour, within the hours."""
    workshop = Books(None).workshop()  # type: ignore[arg-type] # no database is asked
    assert workshop.fits(begins, minutes) is fits
    assert attrs.evolve(workshop, bays=1).begins(datetime(2026, 3, 5, 8, 0)).tzinfo is UTC
