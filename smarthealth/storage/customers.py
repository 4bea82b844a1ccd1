"""Customers of the support chat and their vehicles."""

from __future__ import annotations

from typing import Final

import attrs

from .claiming import fetch_or_make
from .errors import StorageError
from .pool import Pool

# The second select sees a row that another transaction made since; of two who claim at once one wins.
_CLAIM: Final = """
with made as (
    insert into support_customer (user_id, reference) values (%(user)s, %(reference)s)
    on conflict do nothing returning id, user_id, reference
)
select id, user_id, reference from made union all
select id, user_id, reference from support_customer
where (%(reference)s::text is not null and reference = %(reference)s)
   or (%(reference)s::text is null and reference is null and user_id = %(user)s)
limit 1
"""

_VEHICLE: Final = """
with made as (
    insert into support_vehicle (customer_id, registration) values (%(customer)s, %(registration)s)
    on conflict do nothing returning id, customer_id, registration
)
select id, customer_id, registration from made union all
select id, customer_id, registration from support_vehicle
where customer_id = %(customer)s and registration = %(registration)s
limit 1
"""


class CustomerOfAnother(StorageError):
    """A client named a customer whom another user named first."""


@attrs.frozen(kw_only=True)
class Customer:
    """Whose car it is."""

    id: int
    user_id: int
    reference: str | None
    """As clients call the customer; None for a user's own."""


@attrs.frozen(kw_only=True)
class Vehicle:
    """A car."""

    id: int
    customer_id: int
    registration: str
    """Empty where it was not told."""


class Customers:
    """The customers in the database."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def claim(self, user_id: int, reference: str | None) -> Customer:
        """The customer of that name, made for this user if there is none; without a name the user's own.

        Raises:
            CustomerOfAnother: Another user named the customer first.
            StorageError: The database failed.
        """
        wanted = {"user": user_id, "reference": reference}
        customer = await fetch_or_make(self._pool, Customer, _CLAIM, wanted)
        if customer.user_id != user_id:
            raise CustomerOfAnother("the customer is another user's")
        return customer

    async def vehicle(self, customer_id: int, registration: str) -> Vehicle:
        """The customer's vehicle of that registration, made if there is none.

        Raises:
            StorageError: The database failed.
        """
        wanted = {"customer": customer_id, "registration": registration}
        return await fetch_or_make(self._pool, Vehicle, _VEHICLE, wanted)

    async def vehicles(self, customer_id: int) -> list[Vehicle]:
        """The customer's vehicles, in the order in which they were told.

        Raises:
            StorageError: The database failed.
        """
        sql = "select id, customer_id, registration from support_vehicle where customer_id = %s order by id"
        return await self._pool.fetch_as(Vehicle, sql, [customer_id])
