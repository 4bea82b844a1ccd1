"""What every implementation of the ports of speech must do, as checks that raise AssertionError."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractAsyncContextManager
from typing import Final

import trio

from smarthealth.speech.ports import (
    HEARING_RATE_HZ,
    SAMPLE_BYTES,
    FinalTranscript,
    PartialTranscript,
    SpeechLanguage,
    SpeechToText,
    TextToSpeech,
    TranscriptEvent,
    Voice,
)

_CANCEL_TIME: Final = 2.0
"""Seconds within which something cancelled must be closed."""
_FRAME_BYTES: Final = HEARING_RATE_HZ // 50 * SAMPLE_BYTES
"""20 ms."""
SPOKEN: Final = b"\x00\x10\x00\xf0" * (HEARING_RATE_HZ // 2)
"""A second of a tone, for implementations that do not care what they hear."""
TEXT: Final = "Buenas tardes, ¿a qué dirección lo recogemos?"


async def check_speech_to_text(
    open_port: Callable[[], AbstractAsyncContextManager[SpeechToText]],
    *,
    pcm: bytes = SPOKEN,
    language: SpeechLanguage = "es",
) -> None:
    """Check an implementation of `SpeechToText`.

    Args:
        open_port: Opens one that hears the same in `pcm` each time.
        pcm: An utterance with words.
        language: Of the utterance.

    Raises:
        AssertionError: It breaks a rule of the port; the message says which.
    """
    async with open_port() as port:
        assert port.name, "a speech-to-text has a name"
        first = await _transcribe(port, language, pcm)
        _check_transcript(first)
        assert _words(await _transcribe(port, language, pcm)) == _words(first), "an utterance starts afresh"
        async with port.open_transcription(language) as left:
            await left.send(pcm[:_FRAME_BYTES])
        await _check_cancelled_transcription(port, language)
        assert _words(await _transcribe(port, language, pcm)) == _words(first), "it works on after being left"


async def _transcribe(port: SpeechToText, language: SpeechLanguage, pcm: bytes) -> list[TranscriptEvent]:
    async with port.open_transcription(language) as transcription, trio.open_nursery() as nursery:

        async def feed() -> None:
            for start in range(0, len(pcm), _FRAME_BYTES):
                await transcription.send(pcm[start : start + _FRAME_BYTES])
            await transcription.finish()

        nursery.start_soon(feed)
        events = [event async for event in transcription.events]
    return events


def _check_transcript(events: Iterable[TranscriptEvent]) -> None:
    final: set[int] = set()
    said = ""
    for event in events:
        assert event.segment >= 0, "segments count from 0"
        assert event.segment not in final, "nothing of a segment follows its final"
        if isinstance(event, FinalTranscript):
            final.add(event.segment)
            said += event.text
        else:
            assert isinstance(event, PartialTranscript), f"{event} is a partial or a final"
            assert event.text.strip(), "no partial is empty"
    assert said.strip(), "what was said becomes final before the events end"


def _words(events: Iterable[TranscriptEvent]) -> list[str]:
    finals = sorted((event for event in events if isinstance(event, FinalTranscript)), key=lambda event: event.segment)
    return " ".join(event.text for event in finals).split()


async def _check_cancelled_transcription(port: SpeechToText, language: SpeechLanguage) -> None:
    with trio.fail_after(_CANCEL_TIME), trio.CancelScope() as scope:
        async with port.open_transcription(language) as transcription:
            await transcription.send(b"\x00\x00" * 160)
            scope.cancel()
            async for _ in transcription.events:
                pass
            raise AssertionError("a cancelled transcription does not go on")
    assert scope.cancelled_caught, "a transcription lets cancellation through"


async def check_text_to_speech(
    open_port: Callable[[], AbstractAsyncContextManager[TextToSpeech]],
    *,
    text: str = TEXT,
    language: SpeechLanguage = "es",
) -> None:
    """Check an implementation of `TextToSpeech`.

    Args:
        open_port: Opens one.
        text: One that is spoken in at least two pieces.
        language: Of the text.

    Raises:
        AssertionError: It breaks a rule of the port; the message says which.
    """
    async with open_port() as port:
        assert port.name, "a text-to-speech has a name"
        async with port.open_voice(language) as voice:
            pieces = await _say(voice, text)
            assert len(pieces) >= 2, "this text is spoken in at least two pieces"
            assert all(pieces), "no piece of audio is empty"
            assert all(len(piece) % SAMPLE_BYTES == 0 for piece in pieces), "pieces hold whole samples"
            assert await _say(voice, text), "a voice says one text after the other"
            async with voice.open_speech(text) as audio:
                await anext(audio)
            assert len(b"".join(await _say(voice, text))) > SAMPLE_BYTES, "a voice speaks on after being broken off"
        async with port.open_voice(language):
            pass
        await _check_cancelled_voice(port, language, text)
        async with port.open_voice(language) as voice:
            assert await _say(voice, text), "it works on after being cancelled"


async def _say(voice: Voice, text: str) -> list[bytes]:
    async with voice.open_speech(text) as audio:
        return [piece async for piece in audio]


async def _check_cancelled_voice(port: TextToSpeech, language: SpeechLanguage, text: str) -> None:
    with trio.fail_after(_CANCEL_TIME), trio.CancelScope() as scope:
        async with port.open_voice(language) as voice, voice.open_speech(text) as audio:
            await anext(audio)
            scope.cancel()
            async for _ in audio:
                pass
            raise AssertionError("a cancelled speech does not go on")
    assert scope.cancelled_caught, "a voice lets cancellation through"
