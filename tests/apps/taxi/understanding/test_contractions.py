from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.understanding.contractions import expand


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("pal aeropuerto", "para el aeropuerto"),
        ("voy pa'l centro", "voy para el centro"),
        ("Pa’l norte", "para el norte"),
        ("p'al norte", "para el norte"),
        ("pa la 72", "para la 72"),
        ("pa'la 72", "para la 72"),
        ("pa' Soledad y pa Galapa", "para Soledad y para Galapa"),
        ("pa'lante", "pa'lante"),
        ("pa' lante", "pa' lante"),
        ("palante con mi papa", "palante con mi papa"),
        ("pa", "pa"),
    ],
)
def test_contractions(text: str, written: str) -> None:
    """Are written out; words that only look like them are left."""
    assert expand(text) == written


@given(st.text(max_size=60))
def test_a_text_without_any(text: str) -> None:
    """Is left as it is, whatever it is."""
    if "p" not in text.lower():
        assert expand(text) == text
