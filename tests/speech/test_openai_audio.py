import io
import wave
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import openai
import pytest
import trio

from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.openai_audio import (
    MOST_AUDIO,
    OpenAISpeechToText,
    OpenAITextToSpeech,
    open_client,
    translated,
)
from smarthealth.speech.ports import FinalTranscript, PartialTranscript, SpeechToText, TextToSpeech, TranscriptEvent
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.http import Exchange, open_http_server
from smarthealth.testing.openai_audio import ScriptedAudioServer, open_audio_server
from smarthealth.testing.script import Ending, Refusal
from smarthealth.testing.speech import Heard, Said
from smarthealth.testing.speech_conformance import check_speech_to_text, check_text_to_speech

SECOND = bytes(32_000)


def _settings(url: str) -> SpeechSettings:
    return SpeechSettings(openai_key="scripted-key", openai_url=url)


async def _transcribe(url: str, pcm: bytes = SECOND) -> list[TranscriptEvent]:
    with trio.fail_after(20):
        async with (
            open_client(_settings(url)) as client,
            OpenAISpeechToText(_settings(url), client).open_transcription("es") as transcription,
        ):
            await transcription.send(pcm)
            await transcription.finish()
            return [event async for event in transcription.events]


async def _heard(server: ScriptedAudioServer, heard: Heard | Refusal) -> list[TranscriptEvent]:
    server.script(heard)
    return await _transcribe(server.url)


async def _say(url: str, text: str = "hola") -> bytes:
    with trio.fail_after(20):
        async with (
            open_client(_settings(url)) as client,
            OpenAITextToSpeech(_settings(url), client).open_voice("es") as voice,
            voice.open_speech(text) as audio,
        ):
            return b"".join([piece async for piece in audio])


async def test_hearing_keeps_the_rules_of_the_port() -> None:
    """One utterance after the other, left and cancelled."""
    async with open_audio_server(otherwise=Heard(text="una carrera al Prado")) as server:

        @asynccontextmanager
        async def open_port() -> AsyncIterator[SpeechToText]:
            async with open_client(_settings(server.url)) as client:
                yield OpenAISpeechToText(_settings(server.url), client)

        await check_speech_to_text(open_port)


async def test_speaking_keeps_the_rules_of_the_port() -> None:
    """Several texts, broken off and cancelled."""
    async with open_audio_server() as server:

        @asynccontextmanager
        async def open_port() -> AsyncIterator[TextToSpeech]:
            async with open_client(_settings(server.url)) as client:
                yield OpenAITextToSpeech(_settings(server.url), client)

        await check_text_to_speech(open_port)


async def test_an_utterance_is_sent_as_a_wav_file() -> None:
    """Whole, when it is over, with its language; the text then comes in pieces."""
    async with open_audio_server() as server:
        assert await _heard(server, Heard(text="a la calle")) == [
            PartialTranscript(segment=0, text="a"),
            PartialTranscript(segment=0, text="a la"),
            PartialTranscript(segment=0, text="a la calle"),
            FinalTranscript(segment=0, text="a la calle"),
        ]
        received = server.heard[0]
        assert (received.fields["language"], received.fields["stream"]) == ("es", "true")
        with wave.open(io.BytesIO(received.wav)) as file:
            assert (file.getframerate(), file.getnframes()) == (16_000, 16_000)


async def test_a_model_that_does_not_stream_is_heard_as_well() -> None:
    """Its text comes at once; silence has none, and what is too short for a word is not even sent."""
    async with open_audio_server() as server:
        server.streams = False
        assert await _heard(server, Heard(text="a la calle")) == [FinalTranscript(segment=0, text="a la calle")]
        assert await _heard(server, Heard()) == []
        server.streams = True
        assert await _heard(server, Heard()) == []
        assert await _transcribe(server.url, b"\0\0") == []
        assert len(server.heard) == 3


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Heard(text="hola", ending=Ending.CUT), SpeechCut),
        (Heard(text="hola", ending=Ending.END), SpeechCut),
        (Heard(text="hola", ending=Ending.ERROR), SpeechCut),
        (Heard(text="hola", ending=Ending.MALFORMED), SpeechProtocolError),
        (Refusal(status=500), SpeechUnavailable),
        (Refusal(status=429), SpeechUnavailable),
        (Refusal(status=401), SpeechRefused),
    ],
)
async def test_failures_of_hearing_are_told_in_our_words(answer: Heard | Refusal, error: type[SpeechError]) -> None:
    """Cut, ended early, nonsense, refused."""
    async with open_audio_server() as server:
        with pytest.raises(error):
            await _heard(server, answer)


async def test_an_utterance_without_end_is_refused() -> None:
    """Before the provider refuses it, and before it fills the memory."""
    async with (
        open_client(_settings("http://127.0.0.1:1/v1")) as client,
        OpenAISpeechToText(_settings(""), client).open_transcription("es") as transcription,
    ):
        with pytest.raises(SpeechRefused):
            await transcription.send(bytes(MOST_AUDIO + 1))


async def test_strange_streams_are_no_traceback() -> None:
    """Blank deltas and unknown events are passed over, a line without end is not read to its end."""

    async def lie(exchange: Exchange) -> None:
        await exchange.begin_stream()
        await exchange.send_event(b'{"type": "transcript.text.segment"}')
        await exchange.send_event(b'{"type": "transcript.text.delta", "delta": " "}')
        await exchange.send_event(b'{"x": "%s"}' % (b"x" * 300_000))
        await exchange.end_stream()

    async with open_http_server(lie) as url:
        with pytest.raises(SpeechProtocolError, match="too long"):
            await _transcribe(url)


async def test_a_transcript_without_end_is_not_read_to_its_end() -> None:
    """A provider that goes on for ever does not fill the memory."""

    async def lie(exchange: Exchange) -> None:
        await exchange.begin_stream()
        while True:
            await exchange.send_event(b'{"type": "transcript.text.delta", "delta": "%s"}' % (b"x" * 9000))

    async with open_http_server(lie) as url:
        with pytest.raises(SpeechProtocolError, match="no end"):
            await _transcribe(url)


async def test_half_samples_are_joined() -> None:
    """However the network cuts the audio."""

    async def trickle(exchange: Exchange) -> None:
        await exchange.begin_stream("audio/pcm")
        for _ in range(4):
            await exchange.send_data(b"x")
            await trio.sleep(0.02)
        await exchange.end_stream()

    async with open_http_server(trickle) as url:
        assert await _say(url) == b"xxxx"


async def test_a_text_is_asked_for_in_our_form() -> None:
    """PCM, which this provider makes at 24 kHz; pieces are whole samples again."""
    async with open_audio_server() as server:
        assert await _say(server.url, "Hola.") == bytes(round(5 * 0.05 * 48_000))
        assert server.spoken == [
            {"input": "Hola.", "model": "gpt-4o-mini-tts", "voice": "coral", "response_format": "pcm"}
        ]


@pytest.mark.parametrize(("ending", "error"), [(Ending.CUT, SpeechCut), (Ending.MALFORMED, SpeechProtocolError)])
async def test_failures_of_speaking_are_told_in_our_words(ending: Ending, error: type[SpeechError]) -> None:
    """Cut, or no audio at all."""
    async with open_audio_server(rule=lambda text: Said(ending=ending)) as server:
        with pytest.raises(error):
            await _say(server.url)


async def test_a_provider_that_hangs_or_refuses_can_be_left() -> None:
    """The caller's deadline ends the request; nobody there is unavailable."""
    async with open_audio_server(rule=lambda text: Said(ending=Ending.HANG)) as server:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.3):
            await _say(server.url)
        server.refusal = Refusal(status=400, code="voice_unknown")
        with pytest.raises(SpeechRefused, match="voice_unknown"):
            await _say(server.url)
    with pytest.raises(SpeechUnavailable):
        await _say("http://127.0.0.1:1/v1")


async def test_what_the_sdk_refuses_is_refused() -> None:
    """An exception of the SDK's own is ours outside."""
    with pytest.raises(SpeechRefused), translated():
        raise openai.OpenAIError("words")
