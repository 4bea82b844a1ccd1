"""Words written like names."""

from __future__ import annotations

import pytest

from smarthealth.apps.records.understanding.names import find_names


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("¿Cuál es la glucosa de Juan Pérez?", ["Juan Pérez"]),
        ("¿Cuántas veces lo vio la Dra. Runte?", ["Dra. Runte"]),
        ("Did Dr. Liane379 Kunze215 see him?", ["Dr. Liane379 Kunze215"]),
        ("peso del paciente Ana", ["Ana"]),
        ("consultas en el hospital San José", ["hospital San José"]),
        ("¿Toma Zoloft?", []),
        ("Cuál fue su peso", []),
        ("HTA y DM2", []),
    ],
)
def test_names_are_told_by_their_capitals(text: str, names: list[str]) -> None:
    """After a title one word is a name, else two; one word alone may be a medicine."""
    assert [name for _, _, name in find_names(text)] == names
