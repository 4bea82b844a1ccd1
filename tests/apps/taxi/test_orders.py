from __future__ import annotations

from smarthealth.apps.taxi.orders import CALL, fare_of, make_order
from smarthealth.apps.taxi.places.fares import load_fares
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.storage.bookings import Order
from tests.apps.taxi.test_filling import WHOLE, after

FARES, GAZETTEER = load_fares(), load_gazetteer()


def test_an_order_as_it_is_booked() -> None:
    """With its zones, and the fare between its sectors."""
    slots = after(*WHOLE, "soy Ana, 300 123 4567").slots
    assert make_order(slots, FARES, GAZETTEER) == Order(
        destination="Carrera 38 # 74-12, Boston, Barranquilla",
        zone="Barranquilla",
        sector="Norte-Centro Histórico",
        pickup="Calle 76 # 54-11, El Prado, Barranquilla",
        pickup_zone="Barranquilla",
        pickup_sector="Norte-Centro Histórico",
        fare=9500,
        fare_is_estimate=False,
        payment="efectivo",
        name="Ana",
        phone="3001234567",
    )


def test_an_order_without_a_pickup() -> None:
    """Is booked with an estimate; the driver calls."""
    order = make_order(after("al aeropuerto", "nequi").slots, FARES, GAZETTEER)
    assert order is not None
    assert (order.pickup, order.pickup_zone, order.pickup_sector, order.fare_is_estimate) == (None, None, None, True)


def test_a_pickup_without_its_neighbourhood() -> None:
    """Is taken to be where most streets are, so that the estimate is none of a trip around the corner."""
    order = make_order(after("de la calle 84 # 50-10 al aeropuerto", "nequi").slots, FARES, GAZETTEER)
    assert order is not None
    assert (order.pickup_sector, order.fare, order.fare_is_estimate) == (None, 19500, True)


def test_a_pickup_somewhere_in_a_neighbourhood() -> None:
    """Is booked with a note to the driver, behind the caller's own."""
    order = make_order(after("de Boston al aeropuerto", "nequi").slots, FARES, GAZETTEER)
    assert order is not None
    assert order.observation == CALL
    wish = make_order(after("de Boston al aeropuerto", "nequi", "que no fume").slots, FARES, GAZETTEER)
    assert wish is not None
    assert wish.observation == f"que no fume {CALL}"


def test_an_order_that_lacks_something() -> None:
    """Is not booked, and has no fare while it is not known where it goes."""
    assert make_order(after("hola").slots, FARES, GAZETTEER) is None
    assert make_order(after("al aeropuerto").slots, FARES, GAZETTEER) is None
    assert fare_of(after("calle 72 # 43-25").slots, FARES, GAZETTEER) is None
