"""How loud it is where nobody speaks."""

from __future__ import annotations

from math import sqrt
from typing import Final

import attrs
import numpy as np
from attrs.validators import gt


@attrs.define(eq=False)
class NoiseFloor:
    """How loud it is where nobody speaks: falls at once, rises slowly, so that a voice does not lift it."""

    margin: float = attrs.field(default=2.0, validator=gt(1.0))
    """How many times louder than the floor a voice is."""
    quietest: float = 60.0
    """Below this, of 32768, nothing is a voice."""
    _floor: float | None = attrs.field(default=None, init=False)

    def is_above(self, frame: bytes) -> bool:
        """Whether a frame stands out from the noise."""
        samples = np.frombuffer(frame, "<i2").astype(np.float32)
        level = sqrt(float(np.dot(samples, samples)) / max(1, len(samples)))
        # what comes first is noise, unless it is as loud as only a voice is
        floor = min(level, _LOUDEST_NOISE) if self._floor is None else self._floor
        rise = _RISE_ABOVE if level > floor * self.margin else _RISE_NEAR
        self._floor = max(self.quietest / self.margin, level if level < floor else floor + (level - floor) * rise)
        return level > max(self.quietest, floor * self.margin)


_RISE_ABOVE: Final = 0.004
"""Share of the way to a level that stands out, a frame: some five seconds until a fan that was switched on is the floor."""
_RISE_NEAR: Final = 0.05
_LOUDEST_NOISE: Final = 400.0
"""Of 32768: a street; somebody who speaks right away is louder."""
