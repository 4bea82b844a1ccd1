from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import trio

from smarthealth.speech.ports import (
    FinalTranscript,
    PartialTranscript,
    SpeechLanguage,
    SpeechToText,
    TextToSpeech,
    TranscriptEvent,
)
from smarthealth.testing.speech import Heard, ScriptedSpeechToText, ScriptedTextToSpeech
from smarthealth.testing.speech_conformance import check_speech_to_text, check_text_to_speech

HEARD = Heard(text="buenas tardes|calle setenta y dos", word_seconds=0.1)


def _opens_hearing(port: SpeechToText) -> Callable[[], AbstractAsyncContextManager[SpeechToText]]:
    @asynccontextmanager
    async def open_port() -> AsyncIterator[SpeechToText]:
        yield port

    return open_port


def _opens_speaking(port: TextToSpeech) -> Callable[[], AbstractAsyncContextManager[TextToSpeech]]:
    @asynccontextmanager
    async def open_port() -> AsyncIterator[TextToSpeech]:
        yield port

    return open_port


async def test_right_ports_pass() -> None:
    """The scripted ports keep every rule."""
    await check_speech_to_text(_opens_hearing(ScriptedSpeechToText(otherwise=HEARD)))
    await check_text_to_speech(_opens_speaking(ScriptedTextToSpeech()))


class _Items:
    """Gives what it has, and can be deaf to cancellation."""

    def __init__(self, items: Sequence[object], deaf: bool) -> None:
        self._items = iter(items)
        self._deaf = deaf

    def __aiter__(self) -> "_Items":
        return self

    async def __anext__(self) -> object:
        with trio.CancelScope(shield=self._deaf):
            await trio.lowlevel.checkpoint()
        for item in self._items:
            return item
        raise StopAsyncIteration


class _Hearing:
    """A speech-to-text that hears always the same, right or wrong."""

    def __init__(self, *events: object, name: str = "h", deaf: bool = False) -> None:
        self._events = events
        self._deaf = deaf
        self.name = name

    @asynccontextmanager
    async def open_transcription(self, language: SpeechLanguage) -> AsyncIterator["_Hearing"]:
        yield self

    async def send(self, pcm: bytes) -> None:
        pass

    async def finish(self) -> None:
        pass

    @property
    def events(self) -> AsyncIterator[TranscriptEvent]:
        return _Items(self._events, self._deaf)  # type: ignore[return-value]  # wrong on purpose, at times


FINAL = FinalTranscript(segment=0, text="hola")


@pytest.mark.parametrize(
    ("port", "complaint"),
    [
        (_Hearing(FINAL, name=""), "name"),
        (_Hearing(FinalTranscript(segment=-1, text="x")), "count from 0"),
        (_Hearing(FINAL, PartialTranscript(segment=0, text="h")), "follows its final"),
        (_Hearing("hola"), "segment"),
        (_Hearing(PartialTranscript(segment=0, text=" "), FINAL), "no partial is empty"),
        (_Hearing(PartialTranscript(segment=0, text="h")), "becomes final"),
        (_Hearing(FINAL, deaf=True), "cancelled transcription"),
    ],
)
async def test_wrong_hearing_fails_with_the_rule(port: SpeechToText, complaint: str) -> None:
    """The message says which rule of the port is broken."""
    with pytest.raises((AssertionError, AttributeError), match=complaint):
        await check_speech_to_text(_opens_hearing(port))


class _Speaking:
    """A text-to-speech that says always the same, right or wrong."""

    def __init__(self, *pieces: bytes, name: str = "s", deaf: bool = False) -> None:
        self._pieces = pieces
        self._deaf = deaf
        self.name = name

    @asynccontextmanager
    async def open_voice(self, language: SpeechLanguage, voice: str | None = None) -> AsyncIterator["_Speaking"]:
        yield self

    @asynccontextmanager
    async def open_speech(self, text: str) -> AsyncIterator[AsyncIterator[bytes]]:
        yield _Items(self._pieces, self._deaf)  # type: ignore[misc]  # wrong on purpose, at times


@pytest.mark.parametrize(
    ("port", "complaint"),
    [
        (_Speaking(b"ab", b"cd", name=""), "name"),
        (_Speaking(b"ab"), "two pieces"),
        (_Speaking(b"ab", b""), "no piece of audio is empty"),
        (_Speaking(b"a", b"b"), "whole samples"),
        (_Speaking(b"ab", b"cd", deaf=True), "cancelled speech"),
    ],
)
async def test_wrong_speaking_fails_with_the_rule(port: TextToSpeech, complaint: str) -> None:
    """The message says which rule of the port is broken."""
    with pytest.raises(AssertionError, match=complaint):
        await check_text_to_speech(_opens_speaking(port))
