"""Changes the sampling rate of a stream of audio, by a polyphase filter."""

from __future__ import annotations

from math import gcd
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .ports import SAMPLE_BYTES

_HALF_WIDTH: Final = 12
"""Zero crossings of the sinc on each side, in samples of the slower of the two rates."""
_MOST_PHASES: Final = 1024
_FULL_SCALE: Final = 32767
_BLOCK: Final = 4096
"""Samples that are computed at a time, so that a large piece takes no more memory than a small one."""


class Resampler:
    """Mono PCM of one rate in, of another out, in pieces of any length; what comes out does not depend on the pieces.

    Args:
        from_hz: Rate of the audio that comes.
        to_hz: Rate of the audio that is wanted.

    Raises:
        ValueError: The rates have no small common measure, or are no rates.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        if from_hz <= 0 or to_hz <= 0:
            raise ValueError("rates are above zero")
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        if self._up > _MOST_PHASES:
            raise ValueError(f"{from_hz} Hz to {to_hz} Hz needs too many phases")
        slower = min(1.0, to_hz / from_hz)
        self._half = int(np.ceil(_HALF_WIDTH / slower))
        self._bank = _filter_bank(self._up, self._half, slower)
        self._samples: NDArray[np.float64] = np.zeros(self._half - 1)
        """The last ones that are needed still, then the new ones."""
        self._position = 0
        """Of the next output sample, in phases since the first sample in `_samples` that can be a centre."""
        self._odd = b""

    def feed(self, pcm: bytes) -> bytes:
        """Take the next audio, even in half samples; returns what can be told of it now."""
        data = self._odd + pcm
        whole = len(data) - len(data) % SAMPLE_BYTES
        self._odd = data[whole:]
        if self._up == self._down:
            return data[:whole]
        self._samples = np.concatenate((self._samples, np.frombuffer(data[:whole], "<i2")))
        return self._take()

    def finish(self) -> bytes:
        """The audio has ended: the rest."""
        self._odd = b""
        if self._up == self._down:
            return b""
        self._samples = np.concatenate((self._samples, np.zeros(self._half)))
        return self._take()

    def _take(self) -> bytes:
        taps = 2 * self._half
        centres = len(self._samples) - taps + 1
        if centres <= 0:
            return b""
        count = max(0, -(-(centres * self._up - self._position) // self._down))
        windows = sliding_window_view(self._samples, taps)
        pieces: list[bytes] = []
        for first in range(0, count, _BLOCK):
            positions = self._position + self._down * np.arange(first, min(first + _BLOCK, count))
            output = np.einsum("ij,ij->i", windows[positions // self._up], self._bank[positions % self._up])
            pieces.append(np.clip(np.rint(output), -_FULL_SCALE - 1, _FULL_SCALE).astype("<i2").tobytes())
        self._position += count * self._down - centres * self._up
        self._samples = self._samples[centres:]
        return b"".join(pieces)


def _filter_bank(phases: int, half: int, cutoff: float) -> NDArray[np.float64]:
    """A row of taps for each phase: a sinc below the slower rate's limit, under a Blackman window."""
    offsets = np.arange(-half + 1, half + 1)[None, :] - np.arange(phases)[:, None] / phases
    share = np.clip(offsets / half, -1.0, 1.0)
    window = 0.42 + 0.5 * np.cos(np.pi * share) + 0.08 * np.cos(2 * np.pi * share)
    bank = np.sinc(cutoff * offsets) * window
    normal: NDArray[np.float64] = bank / bank.sum(axis=1, keepdims=True)
    return normal
