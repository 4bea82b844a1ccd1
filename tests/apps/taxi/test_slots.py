from __future__ import annotations

import attrs

from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.slots import Slots

AIRPORT = Place(landmark="Aeropuerto", zone="Soledad", sector="Soledad")


def test_what_is_missing() -> None:
    """Is asked for in this order, the confirmation last; a place in one of several towns lacks but its town."""
    whole = Slots(destination=AIRPORT, payment="nequi", features_settled=True)
    several = Place(neighbourhood="San José", may_be_in=("Barranquilla", "Soledad"))
    steps = (
        Slots(),
        Slots(destination=several),
        Slots(destination=attrs.evolve(AIRPORT, zone=None)),
        Slots(destination=AIRPORT),
        attrs.evolve(whole, features_settled=False),
        whole,
    )
    assert [one.missing for one in steps] == ["destination", "zone", "zone", "payment", "features", "confirmation"]


def test_an_order_that_was_not_begun() -> None:
    """May know who calls, and that nothing special is wanted."""
    assert Slots(name="Ana", phone="3001234567", features_settled=True).is_empty
    assert not Slots(when="mañana").is_empty
