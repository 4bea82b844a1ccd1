"""Which rules hold."""

from __future__ import annotations

import pytest

from smarthealth.apps.doctor.emergency.holding import held_rules, read_signs
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import look


def held(*pieces: str, known: frozenset[str] = frozenset()) -> list[str]:
    """Ids of the rules that hold in the pieces of a message."""
    rules = load_rules()
    return [rule.id for rule in held_rules(rules, [look(rules, piece) for piece in pieces], known)]


@pytest.mark.parametrize(
    ("message", "known", "expected"),
    [
        ("no puede respirar", frozenset(), True),
        ("she has 38.5 fever", frozenset(), False),
        ("she has 38.5 fever", frozenset({"age-infant"}), True),
        ("thanks", frozenset({"age-infant", "fever-measured"}), False),
    ],
)
def test_one_sign_must_be_told_now(message: str, known: frozenset[str], expected: bool) -> None:
    """What is known completes it and raises nothing alone."""
    assert bool(held(message, known=known)) is expected


def test_pieces_of_a_message_are_read_together() -> None:
    """A sign of the one completes a sign of the other."""
    assert not held("I have a fever of 39")
    assert held("I have a fever of 39", "my neck is stiff")


def test_what_is_over_is_present_and_not_open() -> None:
    """Some rules ask for the one, some for the other."""
    reading = read_signs([look(load_rules(), "he choked on bread but it came out and he is fine now")])
    assert "choking" not in reading.open


def test_what_is_denied_is_not_there() -> None:
    """And what is told twice is there once."""
    reading = read_signs([look(load_rules(), "no fever but chest pain, yes chest pain")])
    assert "fever" not in reading.present
    assert {"chest-pain"} <= reading.open <= reading.present
