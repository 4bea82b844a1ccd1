from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.taxi.places.address_parser import find_addresses
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.places.place import Place, fare_sector, locate

GAZETTEER = load_gazetteer()


def place_of(*names: str, address: str | None = None) -> Place:
    """A place of which names were told, one after the other."""
    place = Place(address=find_addresses(address)[0].address if address is not None else None)
    for name in names:
        (found,) = GAZETTEER.find(f"en {name}")
        place = locate(place, found.spots, GAZETTEER)
    return place


@pytest.mark.parametrize(
    ("names", "text", "sector"),
    [
        (("El Prado",), "El Prado, Barranquilla", "Norte-Centro Histórico"),
        (("San José",), "San José", None),
        (("San José", "Soledad"), "San José, Soledad", "Soledad"),
        (("Soledad", "San José"), "San José de Soledad, Soledad", "Soledad"),
        (("El Prado", "Soledad"), "Soledad", "Soledad"),
        (("aeropuerto",), "Aeropuerto Ernesto Cortissoz, Soledad", "Soledad"),
        (("aeropuerto", "Galapa"), "Galapa", "Galapa"),
        (("Barranquilla",), "Barranquilla", "Norte-Centro Histórico"),
        (("Barranquilla", "Barranquilla"), "Barranquilla", "Norte-Centro Histórico"),
    ],
)
def test_names_that_were_told(names: tuple[str, ...], text: str, sector: str | None) -> None:
    """Say more of a place, or put right what was said before."""
    place = place_of(*names)
    assert (place.text, fare_sector(place, GAZETTEER)) == (text, sector)


def test_a_town_that_is_not_served() -> None:
    """Is remembered, until another is named."""
    assert place_of("Malambo").outside == "Malambo"
    assert place_of("Malambo", "Soledad").outside is None
    assert not place_of("Malambo", address="calle 72 # 43-25").is_complete


@pytest.mark.parametrize(
    ("place", "exact", "complete"),
    [
        (Place(), False, False),
        (place_of(address="calle 72 # 43-25"), True, False),
        (place_of("El Prado", address="calle 72 # 43-25"), True, True),
        (place_of("El Prado", address="calle 72"), False, False),
        (place_of("Mundo Feliz", address="manzana 5 casa 12"), True, True),
        (place_of("Mundo Feliz", address="apto 12"), False, False),
        (place_of("aeropuerto"), True, True),
        (place_of("Hipódromo"), False, False),
        (attrs.evolve(place_of("Hipódromo"), is_enough=True), True, True),
    ],
)
def test_what_a_driver_finds(place: Place, exact: bool, complete: bool) -> None:
    """A landmark, an address, a block in a known neighbourhood, or what the person has left it at."""
    assert (place.is_exact, place.is_complete) == (exact, complete)
    assert place.is_empty == (place == Place())


def test_a_name_in_no_table_may_be_anywhere() -> None:
    """So it stays when the municipality is told."""
    place = Place(neighbourhood="Los Pinos")
    assert place.told_zone("Soledad").text == "Los Pinos, Soledad"


def test_what_is_said_again_of_a_place_is_nothing_new() -> None:
    """A name that it has, and its town, alone or together; another name, an address or a town that is not served is."""
    known = attrs.evolve(place_of("Salgar"), is_enough=True)
    assert place_of("Salgar").says_nothing_new_of(known)
    assert place_of("Puerto Colombia").says_nothing_new_of(known)
    assert not place_of("Pradomar").says_nothing_new_of(known)
    assert not place_of("Soledad").says_nothing_new_of(known)
    assert not place_of("Sabanalarga").says_nothing_new_of(known)
    assert not place_of("Salgar", address="calle 1 # 2-3").says_nothing_new_of(known)
