from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.places.place import Place
from smarthealth.apps.taxi.understanding.reading import Heard, read

GAZETTEER = load_gazetteer()


def heard(text: str) -> Heard:
    """What a text holds."""
    return read(text, GAZETTEER)


def test_everything_in_one_message() -> None:
    """Places, payment, features, name, phone and time."""
    found = heard(
        "Hola, soy Laura Gómez, del 300 123 4567, un taxi para mañana a las 5 de la calle 76 # 54-11 al aeropuerto, con nequi y aire"
    )
    places = [(one.role, one.said_of(Place(), GAZETTEER).text) for one in found.mentions]
    assert places == [("pickup", "Calle 76 # 54-11"), ("destination", "Aeropuerto Ernesto Cortissoz, Soledad")]
    assert (found.payment, found.wished, found.name, found.phone) == (
        "nequi",
        ("aire acondicionado",),
        "Laura Gómez",
        "3001234567",
    )
    assert found.when == "para mañana a las 5"
    assert found.tells


def test_a_person_s_name_is_no_place() -> None:
    """Nor are numbers of people."""
    assert heard("soy Carlos Boston").mentions == ()
    assert heard("somos 2-3 personas").mentions == ()


def test_cancelling_in_cash_is_paying() -> None:
    """As it is said in Colombia; a question about payment chooses nothing."""
    assert "cancel" not in heard("voy a cancelar en efectivo").intents
    assert "cancel" in heard("cancelar el servicio").intents
    asked = heard("¿reciben nequi?")
    assert (asked.payment, asked.payment_asked, asked.tells, asked.asks) == (None, "nequi", False, True)


def test_a_question_about_features_wishes_nothing() -> None:
    """It only asks."""
    found = heard("¿tienen carros con silla para bebé?")
    assert (found.wished, found.features_asked) == ((), ("silla para bebé",))


@given(st.text(max_size=80))
def test_any_text_is_read(text: str) -> None:
    """Without an error."""
    assert not heard(text).is_silent or not any(map(str.isdigit, text))


def test_a_no() -> None:
    """Refuses where nothing is told instead, and nothing more is wanted."""
    assert [heard(text).refuses for text in ("no", "no, así no", "no, en efectivo", "no más")] == [
        True,
        True,
        False,
        False,
    ]


def test_what_is_to_be_changed() -> None:
    """Is something that was told, and not another taxi; a wish that is given up for another cancels nothing."""
    assert heard("cambia el destino").changes
    assert not heard("cambia eso, mándame otro taxi").changes
    assert "cancel" not in heard("no, olvídalo, al aeropuerto").intents
    assert "cancel" in heard("no, olvídalo").intents


def test_a_message_without_words() -> None:
    """Is silence; one of misspelt words is read as it was meant."""
    assert heard("mmm...").is_silent
    assert (heard("en efetivo").payment, heard("voy para Chibolón").unknown) == ("efectivo", "Chibolón")
