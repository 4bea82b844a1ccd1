"""The parts of one message."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.routing.parts import MOST_PARTS, parts_of


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("What is the wheelbase?", ["What is the wheelbase?"]),
        ("What is the wheelbase? And book me an oil change.", ["What is the wheelbase?", "+book me an oil change."]),
        ("¿Qué aceite lleva y me agendas una cita?", ["¿Qué aceite lleva", "+me agendas una cita?"]),
        ("Hi! What is the wheelbase?", ["Hi! What is the wheelbase?"]),
        ("oil and filters", ["oil and filters"]),
        ("the brakes squeal; by the way, how much is an alignment", ["the brakes squeal", "+how much is an alignment"]),
        ("the brakes squeal, but what do pads cost", ["the brakes squeal", "what do pads cost"]),
        ("my brakes are soft, what do pads cost", ["my brakes are soft", "what do pads cost"]),
        ("If I fold the bench, how much fits?", ["If I fold the bench how much fits?"]),
        ("Frenando desde 100, ¿en cuántos metros para?", ["Frenando desde 100 ¿en cuántos metros para?"]),
        ("", [""]),
        ("; what is the wheelbase", ["what is the wheelbase"]),
    ],
)
def test_parts_make_sense_alone(message: str, parts: list[str]) -> None:
    """Those of too few words belong to their neighbour, and so does a clause that leads on; a plus is what is said besides."""
    assert ["+" * piece.adds + piece.text for piece in parts_of(message)] == parts


def test_parts_are_few() -> None:
    """What is said beyond belongs to the last one."""
    assert len(parts_of(" ".join(f"what is the number {n}?" for n in range(9)))) == MOST_PARTS
