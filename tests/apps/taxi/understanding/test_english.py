from __future__ import annotations

import pytest

from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.understanding.english import in_spanish
from smarthealth.apps.taxi.understanding.reading import read

GAZETTEER = load_gazetteer()


@pytest.mark.parametrize(
    ("text", "spanish"),
    [
        ("I need a taxi to the airport please", "I necesito un taxi al aeropuerto por favor"),
        ("Pick me up at the Hotel El Prado", "recógeme en el Hotel El Prado"),
        ("I'll pay by card", "I'll pay con tarjeta"),
        ("necesito un taxi al aeropuerto", "necesito un taxi al aeropuerto"),
        ("me cancela el taxi", "me cancela el taxi"),
    ],
)
def test_english(text: str, spanish: str) -> None:
    """Becomes what is read; Spanish stays."""
    assert in_spanish(text) == spanish


def test_an_order_in_english() -> None:
    """Is understood: where from, where to, how it is paid, and what is asked in between."""
    heard = read("I'm at the Hotel El Prado and I need a taxi to the airport, I'll pay in cash", GAZETTEER)
    places = [(one.role, one.said_of(Place(), GAZETTEER).zone) for one in heard.mentions]
    assert places == [("pickup", "Barranquilla"), ("destination", "Soledad")]
    assert (heard.payment, "taxi" in heard.intents) == ("efectivo", True)
    assert "ask_fare" in read("how much is it to the airport?", GAZETTEER).intents
    assert "human" in read("I want to speak to a person", GAZETTEER).intents
    assert "cancel" in read("please cancel my taxi", GAZETTEER).intents
