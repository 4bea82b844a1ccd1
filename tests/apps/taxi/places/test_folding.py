from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.places.folding import fold


def test_case_and_accents_go() -> None:
    """And the signs of numbers and dashes become those that parsers know."""
    assert fold("Córdoba N° 20–15 ¿Ñ?") == "cordoba no 20-15  n?"


@given(st.text(max_size=50))
def test_every_letter_keeps_its_place(text: str) -> None:
    """The folded text is ASCII, and as long."""
    folded = fold(text)
    assert len(folded) == len(text)
    assert folded.isascii()
