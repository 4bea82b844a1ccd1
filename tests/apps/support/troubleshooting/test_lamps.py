"""Lamps that only inform."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.troubleshooting.lamps import only_informs


@pytest.mark.parametrize(
    ("complaint", "informs"),
    [
        ("a blue thermometer symbol in the mornings", True),
        ("se me prende un termómetro azul al arrancar", True),
        ("there's a green A lit on the dash", True),
        ("a red thermometer symbol", False),
        ("first a blue lamp, then a red one", False),
        ("the green READY lamp does not come on", False),
        ("there is a green puddle under the car and a lamp", False),
        ("blue smoke, and the dash is dark", False),
        ("my car is blue", False),
    ],
)
def test_green_and_blue_lamps_inform(complaint: str, informs: bool) -> None:
    """One that stays dark may be a fault, and so may what is no lamp."""
    assert only_informs(complaint) is informs
