"""Makes the model from the examples: `python -m smarthealth.apps.support.routing` writes it anew.

Gradient descent over all examples at once, from zero, with a fixed seed for the features that each step leaves out: the same
examples make the same model. The many sentences of one pattern weigh less each, so that a pattern does not drown what people
say. The temperature comes from folds that hold back whole authors, so that what is said in a way that no example has is not taken
for sure; `by_author` measures how often such a message is routed rightly.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from .classes import CLASSES
from .examples import Example, load_examples
from .features import PLACES, features
from .model import Model, write_model
from .router import Router

STEPS: Final = 400
RATE: Final = 0.08
DECAY: Final = 5e-6
"""Pull of the weights to zero."""
LEFT_OUT: Final = 0.5
"""Share of the features that a step does not see."""
AVERAGED: Final = 0.3
"""Share of the steps, the last ones, whose mean is the model."""
ALIKE: Final = 0.35
"""Power of the number of sentences of a line by which the weight of each is divided."""
FOLDS: Final = 4
SEED: Final = 20260208
TEMPERATURES: Final = tuple(float(temperature) for temperature in np.arange(0.3, 3.01, 0.05))

Rows = NDArray[np.float32]


@attrs.frozen(kw_only=True)
class Matrix:
    """Examples as rows of features, only what is not zero: places and weights one row after the other."""

    places: NDArray[np.int64]
    weights: Rows
    starts: NDArray[np.int64]
    """Where each row begins; none is empty."""
    wanted: NDArray[np.int64]
    """Classes of the rows, as numbers."""
    importance: Rows
    """Of the rows; each class weighs the same however many examples it has."""


def train(examples: Sequence[Example], *, steps: int = STEPS) -> Model:
    """Make a model of examples of the model's own classes."""
    usable = [example for example in examples if example.label in CLASSES]
    weights, bias = _fit(matrix(usable), steps)
    return Model(weights=weights, bias=bias, temperature=_temperature(usable, steps))


def by_author(examples: Sequence[Example], *, steps: int = STEPS) -> dict[str, float]:
    """For each author, the share of their messages that a router trained without them routes rightly."""
    shares = {}
    for author in sorted({example.author for example in examples} - {""}):
        others = [example for example in examples if example.author != author and example.label in CLASSES]
        weights, bias = _fit(matrix(others), steps)
        router = Router(Model(weights=weights, bias=bias, temperature=1.0))
        said = [example for example in examples if example.author == author]
        shares[author] = sum(router.route(one.text).label == one.label for one in said) / len(said)
    return shares


def by_fact(examples: Sequence[Example], *, steps: int = STEPS) -> dict[str, float]:
    """For each fact of the manual, the share of the questions for it that a router trained without them takes for such."""
    shares = {}
    facts = sorted({example.fact for example in examples} - {""})
    for fold in range(FOLDS):
        held = set(facts[fold::FOLDS])
        others = [example for example in examples if example.fact not in held and example.label in CLASSES]
        weights, bias = _fit(matrix(others), steps)
        router = Router(Model(weights=weights, bias=bias, temperature=1.0))
        for fact in held:
            asked = [example for example in examples if example.fact == fact]
            shares[fact] = sum(router.route(one.text).label == one.label for one in asked) / len(asked)
    return shares


def matrix(examples: Sequence[Example]) -> Matrix:
    """Examples as rows of features."""
    rows = [_features(example.text) for example in examples]
    alike = Counter(example.line for example in examples)
    wanted = np.array([CLASSES.index(example.label) for example in examples], dtype=np.int64)
    each = np.array([alike[example.line] ** -ALIKE for example in examples], dtype=np.float32)
    of_class = np.bincount(wanted, weights=each, minlength=len(CLASSES))
    return Matrix(
        places=np.concatenate([places for places, _ in rows]),
        weights=np.concatenate([weights for _, weights in rows]),
        starts=np.cumsum([0, *(len(places) for places, _ in rows[:-1])]),
        wanted=wanted,
        importance=(each / of_class[wanted] / len(CLASSES)).astype(np.float32)[:, None],
    )


_features = cache(features)
"""Each text is read once for all folds."""


def write(path: Path) -> Model:
    """Train on the shipped examples and write the file."""
    model = train(load_examples())
    path.write_bytes(write_model(model))
    return model


def _fit(rows: Matrix, steps: int) -> tuple[Rows, Rows]:
    """Adam on the cross entropy; the mean of the last steps, which the features that each leaves out draw this way and that."""
    chance = np.random.default_rng(SEED)
    used, column = np.unique(rows.places, return_inverse=True)
    by_column = np.argsort(column, kind="stable")
    column_starts = np.searchsorted(column[by_column], np.arange(len(used)))
    row_of = np.repeat(np.arange(len(rows.wanted)), np.diff([*rows.starts, len(rows.places)]))[by_column]
    values, sorted_values = rows.weights[:, None], rows.weights[by_column][:, None]
    target = np.eye(len(CLASSES), dtype=np.float32)[rows.wanted]
    weights = np.zeros((len(used) + 1, len(CLASSES)), dtype=np.float32)
    first: Rows = np.zeros_like(weights)
    second: Rows = np.zeros_like(weights)
    mean: Rows = np.zeros_like(weights)
    averaged = max(1, round(steps * AVERAGED))
    for step in range(1, steps + 1):
        kept = ((chance.random(len(used)) >= LEFT_OUT).astype(np.float32) / np.float32(1 - LEFT_OUT))[:, None]
        sums = np.add.reduceat(values * (weights[:-1] * kept)[column], rows.starts, axis=0) + weights[-1]
        raised = np.exp(sums - sums.max(axis=1, keepdims=True))
        error = (raised / raised.sum(axis=1, keepdims=True) - target) * rows.importance
        of_columns = np.add.reduceat(sorted_values * error[row_of], column_starts, axis=0)
        gradient = np.vstack([of_columns * kept + DECAY * weights[:-1], error.sum(axis=0)])
        first = np.asarray(0.9 * first + 0.1 * gradient, dtype=np.float32)
        second = np.asarray(0.99 * second + 0.01 * gradient**2, dtype=np.float32)
        weights -= RATE * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
        if step > steps - averaged:
            mean += weights / np.float32(averaged)
    whole = np.zeros((PLACES, len(CLASSES)), dtype=np.float32)
    whole[used] = mean[:-1]
    return whole, mean[-1]


def _temperature(examples: Sequence[Example], steps: int) -> float:
    """What makes the probabilities of messages whose authors were held back least surprising."""
    authors = sorted({example.author for example in examples} - {""})
    sums, wanted = [], []
    for number in range(FOLDS):
        held = [example for example in examples if _fold_of(example, authors) == number]
        weights, bias = _fit(matrix([one for one in examples if _fold_of(one, authors) != number]), steps)
        for one in held if not authors else [one for one in held if one.author]:
            places, values = _features(one.text)
            sums.append(values @ weights[places] + bias)
            wanted.append(CLASSES.index(one.label))
    found, numbers = np.array(sums, dtype=np.float32), np.array(wanted)
    return min(TEMPERATURES, key=lambda temperature: surprise(found / temperature, numbers))


def _fold_of(example: Example, authors: Sequence[str]) -> int:
    """Authors go round; patterns are held back too, by their lines."""
    return (authors.index(example.author) if example.author else zlib.crc32(b"%d" % example.line)) % FOLDS


def surprise(sums: Rows, wanted: NDArray[np.int64]) -> float:
    """Mean negative log likelihood of what was wanted."""
    raised = np.exp(sums - sums.max(axis=1, keepdims=True))
    likely = raised[np.arange(len(wanted)), wanted] / raised.sum(axis=1)
    return float(-np.log(np.maximum(likely, 1e-12)).mean())
