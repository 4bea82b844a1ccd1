from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.understanding.unknown import unknown_place


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Voy para Chibolo, Magdalena", "Chibolo"),
        ("un taxi para villa tonta de los reyes magos", "villa tonta"),
        ("llévame a San Perucho de la", "San Perucho"),
        ("voy para mi casa", None),
        ("un taxi para las cinco", None),
        ("voy a pagar en efectivo", None),
        ("hola", None),
        ("hasta el", None),
    ],
)
def test_names_in_no_table(text: str, name: str | None) -> None:
    """Stand behind where one goes."""
    assert unknown_place(text) == name


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Is read."""
    unknown_place(f"voy para {text}")
