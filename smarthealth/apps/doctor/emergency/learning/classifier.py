"""Judges a sight by what was learned: whether it is an emergency, and of which kind."""

from __future__ import annotations

import numpy as np

from smarthealth.apps.doctor.emergency.sight import Sight
from smarthealth.retrieval.language import Language

from .features import Vector, vectors
from .weights import Weights


class Classifier:
    """Ready at once; pure, and fast enough to be asked about each message."""

    def __init__(self, weights: Weights) -> None:
        """Judge by these weights."""
        self._weights = weights
        self._width = weights.head.shape[1]

    def category(self, sight: Sight, language: Language) -> str | None:
        """The kind of emergency that is told, if one is.

        Args:
            sight: What was seen.
            language: Whose threshold counts.
        """
        gravest = max(vectors(sight), key=self.score)
        return self._kind(gravest) if self.score(gravest) > self._weights.thresholds[language] else None

    def score(self, vector: Vector) -> float:
        """Log odds of an emergency, by the examples."""
        return float(self._weights.plain[vector.places] @ vector.values) + self._weights.bias

    def _kind(self, vector: Vector) -> str:
        scores = self._weights.head[:, vector.places % self._width] @ vector.values
        return self._weights.categories[int(np.argmax(scores))]
