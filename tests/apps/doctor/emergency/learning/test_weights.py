"""Keeping what was learned."""

from __future__ import annotations

import numpy as np
import pytest

from smarthealth.apps.doctor.emergency.learning.features import SIZE
from smarthealth.apps.doctor.emergency.learning.weights import Weights, load_weights


def test_weights_survive_being_written_to_a_hundredth() -> None:
    """Eight bits are enough; the same weights give the same bytes."""
    chance = np.random.default_rng(1)
    weights = Weights(
        plain=chance.normal(size=64).astype(np.float32),
        bias=-0.5,
        head=np.zeros((2, 8), dtype=np.float32),
        categories=("chest", "burn"),
        thresholds={"es": 0.5, "en": 1.0},
    )
    read = Weights.decode(weights.encode())
    assert np.abs(read.plain - weights.plain).max() < 0.02
    assert (read.bias, tuple(read.categories), read.thresholds) == (-0.5, ("chest", "burn"), {"es": 0.5, "en": 1.0})
    assert not read.head.any()
    assert weights.encode() == weights.encode()


def test_a_file_with_objects_is_refused() -> None:
    """Reading never runs what is in a file."""
    import io

    target = io.BytesIO()
    np.savez(target, plain=np.array([{}], dtype=object))
    with pytest.raises((ValueError, KeyError)):
        Weights.decode(target.getvalue())


def test_the_weights_of_the_package_are_small() -> None:
    """A megabyte of memory, read once."""
    weights = load_weights()
    assert weights.plain.shape == (SIZE,)
    assert weights.plain.nbytes + weights.head.nbytes < 1_100_000
    assert load_weights() is weights
