"""Makes the model from the examples: `python -m smarthealth.apps.support.routing` writes it anew.

Gradient descent over all examples at once, from zero, with a fixed seed for the features that each step leaves out: the same
examples make the same model. The temperature comes from folds that hold back whole lines of examples, so that what
is asked in words that no example has is not taken for sure.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .classes import CLASSES
from .examples import Example, load_examples
from .features import PLACES, features
from .model import Model, write_model

STEPS: Final = 160
RATE: Final = 0.08
DECAY: Final = 2e-4
"""Pull of the weights to zero."""
LEFT_OUT: Final = 0.25
"""Share of the features that a step does not see."""
FOLDS: Final = 4
SEED: Final = 20260208
TEMPERATURES: Final = tuple(float(temperature) for temperature in np.arange(0.3, 3.01, 0.05))

Rows = NDArray[np.float32]


def train(examples: Sequence[Example], *, steps: int = STEPS) -> Model:
    """Make a model of examples of the model's own classes."""
    usable = [example for example in examples if example.label in CLASSES]
    rows, wanted = matrix(usable)
    temperature = _temperature(rows, wanted, [example.line for example in usable], steps)
    weights, bias = _fit(rows, wanted, steps)
    return Model(weights=weights, bias=bias, temperature=temperature)


def matrix(examples: Sequence[Example]) -> tuple[Rows, NDArray[np.int64]]:
    """Examples as rows of features, and their classes as numbers."""
    rows = np.zeros((len(examples), PLACES), dtype=np.float32)
    for number, example in enumerate(examples):
        places, weights = features(example.text)
        rows[number, places] = weights
    return rows, np.array([CLASSES.index(example.label) for example in examples], dtype=np.int64)


def write(path: Path) -> Model:
    """Train on the shipped examples and write the file."""
    model = train(load_examples())
    path.write_bytes(write_model(model))
    return model


def _fit(rows: Rows, wanted: NDArray[np.int64], steps: int) -> tuple[Rows, Rows]:
    """Adam on the cross entropy, each class weighing the same however many examples it has."""
    chance = np.random.default_rng(SEED)
    used = np.flatnonzero(rows.any(axis=0))
    seen = rows[:, used]
    target = np.eye(len(CLASSES), dtype=np.float32)[wanted]
    counts = np.bincount(wanted, minlength=len(CLASSES)).astype(np.float32)
    importance = (len(wanted) / (len(CLASSES) * np.maximum(counts, 1)))[wanted][:, None]
    weights = np.zeros((len(used) + 1, len(CLASSES)), dtype=np.float32)
    first: Rows = np.zeros_like(weights)
    second: Rows = np.zeros_like(weights)
    for step in range(1, steps + 1):
        kept = (chance.random(len(used)) >= LEFT_OUT).astype(np.float32) / np.float32(1 - LEFT_OUT)
        sums = seen @ (weights[:-1] * kept[:, None]) + weights[-1]
        raised = np.exp(sums - sums.max(axis=1, keepdims=True))
        error = (raised / raised.sum(axis=1, keepdims=True) - target) * importance / len(wanted)
        gradient = np.vstack([(seen.T @ error) * kept[:, None] + DECAY * weights[:-1], error.sum(axis=0)])
        first = np.asarray(0.9 * first + 0.1 * gradient, dtype=np.float32)
        second = np.asarray(0.99 * second + 0.01 * gradient**2, dtype=np.float32)
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    whole = np.zeros((PLACES, len(CLASSES)), dtype=np.float32)
    whole[used] = weights[:-1]
    return whole, weights[-1].astype(np.float32)


def _temperature(rows: Rows, wanted: NDArray[np.int64], lines: Sequence[int], steps: int) -> float:
    """What makes the probabilities of sentences from lines that were held back least surprising."""
    fold = np.array([line % FOLDS for line in lines])
    sums = np.zeros((len(wanted), len(CLASSES)), dtype=np.float32)
    for number in range(FOLDS):
        held = fold == number
        weights, bias = _fit(rows[~held], wanted[~held], steps)
        sums[held] = rows[held] @ weights + bias
    return min(TEMPERATURES, key=lambda temperature: surprise(sums / temperature, wanted))


def surprise(sums: Rows, wanted: NDArray[np.int64]) -> float:
    """Mean negative log likelihood of what was wanted."""
    raised = np.exp(sums - sums.max(axis=1, keepdims=True))
    likely = raised[np.arange(len(wanted)), wanted] / raised.sum(axis=1)
    return float(-np.log(np.maximum(likely, 1e-12)).mean())
