"""Reciprocal rank fusion: several rankings of the same things made into one.

A thing at place r of a ranking gets 1 / (K + r), r counting from 1, summed over the rankings. Scores of different scales
need no calibration, since only places count. The sum is divided by the greatest possible one, so that a thing first in every
ranking scores 1 and a thing first in one of two scores a half.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from operator import itemgetter
from typing import TypeVar

T = TypeVar("T", bound=Hashable)

K = 20
"""How flat the score falls with the place; 60 in the literature for long rankings, less for rankings of some tens."""


def fuse(rankings: Sequence[Sequence[T]]) -> list[tuple[T, float]]:
    """Fuse rankings, each best first and without repetition.

    Returns:
        Every thing once with its score in (0, 1], best first; equal scores in the order of first appearance.
    """
    scores: dict[T, float] = {}
    for ranking in rankings:
        for place, thing in enumerate(ranking, start=K + 1):
            scores[thing] = scores.get(thing, 0.0) + 1 / place
    greatest = len(rankings) / (K + 1)
    return sorted([(thing, score / greatest) for thing, score in scores.items()], key=itemgetter(1), reverse=True)
