"""Fitting weights to examples."""

from __future__ import annotations

import numpy as np
import pytest

from smarthealth.apps.doctor.emergency.learning.features import Vector
from smarthealth.apps.doctor.emergency.learning.fitting import HEAD_SIZE, Floats, Rows, fit, fit_head, minimise


def rows_of(*rows: dict[int, float]) -> Rows:
    """Sparse rows."""
    return Rows.of(
        [Vector(np.array(list(row), dtype=np.int32), np.array(list(row.values()), dtype=np.float32)) for row in rows]
    )


def test_rows_are_products_sums_and_parts() -> None:
    """Scores, their transpose, and a selection, as with dense numbers."""
    rows = rows_of({0: 1.0, 2: 2.0}, {1: 3.0})
    assert rows.scores(np.array([1.0, 10.0, 100.0])).tolist() == [201.0, 30.0]
    assert rows.spread(np.array([1.0, 2.0]), 4).tolist() == [1.0, 6.0, 2.0, 0.0]
    assert rows.take(np.array([1, 0])).scores(np.array([1.0, 10.0, 100.0])).tolist() == [30.0, 201.0]


def test_a_word_that_tells_gets_a_weight_of_its_sign() -> None:
    """What only the one has speaks for it, what both have for none."""
    rows = rows_of({1: 1.0, 5: 1.0}, {2: 1.0, 5: 1.0})
    weights, _ = fit(rows, np.array([1.0, 0.0]), np.ones(2), 1e-3)
    assert weights[1] > 1 > -1 > weights[2]
    assert abs(weights[5]) < 0.01


def test_an_example_weighs_what_it_is_given() -> None:
    """Of two that contradict one another the heavier wins."""
    rows = rows_of({1: 1.0}, {1: 1.0})
    weights, bias = fit(rows, np.array([1.0, 0.0]), np.array([3.0, 1.0]), 1e-3)
    assert weights[1] + bias == pytest.approx(np.log(3), abs=0.05)


def test_kinds_are_told_apart() -> None:
    """Each line of weights speaks for its own rows, whatever the size of the features."""
    rows = rows_of({1: 1.0}, {2: 1.0}, {3 + HEAD_SIZE: 1.0})
    head = fit_head(rows, np.array([0, 1, 2]), np.ones(3), 1e-3, 3)
    assert [int(np.argmax(head[:, place])) for place in (1, 2, 3)] == [0, 1, 2]


def test_the_least_place_of_a_bent_valley_is_found() -> None:
    """Steps that lead up are halved; a turn that would mislead is not remembered."""

    def loss(at: Floats) -> tuple[float, Floats]:
        x, y = float(at[0]), float(at[1])
        value = (1 - x) ** 2 + 20 * (y - x * x) ** 2 + 1
        return value, np.array([-2 * (1 - x) - 80 * x * (y - x * x), 40 * (y - x * x)])

    assert minimise(loss, np.array([-1.0, 1.5])) == pytest.approx([1, 1], abs=0.05)


def test_where_the_slope_never_turns_it_stops() -> None:
    """A hill has no least place: the search ends after its steps."""

    def loss(at: Floats) -> tuple[float, Floats]:
        return 10 - float(at @ at), -2 * at

    assert np.isfinite(minimise(loss, np.array([0.01]))).all()
