"""Voice activity by WebRTC's detector, behind our own noise floor."""

from __future__ import annotations

from typing import Final

import webrtcvad

from .noise import NoiseFloor
from .ports import HEARING_RATE_HZ

AGGRESSIVENESS: Final = 2
"""Of 0 to 3: 3 loses soft beginnings of words, 1 hears voices in traffic."""


class WebRtcDetector:
    """`VoiceDetector`: a frame is voiced when WebRTC says so and it stands out from the noise."""

    def __init__(self) -> None:
        self._vad = webrtcvad.Vad(AGGRESSIVENESS)
        self._noise = NoiseFloor()

    def is_voiced(self, frame: bytes) -> bool:
        """Whether 20 ms of audio hold a voice."""
        above = self._noise.is_above(frame)
        return bool(self._vad.is_speech(frame, HEARING_RATE_HZ)) and above
