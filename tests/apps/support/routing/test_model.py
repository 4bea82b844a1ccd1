"""The model and its file."""

from __future__ import annotations

import numpy as np

from smarthealth.apps.support.routing.classes import CLASSES
from smarthealth.apps.support.routing.features import PLACES
from smarthealth.apps.support.routing.model import Model, load_model, read_model, write_model


def test_a_model_survives_its_file() -> None:
    """Within a step of a signed byte."""
    chance = np.random.default_rng(1)
    weights = chance.normal(size=(PLACES, len(CLASSES))).astype(np.float32)
    model = Model(weights=weights, bias=np.zeros(len(CLASSES), dtype=np.float32), temperature=1.5)
    again = read_model(write_model(model))
    assert np.abs(again.weights - weights).max() <= np.abs(weights).max() / 127
    assert again.temperature == 1.5


def test_the_shipped_model_says_probabilities() -> None:
    """One for each class, adding up to one."""
    probabilities = load_model().probabilities("What is the engine power?")
    assert list(probabilities) == list(CLASSES)
    assert abs(sum(probabilities.values()) - 1) < 1e-6
    assert max(probabilities, key=lambda label: probabilities[label]) == "specs"
