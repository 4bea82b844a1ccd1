"""Text to speech over ElevenLabs' WebSocket.

One connection makes one text: its first message opens it, an empty one ends it, and the provider closes it after the last audio.
So a voice opens the connection for its first text in advance, and each later one while the text before is being played.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final
from urllib.parse import quote, urlencode

import msgspec

from .errors import SpeechProtocolError, SpeechRefused
from .ports import SAMPLE_BYTES, SpeechLanguage
from .settings import SpeechSettings
from .websocket import ProviderSocket, open_socket

MODEL: Final = "eleven_flash_v2_5"
VOICE: Final = "JBFqnCBsd6RMkjVDRZzb"
INACTIVITY: Final = 60
"""Seconds that a connection may wait for its text: a model may think for longer than the provider's usual 20."""


class _Message(msgspec.Struct, rename={"is_final": "isFinal"}):
    audio: str | None = None
    is_final: bool | None = None
    error: str | None = None
    code: int | None = None


class ElevenLabsTextToSpeech:
    """`TextToSpeech` over ElevenLabs.

    Args:
        settings: Key, address, model and voices.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self.name = f"elevenlabs/{settings.tts_model or MODEL}"

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator[_Voice]:
        """Connect; see `TextToSpeech.open_voice`."""
        settings = self._settings
        query = {
            "model_id": settings.tts_model or MODEL,
            "language_code": language,
            "output_format": "pcm_24000",
            "auto_mode": "true",  # texts are whole sentences
            "inactivity_timeout": INACTIVITY,
        }
        name = quote(voice or settings.voice(language) or VOICE, safe="")
        url = f"{settings.elevenlabs_url}/{name}/stream-input?{urlencode(query)}"
        opener = _Opener(url, settings)
        async with opener.open() as socket:
            yield _Voice(socket, opener)


class _Opener:
    def __init__(self, url: str, settings: SpeechSettings) -> None:
        self._url = url
        self._settings = settings

    @asynccontextmanager
    async def open(self) -> AsyncIterator[ProviderSocket]:
        headers = {"xi-api-key": self._settings.elevenlabs_key or ""}
        async with open_socket(self._url, headers, self._settings.connect_timeout) as socket:
            await socket.send({"text": " "})
            yield socket


class _Voice:
    def __init__(self, first: ProviderSocket, opener: _Opener) -> None:
        self._first: ProviderSocket | None = first
        self._opener = opener

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        if (first := self._first) is not None:
            self._first = None
            yield await _begin(first, text)
            return
        async with self._opener.open() as socket:
            yield await _begin(socket, text)


async def _begin(socket: ProviderSocket, text: str) -> _Audio:
    await socket.send({"text": f"{text} "})
    await socket.send({"text": ""})
    return _Audio(socket)


class _Audio:
    def __init__(self, socket: ProviderSocket) -> None:
        self._socket = socket
        self._rest = b""
        self._ended = False

    def __aiter__(self) -> _Audio:
        return self

    async def __anext__(self) -> bytes:
        while not self._ended:
            message = await self._socket.receive(_Message)
            if message.error is not None:
                raise SpeechRefused("the provider refused the text", status=message.code, code=message.error)
            self._ended = bool(message.is_final)
            if message.audio and (piece := self._whole(message.audio)):
                return piece
        raise StopAsyncIteration

    def _whole(self, data: str) -> bytes:
        try:
            audio = self._rest + b64decode(data, validate=True)
        except binascii.Error:
            raise SpeechProtocolError("the provider's audio is no base64") from None
        whole = len(audio) - len(audio) % SAMPLE_BYTES
        self._rest = audio[whole:]
        return audio[:whole]
