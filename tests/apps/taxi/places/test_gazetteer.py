from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.files import read_rows, read_toml
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("al Prado", [("neighbourhood", "El Prado", "Barranquilla")]),
        ("por el prado, en Soledad", [("neighbourhood", "El Prado", "Barranquilla"), ("zone", "Soledad", "Soledad")]),
        ("en Buenavista", [("landmark", "Centro Comercial Buenavista", "Barranquilla")]),
        ("el hotel El Prado", [("landmark", "Hotel El Prado", "Barranquilla")]),
        ("el estadio romelio", [("landmark", "Estadio Romelio Martínez", "Barranquilla")]),
        ("voy pa Malambo", [("outside", "Malambo", None)]),
        ("El Prado", [("neighbourhood", "El Prado", "Barranquilla")]),
        ("calle 72 # 43-25 Boston", [("neighbourhood", "Boston", "Barranquilla")]),
        ("me llamo Mercedes", []),
        ("pregunte por la señora Concepción", []),
        ("para la Mercedes", [("neighbourhood", "Las Mercedes", "Barranquilla")]),
        ("el Recreo", [("neighbourhood", "El Recreo", "Barranquilla")]),
        ("voy a los Nogales", [("neighbourhood", "Los Nogales", "Barranquilla")]),
        ("al metropolitano", [("landmark", "Estadio Metropolitano", "Barranquilla")]),
        ("metropolitano", []),
        ("al aero puerto", [("landmark", "Aeropuerto Ernesto Cortissoz", "Soledad")]),
        ("hasta sole dad", [("zone", "Soledad", "Soledad")]),
        ("en buena vista", [("landmark", "Centro Comercial Buenavista", "Barranquilla")]),
        ("no sé", []),
    ],
)
def test_names_in_a_text(text: str, found: list[tuple[str, str, str | None]]) -> None:
    """The longest name counts, and one that may be something else only where a place is expected."""
    spots = [one.spots[0] for one in load_gazetteer().find(text)]
    assert [(spot.kind, spot.name, spot.zone) for spot in spots] == found


def test_a_name_may_be_of_several_places() -> None:
    """All of them are found."""
    (found,) = load_gazetteer().find("en San José")
    assert [spot.zone for spot in found.spots] == ["Barranquilla", "Soledad"]
    assert found.kind == "neighbourhood"


@pytest.mark.parametrize(
    ("said", "name"),
    [("vila campestre", "Villa Campestre"), ("betanya", "Betania"), ("Buena Esperanza", None), ("zzz", None)],
)
def test_misheard_names(said: str, name: str | None) -> None:
    """One that is spelt nearly alike is meant; one that only rhymes is not."""
    spots = load_gazetteer().closest(said)
    assert (spots[0].name if spots else None) == name


def test_names_nearly_alike_that_begin_otherwise() -> None:
    """Are meant only when they are very much alike."""
    assert load_gazetteer().closest("siudadela metropolitana")[0].name == "Ciudadela Metropolitana"


def test_every_name_of_the_tables_is_found() -> None:
    """Behind a preposition, and as what it is."""
    gazetteer = load_gazetteer()
    neighbourhoods = {
        (name, zone["name"])
        for zone in read_toml("zones.toml")["zone"]
        for sector in zone["sector"]
        for line in sector["neighbourhoods"]
        for name in line.split("|")
    }
    for name, zone in neighbourhoods:
        spots = {(spot.kind, spot.zone) for found in gazetteer.find(f"en {name}") for spot in found.spots}
        assert spots & {("neighbourhood", zone), ("landmark", zone), ("zone", zone)}, name
    for names in read_rows("outside.tsv"):
        assert [found.kind for found in gazetteer.find(f"a {names[0]}")] == ["outside"]


@given(st.text(max_size=60))
def test_any_text_is_searched(text: str) -> None:
    """Without an error."""
    for found in load_gazetteer().find(text):
        assert 0 <= found.start < found.end <= len(text)
