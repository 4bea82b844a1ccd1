"""Vectors of questions asked lately: the same question about the next patient is not embedded again."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

import numpy as np
from numpy.typing import NDArray

QUESTIONS_KEPT: Final = 512
"""A vector takes some kilobytes."""


class RememberedVectors:
    """The vectors of the questions asked last.

    Args:
        most: Of them; whichever was asked longest ago is forgotten first.
    """

    def __init__(self, most: int = QUESTIONS_KEPT) -> None:
        self._most = most
        self._vectors: OrderedDict[str, NDArray[np.float32]] = OrderedDict()

    def get(self, question: str) -> NDArray[np.float32] | None:
        """The vector of a question; None where it is not remembered."""
        if question in self._vectors:
            self._vectors.move_to_end(question)
        return self._vectors.get(question)

    def put(self, question: str, vector: NDArray[np.float32]) -> None:
        """Remember the vector of a question."""
        self._vectors[question] = vector
        if len(self._vectors) > self._most:
            self._vectors.popitem(last=False)
