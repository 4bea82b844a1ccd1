"""Customers of the support chat and their vehicles."""

from __future__ import annotations

import pytest

from smarthealth.storage.customers import CustomerOfAnother, Customers
from smarthealth.storage.pool import Pool


async def test_a_customer_belongs_to_who_named_it_first(pool: Pool) -> None:
    """The same user gets the same one; another user is refused."""
    customers = Customers(pool)
    mine = await customers.claim(1, "c-1")
    assert await customers.claim(1, "c-1") == mine
    with pytest.raises(CustomerOfAnother):
        await customers.claim(2, "c-1")


async def test_a_user_without_a_name_has_a_customer_of_its_own(pool: Pool) -> None:
    """One for each user, and no name leads to it."""
    customers = Customers(pool)
    own = await customers.claim(1, None)
    assert (await customers.claim(1, None)).id == own.id
    assert (await customers.claim(2, None)).id != own.id


async def test_vehicles_are_told_apart_by_registration(pool: Pool) -> None:
    """The one without a registration is one vehicle too."""
    customers = Customers(pool)
    customer = await customers.claim(1, None)
    first = await customers.vehicle(customer.id, "")
    second = await customers.vehicle(customer.id, "ABC123")
    assert await customers.vehicle(customer.id, "ABC123") == second
    assert await customers.vehicles(customer.id) == [first, second]
