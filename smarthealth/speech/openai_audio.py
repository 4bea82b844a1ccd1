"""Speech by OpenAI and by whoever speaks like it: `audio.transcriptions` and `audio.speech`, both streamed.

A transcription is a request with the whole utterance, made when that is over; its text then comes in pieces.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Any, Final, TypeVar, cast

import httpx2
import msgspec
import openai
import trio

from .errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from .ports import (
    HEARING_RATE_HZ,
    SAMPLE_BYTES,
    FinalTranscript,
    PartialTranscript,
    SpeechLanguage,
    TranscriptEvent,
)
from .settings import SpeechSettings
from .wav import wav_file

STT_MODEL: Final = "gpt-4o-mini-transcribe"
TTS_MODEL: Final = "gpt-4o-mini-tts"
VOICE: Final = "coral"
MOST_AUDIO: Final = 24 * 1024 * 1024
"""Bytes of one utterance; the provider takes files of 25 MB."""
_LEAST_AUDIO: Final = HEARING_RATE_HZ // 10 * SAMPLE_BYTES
"""100 ms: what is shorter is refused by the provider, and holds no word."""
_MOST_LINE: Final = 256 * 1024
_MOST_TEXT: Final = 64 * 1024
"""Characters of one transcript."""
_NO_KEY: Final = "none"
_BUSY_STATUS: Final = frozenset({408, 409, 425, 429})

T = TypeVar("T")


@asynccontextmanager
async def open_client(settings: SpeechSettings) -> AsyncIterator[openai.AsyncOpenAI]:
    """Open a client of the SDK; leaving closes its connections."""
    async with openai.AsyncOpenAI(
        api_key=settings.openai_key or _NO_KEY,
        base_url=settings.openai_url or "https://api.openai.com/v1",
        max_retries=0,
        timeout=httpx2.Timeout(settings.read_timeout, connect=settings.connect_timeout),
    ) as client:
        yield client


@contextmanager
def translated(*, begun: bool = False) -> Iterator[None]:
    """Turn the SDK's exceptions into ours; their text is left behind, since it may quote what was said."""
    try:
        yield
    except openai.APIStatusError as error:
        status, code = error.status_code, error.code or error.type
        kind = SpeechUnavailable if status in _BUSY_STATUS or status >= 500 else SpeechRefused
        raise kind("the provider refused the request", status=status, code=code) from None
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        failed: type[SpeechError] = SpeechCut if begun else SpeechUnavailable
        raise failed("the provider cannot be reached", code=type(error).__name__) from None
    except openai.OpenAIError as error:
        raise SpeechRefused("the request could not be made", code=type(error).__name__) from None


def _closed_with(stack: AsyncExitStack, items: AsyncIterator[T]) -> AsyncIterator[T]:
    """Have a generator of the SDK closed with the request, and not by the garbage collector."""
    stack.push_async_callback(cast("AsyncGenerator[T, None]", items).aclose)
    return items


class OpenAISpeechToText:
    """`SpeechToText` over an OpenAI-compatible provider.

    Args:
        settings: The model.
        client: See `open_client`.
    """

    def __init__(self, settings: SpeechSettings, client: openai.AsyncOpenAI) -> None:
        self._model = settings.stt_model or STT_MODEL
        self._client = client
        self.name = f"openai/{self._model}"

    @asynccontextmanager
    async def open_transcription(self, language: SpeechLanguage) -> AsyncIterator[_Transcription]:
        """Start to transcribe one utterance; see `SpeechToText.open_transcription`."""
        async with AsyncExitStack() as stack:
            yield _Transcription(self._client, {"model": self._model, "language": language}, stack)


class _Transcription:
    def __init__(self, client: openai.AsyncOpenAI, options: dict[str, Any], stack: AsyncExitStack) -> None:
        self._client = client
        self._options = options
        self._stack = stack
        self._audio = bytearray()
        self._finished = trio.Event()
        self._lines: AsyncIterator[str] | None = None
        self._text = ""
        self._ended = False

    async def send(self, pcm: bytes) -> None:
        await trio.lowlevel.checkpoint()
        if len(self._audio) + len(pcm) > MOST_AUDIO:
            raise SpeechRefused("the utterance is too long")
        self._audio += pcm

    async def finish(self) -> None:
        await trio.lowlevel.checkpoint()
        self._finished.set()

    @property
    def events(self) -> _Transcription:
        return self

    def __aiter__(self) -> _Transcription:
        return self

    async def __anext__(self) -> TranscriptEvent:
        await self._finished.wait()
        while not self._ended:
            event = await (self._begin() if self._lines is None else self._next(self._lines))
            if event is not None:
                return event
        raise StopAsyncIteration

    async def _begin(self) -> TranscriptEvent | None:
        """Send the utterance; the whole transcript where the provider does not stream."""
        if len(self._audio) < _LEAST_AUDIO:
            self._ended = True
            return None
        file = ("speech.wav", wav_file(bytes(self._audio), HEARING_RATE_HZ), "audio/wav")
        with translated():
            response = await self._stack.enter_async_context(
                self._client.audio.transcriptions.with_streaming_response.create(
                    file=file, response_format="json", stream=True, **self._options
                )
            )
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                self._lines = _closed_with(self._stack, response.iter_lines())
                return None
            body = await response.read()
        return self._whole(_decode(body, _Done).text)

    async def _next(self, lines: AsyncIterator[str]) -> TranscriptEvent | None:
        with translated(begun=True):
            line = await anext(lines, None)
        if line is None:
            raise SpeechCut("the transcript ended before it was whole")
        if len(line) > _MOST_LINE:
            raise SpeechProtocolError("a line of the transcript is too long")
        if not line.startswith("data:") or line == "data: [DONE]":
            return None
        event = _decode(line[5:].encode(), _Done)
        if event.type == "transcript.text.done":
            return self._whole(event.text)
        if event.type == "transcript.text.delta" and event.delta:
            self._text += event.delta
            if len(self._text) > _MOST_TEXT:
                raise SpeechProtocolError("the transcript has no end")
            return PartialTranscript(segment=0, text=self._text) if self._text.strip() else None
        if event.error is not None:
            raise SpeechCut("the provider gave up")
        return None

    def _whole(self, text: str) -> TranscriptEvent | None:
        self._ended = True
        return FinalTranscript(segment=0, text=text) if text.strip() else None


class _Done(msgspec.Struct):
    type: str = ""
    delta: str = ""
    text: str = ""
    error: object = None


def _decode(data: bytes, kind: type[_Done]) -> _Done:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.MsgspecError:
        raise SpeechProtocolError("the provider sent what is no transcript") from None


class OpenAITextToSpeech:
    """`TextToSpeech` over an OpenAI-compatible provider.

    Args:
        settings: Model and voices.
        client: See `open_client`.
    """

    def __init__(self, settings: SpeechSettings, client: openai.AsyncOpenAI) -> None:
        self._settings = settings
        self._client = client
        self.name = f"openai/{settings.tts_model or TTS_MODEL}"

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator[_Voice]:
        """Get ready to speak; the client keeps its connections, so there is nothing to open."""
        name = voice or self._settings.voice(language) or VOICE
        yield _Voice(self._client, {"model": self._settings.tts_model or TTS_MODEL, "voice": name})


class _Voice:
    def __init__(self, client: openai.AsyncOpenAI, options: dict[str, Any]) -> None:
        self._client = client
        self._options = options

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        async with AsyncExitStack() as stack:
            with translated():
                response = await stack.enter_async_context(
                    self._client.audio.speech.with_streaming_response.create(
                        input=text, response_format="pcm", **self._options
                    )
                )
            if response.headers.get("content-type", "").startswith(("application/json", "text/")):
                raise SpeechProtocolError("the answer is no audio")
            yield _Audio(_closed_with(stack, response.iter_bytes()))


class _Audio:
    """Whole samples of a body that comes in any pieces."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def __aiter__(self) -> _Audio:
        return self

    async def __anext__(self) -> bytes:
        while True:
            with translated(begun=True):
                piece = await anext(self._pieces)
            audio = self._rest + piece
            whole = len(audio) - len(audio) % SAMPLE_BYTES
            self._rest = audio[whole:]
            if whole:
                return audio[:whole]
