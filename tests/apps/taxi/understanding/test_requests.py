from __future__ import annotations

import pytest

from smarthealth.apps.taxi.understanding.requests import LONGEST, asks_for_several, find_request


@pytest.mark.parametrize(
    ("text", "request_"),
    [
        ("que me llame cuando esté abajo", "que me llame cuando esté abajo"),
        ("en efectivo, que traiga vueltas. Gracias", "que traiga vueltas"),
        ("es mi mamá, que la ayuden a subir", "que la ayuden a subir"),
        ("dígale al conductor que pite", "que pite"),
        ("que no sea un carro viejo", "que no sea un carro viejo"),
        ("necesito vueltas de cien", "necesito vueltas de cien"),
        ("le digo que me llamo Ana", None),
        ("que me lleven al Prado", None),
    ],
)
def test_what_the_driver_is_told(text: str, request_: str | None) -> None:
    """In the person's words, and nothing else."""
    assert find_request(text) == request_


def test_a_long_request() -> None:
    """Is cut."""
    assert len(find_request("que espere " + "x" * 500) or "") == LONGEST


def test_several_taxis() -> None:
    """Are asked for, or several people in one."""
    assert [asks_for_several(text) for text in ("necesito dos taxis", "2 carros", "dos personas")] == [
        True,
        True,
        False,
    ]
