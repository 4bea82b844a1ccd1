from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from smarthealth.speech.elevenlabs import ElevenLabsTextToSpeech
from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused
from smarthealth.speech.ports import TextToSpeech
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.elevenlabs import open_elevenlabs
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Said
from smarthealth.testing.speech_conformance import check_text_to_speech
from smarthealth.testing.websockets import Peer, open_websocket_server


def _port(url: str) -> ElevenLabsTextToSpeech:
    return ElevenLabsTextToSpeech(SpeechSettings(elevenlabs_key="scripted-key", elevenlabs_url=url, voice_es="ana"))


async def _say(url: str, text: str = "hola") -> bytes:
    with trio.fail_after(20):
        async with _port(url).open_voice("es") as voice, voice.open_speech(text) as audio:
            return b"".join([piece async for piece in audio])


async def test_it_keeps_the_rules_of_the_port() -> None:
    """Several texts, broken off and cancelled."""
    async with open_elevenlabs() as provider:

        @asynccontextmanager
        async def open_port() -> AsyncIterator[TextToSpeech]:
            yield _port(provider.url)

        await check_text_to_speech(open_port)


async def test_a_text_is_asked_for_in_our_form() -> None:
    """Raw PCM at 24 kHz, the voice of the settings or the one that is named."""
    async with open_elevenlabs() as provider:
        assert len(await _say(provider.url, "Hola.")) == round(5 * 0.05 * 48_000)
        async with _port(provider.url).open_voice("es", "a/b") as voice, voice.open_speech("Sí.") as audio:
            await anext(audio)
        assert provider.texts == ["Hola.", "Sí."]
        assert provider.voices == ["ana", "a%2Fb"]
        query = provider.queries[0]
        assert (query["output_format"], query["language_code"]) == ("pcm_24000", "es")


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Ending.CUT, SpeechCut),
        (Ending.MALFORMED, SpeechProtocolError),
        (Ending.ERROR, SpeechRefused),
        (Ending.END, SpeechCut),
    ],
)
async def test_failures_are_told_in_our_words(ending: Ending, error: type[SpeechError]) -> None:
    """Cut, nonsense, refused, or closed before the last audio; the provider's words stay outside."""
    async with open_elevenlabs(rule=lambda text: Said(ending=ending)) as provider:
        with pytest.raises(error) as raised:
            await _say(provider.url)
        assert "hola" not in str(raised.value)


async def test_a_provider_that_hangs_can_be_left() -> None:
    """The caller's deadline ends it; a bad key is refused."""
    async with open_elevenlabs(rule=lambda text: Said(ending=Ending.HANG, after=0)) as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.2):
            await _say(provider.url)
        provider.refusal = 401
        with pytest.raises(SpeechRefused):
            await _say(provider.url)


async def test_half_samples_are_joined() -> None:
    """And a message without audio is passed over."""

    async def halve(peer: Peer) -> None:
        for _ in range(3):
            await peer.receive()
        for audio in ("AA==", "", "AAAA"):
            await peer.send({"audio": audio})
        await peer.send({"audio": None, "isFinal": True})
        await trio.sleep_forever()

    async with open_websocket_server(halve) as url:
        assert await _say(url) == b"\0\0\0\0"
