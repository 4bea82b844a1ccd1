"""How utterances fill an order in, one after the other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.filling import LONGEST_OBSERVATION, fill
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.slots import Filled, Slots
from smarthealth.apps.taxi.understanding.reading import read

GAZETTEER = load_gazetteer()
WHOLE = ("Un taxi de la calle 76 # 54-11 en El Prado a la carrera 38 # 74-12 en Boston", "efectivo", "no")


def after(*texts: str) -> Filled:
    """The order after several messages, each asked for what was missing then; the first was not asked for."""
    filled = Filled(slots=Slots())
    for number, text in enumerate(texts):
        asked = filled.slots.missing if number else None
        filled = fill(filled.slots, read(text, GAZETTEER), asked, GAZETTEER)
    return filled


def places(*texts: str) -> tuple[str, str]:
    """Where the trip begins, and where it ends."""
    slots = after(*texts).slots
    return slots.pickup.text, slots.destination.text


def test_the_documents_conversation() -> None:
    """Asks for one thing after the other."""
    texts = ("Hola", "Necesito un taxi", "Calle 72 #43-25", "El Prado", "En efectivo", "No")
    missing = [after(*texts[: number + 1]).slots.missing for number in range(len(texts))]
    assert missing == ["destination", "destination", "zone", "payment", "features", "confirmation"]
    assert after("Hola").slots.is_empty
    assert after(*texts).changed == ()


def test_all_in_one_message() -> None:
    """Needs nothing but the confirmation, and neither does an order in eight messages."""
    filled = after(f"{WHOLE[0]}, pago en efectivo")
    assert filled.slots.missing == "confirmation"
    assert filled.changed == ("destination", "pickup", "payment")
    assert after(*WHOLE).slots.missing == "confirmation"


@pytest.mark.parametrize(
    ("texts", "pickup", "destination"),
    [
        (("calle 72 # 43-25", "El Prado"), "", "Calle 72 # 43-25, El Prado, Barranquilla"),
        (("taxi a la calle 72 # 43-25, El Prado", "no, en Soledad"), "", "Calle 72 # 43-25, Soledad"),
        (("taxi a la calle 72 # 43-25, El Prado", "mejor para Soledad"), "", "Soledad"),
        (("calle 72, no, calle 74 # 43-25 en El Prado",), "", "Calle 74 # 43-25, El Prado, Barranquilla"),
        (("calle 72 # 43-25 en El Prado", "es la 43-52"), "", "Calle 72 # 43-52, El Prado, Barranquilla"),
        (("calle 72 # 43-25 en El Prado", "no, la carrera 38 # 74-12"), "", "Carrera 38 # 74-12"),
        (
            ("calle 72 # 43-25 en El Prado", "no es en El Prado sino en Boston"),
            "",
            "Calle 72 # 43-25, Boston, Barranquilla",
        ),
        (("calle 72 # 43-25 en Soledad", "no es en Soledad"), "", "Calle 72 # 43-25"),
        (("al aeropuerto", "no voy al aeropuerto"), "", ""),
        (("al aeropuerto", "no voy al estadio romelio"), "", "Aeropuerto Ernesto Cortissoz, Soledad"),
        (("calle 76 # 54-11, carrera 38 # 74-12",), "Calle 76 # 54-11", "Carrera 38 # 74-12"),
        (("el prado, desde boston",), "Boston, Barranquilla", "El Prado, Barranquilla"),
        (
            ("taxi para la carrera 53 # 75-10, voy al aeropuerto",),
            "Carrera 53 # 75-10",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
        (("voy al centro, al paseo bolívar",), "", "Paseo Bolívar, Barranquilla"),
        (("al aeropuerto", "carrera 53 # 75-10"), "Carrera 53 # 75-10", "Aeropuerto Ernesto Cortissoz, Soledad"),
        (
            ("de Boston al aeropuerto", "carrera 53 # 75-10"),
            "Carrera 53 # 75-10, Boston, Barranquilla",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
        (
            ("desde la calle 84 # 50-10 al aeropuerto", "Riomar"),
            "Calle 84 # 50-10, Riomar, Barranquilla",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
        (
            ("de la calle 84 # 50-10 en Riomar al aeropuerto", "me equivoqué en la recogida, calle 85 # 50-10"),
            "Calle 85 # 50-10, Riomar, Barranquilla",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
        (
            ("de la calle 84 # 50-10 en Riomar al aeropuerto", "calle 30 # 8-21"),
            "Calle 84 # 50-10, Riomar, Barranquilla",
            "Calle 30 # 8-21",
        ),
        (
            ("taxi a la calle 76 # 54-11 en El Prado", "voy para la terminal"),
            "Calle 76 # 54-11, El Prado, Barranquilla",
            "Terminal de Transportes, Soledad",
        ),
        (("calle 72 # 43-25", "cerca del portal del prado"), "", "Calle 72 # 43-25, Barranquilla"),
        (("al portal del prado", "no, en la calle 50 # 46-10"), "", "Calle 50 # 46-10"),
        (("avenida circunvalar con calle 45", "no, calle 45 # 8-10"), "", "Calle 45 # 8-10"),
        (("43-25",), "", ""),
        (("72 con 46", "calle"), "", "Calle 72 con Carrera 46"),
        (("72 con 46", "calle o carrera"), "", "72 con 46"),
        (("al Prado", "calle"), "", "El Prado, Barranquilla"),
        (("a la 84", "con 51", "es calle", "Riomar"), "", "Calle 84 con Carrera 51, Riomar, Barranquilla"),
        (("hola", "84", "# 50-20"), "", "84 # 50-20"),
        (("43-25", "en el Prado", "72"), "", "72, El Prado, Barranquilla"),
        (
            ("de Boston al Viva", "en Soledad me recogen en la calle 18 # 20-30"),
            "Calle 18 # 20-30, Soledad",
            "Centro Comercial Viva, Barranquilla",
        ),
        (
            ("de la 45 con 38 a la 72 con 58", "la primera es calle 45 con carrera 38"),
            "Calle 45 con Carrera 38",
            "72 con 58",
        ),
        (
            ("de la calle 85 # 50-10 al muelle", "no es calle 85 sino calle 87"),
            "Calle 87 # 50-10",
            "Muelle de Puerto Colombia, Puerto Colombia",
        ),
        (
            ("de la calle 70 # 52-10 en El Prado al Viva", "no, es la calle 76 # 52-10"),
            "Calle 76 # 52-10, El Prado, Barranquilla",
            "Centro Comercial Viva, Barranquilla",
        ),
        (
            ("al hospital CARI", "de ahí para Galapa"),
            "Hospital Universitario CARI, Barranquilla",
            "Galapa",
        ),
        (
            ("de la 43 con 84 a la 53 con 100", "las dos son carrera"),
            "Carrera 43 con Calle 84",
            "Carrera 53 con Calle 100",
        ),
        (("a Soledad, perdón a Galapa, no no a Soledad, barrio Hipódromo",), "", "Hipódromo, Soledad"),
        (
            ("a Villa Santos, en la 98 con 51B", "es calle 98"),
            "",
            "Calle 98 con Carrera 51B, Villa Santos, Barranquilla",
        ),
        (("a Galapa", "al lado del parque principal"), "", "Parque Principal, Galapa"),
        (("calle 72 # 43-25", "en el prao"), "", "Calle 72 # 43-25, El Prado, Barranquilla"),
        (("de Boston a Riomar, y paramos en el Prado",), "Boston, Barranquilla", "Riomar, Barranquilla"),
        (
            ("de la 76 con 50 al aeropuerto", "es calle"),
            "Calle 76 con Carrera 50",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
        (
            ("ella está en la carrera 21 # 56-60 en El Prado", "va para el aeropuerto"),
            "Carrera 21 # 56-60, El Prado, Barranquilla",
            "Aeropuerto Ernesto Cortissoz, Soledad",
        ),
    ],
)
def test_places(texts: tuple[str, ...], pickup: str, destination: str) -> None:
    """Said, corrected, completed and changed."""
    assert places(*texts) == (pickup, destination)


def test_a_town_that_is_not_served() -> None:
    """Is refused, and the order stays as it was; also when it is only asked about."""
    filled = after("Un taxi al aeropuerto", "voy para Malambo")
    assert (filled.refused, filled.slots.destination.text) == ("Malambo", "Aeropuerto Ernesto Cortissoz, Soledad")
    asked = after("¿van hasta Malambo?")
    assert (asked.refused, asked.slots.is_empty) == ("Malambo", True)
    general = after("¿hasta dónde llegan?")
    assert (general.refused, general.supposed) == (None, None)


def test_a_place_that_is_named_again_stays_as_it_was_agreed_on() -> None:
    """It is not asked for once more."""
    agreed = after("a Salgar, en Puerto Colombia", "no sé").slots.destination
    assert agreed.is_enough
    assert after("a Salgar, en Puerto Colombia", "no sé", "sí, a Salgar").slots.destination == agreed


def test_a_question_changes_nothing() -> None:
    """What another trip would cost is only supposed; the first place that is asked for is meant."""
    filled = after("Un taxi al aeropuerto", "¿y cuánto sería hasta Galapa?")
    assert filled.supposed is not None
    assert (filled.supposed.zone, filled.slots.destination.zone) == ("Galapa", "Soledad")
    assert after("¿cuánto cuesta ir al aeropuerto?").slots.destination.zone == "Soledad"


def test_who_does_not_know_better() -> None:
    """A place without a municipality is taken to be in the main one; one without an address is left at that."""
    filled = after("calle 72 # 43-25", "no sé el barrio")
    assert (filled.assumed_zone, filled.slots.destination.zone, filled.slots.missing) == (
        True,
        "Barranquilla",
        "payment",
    )
    left = after("a Las Moras", "no sé la dirección")
    assert (left.assumed_zone, left.slots.missing) == (False, "payment")
    agreed = after("calle 110 # 9G-570", "Metroparque", "sí, todo correcto")
    assert (agreed.slots.destination.zone, agreed.slots.missing) == ("Barranquilla", "payment")
    several = after("calle 80 # 50-10 en El Porvenir", "no sé")
    assert (several.slots.destination.zone, several.slots.missing) == ("Barranquilla", "payment")


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        ("Los Pinos", "Calle 72 # 43-25, Los Pinos"),
        ("los pinos", "Calle 72 # 43-25, Los Pinos"),
        ("betanya", "Calle 72 # 43-25, Betania, Barranquilla"),
        ("solead", "Calle 72 # 43-25, Soledad"),
        ("¿cómo?", "Calle 72 # 43-25"),
        ("...", "Calle 72 # 43-25"),
    ],
)
def test_a_neighbourhood_in_no_table(answer: str, text: str) -> None:
    """Is taken as it was said, or as it was meant."""
    assert after("calle 72 # 43-25", answer).slots.destination.text == text


def test_payment_and_features() -> None:
    """Chosen, changed, taken back."""
    order = ("al aeropuerto", "con nequi", "aire y baúl grande")
    slots = after(*order, "sin aire, y mejor en efectivo").slots
    assert (slots.payment, slots.features) == ("efectivo", ("baúl grande",))
    assert after("al aeropuerto con nequi", "no tengo nequi").slots.payment is None
    assert after("al aeropuerto", "efectivo", "sí").slots.missing == "features"
    assert after("al aeropuerto", "efectivo", "aire", "aire").slots.features == ("aire acondicionado",)


def test_a_wish_in_no_table() -> None:
    """Is passed on to the driver in the person's words, within bounds."""
    slots = after("al aeropuerto", "efectivo", "que el conductor no fume" + "!" * 300).slots
    assert slots.observation is not None
    assert slots.observation.startswith("que el conductor no fume")
    assert len(slots.observation) == LONGEST_OBSERVATION
    assert slots.missing == "confirmation"


def test_what_the_driver_is_told() -> None:
    """Is added up: stops, and what is asked of him; a sound is no wish, and neither is who does not know."""
    slots = after("de Boston al Viva, paramos en el Prado", "efectivo", "que no pite", "que no pite, que espere").slots
    assert slots.observation == "Parada en El Prado, Barranquilla; que no pite; que no pite, que espere"
    assert after("al aeropuerto", "efectivo", "mmm").slots.missing == "features"
    assert after("al aeropuerto", "efectivo", "con nequi, que no pite").slots.missing == "confirmation"
    told = after("al aeropuerto", "efectivo", "lleva muletas, que la esperen").slots
    assert told.observation == "lleva muletas, que la esperen"
    assert after("al aeropuerto", "efectivo", "confirmo").slots.missing == "confirmation"
    unsure = after("al aeropuerto", "efectivo", "no sé").slots
    assert (unsure.missing, unsure.observation) == ("confirmation", None)


def test_a_time_told_in_two_messages() -> None:
    """Is one; another hour takes the place of the hour, on the same day."""
    assert after("un taxi para mañana", "a las 6").slots.when == "para mañana a las 6"
    assert after("un taxi para mañana a las 5", "a las 6").slots.when == "para mañana a las 6"


def test_the_fare_from_somewhere() -> None:
    """Asked with a place of pickup tells that place."""
    filled = after("al aeropuerto", "¿cuánto sale desde Boston?")
    assert (filled.supposed, filled.slots.pickup.text) == (None, "Boston, Barranquilla")


@pytest.mark.parametrize(
    ("text", "cleared", "missing"),
    [
        ("la dirección está mal", "destination", "destination"),
        ("la recogida está mal", "pickup", "confirmation"),
        ("el pago está mal", "payment", "payment"),
        ("cambiar las preferencias", "features", "features"),
        ("algo está mal", None, "confirmation"),
        ("cambia el pago a nequi", None, "confirmation"),
    ],
)
def test_what_is_wrong_is_asked_again(text: str, cleared: str | None, missing: str) -> None:
    """Unless what is right was said with it."""
    filled = after(*WHOLE, text)
    assert (filled.cleared, filled.slots.missing) == (cleared, missing)


def test_who_travels_and_when() -> None:
    """Is kept from message to message."""
    slots = after("soy Ana, 300 123 4567", "al aeropuerto mañana a las 5").slots
    assert (slots.name, slots.phone, slots.when) == ("Ana", "3001234567", "mañana a las 5")


@given(
    st.lists(
        st.text(max_size=40) | st.sampled_from(["no", "El Prado", "43-25", "calle 72", "no sé", *WHOLE]), max_size=6
    )
)
def test_any_messages_fill_an_order(texts: list[str]) -> None:
    """Or leave it, without an error."""
    after(*texts)
