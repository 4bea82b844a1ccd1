from __future__ import annotations

import pytest

from smarthealth.apps.taxi.places.address import Address, Road
from smarthealth.apps.taxi.places.address_parser import find_addresses


def parsed(text: str) -> Address:
    """The one address of a text."""
    (found,) = find_addresses(text)
    return found.address


@pytest.mark.parametrize(
    ("first", "later", "merged"),
    [
        ("98 con 51b", "calle 98", "Calle 98 con Carrera 51B"),
        ("calle 72", "43-25", "Calle 72 # 43-25"),
        ("calle 72", "con carrera 43", "Calle 72 con Carrera 43"),
        ("calle 72", "carrera 43", "Calle 72 con Carrera 43"),
        ("carrera 7 # 45", "calle 48", "Carrera 7 con Calle 48"),
        ("calle 72 # 43-25", "43-52", "Calle 72 # 43-52"),
        ("calle 72 # 43-25", "calle 74", "Calle 74 # 43-25"),
        ("calle 72 # 43-25", "calle 72 # 46-10", "Calle 72 # 46-10"),
        ("calle 72 # 43-25", "carrera 38 # 74-12", "Carrera 38 # 74-12"),
        ("calle 72 # 43-25", "carrera 38", "Carrera 38"),
        ("calle 72 # 43-25", "apto 501", "Calle 72 # 43-25, Apto 501"),
        ("calle 72 # 43-25 torre 2 apto 501", "apto 502", "Calle 72 # 43-25, Torre 2, Apto 502"),
        ("72 # 43-25", "calle 72", "Calle 72 # 43-25"),
        ("apto 501", "calle 72 # 43-25", "Calle 72 # 43-25, Apto 501"),
        ("43-25", "calle 72", "Calle 72 # 43-25"),
        ("calle 72 # 43-25", "calle 72", "Calle 72 # 43-25"),
        ("calle 72 # 43-25", "no 43 - 25 sur", "Calle 72 # 43-25 Sur"),
    ],
)
def test_what_is_said_later(first: str, later: str, merged: str) -> None:
    """Completes an address, corrects a part of it, or is another one."""
    assert parsed(first).merged(parsed(later)).text == merged


@pytest.mark.parametrize(
    ("text", "kind", "told"),
    [
        ("72 con 46", "Calle", "Calle 72 con Carrera 46"),
        ("72 # 46-10", "Carrera", "Carrera 72 # 46-10"),
        ("calle 72", "Carrera", "Calle 72"),
        ("43-25", "Calle", "# 43-25"),
    ],
)
def test_the_kind_of_a_road_that_was_told_without(text: str, kind: str, told: str) -> None:
    """Is added, and that of the road that crosses it with it."""
    (found,) = find_addresses(text)
    assert found.address.of_kind(kind).text == told


def test_what_a_driver_finds() -> None:
    """A plate, or a crossing of two roads."""
    texts = ("calle 72 # 43-25", "calle 72 con carrera 43", "calle 72 # 43", "calle 72", "72 # 43-25", "apto 5")
    assert [parsed(text).is_complete for text in texts] == [True, True, False, False, False, False]


def test_a_road_of_another_name() -> None:
    """Replaces a road told by number, and one without number or name is any road."""
    named = Address(main=Road(kind="Avenida", name="Circunvalar"))
    assert parsed("calle 72 # 43-25").merged(named).text == "Avenida Circunvalar"
    assert Address(main=Road(kind="Calle")).merged(parsed("calle 72")).text == "Calle 72"
    assert parsed("calle 72").merged(Address(main=Road(kind="Calle"))).main == Road(kind="Calle")
    assert Road(number=43, letters="B", bis="", quadrant="Sur").text == "43B Bis Sur"
    assert Address(cross=Road(kind="Carrera", number=43)).grid == "Carrera 43"
    assert Address().text == ""
