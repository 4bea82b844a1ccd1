from __future__ import annotations

import pytest

from smarthealth.apps.taxi.places.gazetteer import load_gazetteer
from smarthealth.apps.taxi.understanding.elements import find_elements


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("calle 72 # 43-25 en El Prado", [("address", None), ("neighbourhood", None)]),
        ("al colegio Marymount en Villa Campestre", [("landmark", "colegio Marymount"), ("neighbourhood", None)]),
        ("al hotel barranquilla plaza", [("landmark", "Hotel Barranquilla Plaza")]),
        ("al centro comercial viva", [("landmark", None)]),
        ("voy para el barrio Los Pinos", [("neighbourhood", "Los Pinos")]),
        ("voy para el barrio Vila Campestre", [("neighbourhood", None)]),
        ("voy para el barrio Boston", [("neighbourhood", None)]),
        ("al municipio de Nueva Granada", [("outside", None)]),
        ("al municipio de Soledad", [("zone", None)]),
        ("al pueblo de Tronquitos", [("outside", None)]),
        ("un hotel", []),
        ("a mi casa", []),
    ],
)
def test_pieces_of_places(text: str, found: list[tuple[str, str | None]]) -> None:
    """Addresses, names of the tables, and such as are in none, with the kind of place before them."""
    assert [(one.kind, one.name) for one in find_elements(text, load_gazetteer())] == found
