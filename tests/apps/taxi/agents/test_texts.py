from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.taxi.agents.texts import joined, missing_words, payment_words, summary
from tests.storage.test_bookings import ORDER


def test_an_order_in_one_sentence() -> None:
    """With what there is of it."""
    assert summary(ORDER) == (
        "destino Calle 72 # 43-25, El Prado, Barranquilla; pago en efectivo; preferencias: mascota; tarifa estimada $9.500"
    )
    whole = attrs.evolve(
        ORDER,
        pickup="Boston",
        wanted="mañana",
        features=(),
        observation="timbre",
        name="Ana",
        phone="3001234567",
        fare_is_estimate=False,
    )
    assert summary(whole) == (
        "recogida en Boston; destino Calle 72 # 43-25, El Prado, Barranquilla; para cuándo: mañana; pago en efectivo;"
        " sin preferencias especiales; observación: timbre; a nombre de Ana; teléfono 3001234567; tarifa $9.500"
    )


@pytest.mark.parametrize(
    ("payment", "words"),
    [("efectivo", "en efectivo"), ("nequi", "con Nequi"), ("datáfono", "por datáfono"), ("trueque", "con trueque")],
)
def test_how_it_is_paid(payment: str, words: str) -> None:
    """As it stands behind "pago"."""
    assert payment_words(payment) == words


def test_lists() -> None:
    """With commas, and an `y` before the last."""
    assert [joined(names) for names in ((), ("a",), ("a", "b"), ("a", "b", "c"))] == ["", "a", "a y b", "a, b y c"]
    assert missing_words("payment") == "la forma de pago"
