"""Judging by what was learned."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.doctor.emergency.learning.classifier import Classifier
from smarthealth.apps.doctor.emergency.learning.weights import load_weights
from smarthealth.apps.doctor.emergency.rules import load_rules
from smarthealth.apps.doctor.emergency.sight import look
from smarthealth.retrieval.language import Language, language_of


def category(message: str, language: Language | None = None) -> str | None:
    """What a message is taken for."""
    return Classifier(load_weights()).category(look(load_rules(), message), language or language_of(message))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("me quedó un pedazo de carne atravesado y no me baja ni la saliva", "choking"),
        ("a piece of beef is lodged and i can't even get my own spit down", "choking"),
        ("se cayó de la cuna, duerme y no se deja despertar", "infant"),
        ("he tumbled off the bunk bed, went to sleep and i can't get him to wake", "infant"),
        ("hola, ¿a qué hora abren mañana?", None),
        ("my nose has been runny since monday", None),
    ],
)
def test_plain_words_for_grave_things(message: str, expected: str | None) -> None:
    """What rules may be deaf to is told, and of which kind it is; small talk is not."""
    assert (category(message) is None) == (expected is None)
    assert expected is None or category(message) in {expected, "conscious", "trauma", "plain"}


def test_one_grave_chunk_of_a_long_message_counts() -> None:
    """What stands around it does not thin it out."""
    filler = "ayer estuve en la casa de mi prima y comimos arroz con pollo viendo el partido. " * 12
    assert category(f"{filler} mi papá se desplomó y no respira. {filler}", "es") is not None
    assert category(filler, "es") is None


def test_the_threshold_is_that_of_the_language() -> None:
    """A language may be given none of the alarms."""
    weights = attrs.evolve(load_weights(), thresholds={"es": 100.0, "en": -100.0})
    sight = look(load_rules(), "hola")
    assert Classifier(weights).category(sight, "es") is None
    assert Classifier(weights).category(sight, "en") is not None
