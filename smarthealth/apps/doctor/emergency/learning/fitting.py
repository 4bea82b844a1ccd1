"""Logistic regression on sparse vectors, by L-BFGS on the whole set: no chance in it, so that the same examples give the same weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from .features import SIZE, Vector

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HEAD_SIZE: Final = 1 << 12
"""Places of the features for one category."""
_MEMORY: Final = 8
_STEPS: Final = 80
_ENOUGH: Final = 1e-6
"""Share of the loss; less gained by a step ends the search."""
_SMALLEST: Final = 1e-6
_DECREASE: Final = 1e-4


@attrs.frozen(eq=False)
class Rows:
    """Sparse vectors, one after the other."""

    places: Ints
    values: Floats
    starts: Ints
    """Where each row begins, and where the last one ends."""

    @classmethod
    def of(cls, vectors: Sequence[Vector]) -> Rows:
        """Put vectors together."""
        return cls(
            np.concatenate([vector.places for vector in vectors]).astype(np.int64),
            np.concatenate([vector.values for vector in vectors]).astype(np.float64),
            np.cumsum([0, *(len(vector.places) for vector in vectors)]),
        )

    def take(self, rows: Ints) -> Rows:
        """Some of the rows."""
        chosen = np.concatenate([np.arange(self.starts[row], self.starts[row + 1]) for row in rows])
        lengths = np.diff(self.starts)[rows]
        return Rows(self.places[chosen], self.values[chosen], np.concatenate([[0], np.cumsum(lengths)]))

    def scores(self, weights: Floats) -> Floats:
        """The product of each row with the weights; no row is empty."""
        return np.asarray(np.add.reduceat(weights[self.places] * self.values, self.starts[:-1]))

    def spread(self, of_rows: Floats, size: int) -> Floats:
        """The sum of the rows, each times its number."""
        each = np.repeat(of_rows, np.diff(self.starts))
        return np.asarray(np.bincount(self.places, weights=self.values * each, minlength=size), dtype=np.float64)


def fit(rows: Rows, truth: Floats, weights: Floats, penalty: float) -> tuple[Floats, float]:
    """Weights and bias that tell the rows of 1 from those of 0."""
    shares = weights / weights.sum()

    def loss(at: Floats) -> tuple[float, Floats]:
        scores = rows.scores(at[:-1]) + at[-1]
        value = float(shares @ np.logaddexp(0, np.where(truth > 0, -scores, scores)))
        error = shares * (1 / (1 + np.exp(-scores)) - truth)
        slope = rows.spread(error, SIZE) + penalty * at[:-1]
        return value + penalty / 2 * float(at[:-1] @ at[:-1]), np.append(slope, error.sum())

    found = minimise(loss, np.zeros(SIZE + 1))
    return found[:-1], float(found[-1])


def fit_head(rows: Rows, kinds: Ints, weights: Floats, penalty: float, count: int) -> Floats:
    """Weights that tell `count` kinds of rows apart, one line of `HEAD_SIZE` each."""
    small = attrs.evolve(rows, places=rows.places % HEAD_SIZE)
    shares = weights / weights.sum()
    truth = np.eye(count)[kinds]

    def loss(at: Floats) -> tuple[float, Floats]:
        table = at.reshape(count, HEAD_SIZE)
        scores = np.stack([small.scores(line) for line in table], axis=1)
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        value = -float(shares @ np.log(chances[np.arange(len(kinds)), kinds] + 1e-12))
        error = shares[:, None] * (chances - truth)
        slope = np.concatenate([small.spread(error[:, kind], HEAD_SIZE) for kind in range(count)])
        return value + penalty / 2 * float(at @ at), slope + penalty * at

    return minimise(loss, np.zeros(count * HEAD_SIZE)).reshape(count, HEAD_SIZE)


def minimise(loss: Callable[[Floats], tuple[float, Floats]], start: Floats) -> Floats:
    """The place where a smooth function is least, from a start; after Nocedal and Wright, algorithm 7.5."""
    at, (value, slope) = start, loss(start)
    moves: list[tuple[Floats, Floats]] = []
    for _ in range(_STEPS):
        direction = _direction(slope, moves)
        length = 1.0 if moves else 1.0 / max(_SMALLEST, float(np.abs(slope).max()))
        fall = float(slope @ direction)
        while True:
            next_at = at - length * direction
            next_value, next_slope = loss(next_at)
            if next_value <= value - _DECREASE * length * fall or length < _SMALLEST:
                break
            length /= 2
        move, turn = next_at - at, next_slope - slope
        if move @ turn > 0:
            moves = [*moves, (move, turn)][-_MEMORY:]
        gained = value - next_value
        at, value, slope = next_at, next_value, next_slope
        if gained < _ENOUGH * value:
            break
    return at


def _direction(slope: Floats, moves: Sequence[tuple[Floats, Floats]]) -> Floats:
    direction = slope.copy()
    shares = []
    for move, turn in reversed(moves):
        shares.append(float(move @ direction) / float(move @ turn))
        direction -= shares[-1] * turn
    if moves:
        move, turn = moves[-1]
        direction *= float(move @ turn) / float(turn @ turn)
    for (move, turn), share in zip(moves, reversed(shares), strict=True):
        direction += move * (share - float(turn @ direction) / float(move @ turn))
    return direction
