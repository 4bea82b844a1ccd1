from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.apps.taxi.understanding.sounds import spelt, without_sounds


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("mmm", ""),
        ("Ehh...", ""),
        ("mmm, un taxi", "un taxi"),
        ("este... a la 72", "a la 72"),
        ("la calle 45 este, número 8", "la calle 45 este, número 8"),
        ("un taxi eh para la 50", "un taxi para la 50"),
        ("ajá", "ajá"),
        ("...", "..."),
    ],
)
def test_sounds(text: str, rest: str) -> None:
    """Are left out; a point of the compass is none."""
    assert without_sounds(text) == rest


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("en efetivo", "en efectivo"),
        ("trasferencia", "transferencia"),
        ("la caye 72", "la calle 72"),
        ("un Tasi", "un taxi"),
        ("taxiiii al centrooo", "taxi al centro"),
        ("tarjetas", "tarjetas"),
        ("Efectivo", "Efectivo"),
        ("la carretera", "la carretera"),
    ],
)
def test_spelling(text: str, right: str) -> None:
    """Is put right where a word of the trade was nearly said."""
    assert spelt(text) == right


@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    """Is taken, and never grows."""
    assert len(without_sounds(text)) <= len(text)
    spelt(text)
