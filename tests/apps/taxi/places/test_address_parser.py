"""Addresses as people say and type them, and the same written by the program and read again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.address import Address, Road
from smarthealth.apps.taxi.places.address_parser import LARGEST_PLATE, LARGEST_ROAD, find_addresses
from tests.apps.taxi.places.test_numbers import spoken

SAID = [
    ("Necesito un taxi a la Calle 72 #43-25, El Prado", "Calle 72 # 43-25"),
    ("calle 72 cuarenta y tres veinticinco", "Calle 72 # 43-25"),
    ("cra 43 número 20 15", "Carrera 43 # 20-15"),
    ("calle setenta y dos cuarenta y tres veinticinco apartamento 501", "Calle 72 # 43-25, Apto 501"),
    ("Cra. 43B # 20-15 torre 2 apto 301", "Carrera 43B # 20-15, Torre 2, Apto 301"),
    ("kr 43 bis b # 20-15 sur", "Carrera 43 Bis B # 20-15 Sur"),
    ("calle 45 sur no. 12-30", "Calle 45 Sur # 12-30"),
    ("transversal 44 # 102-80 interior 5", "Transversal 44 # 102-80, Interior 5"),
    ("diagonal 70b nro 30 - 12", "Diagonal 70B # 30-12"),
    ("calle 72 con carrera 43", "Calle 72 con Carrera 43"),
    ("cra 38 con calle 74 esquina", "Carrera 38 con Calle 74"),
    ("calle 72 con 43", "Calle 72 con Carrera 43"),
    ("por la 72 con 43", "72 con 43"),
    ("calle 72", "Calle 72"),
    ("calle 72 43", "Calle 72 con 43"),
    ("72 # 43-25", "72 # 43-25"),
    ("es la 43-25", "# 43-25"),
    ("número 43 25", "# 43-25"),
    ("número 4325", "# 43-25"),
    ("no. 43 25", "# 43-25"),
    ("es la numero 43 guion 25", "# 43-25"),
    ("carrera cuarenta y seis ochenta doce", "Carrera 46 # 80-12"),
    ("via 40 # 73-290", "Vía 40 # 73-290"),
    ("manzana 5 casa 12", "Manzana 5, Casa 12"),
    ("calle 72 a 43 25", "Calle 72A # 43-25"),
    ("calle 72ab # 43-25", "Calle 72AB # 43-25"),
    ("calle 72 a la 43", "Calle 72; 43"),
    ("voy a la 84", "84"),
    ("la 84", "84"),
    ("con 51", "51"),
    ("con nadie", ""),
    ("a la 84 y ya", "84"),
    ("a la 1 de la tarde", ""),
    ("calle 72 4325", "Calle 72 # 43-25"),
    ("calle 72 43125", "Calle 72 # 43-125"),
    ("calle 30 numero 8 sur 21", "Calle 30 # 8 Sur-21"),
    ("Av. Murillo # 14-30", "Calle 45 # 14-30"),
    ("murillo con 14", "Calle 45 con Carrera 14"),
    ("calle la cordialidad # 20-15", "Avenida La Cordialidad # 20-15"),
    ("avenida calle 26 # 10-20", "Calle 26 # 10-20"),
    ("en la 38 con murillo", "Carrera 38 con Calle 45"),
    ("la 43 con calle 84", "Carrera 43 con Calle 84"),
    ("la cordialidad con circunvalar", "Avenida La Cordialidad con Avenida Circunvalar"),
    ("avenida circunvalar con calle 45", "Avenida Circunvalar con Calle 45"),
    ("carrera primera # 20-10", "Carrera 1 # 20-10"),
    ("la carrera es la 8", "Carrera 8"),
    ("calle 98 # 52b-10, torre b apto 12a", "Calle 98 # 52B-10, Torre B, Apto 12A"),
    ("cll 76 no 54 - 11 piso 3", "Calle 76 # 54-11, Piso 3"),
    ("k 43 # 72-10", "Carrera 43 # 72-10"),
    ("c. 43 # 72-10", "Calle 43 # 72-10"),
    ("calle cien cincuenta y tres ciento veinte", "Calle 100 # 53-120"),
    ("calle 17 # 21B-45 y llevo 2 maletas", "Calle 17 # 21B-45"),
    ("calle 72 # 43 # 25", "Calle 72 # 43-25"),
    ("calle 72 # 43-25 apto", "Calle 72 # 43-25"),
    ("calle 72, 2 personas", "Calle 72"),
    ("calle 72 # 43-2500", "Calle 72 con 43"),
    ("calle 72 con nada", "Calle 72"),
    ("torre y 5", ""),
    ("murillo", ""),
    ("calle de la amargura", ""),
    ("calle 900 # 2-3", "# 2-03"),
    ("calle 900", ""),
    ("k de queso", ""),
    ("número veinte", ""),
    ("somos 4 personas, a las 5", ""),
    ("mi teléfono es 300 123 4567", ""),
    ("300-1234567", ""),
    ("apto 1234567", ""),
    ("72 # nada", ""),
]


@pytest.mark.parametrize(("text", "address"), SAID)
def test_addresses_as_people_say_them(text: str, address: str) -> None:
    """Whole or in part; what is no address is none."""
    assert "; ".join(found.address.text for found in find_addresses(text)) == address


def test_addresses_know_where_they_stand() -> None:
    """Several in one text, in order."""
    text = "de la calle 72 # 43-25 apto 2 a la cra 38 # 74-12"
    found = find_addresses(text)
    assert [text[one.start : one.end] for one in found] == ["calle 72 # 43-25 apto 2", "cra 38 # 74-12"]


def test_numbers_alone_are_left_where_not_asked_for() -> None:
    """`43-25` may be anything."""
    assert find_addresses("43-25", fragments=False) == ()
    assert find_addresses("número 43 25", fragments=False) == ()


ROADS = st.builds(
    Road,
    kind=st.sampled_from(["Calle", "Carrera", "Diagonal", "Transversal"]),
    number=st.integers(1, LARGEST_ROAD),
    letters=st.sampled_from(["", "A", "B", "C", "F", "AB"]),
    bis=st.sampled_from([None, "", "B"]),
    quadrant=st.sampled_from([None, "Sur", "Norte", "Este", "Oeste"]),
)
CROSSES = st.builds(
    Road, number=st.integers(1, LARGEST_ROAD), letters=st.sampled_from(["", "A", "B"]), bis=st.sampled_from([None, "C"])
)
ADDRESSES = st.builds(
    Address,
    main=ROADS,
    cross=CROSSES,
    plate=st.integers(0, LARGEST_PLATE),
    plate_quadrant=st.sampled_from([None, "Sur"]),
    complement=st.sampled_from([(), ("Apto 501",), ("Torre B", "Apto 12A"), ("Casa 3",)]),
)


@given(ADDRESSES)
def test_what_is_written_is_read_again(address: Address) -> None:
    """The same address, with all its parts."""
    (found,) = find_addresses(f"voy a la {address.text}")
    assert found.address == address


@given(st.integers(1, LARGEST_ROAD), st.integers(1, LARGEST_ROAD), st.integers(1, LARGEST_PLATE))
def test_what_is_spoken_is_read(main: int, cross: int, plate: int) -> None:
    """With the words between the numbers that people use."""
    said = f"calle {spoken(main)} número {spoken(cross)} guion {spoken(plate)}"
    (found,) = find_addresses(said)
    assert found.address.text == f"Calle {main} # {cross}-{plate:02d}"


PIECES = sorted({piece for text, _ in SAID for piece in text.split()} | {"#", "-", ",", "."})


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join))
def test_any_text_is_read(text: str) -> None:
    """Without an error, and every address lies within it, behind the one before."""
    end = 0
    for found in find_addresses(text):
        assert end <= found.start < found.end <= len(text)
        end = found.end
