"""The model: one weight for each place and class, made sure of by a temperature."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from .classes import CLASSES, Label
from .features import features

FILE: Final = "routing/model.npz"
STEPS: Final = 127
"""Steps from zero to the largest weight: weights are kept as signed bytes."""


@attrs.frozen(kw_only=True, eq=False)
class Model:
    """Logistic regression over hashed features."""

    weights: NDArray[np.float32]
    """By place and class."""
    bias: NDArray[np.float32]
    temperature: float
    """By which the sums are divided, so that the probabilities are what they say."""

    def probabilities(self, message: str) -> Mapping[Label, float]:
        """How likely a message is of each class."""
        places, values = features(message)
        return dict(zip(CLASSES, softmax((values @ self.weights[places] + self.bias) / self.temperature), strict=True))


def softmax(sums: NDArray[np.float32]) -> list[float]:
    """Probabilities of one row of sums."""
    raised = np.exp(sums.astype(np.float64) - float(sums.max()))
    found: list[float] = (raised / raised.sum()).tolist()
    return found


def write_model(model: Model) -> bytes:
    """A model as the file that is shipped."""
    scale = float(np.abs(model.weights).max()) / STEPS
    out = io.BytesIO()
    np.savez_compressed(
        out,
        weights=np.round(model.weights / scale).astype(np.int8),
        scale=np.float64(scale),
        bias=model.bias,
        temperature=np.float64(model.temperature),
    )
    return out.getvalue()


def read_model(data: bytes) -> Model:
    """A model from its file."""
    with np.load(io.BytesIO(data), allow_pickle=False) as held:
        return Model(
            weights=held["weights"].astype(np.float32) * np.float32(held["scale"]),
            bias=held["bias"],
            temperature=float(held["temperature"]),
        )


@cache
def load_model() -> Model:
    """The shipped model."""
    return read_model(files("smarthealth.apps.support").joinpath(FILE).read_bytes())
