from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from smarthealth.speech.assemblyai import AssemblyAISpeechToText
from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.ports import FinalTranscript, PartialTranscript, SpeechToText, TranscriptEvent
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.assemblyai import ScriptedAssemblyAI, open_assemblyai
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard
from smarthealth.testing.speech_conformance import check_speech_to_text
from smarthealth.testing.websockets import Peer, open_websocket_server

SECOND = bytes(32_000)


def _settings(url: str, key: str = "scripted-key") -> SpeechSettings:
    return SpeechSettings(assemblyai_key=key, assemblyai_url=url)


async def _transcribe(port: SpeechToText, pcm: bytes = SECOND) -> list[TranscriptEvent]:
    with trio.fail_after(20):
        async with port.open_transcription("es") as transcription:
            for start in range(0, len(pcm), 640):
                await transcription.send(pcm[start : start + 640])
            await transcription.finish()
            return [event async for event in transcription.events]


async def _heard(provider: ScriptedAssemblyAI, heard: Heard) -> list[TranscriptEvent]:
    provider.script(heard)
    return await _transcribe(AssemblyAISpeechToText(_settings(provider.url)))


async def test_it_keeps_the_rules_of_the_port() -> None:
    """One utterance after the other, left and cancelled."""
    async with open_assemblyai(otherwise=Heard(text="una carrera|al Prado", word_seconds=0.1)) as provider:

        @asynccontextmanager
        async def open_port() -> AsyncIterator[SpeechToText]:
            yield AssemblyAISpeechToText(_settings(provider.url))

        await check_speech_to_text(open_port)
        assert provider.queries[0] == {
            "sample_rate": "16000",
            "encoding": "pcm_s16le",
            "speech_model": "universal-streaming-multilingual",
            "format_turns": "false",
        }


async def test_words_come_while_they_are_said() -> None:
    """Partials hold words that may change yet; each segment becomes final once, in whatever order."""
    async with open_assemblyai() as provider:
        assert await _heard(provider, Heard(text="a la calle|diez", word_seconds=0.3, reverse=True)) == [
            PartialTranscript(segment=0, text="a"),
            PartialTranscript(segment=0, text="a la"),
            PartialTranscript(segment=0, text="a la calle"),
            FinalTranscript(segment=1, text="diez"),
            FinalTranscript(segment=0, text="a la calle"),
        ]
        assert provider.bytes_heard == 32_000
        assert await _transcribe(AssemblyAISpeechToText(_settings(provider.url)), SECOND[:640]) == [
            FinalTranscript(segment=0, text="hola")
        ]


async def test_a_cough_has_no_words() -> None:
    """Nothing was said, nothing is final."""
    async with open_assemblyai() as provider:
        assert await _heard(provider, Heard()) == []


async def test_what_never_became_final_is_not_lost() -> None:
    """A provider that ends the session without finals has heard something all the same."""
    async with open_assemblyai() as provider:
        events = await _heard(provider, Heard(text="calle diez", word_seconds=0.3, ending=Ending.END))
        assert events[-1] == FinalTranscript(segment=0, text="calle diez")


@pytest.mark.parametrize(
    ("ending", "error"),
    [(Ending.CUT, SpeechCut), (Ending.MALFORMED, SpeechProtocolError), (Ending.ERROR, SpeechRefused)],
)
async def test_failures_are_told_in_our_words(ending: Ending, error: type[SpeechError]) -> None:
    """Cut, nonsense, and an error whose words stay outside."""
    async with open_assemblyai() as provider:
        with pytest.raises(error) as raised:
            await _heard(provider, Heard(text="hola", ending=ending))
        assert "said" not in str(raised.value)


async def test_a_provider_that_hangs_can_be_left() -> None:
    """The caller's deadline ends it, and its session."""
    async with open_assemblyai() as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.2):
            await _heard(provider, Heard(ending=Ending.HANG))
        await provider.wait_idle()


@pytest.mark.parametrize(
    ("status", "error"), [(503, SpeechUnavailable), (429, SpeechUnavailable), (402, SpeechRefused)]
)
async def test_a_handshake_that_is_refused_says_why(status: int, error: type[SpeechError]) -> None:
    """Overload is worth another attempt, a bad key or an empty account is not."""
    async with open_assemblyai() as provider:
        provider.refusal = status
        with pytest.raises(error):
            await _heard(provider, Heard())
        provider.refusal = None
        with pytest.raises(SpeechRefused):
            await _transcribe(AssemblyAISpeechToText(_settings(provider.url, "another")))


async def test_strange_messages_are_no_traceback() -> None:
    """Turns counted strangely are refused, unknown messages and empty turns passed over."""

    async def lie(peer: Peer) -> None:
        await peer.send({"type": "SpeechStarted"})
        await peer.send({"type": "Turn", "turn_order": 0, "end_of_turn": False})
        await peer.send({"type": "Turn", "turn_order": 0, "transcript": "hola"})
        await peer.send({"type": "Turn", "turn_order": 0, "transcript": "hola"})
        await peer.send({"type": "Turn", "turn_order": -5, "end_of_turn": True})
        await trio.sleep_forever()

    with trio.fail_after(20):
        async with (
            open_websocket_server(lie) as url,
            AssemblyAISpeechToText(_settings(url)).open_transcription("en") as transcription,
        ):
            assert await anext(transcription.events) == PartialTranscript(segment=0, text="hola")
            with pytest.raises(SpeechProtocolError):
                await anext(transcription.events)
