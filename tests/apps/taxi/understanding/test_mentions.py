from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.understanding.mentions import find_mentions

GAZETTEER = load_gazetteer()
PRADO, BOSTON, RIOMAR = "El Prado, Barranquilla", "Boston, Barranquilla", "Riomar, Barranquilla"
AIRPORT = "Aeropuerto Ernesto Cortissoz, Soledad"
SAID: list[tuple[str, list[tuple[str | None, str]]]] = [
    ("un taxi a la Calle 72 #43-25, El Prado", [("destination", f"Calle 72 # 43-25, {PRADO}")]),
    ("necesito un taxi en la carrera 46 # 80-12", [("pickup", "Carrera 46 # 80-12")]),
    (
        "recógeme en la calle 84 # 51b-32 y llévame al aeropuerto",
        [("pickup", "Calle 84 # 51B-32"), ("destination", AIRPORT)],
    ),
    ("estoy en el Prado y voy para Riomar", [("pickup", PRADO), ("destination", RIOMAR)]),
    ("voy del Prado a Riomar", [("pickup", PRADO), ("destination", RIOMAR)]),
    ("del prado hasta boston", [("pickup", PRADO), ("destination", BOSTON)]),
    ("calle 72, perdón, calle 74 # 43-25", [(None, "Calle 72"), (None, "Calle 74 # 43-25")]),
    ("voy a la calle 72, no, calle 74 # 43-25", [("destination", "Calle 72"), ("destination", "Calle 74 # 43-25")]),
    ("no, en Soledad", [(None, "Soledad")]),
    ("por el Prado", [(None, PRADO)]),
    ("Barranquilla entonces, la calle 72", [(None, "Calle 72, Barranquilla")]),
    ("calle 84 # 51-30 Riomar - aeropuerto", [(None, f"Calle 84 # 51-30, {RIOMAR}"), (None, AIRPORT)]),
    ("en El Porvenir, Soledad", [(None, "Porvenir de Soledad, Soledad")]),
    ("soledad, cartagena", [(None, "Soledad"), (None, "")]),
    (
        "me llevas al colegio Marymount en Villa Campestre",
        [("destination", "colegio Marymount, Villa Campestre, Puerto Colombia")],
    ),
    (
        "que me recojan en la calle 98 # 52-10 torre 2 y de ahí a Galapa",
        [("pickup", "Calle 98 # 52-10, Torre 2"), ("destination", "Galapa")],
    ),
    ("estoy en casa y necesito un taxi a la calle 72", [("destination", "Calle 72")]),
    ("ok mándelo a la cra 53 #98-100", [("pickup", "Carrera 53 # 98-100")]),
    ("envíemelo a Boston y me lleva al aeropuerto", [("pickup", BOSTON), ("destination", AIRPORT)]),
    ("para recoger en Boston", [("pickup", BOSTON)]),
    ("vamos tarde, recógeme en Boston", [("pickup", BOSTON)]),
    ("que me recoja en Boston", [("pickup", BOSTON)]),
    ("mándeme un carro a Boston", [("destination", BOSTON)]),
    ("voy para el Prado desde Boston", [("destination", PRADO), ("pickup", BOSTON)]),
    (
        "de mi casa en el barrio Montecristo al malecón",
        [("pickup", "Montecristo, Barranquilla"), ("destination", "Gran Malecón del Río, Barranquilla")],
    ),
    ("estoy, necesito un taxi, Boston", [(None, BOSTON)]),
    ("estoy listo, boston", [("pickup", BOSTON)]),
    ("el hotel Estelar en el barrio Los Pinos", [(None, "hotel Estelar, Los Pinos")]),
    ("apto 501 torre 3", [(None, "Apto 501, Torre 3")]),
    ("calle 72 # 43-25, apto 501", [(None, "Calle 72 # 43-25, Apto 501")]),
]


@pytest.mark.parametrize(("text", "mentions"), SAID)
def test_places_and_their_roles(text: str, mentions: list[tuple[str | None, str]]) -> None:
    """Told by the last verb or preposition before each."""
    found = find_mentions(text, GAZETTEER)
    assert [(one.role, one.said_of(Place(), GAZETTEER).text) for one in found] == mentions


def test_what_is_denied_and_what_is_corrected() -> None:
    """The place that it is not, and the one that it is."""
    denied, told = find_mentions("no es en el Prado sino en Boston", GAZETTEER)
    assert (denied.is_denied, told.is_denied, told.is_repair) == (True, False, True)
    (meant,) = find_mentions("no, en Soledad", GAZETTEER)
    assert (meant.is_denied, meant.is_repair, meant.is_zone, meant.names_town) == (False, True, True, True)


def test_numbers_without_a_road_are_fragments() -> None:
    """And "voy para" is said of where a trip ends."""
    (fragment,) = find_mentions("43-25", GAZETTEER)
    (whole,) = find_mentions("voy para la calle 72 # 43-25", GAZETTEER)
    assert (fragment.is_fragment, whole.is_fragment, whole.is_where_to) == (True, False, True)


PIECES = sorted({piece for text, _ in SAID for piece in text.split()})


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=14).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    """Without an error, whatever it says of a place."""
    place = Place()
    for mention in find_mentions(text, GAZETTEER):
        place = mention.said_of(place, GAZETTEER)


def test_a_stop_on_the_way() -> None:
    """Is no end of the trip, and what has no address says so."""
    found = find_mentions("de Boston a Riomar, paramos primero en el Prado", GAZETTEER)
    assert [one.is_stop for one in found] == [False, False, True]
    assert find_mentions("de Boston, que pase primero por la 84 con 51B", GAZETTEER)[1].is_stop
    assert [one.address is None for one in find_mentions("de Boston a la calle 72", GAZETTEER)] == [True, False]
