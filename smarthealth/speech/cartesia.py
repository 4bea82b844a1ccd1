"""Text to speech over Cartesia's WebSocket: one connection for a voice, one context for each text."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final
from urllib.parse import urlencode

import msgspec
import trio

from .errors import SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from .ports import SAMPLE_BYTES, SPEAKING_RATE_HZ, SpeechLanguage
from .settings import SpeechSettings
from .websocket import ProviderSocket, open_socket

VERSION: Final = "2025-04-16"
MODEL: Final = "sonic-2"
VOICE: Final = "694f9389-aac1-45b6-b726-9d9369183238"
_CANCEL_TIMEOUT: Final = 0.25


class _Message(msgspec.Struct):
    type: str = ""
    context_id: str | None = None
    data: str | None = None
    done: bool = False
    status_code: int | None = None


class CartesiaTextToSpeech:
    """`TextToSpeech` over Cartesia.

    Args:
        settings: Key, address, model and voices.
    """

    def __init__(self, settings: SpeechSettings) -> None:
        self._settings = settings
        self.name = f"cartesia/{settings.tts_model or MODEL}"

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator[_Voice]:
        """Connect; see `TextToSpeech.open_voice`."""
        settings = self._settings
        request: dict[str, object] = {
            "model_id": settings.tts_model or MODEL,
            "voice": {"mode": "id", "id": voice or settings.voice(language) or VOICE},
            "language": language,
            "output_format": {"container": "raw", "encoding": "pcm_s16le", "sample_rate": SPEAKING_RATE_HZ},
            "continue": False,
        }
        url = f"{settings.cartesia_url}?{urlencode({'cartesia_version': VERSION})}"
        async with open_socket(url, {"X-API-Key": settings.cartesia_key or ""}, settings.connect_timeout) as socket:
            yield _Voice(socket, request)


class _Voice:
    def __init__(self, socket: ProviderSocket, request: dict[str, object]) -> None:
        self._socket = socket
        self._request = request
        self._texts = 0

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        self._texts += 1
        context = f"text-{self._texts}"
        await self._socket.send({**self._request, "context_id": context, "transcript": text})
        audio = _Audio(self._socket, context)
        try:
            yield audio
        finally:
            if not audio.ended:
                with trio.move_on_after(_CANCEL_TIMEOUT, shield=True), suppress(SpeechError):
                    await self._socket.send({"context_id": context, "cancel": True})


class _Audio:
    def __init__(self, socket: ProviderSocket, context: str) -> None:
        self._socket = socket
        self._context = context
        self._rest = b""
        self.ended = False

    def __aiter__(self) -> _Audio:
        return self

    async def __anext__(self) -> bytes:
        while not self.ended:
            message = await self._socket.receive(_Message)
            if message.context_id not in {self._context, None}:
                continue  # of a text that was broken off
            if piece := self._piece(message):
                return piece
        raise StopAsyncIteration

    def _piece(self, message: _Message) -> bytes:
        if message.type == "error":
            self.ended = True
            status = message.status_code
            if status is not None and (status == 429 or status >= 500):
                raise SpeechUnavailable("the provider failed", status=status)
            raise SpeechRefused("the provider refused the text", status=status)
        self.ended = message.done or message.type == "done"
        if message.type != "chunk" or not message.data:
            return b""
        try:
            audio = self._rest + b64decode(message.data, validate=True)
        except binascii.Error:
            raise SpeechProtocolError("the provider's audio is no base64") from None
        whole = len(audio) - len(audio) % SAMPLE_BYTES
        self._rest = audio[whole:]
        return audio[:whole]
