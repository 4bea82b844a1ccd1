from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.numbers import is_number, read_number

UNITS = ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
TEENS = ["diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"]
TWENTIES = (
    "veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve"
)
TENS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
HUNDREDS = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]


def spoken(number: int) -> str:
    """A number below a million, as it is said: the grammar written the other way round."""
    if number >= 1000:
        thousands = "" if number < 2000 else f"{spoken(number // 1000)} "
        rest = f" {spoken(number % 1000)}" if number % 1000 else ""
        return f"{thousands}mil{rest}"
    if number == 100:
        return "cien"
    if number > 100:
        rest = f" {spoken(number % 100)}" if number % 100 else ""
        return HUNDREDS[number // 100 - 1] + rest
    if number < 30:
        return [*UNITS, *TEENS, *TWENTIES.split()][number]
    return TENS[number // 10 - 3] + (f" y {UNITS[number % 10]}" if number % 10 else "")


@given(st.integers(0, 999_999))
def test_a_number_is_read_as_it_is_said(number: int) -> None:
    """Whole, and no word too many."""
    words = spoken(number).split()
    assert read_number(words, 0) == (number, len(words))
    assert read_number([*words, "casa"], 0) == (number, len(words))
    assert read_number([str(number)], 0) == (number, 1)


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("setenta y dos cuarenta y tres veinticinco", [72, 43, 25]),
        ("ochenta doce", [80, 12]),
        ("ochenta cinco", [80, 5]),
        ("cien veinte", [100, 20]),
        ("ciento catorce tres", [114, 3]),
        ("cuarenta y doce", [40]),
        ("cuarenta y", [40]),
        ("mil", [1000]),
        ("cero mil", [0, 1000]),
        ("dos mil cero", [2000, 0]),
        ("primera", [1]),
        ("1234567890", []),
        ("casa", []),
        ("", []),
    ],
)
def test_where_one_number_ends(text: str, numbers: list[int]) -> None:
    """Numbers said one behind the other are told apart by grammar."""
    words, at, found = text.split(), 0, []
    while (number := read_number(words, at)) is not None:
        found.append(number[0])
        at = number[1]
    assert found == numbers


def test_articles_are_no_numbers() -> None:
    """Alone."""
    assert [is_number(word) for word in ("un", "una", "dos", "7", "casa")] == [False, False, True, True, False]
