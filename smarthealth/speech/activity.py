"""When somebody speaks, and when they are done: frames judged as voiced or not go in, begins and ends of speech come out.

Theory of operation. Speech begins when most of a short window of frames is voiced, so that a click is none. It ends after a
silence. How long a silence depends on who speaks: people who pause within their sentences are given more time, and when speech
goes on right after an end, that end was early. The limit rises quickly and falls slowly, and stays within its bounds. An
utterance longer than any is ended as well.

How long of it was voiced tells a cough from a sentence only in part; whether there were words is the transcription's to say.
"""

from __future__ import annotations

from collections import deque
from typing import Final, Protocol

import attrs
from attrs.validators import ge, gt

from .ports import HEARING_RATE_HZ, SAMPLE_BYTES

FRAME_SECONDS: Final = 0.02
FRAME_BYTES: Final = int(HEARING_RATE_HZ * FRAME_SECONDS) * SAMPLE_BYTES
_WINDOW: Final = 5
"""Frames that are looked at for a begin."""
_RISE: Final = 0.5
"""Share of the way to a longer silence that one pause moves the limit."""
_FALL: Final = 0.1
"""Share of the way to the shortest silence that an utterance without pauses moves it."""
_MARGIN: Final = 1.5
"""How much longer than a speaker's pauses the silence at the end is."""
_EARLY: Final = 0.6
"""Seconds after an end within which speech that goes on shows that the end was early."""


class VoiceDetector(Protocol):
    """Judges frames one after the other."""

    def is_voiced(self, frame: bytes) -> bool:
        """Whether `FRAME_BYTES` bytes of audio hold a voice."""
        ...


@attrs.frozen(kw_only=True)
class ActivityLimits:
    """Durations in seconds."""

    begin: float = attrs.field(default=0.06, validator=gt(0))
    """Voiced, within 100 ms, until speech has begun."""
    shortest_silence: float = attrs.field(default=0.45, validator=gt(0))
    """That ends an utterance of somebody who never pauses."""
    usual_silence: float = attrs.field(default=0.7, validator=gt(0))
    """That ends the first utterance."""
    longest_silence: float = attrs.field(default=1.4, validator=gt(0))
    """That ends any utterance."""
    longest_utterance: float = attrs.field(default=60.0, validator=gt(0))
    shortest_pause: float = attrs.field(default=0.16, validator=ge(0))
    """Within an utterance; what is shorter belongs to the words."""

    def __attrs_post_init__(self) -> None:
        if not self.shortest_silence <= self.usual_silence <= self.longest_silence:
            raise ValueError("the silences that end an utterance must be in order")


@attrs.frozen(kw_only=True)
class SpeechBegan:
    """Somebody speaks."""

    at: float
    """Seconds of audio from the start of the stream to the first voiced frame."""


@attrs.frozen(kw_only=True)
class SpeechEnded:
    """The utterance is over."""

    at: float
    """Seconds of audio from the start of the stream to the end of the last voiced frame."""
    voiced: float
    """Seconds of voice in it."""
    silence: float
    """Seconds that were waited."""


ActivityEvent = SpeechBegan | SpeechEnded


@attrs.define(eq=False)
class SpeechActivity:
    """Sans-IO."""

    limits: ActivityLimits = attrs.field(factory=ActivityLimits)
    _frames: int = attrs.field(default=0, init=False)
    _recent: deque[bool] = attrs.field(factory=lambda: deque(maxlen=_WINDOW), init=False)
    _began: int | None = attrs.field(default=None, init=False)
    _last_voiced: int = attrs.field(default=0, init=False)
    _voiced: int = attrs.field(default=0, init=False)
    _paused: bool = attrs.field(default=False, init=False)
    _ended: int | None = attrs.field(default=None, init=False)
    _silence: float = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._silence = self.limits.usual_silence

    @property
    def speaking(self) -> bool:
        """Whether an utterance is under way."""
        return self._began is not None

    @property
    def silence(self) -> float:
        """Seconds of silence that would end an utterance now."""
        return self._silence

    def feed(self, voiced: bool) -> ActivityEvent | None:
        """Take the judgement of the next frame."""
        self._frames += 1
        self._recent.append(voiced)
        if self._began is None:
            return self._perhaps_begin()
        if voiced:
            self._count_pause()
            self._voiced += 1
            self._last_voiced = self._frames
        silent = (self._frames - self._last_voiced) * FRAME_SECONDS
        whole = (self._frames - self._began) * FRAME_SECONDS
        if silent >= self._silence - FRAME_SECONDS / 2 or whole >= self.limits.longest_utterance:
            return self._end(silent)
        return None

    def finish(self) -> SpeechEnded | None:
        """The audio has ended, and any utterance with it."""
        if self._began is None:
            return None
        return self._end((self._frames - self._last_voiced) * FRAME_SECONDS)

    def _perhaps_begin(self) -> SpeechBegan | None:
        voiced = sum(self._recent)
        if not self._recent[-1] or voiced * FRAME_SECONDS < self.limits.begin - FRAME_SECONDS / 2:
            return None
        first = self._frames - len(self._recent) + list(self._recent).index(True)
        if self._ended is not None and (first - self._ended) * FRAME_SECONDS < self._silence + _EARLY:
            self._wait_longer((first - self._ended) * FRAME_SECONDS)
        self._began, self._last_voiced, self._voiced, self._paused = first, self._frames, voiced, False
        return SpeechBegan(at=first * FRAME_SECONDS)

    def _count_pause(self) -> None:
        pause = (self._frames - 1 - self._last_voiced) * FRAME_SECONDS
        if pause >= self.limits.shortest_pause:
            self._paused = True
            if pause * _MARGIN > self._silence:
                self._wait_longer(pause * _MARGIN)

    def _wait_longer(self, wanted: float) -> None:
        self._silence = min(self.limits.longest_silence, self._silence + _RISE * max(0.0, wanted - self._silence))

    def _end(self, silent: float) -> SpeechEnded:
        self._ended = self._last_voiced
        event = SpeechEnded(
            at=self._last_voiced * FRAME_SECONDS, voiced=self._voiced * FRAME_SECONDS, silence=max(0.0, silent)
        )
        if not self._paused:
            self._silence -= _FALL * (self._silence - self.limits.shortest_silence)
        self._began = None
        self._recent.clear()
        return event
