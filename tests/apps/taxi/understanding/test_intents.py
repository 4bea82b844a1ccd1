from __future__ import annotations

import pytest

from smarthealth.apps.taxi.understanding.intents import (
    confirms,
    find_intents,
    gives_up_softly,
    is_unsure,
    says_no,
    says_only_no,
    says_yes,
    wrong_part,
)


@pytest.mark.parametrize(
    ("text", "intents"),
    [
        ("Hola", {"greeting"}),
        ("Necesito un taxi", {"taxi"}),
        ("me puedes mandar un carrito al Prado, un taxi", {"taxi"}),
        ("cancela mi taxi", {"cancel"}),
        ("ya no lo necesito", {"cancel"}),
        ("olvídalo", {"cancel"}),
        ("no necesito nada más", set()),
        ("no lo necesito", {"cancel"}),
        ("para dos personas un taxi", {"taxi"}),
        ("¿Cuánto me sale?", {"ask_fare"}),
        ("quiero hablar con una persona", {"human"}),
        ("pásame con un asesor", {"human"}),
        ("esto no entiende nada, comuníqueme con un operador de verdad", {"human"}),
        ("¿entonces ya va en camino?", {"status"}),
        ("¿dónde viene mi taxi?", {"status"}),
        ("¿van hasta Malambo?", {"ask_coverage"}),
        ("¿se demora mucho?", set()),
        ("¿quién eres?", {"ask_agent"}),
        ("me dejé el celular en el taxi", {"complaint"}),
        ("gracias, chao", {"thanks", "farewell"}),
        ("asdf", set()),
        ("¿cuánto se demora?", set()),
        ("no lo canceles", set()),
        ("no, ya no, gracias", {"cancel", "thanks"}),
        ("¿qué placa es?", {"status"}),
        ("¿20 mil está bien?", {"ask_fare"}),
        ("¿cómo?", {"repeat"}),
        ("pásame a buscar", {"taxi"}),
        ("I need a taxi", {"taxi"}),
    ],
)
def test_what_people_want(text: str, intents: set[str]) -> None:
    """Each from its words."""
    assert set(find_intents(text)) - {"ask_wait"} == intents


@pytest.mark.parametrize("text", ["Sí, confirmo", "dale", "ok", "hágale pues", "correcto", "todo bien", "listo"])
def test_yes(text: str) -> None:
    """In its many words."""
    assert says_yes(text)
    assert not says_no(text)


@pytest.mark.parametrize("text", ["no confirmo", "sí, pero espera", "no", "mañana"])
def test_what_is_no_yes(text: str) -> None:
    """A condition, a denial, and something else."""
    assert not says_yes(text)


def test_going_ahead() -> None:
    """Said in so many words, or only agreed to."""
    assert [confirms(text) for text in ("sí", "sí, confirmo", "mándelo", "no confirmo")] == [False, True, True, False]


def test_giving_up_softly() -> None:
    """Is a "mejor no" alone, and no "cancela"."""
    assert [gives_up_softly(text) for text in ("no, olvídalo", "mejor no", "olvídalo, cancela")] == [True, True, False]


def test_no() -> None:
    """Alone, or before something else."""
    assert [says_only_no(text) for text in ("No", "no gracias", "nada", "no, en Soledad")] == [True, True, True, False]
    assert says_no("no, en Soledad")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("la dirección está mal", "destination"),
        ("cambia la forma de pago", "payment"),
        ("me equivoqué en el punto de recogida", "pickup"),
        ("quiero cambiar las preferencias", "features"),
        ("eso está mal", "unknown"),
        ("la dirección es calle 72", None),
    ],
)
def test_what_is_wrong(text: str, part: str | None) -> None:
    """Named, or not."""
    assert wrong_part(text) == part


def test_who_does_not_know() -> None:
    """Says so."""
    assert [is_unsure(text) for text in ("no sé el barrio", "yo le indico", "El Prado")] == [True, True, False]
