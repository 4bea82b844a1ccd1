from __future__ import annotations

import pytest

from smarthealth.apps.taxi.understanding.features import find_features, wants_nothing_special


@pytest.mark.parametrize(
    ("text", "wished", "denied"),
    [
        ("que tenga aire y baúl grande, llevo un perrito", ("aire acondicionado", "baúl grande", "mascota"), ()),
        ("sin aire", (), ("aire acondicionado",)),
        ("no necesito baúl grande", (), ("baúl grande",)),
        ("una moto por favor", ("moto",), ()),
        ("mejor un carro", (), ("moto",)),
        ("no, un carro y no una moto", (), ("moto",)),
        ("sin música", ("sin música",), ()),
        ("voy con mi abuelita en silla de ruedas", ("silla de ruedas", "adulto mayor"), ()),
        ("somos 6 personas", ("seis puestos",), ()),
        ("vamos 3 adultos y dos niños", ("seis puestos",), ()),
        ("vamos 2 adultos y un niño", (), ()),
        ("¿tienen motos?", ("moto",), ()),
        ("hola", (), ()),
    ],
)
def test_wishes(text: str, wished: tuple[str, ...], denied: tuple[str, ...]) -> None:
    """And what is not wished for any more."""
    assert find_features(text) == (wished, denied)


@pytest.mark.parametrize(
    ("text", "nothing"), [("ninguna preferencia", True), ("uno normal", True), ("necesito un taxi", False)]
)
def test_any_car_will_do(text: str, nothing: bool) -> None:
    """Said so."""
    assert wants_nothing_special(text) is nothing
