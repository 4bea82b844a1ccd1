"""Speech of this machine, for tests that need words in a microphone."""

from __future__ import annotations

from smarthealth.speech.espeak import EspeakTextToSpeech, find_espeak
from smarthealth.speech.ports import SPEAKING_RATE_HZ
from smarthealth.speech.resampling import Resampler


async def synthesised(text: str, rate_hz: int) -> bytes:
    """A Spanish text as PCM of a rate; espeak-ng must be installed."""
    program = find_espeak()
    assert program is not None
    async with EspeakTextToSpeech(program).open_voice("es") as voice, voice.open_speech(text) as audio:
        pcm = b"".join([piece async for piece in audio])
    resampler = Resampler(SPEAKING_RATE_HZ, rate_hz)
    return resampler.feed(pcm) + resampler.finish()
