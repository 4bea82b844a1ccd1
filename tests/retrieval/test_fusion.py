"""Reciprocal rank fusion."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.fusion import K, fuse

RANKINGS = st.lists(st.lists(st.integers(0, 30), unique=True, max_size=20), min_size=1, max_size=4)


def test_first_everywhere_scores_one() -> None:
    """What stands first in every ranking has the greatest score, and first in one of two a half."""
    assert fuse([["a", "b"], ["a"]])[0] == ("a", 1.0)
    assert fuse([["a"], []]) == [("a", 0.5)]


def test_a_score_is_the_sum_over_places() -> None:
    """Each ranking adds one over K plus the place."""
    scores = dict(fuse([["a", "b"], ["b"]]))
    assert scores["b"] == pytest.approx((1 / (K + 2) + 1 / (K + 1)) * (K + 1) / 2)


@given(RANKINGS)
def test_everything_comes_once_in_falling_order(rankings: list[list[int]]) -> None:
    """The result holds what the rankings hold, once each, with scores in (0, 1], best first."""
    fused = fuse(rankings)
    assert sorted(thing for thing, _ in fused) == sorted({thing for ranking in rankings for thing in ranking})
    scores = [score for _, score in fused]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1.0000001 for score in scores)


@given(RANKINGS)
def test_a_better_place_never_lowers_a_score(rankings: list[list[int]]) -> None:
    """Moving something to the front of a ranking does not lower its score."""
    for ranking in rankings:
        for thing in ranking:
            moved = [[thing, *(other for other in ranking if other != thing)] if r is ranking else r for r in rankings]
            assert dict(fuse(moved))[thing] >= dict(fuse(rankings))[thing] - 1e-12
