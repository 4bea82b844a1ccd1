"""The vectors of the questions asked last are remembered."""

from __future__ import annotations

import numpy as np

from smarthealth.retrieval.remembering import RememberedVectors


def test_who_was_asked_longest_ago_is_forgotten_first() -> None:
    """To be asked again counts."""
    vectors = RememberedVectors(most=2)
    one, two, three = np.eye(3, dtype=np.float32)
    vectors.put("one", one)
    vectors.put("two", two)
    assert vectors.get("one") is one
    vectors.put("three", three)
    assert vectors.get("two") is None
    assert vectors.get("one") is one
    assert vectors.get("three") is three
