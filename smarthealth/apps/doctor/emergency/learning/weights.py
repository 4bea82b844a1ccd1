"""What was learned, in one file of a few hundred kilobytes: each weight in eight bits, read once and widened."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

FILE: Final = "weights.npz"
_MOST: Final = 127
"""Of a signed byte."""


@attrs.frozen(kw_only=True, eq=False)
class Weights:
    """Of the features and of the categories; 4 bytes each in memory, 0.5 MB and 0.5 MB."""

    plain: NDArray[np.float32]
    bias: float
    head: NDArray[np.float32]
    """A line for each category."""
    categories: Sequence[str]
    thresholds: Mapping[str, float]
    """By language; a score above it is an emergency."""

    def encode(self) -> bytes:
        """As a compressed file of arrays."""
        plain, plain_unit = _narrow(self.plain)
        head, head_unit = _narrow(self.head)
        target = io.BytesIO()
        np.savez_compressed(
            target,
            plain=plain,
            head=head,
            numbers=np.array([plain_unit, head_unit, self.bias]),
            categories=np.array(self.categories),
            languages=np.array(list(self.thresholds)),
            thresholds=np.array(list(self.thresholds.values())),
        )
        return target.getvalue()

    @classmethod
    def decode(cls, data: bytes) -> Weights:
        """Read what `encode` wrote; nothing in the file is executed."""
        with np.load(io.BytesIO(data), allow_pickle=False) as table:
            plain_unit, head_unit, bias = (float(number) for number in table["numbers"])
            return cls(
                plain=table["plain"].astype(np.float32) * np.float32(plain_unit),
                bias=bias,
                head=table["head"].astype(np.float32) * np.float32(head_unit),
                categories=tuple(str(name) for name in table["categories"]),
                thresholds={
                    str(name): float(value) for name, value in zip(table["languages"], table["thresholds"], strict=True)
                },
            )


@cache
def load_weights() -> Weights:
    """Those of the package."""
    return Weights.decode((files(__package__) / FILE).read_bytes())


def _narrow(numbers: NDArray[np.float32]) -> tuple[NDArray[np.int8], float]:
    unit = float(np.abs(numbers).max()) / _MOST or 1.0
    return np.round(numbers / unit).astype(np.int8), unit
