from __future__ import annotations

from loadtest.voices.__main__ import SPEECH_SECONDS, speech
from smarthealth.speech.activity import FRAME_BYTES
from smarthealth.speech.webrtc import WebRtcDetector


def test_a_sentence() -> None:
    """Is a voice to who listens for one, most of it, and the silence before it is none."""
    detector, voice = WebRtcDetector(), speech()
    quiet = [detector.is_voiced(bytes(FRAME_BYTES)) for _ in range(20)]
    frames = [voice[start : start + FRAME_BYTES] for start in range(0, len(voice) - FRAME_BYTES, FRAME_BYTES)]
    voiced = [detector.is_voiced(frame) for frame in frames]
    assert not any(quiet)
    assert sum(voiced) > 0.5 * len(voiced)
    assert len(voice) == SPEECH_SECONDS * 32_000
