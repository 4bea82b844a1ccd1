from __future__ import annotations

import pytest

from smarthealth.apps.taxi.understanding.payment import (
    PAYMENTS,
    asks_about_payment,
    denied_payments,
    find_payment,
    written,
)


@pytest.mark.parametrize(
    ("text", "payment"),
    [
        ("pago en efectivo", "efectivo"),
        ("con nequi, por favor", "nequi"),
        ("no tengo efectivo, pago con tarjeta", "tarjeta"),
        ("no con nequi, mejor daviplata", "daviplata"),
        ("con tarjeta, que traiga datáfono", "datáfono"),
        ("te hago una transferencia", "transferencia"),
        ("plata en mano", "efectivo"),
        ("plata", "efectivo"),
        ("no sé", None),
        ("sin efectivo", None),
    ],
)
def test_how_somebody_pays(text: str, payment: str | None) -> None:
    """The last way that is not denied."""
    assert find_payment(text) == payment


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("¿reciben nequi?", True),
        ("¿cómo puedo pagar?", True),
        ("con qué se paga", True),
        ("¿puedo cancelar en efectivo?", True),
        ("¿aceptan dólares?", True),
        ("pago en efectivo", False),
        ("hola", False),
    ],
)
def test_who_asks_how_to_pay(text: str, asks: bool) -> None:
    """Has not chosen."""
    assert asks_about_payment(text) is asks


def test_what_is_denied() -> None:
    """Is known, to be taken back."""
    assert denied_payments("no tengo nequi, va en efectivo") == {"nequi"}
    assert [written(one) for one in PAYMENTS[:2]] == ["efectivo", "Nequi"]
