"""From the slots of an order to a booking's row."""

from __future__ import annotations

from typing import Final

import attrs

from smarthealth.storage.bookings import Order

from .places.fares import Fare, Fares
from .places.gazetteer import Gazetteer
from .places.place import Place, fare_sector
from .slots import MAIN_ZONE, Slots

CALL: Final = "Llamar para precisar el sitio de recogida."
"""What the driver is told of whom to pick up somewhere in a neighbourhood."""


def fare_of(slots: Slots, fares: Fares, gazetteer: Gazetteer) -> Fare | None:
    """What the trip costs, None while it is not known where it goes."""
    return fare_to(slots.destination, slots.pickup, fares, gazetteer)


def fare_to(destination: Place, pickup: Place, fares: Fares, gazetteer: Gazetteer) -> Fare | None:
    """What a trip to a place costs, None while it is not known where that is."""
    sector, origin = fare_sector(destination, gazetteer), fare_sector(pickup, gazetteer)
    if sector is None:
        return None
    if origin is None and not pickup.is_empty:
        # a street without its neighbourhood: where most streets are
        return attrs.evolve(fares.between(gazetteer.zones[MAIN_ZONE], sector), is_estimate=True)
    return fares.between(origin, sector)


def make_order(slots: Slots, fares: Fares, gazetteer: Gazetteer) -> Order | None:
    """The order as it is booked; None while something is missing."""
    fare = fare_of(slots, fares, gazetteer)
    destination, pickup = slots.destination, slots.pickup
    sector = fare_sector(destination, gazetteer)
    if fare is None or sector is None or slots.missing in ("destination", "zone", "payment"):
        return None
    assert destination.zone is not None
    assert slots.payment is not None
    return Order(
        destination=destination.text,
        zone=destination.zone,
        sector=sector,
        pickup=pickup.text or None,
        pickup_zone=pickup.zone,
        pickup_sector=fare_sector(pickup, gazetteer),
        fare=fare.pesos,
        fare_is_estimate=fare.is_estimate,
        payment=slots.payment,
        features=slots.features,
        observation=_observation(slots),
        name=slots.name,
        phone=slots.phone,
        wanted=slots.when,
    )


def _observation(slots: Slots) -> str | None:
    """What the driver is told besides."""
    is_vague = not slots.pickup.is_empty and not slots.pickup.is_exact
    return " ".join(one for one in (slots.observation, CALL if is_vague else None) if one) or None
