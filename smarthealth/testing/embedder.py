"""An `Embedder` for tests: vectors made of hashed words, so that texts that share words are near each other."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import numpy as np
import trio
from numpy.typing import NDArray

from smarthealth.llm.errors import ModelError

_WORD: Final = re.compile(r"\w+")


def hashed_vector(text: str, dimensions: int) -> NDArray[np.float32]:
    """A vector of unit length: the same for the same words, in any order and case."""
    vector = np.zeros(dimensions, np.float64)
    for word in _WORD.findall(text.casefold()) or [""]:
        seed = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
        vector += np.random.default_rng(seed).standard_normal(dimensions)
    return (vector / np.linalg.norm(vector)).astype(np.float32)


class HashedWordsEmbedder:
    """`Embedder` for tests.

    Args:
        dimensions: Length of a vector.
        name: Of the model.
    """

    def __init__(self, dimensions: int = 64, *, name: str = "hashed-words") -> None:
        self._dimensions = dimensions
        self._name = name
        self.failures: list[ModelError] = []
        """Raised by the next calls, one each."""
        self.texts: list[str] = []
        """Every text, in order."""

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @property
    def dimensions(self) -> int:
        """As given."""
        return self._dimensions

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts; see `Embedder.embed`."""
        await trio.lowlevel.checkpoint()
        if self.failures:
            raise self.failures.pop(0)
        self.texts.extend(texts)
        rows = [hashed_vector(text, self._dimensions) for text in texts]
        return np.stack(rows) if rows else np.empty((0, self._dimensions), np.float32)
