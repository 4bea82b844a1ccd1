"""Speech to text by AssemblyAI's streaming protocol, version 3.

One session for each utterance: `Begin`, then audio up and `Turn`s down, until `Terminate` is answered by what was in flight and
`Termination`. A `Turn` is told of again and again until its `end_of_turn`; its order is our segment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import urlencode

import msgspec

from .errors import SpeechProtocolError, SpeechRefused
from .ports import HEARING_RATE_HZ, SAMPLE_BYTES, FinalTranscript, PartialTranscript, SpeechLanguage, TranscriptEvent
from .settings import SpeechSettings
from .websocket import ProviderSocket, open_socket

MODELS: Final[dict[SpeechLanguage, str]] = {
    "es": "universal-streaming-multilingual",
    "en": "universal-streaming-english",
}
_MESSAGE_BYTES: Final = HEARING_RATE_HZ // 10 * SAMPLE_BYTES
"""100 ms: the protocol takes 50 to 1000."""
_LEAST_BYTES: Final = HEARING_RATE_HZ // 20 * SAMPLE_BYTES
_MOST_SEGMENTS: Final = 1000


class _Word(msgspec.Struct):
    text: str = ""


class _Message(msgspec.Struct):
    type: str = ""
    turn_order: int = 0
    end_of_turn: bool = False
    transcript: str = ""
    words: list[_Word] = []
    error: str | None = None

    def text(self) -> str:
        """What was said so far, words that may change yet included."""
        words = " ".join(word.text for word in self.words).strip()
        return self.transcript if self.end_of_turn and self.transcript else words or self.transcript


class AssemblyAISpeechToText:
    """`SpeechToText` over AssemblyAI.

    Args:
        settings: Key, address and model.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self.name = f"assemblyai/{settings.stt_model or 'universal-streaming'}"

    @asynccontextmanager
    async def open_transcription(self, language: SpeechLanguage) -> AsyncIterator[_Transcription]:
        """Start to transcribe one utterance; see `SpeechToText.open_transcription`."""
        settings = self._settings
        query = {
            "sample_rate": HEARING_RATE_HZ,
            "encoding": "pcm_s16le",
            "speech_model": settings.stt_model or MODELS[language],
            "format_turns": "false",  # a second, formatted final would only come later
        }
        headers = {"Authorization": settings.assemblyai_key or ""}
        url = f"{settings.assemblyai_url}?{urlencode(query)}"
        async with open_socket(url, headers, settings.connect_timeout) as socket:
            yield _Transcription(socket)


class _Transcription:
    def __init__(self, socket: ProviderSocket) -> None:
        self._socket = socket
        self._waiting = bytearray()
        self.events = _Events(socket)

    async def send(self, pcm: bytes) -> None:
        self._waiting += pcm
        while len(self._waiting) >= _MESSAGE_BYTES:
            message = bytes(self._waiting[:_MESSAGE_BYTES])
            del self._waiting[:_MESSAGE_BYTES]
            await self._socket.send(message)

    async def finish(self) -> None:
        if self._waiting:
            await self._socket.send(bytes(self._waiting).ljust(_LEAST_BYTES, b"\0"))
        await self._socket.send({"type": "ForceEndpoint"})
        await self._socket.send({"type": "Terminate"})


class _Events:
    def __init__(self, socket: ProviderSocket) -> None:
        self._socket = socket
        self._open: dict[int, str] = {}
        """Segments that are not final, with what they sounded like last."""
        self._final: set[int] = set()
        self._left: list[TranscriptEvent] | None = None
        """Set when the session is over."""

    def __aiter__(self) -> _Events:
        return self

    async def __anext__(self) -> TranscriptEvent:
        while self._left is None:
            event = self._event(await self._socket.receive(_Message))
            if event is not None:
                return event
        if self._left:
            return self._left.pop(0)
        raise StopAsyncIteration

    def _event(self, message: _Message) -> TranscriptEvent | None:
        if message.type == "Termination":
            # what was heard and never became final is not lost
            self._left = [FinalTranscript(segment=segment, text=text) for segment, text in sorted(self._open.items())]
        if message.type == "Error" or message.error is not None:
            raise SpeechRefused("the provider gave up")
        if message.type != "Turn" or message.turn_order in self._final:
            return None
        segment, text = message.turn_order, message.text()
        if not 0 <= segment < _MOST_SEGMENTS:
            raise SpeechProtocolError("the provider counts its turns strangely")
        if message.end_of_turn:
            self._final.add(segment)
            self._open.pop(segment, None)
            return FinalTranscript(segment=segment, text=text) if text.strip() else None
        if not text.strip() or self._open.get(segment) == text:
            return None
        self._open[segment] = text
        return PartialTranscript(segment=segment, text=text)
