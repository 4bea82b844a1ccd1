import numpy as np
import pytest
from numpy.typing import NDArray

from smarthealth.speech.activity import FRAME_BYTES, ActivityEvent, SpeechActivity, SpeechBegan, SpeechEnded
from smarthealth.speech.espeak import find_espeak
from smarthealth.speech.webrtc import WebRtcDetector
from tests.speech.synthesis import synthesised


def _listen(signal: NDArray[np.float64]) -> list[ActivityEvent]:
    pcm = np.clip(signal, -32768, 32767).astype("<i2").tobytes()
    detector, activity = WebRtcDetector(), SpeechActivity()
    frames = [pcm[start : start + FRAME_BYTES] for start in range(0, len(pcm) - FRAME_BYTES + 1, FRAME_BYTES)]
    return [event for frame in frames if (event := activity.feed(detector.is_voiced(frame))) is not None]


async def _speech(text: str) -> NDArray[np.float64]:
    samples = np.frombuffer(await synthesised(text, 16_000), "<i2").astype(float)
    loud = np.flatnonzero(np.abs(samples) > 300)
    return samples[loud[0] : loud[-1]]


@pytest.mark.skipif(find_espeak() is None, reason="espeak-ng is not installed")
@pytest.mark.parametrize("ratio_db", [None, 20, 10])
async def test_speech_is_found_over_noise(ratio_db: float | None) -> None:
    """Two utterances, each found from its first word to its last, over silence and over noise."""
    first, second = await _speech("Buenas tardes, necesito un taxi."), await _speech("A la calle setenta y dos.")
    signal = np.concatenate([np.zeros(16_000), first, np.zeros(32_000), second, np.zeros(32_000)])
    if ratio_db is not None:
        level = np.sqrt(np.mean(first * first)) / 10 ** (ratio_db / 20)
        signal = signal + np.random.default_rng(7).normal(scale=level, size=len(signal))
    events = [event for event in _listen(signal) if event.at > 0.5]
    assert [type(event) for event in events] == [SpeechBegan, SpeechEnded] * 2
    true = np.cumsum([1.0, len(first) / 16_000, 2.0, len(second) / 16_000]).tolist()
    assert [event.at for event in events] == pytest.approx(true, abs=0.3)


def test_silence_and_a_hum_are_no_voice() -> None:
    """Neither zeros nor a soft hum of the mains."""
    hum = 40 * np.sin(2 * np.pi * 60 * np.arange(48_000) / 16_000)
    assert _listen(np.zeros(48_000)) == []
    assert _listen(hum) == []
