"""How often one thing is asked, message by message."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.filling import fill
from smarthealth.apps.taxi.patience import Asking, Patience, go_on
from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.slots import Filled, Slots
from smarthealth.apps.taxi.understanding.reading import read

GAZETTEER = load_gazetteer()
PORVENIR = "calle 80 # 50-10 en El Porvenir"


def talk(*texts: str, is_idle: bool = False, is_called: bool = False) -> Asking:
    """What comes of the last of several messages; the first was not asked for."""
    asking = Asking(filled=Filled(slots=Slots()), patience=Patience())
    for number, text in enumerate(texts):
        heard, slots = read(text, GAZETTEER), asking.filled.slots
        filled = fill(slots, heard, slots.missing if number else None, GAZETTEER)
        asking = go_on(asking.patience, filled, heard, is_idle=is_idle, is_called=is_called)
    return asking


@pytest.mark.parametrize(
    ("texts", "missing", "destination"),
    [
        (("al barrio Villa Carolina",), "destination", "Villa Carolina, Barranquilla"),
        (("al barrio Villa Carolina", "listo, confirme"), "payment", "Villa Carolina, Barranquilla"),
        (("al Centro de Soledad", "Centro de Soledad"), "payment", "Centro de Soledad, Soledad"),
        (("a Galapa", "carrera 15 # 10-20"), "payment", "Carrera 15 # 10-20, Galapa"),
        (("a Galapa", "¿cuánto vale?"), "destination", "Galapa"),
        (("a Galapa", "¿cuánto vale?", "sí"), "payment", "Galapa"),
        (("carrera 46 con 76, al lado del Éxito", "bueno, ahí"), "payment", "Carrera 46 con Calle 76, Barranquilla"),
        ((PORVENIR, "eh"), "zone", "Calle 80 # 50-10, El Porvenir"),
        ((PORVENIR, "eh", "eh"), "payment", "Calle 80 # 50-10, El Porvenir, Barranquilla"),
        (("a la 72 con 46", "eh"), "destination", "72 con 46"),
        (("a la 72 con 46", "eh", "eh"), "zone", "72 con 46"),
    ],
)
def test_a_destination(texts: tuple[str, ...], missing: str, destination: str) -> None:
    """Is asked for exactly once where its sector is known, twice where it is not; then the trip goes on with what there is."""
    slots = talk(*texts).filled.slots
    assert (slots.missing, slots.destination.text) == (missing, destination)


def test_payment_and_wishes() -> None:
    """Are asked for twice, then it is cash, or what was not refused, and no wishes; what was supposed is told."""
    cash = talk("al aeropuerto", "eh", "eh")
    assert (cash.filled.slots.payment, cash.filled.assumed) == ("efectivo", ("payment",))
    assert talk("al aeropuerto", "no tengo efectivo", "no tengo efectivo").filled.slots.payment == "nequi"
    wishes = talk("al aeropuerto", "nequi", "sí", "sí")
    assert (wishes.filled.slots.missing, wishes.filled.assumed) == ("confirmation", ("features",))


def test_no_destination_at_all() -> None:
    """Ends with a person: offered after two questions, called with the offer's acceptance or when it was made twice."""
    assert not talk("eh", "eh").patience.is_stuck
    offered = talk("eh", "eh", "eh")
    assert (offered.patience.is_stuck, offered.calls_person) == (True, False)
    assert talk("eh", "eh", "eh", "sí").calls_person
    assert not talk("eh", "eh", "eh", "eh").calls_person
    assert talk("eh", "eh", "eh", "eh", "eh").calls_person
    assert talk("eh", "eh", "eh", "sí", is_idle=True).calls_person
    assert not talk("eh", "eh", "eh", "sí", is_called=True).calls_person
    assert talk("eh", "eh", "eh", "al aeropuerto").patience == Patience(question="payment", times=1)


def test_a_person_who_is_not_wanted() -> None:
    """Is offered no more by whoever says no, thanks or goodbye; with the next word of the trip all goes on."""
    for left in ("no", "no, gracias", "ah bueno, gracias", "adiós"):
        declined = talk("eh", "eh", "eh", left)
        assert (declined.patience.declined, declined.patience.is_stuck, declined.calls_person) == (True, False, False)
        assert talk("eh", "eh", "eh", left, "no, gracias").patience.declined
    assert talk("eh", "eh", "eh", "no", "al aeropuerto").patience == Patience(question="payment", times=1)
    assert not talk("eh", "eh", "eh", "no, al aeropuerto").patience.declined
    assert not talk("eh", "gracias").patience.declined


def test_a_summary() -> None:
    """That is answered with neither yes nor no is no yes; what changes is summed up anew; who asks is answered."""
    order = ("al aeropuerto", "nequi", "no")
    stuck = talk(*order, "eh", "eh")
    assert (stuck.patience.is_stuck, stuck.calls_person) == (True, False)
    assert not talk(*order, "eh", "eh", "sí").calls_person
    assert talk(*order, "eh", "eh", "en efectivo").patience.times == 1
    assert not talk(*order, *["¿cuánto se demora?"] * 5).calls_person
    assert talk(*order, *["eh"] * 4).calls_person


def test_who_changes_the_trip() -> None:
    """Is not asked in vain, and neither is who asks something that is answered."""
    order = ("al aeropuerto", "no, al terminal", "no, al aeropuerto")
    assert talk(*order).filled.slots.payment is None
    assert talk("al aeropuerto", "eh", "¿reciben dólares?").filled.slots.payment is None
    assert talk("al aeropuerto", "eh", "eh").filled.slots.payment == "efectivo"


def test_a_no_to_the_summary() -> None:
    """Leaves a doubt behind, until something else is said."""
    order = ("al aeropuerto", "nequi", "no")
    assert not talk(*order).patience.doubted
    assert talk(*order, "no").patience.doubted
    assert not talk(*order, "no", "eh").patience.doubted
    assert not talk(*order, "no, en efectivo").patience.doubted


def test_what_is_answered_without_the_question() -> None:
    """Does not count."""
    assert talk("a Galapa", "gracias").patience == talk("a Galapa").patience


@given(
    st.text(max_size=20)
    | st.sampled_from(["sí", "no", "Galapa", "El Porvenir", "calle 72", "no sé", "no tengo nequi"]),
    st.sampled_from(["hola", "un taxi", "a Galapa", PORVENIR, "a la 72 con 46", "al Éxito de la 51"]),
)
def test_one_answer_to_everything(answer: str, first: str) -> None:
    """Comes to a summary, to a person, or is itself something else than an answer, within a few messages."""
    reached = [talk(first, *[answer] * times) for times in range(1, 13)]
    heard = read(answer, GAZETTEER)
    through = any(
        one.filled.slots.missing == "confirmation" or one.calls_person or one.patience.declined for one in reached
    )
    assert through or heard.asks or heard.asks_payment or heard.intents or heard.wrong
