"""Speech ports in the process, that hear and say what a script says, on Trio's clock."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

import attrs
import trio

from smarthealth.speech.errors import SpeechCut, SpeechRefused, SpeechUnavailable
from smarthealth.speech.ports import (
    HEARING_RATE_HZ,
    SAMPLE_BYTES,
    SPEAKING_RATE_HZ,
    FinalTranscript,
    PartialTranscript,
    SpeechLanguage,
    TranscriptEvent,
)

from .script import Ending

_MOST_EVENTS: Final = 256
_HEARING_BYTES: Final = HEARING_RATE_HZ * SAMPLE_BYTES
"""Of a second of audio that is heard."""
_PIECE_BYTES: Final = SPEAKING_RATE_HZ // 10 * SAMPLE_BYTES
"""100 ms."""


@attrs.frozen(kw_only=True)
class Heard:
    """What a transcription makes of one utterance, whatever the audio."""

    text: str = ""
    """Segments are separated by `|`."""
    word_seconds: float = 0.25
    """Audio that each word takes; one partial for each."""
    partials: bool = True
    open_delay: float = 0.0
    """Seconds until the transcription is open."""
    final_delay: float = 0.0
    """Seconds from the end of the audio to the finals."""
    reverse: bool = False
    """Whether the finals come last segment first."""
    ending: Ending = Ending.WHOLE
    """`CUT` after the audio, `HANG` for ever, `ERROR` on opening; the others are as `WHOLE`."""


GREETING: Final = Heard(text="hola")
"""What is heard when a script says nothing."""


@attrs.frozen(kw_only=True)
class Said:
    """How a text is spoken."""

    character_seconds: float = 0.05
    """Audio for each character."""
    first_delay: float = 0.0
    """Seconds until the first piece."""
    piece_delay: float = 0.0
    """Seconds before each further piece."""
    after: int | None = None
    """Pieces before the ending, None for all."""
    ending: Ending = Ending.WHOLE
    """`CUT`, `HANG`, `ERROR` on opening; the others are as `WHOLE`."""


def pieces_of(said: Said, text: str) -> list[bytes]:
    """The audio of a text: silence of the right length, up to where the script ends."""
    size = round(len(text) * said.character_seconds * SPEAKING_RATE_HZ) * SAMPLE_BYTES
    pieces = [bytes(min(_PIECE_BYTES, size - start)) for start in range(0, size, _PIECE_BYTES)]
    return pieces[: said.after]


class ScriptedSpeechToText:
    """`SpeechToText` for tests.

    Args:
        utterances: For the first transcriptions, in order.
        otherwise: For those after them.
    """

    def __init__(self, *utterances: Heard, otherwise: Heard = GREETING) -> None:
        self._queue = deque(utterances)
        self._otherwise = otherwise
        self.name = "scripted-hearing"
        self.opened: list[SpeechLanguage] = []
        """Languages of the transcriptions asked for."""
        self.open_now = 0
        self.bytes_heard = 0

    def add(self, *utterances: Heard) -> None:
        """Queue utterances."""
        self._queue.extend(utterances)

    @asynccontextmanager
    async def open_transcription(self, language: SpeechLanguage) -> AsyncIterator[_Transcription]:
        """Start to transcribe; see `SpeechToText.open_transcription`."""
        self.opened.append(language)
        heard = self._queue.popleft() if self._queue else self._otherwise
        await trio.sleep(heard.open_delay)
        if heard.ending is Ending.ERROR:
            raise SpeechUnavailable("scripted", status=503)
        self.open_now += 1
        try:
            yield _Transcription(self, heard)
        finally:
            self.open_now -= 1


class _Transcription:
    def __init__(self, owner: ScriptedSpeechToText, heard: Heard) -> None:
        self._owner = owner
        self._heard = heard
        self._segments = [segment.split() for segment in heard.text.split("|")]
        self._seconds = 0.0
        self._told = 0
        self._send, self._receive = trio.open_memory_channel[TranscriptEvent | None](_MOST_EVENTS)
        self._finals: list[TranscriptEvent] | None = None

    async def send(self, pcm: bytes) -> None:
        await trio.lowlevel.checkpoint()
        self._owner.bytes_heard += len(pcm)
        self._seconds += len(pcm) / _HEARING_BYTES
        if not self._heard.partials:
            return
        words = [(number, end + 1) for number, seg in enumerate(self._segments) for end in range(len(seg))]
        while self._told < len(words) and (self._told + 1) * self._heard.word_seconds <= self._seconds:
            number, end = words[self._told]
            self._send.send_nowait(PartialTranscript(segment=number, text=" ".join(self._segments[number][:end])))
            self._told += 1

    async def finish(self) -> None:
        await trio.lowlevel.checkpoint()
        self._send.send_nowait(None)

    @property
    def events(self) -> _Transcription:
        return self

    def __aiter__(self) -> _Transcription:
        return self

    async def __anext__(self) -> TranscriptEvent:
        if self._finals is None:
            event = await self._receive.receive()
            if event is not None:
                return event
            await self._end()
        await trio.lowlevel.checkpoint()
        if not self._finals:
            raise StopAsyncIteration
        return self._finals.pop(0)

    async def _end(self) -> None:
        if self._heard.ending is Ending.HANG:
            await trio.sleep_forever()
        await trio.sleep(self._heard.final_delay)
        if self._heard.ending is Ending.CUT:
            raise SpeechCut("scripted")
        finals: list[TranscriptEvent] = [
            FinalTranscript(segment=number, text=" ".join(words))
            for number, words in enumerate(self._segments)
            if words
        ]
        self._finals = finals[::-1] if self._heard.reverse else finals


class ScriptedTextToSpeech:
    """`TextToSpeech` for tests; its audio is silence of the right length.

    Args:
        rule: How each text is spoken.
    """

    def __init__(self, rule: Callable[[str], Said] = lambda text: Said()) -> None:
        self.rule = rule
        self.name = "scripted-voice"
        self.texts: list[str] = []
        """What was to be said, in order."""
        self.voices: list[tuple[SpeechLanguage, str | None]] = []
        self.open_now = 0
        self.broken_off = 0
        """Texts that were left before their end."""

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator[_Voice]:
        """Get ready to speak; see `TextToSpeech.open_voice`."""
        self.voices.append((language, voice))
        if voice == "nobody":
            raise SpeechRefused("scripted", code="unknown_voice")
        self.open_now += 1
        try:
            yield _Voice(self)
        finally:
            self.open_now -= 1


class _Voice:
    def __init__(self, owner: ScriptedTextToSpeech) -> None:
        self._owner = owner

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        said = self._owner.rule(text)
        self._owner.texts.append(text)
        if said.ending is Ending.ERROR:
            raise SpeechUnavailable("scripted", status=503)
        speech = _Speech(said, text)
        try:
            yield speech
        finally:
            self._owner.broken_off += not speech.ended


class _Speech:
    def __init__(self, said: Said, text: str) -> None:
        self._said = said
        self._pieces = deque(pieces_of(said, text))
        self._begun = False
        self.ended = False

    def __aiter__(self) -> _Speech:
        return self

    async def __anext__(self) -> bytes:
        said = self._said
        await trio.sleep(said.piece_delay if self._begun else said.first_delay)
        self._begun = True
        if not self._pieces:
            await self._end()
        return self._pieces.popleft()

    async def _end(self) -> None:
        if self._said.ending is Ending.HANG:
            await trio.sleep_forever()
        self.ended = True
        if self._said.ending is Ending.CUT:
            raise SpeechCut("scripted")
        raise StopAsyncIteration
