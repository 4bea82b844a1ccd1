"""What an application needs of speech recognition and of speech synthesis.

Audio is mono PCM of 16-bit little-endian samples everywhere here: 16 kHz towards a transcription, 24 kHz out of a voice.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Final, Literal, Protocol

import attrs

SpeechLanguage = Literal["es", "en"]

SAMPLE_BYTES: Final = 2
HEARING_RATE_HZ: Final = 16_000
"""Of the audio that is transcribed."""
SPEAKING_RATE_HZ: Final = 24_000
"""Of the audio that is spoken."""


@attrs.frozen(kw_only=True)
class PartialTranscript:
    """What a segment sounds like so far; the next one for the segment replaces it."""

    segment: int
    """Counts from 0; segments may be told of in any order."""
    text: str


@attrs.frozen(kw_only=True)
class FinalTranscript:
    """What was said in a segment; comes once for each, and no partial of the segment follows."""

    segment: int
    text: str


TranscriptEvent = PartialTranscript | FinalTranscript


class Transcription(Protocol):
    """One utterance being transcribed while it is said."""

    async def send(self, pcm: bytes) -> None:
        """Give the next audio: whole samples, 16 kHz, of any length.

        Raises:
            SpeechError: The provider failed.

        Backpressure:
            Waits when the provider takes audio more slowly than it comes.
        """
        ...

    async def finish(self) -> None:
        """Say that the utterance is over; its last finals then come as soon as the provider has them.

        Raises:
            SpeechError: The provider failed.
        """
        ...

    @property
    def events(self) -> AsyncIterator[TranscriptEvent]:
        """Partials and finals; ends, after `finish`, when all that was said is final.

        Raises:
            SpeechError: While iterating.
        """
        ...


class SpeechToText(Protocol):
    """Something that hears."""

    @property
    def name(self) -> str:
        """Name of provider and model."""
        ...

    def open_transcription(self, language: SpeechLanguage) -> AbstractAsyncContextManager[Transcription]:
        """Start to transcribe one utterance.

        Returns:
            An async context manager; leaving it lets go of the provider, finished or not.

        Raises:
            SpeechError: On entering.

        Cancellation:
            Closes the provider's connection at once.
        """
        ...


class Voice(Protocol):
    """Someone who is ready to speak: says one text after the other over what is open already."""

    def open_speech(self, text: str) -> AbstractAsyncContextManager[AsyncIterator[bytes]]:
        """Say a text, of a sentence or a few.

        Returns:
            An async context manager of the audio, 24 kHz, in pieces of whole samples; leaving it early stops the synthesis.
            One at a time.

        Raises:
            SpeechError: On entering or while iterating.

        Cancellation:
            Stops the synthesis at once.
        """
        ...


class TextToSpeech(Protocol):
    """Something that speaks."""

    @property
    def name(self) -> str:
        """Name of provider and model."""
        ...

    def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AbstractAsyncContextManager[Voice]:
        """Get ready to speak, so that the first words need not wait for a connection.

        Args:
            language: Of the texts.
            voice: The provider's name of a voice, None for the configured one.

        Raises:
            SpeechError: On entering.
        """
        ...
