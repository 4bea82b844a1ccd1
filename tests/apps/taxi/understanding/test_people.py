from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.understanding.people import find_name, find_phone, find_when
from tests.apps.taxi.places.test_numbers import spoken


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("me llamo Juan Pérez de la Hoz y voy al Prado", "Juan Pérez de la Hoz"),
        ("soy María del Carmen, estoy en el prado", "María del Carmen"),
        ("a nombre de laura", "Laura"),
        ("habla Pedro de Soledad", "Pedro de Soledad"),
        ("soy la señora Ana de", "Ana"),
        ("soy O'Brien", "O'Brien"),
        ("soy Juan de la", "Juan"),
        ("el taxi es para mi mamá, la señora Carmen Polo, ella está en la 21", "Carmen Polo"),
        ("un servicio para el señor Luis Díaz", "Luis Díaz"),
        ("es para mi mamá", None),
        ("soy cliente", None),
        ("soy 7", None),
        ("hola", None),
    ],
)
def test_names(text: str, name: str | None) -> None:
    """With their particles, up to the word that is none."""
    assert find_name(text) == name


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("mi celular es 300 123 4567", "3001234567"),
        ("+57 315-555-0199", "3155550199"),
        ("605 3851234", "6053851234"),
        ("tres cero cero uno dos tres cuatro cinco seis siete", "3001234567"),
        ("trescientos uno dos treinta y tres cuarenta y cuatro cincuenta y cinco", "3012334455"),
        ("calle 72 # 43-25", None),
        ("mi cédula es 1234567890", None),
        ("dos", None),
    ],
)
def test_phones(text: str, phone: str | None) -> None:
    """Typed, or said in digits or in groups."""
    assert find_phone(text) == phone


@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_a_number_said_digit_by_digit(digits: list[int]) -> None:
    """Is put together."""
    assert find_phone(f"es el tres {' '.join(spoken(digit) for digit in digits)}") == "3" + "".join(map(str, digits))


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("para mañana a las 5 de la mañana al aeropuerto", "para mañana a las 5 de la mañana"),
        ("a las 7 y media pm", "a las 7 y media pm"),
        ("en 20 minutos", "en 20 minutos"),
        ("para la 72 con 46", None),
        ("el lunes 5 a las 8 de la mañana", "el lunes 5 a las 8 de la mañana"),
        ("para el 25 de diciembre a las 10", "para el 25 de diciembre a las 10"),
        ("ya", None),
    ],
)
def test_times(text: str, when: str | None) -> None:
    """In the person's words; a road is no time."""
    assert find_when(text) == when
