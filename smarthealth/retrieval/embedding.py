"""What the index needs of an embedding model.

The same protocol as `smarthealth.llm.port.Embedder`, which may not be imported here: the two packages are siblings. Being
structural, either is satisfied by every implementation of the other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Embedder(Protocol):
    """A model that turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name and version; an index built by one name is not searched with another."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Embed texts: an array of shape (len(texts), dimensions), rows of unit length."""
        ...
