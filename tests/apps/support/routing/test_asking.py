"""Whether a message asks."""

from __future__ import annotations

import pytest

from smarthealth.apps.support.routing.asking import asks


@pytest.mark.parametrize(
    ("text", "is_question"),
    [
        ("What is the wheelbase", True),
        ("and how much oil is that", True),
        ("The radio is dead. Which fuse is it", True),
        ("dígame cuánto puede remolcar", True),
        ("¿Qué aceite lleva", True),
        ("tow limit?", True),
        ("The lamp blinks when I go round bends.", False),
        ("el carro suena cuando freno", False),
        ("my brakes squeal", False),
        ("", False),
    ],
)
def test_a_question_has_a_mark_or_begins_as_one(text: str, is_question: bool) -> None:
    """A word that also asks, in the middle of a sentence, makes none."""
    assert asks(text) is is_question
