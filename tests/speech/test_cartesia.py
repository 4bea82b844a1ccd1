from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio

from smarthealth.speech.cartesia import CartesiaTextToSpeech
from smarthealth.speech.errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable
from smarthealth.speech.ports import TextToSpeech
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.cartesia import open_cartesia
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Said
from smarthealth.testing.speech_conformance import check_text_to_speech
from smarthealth.testing.websockets import Peer, open_websocket_server


def _port(url: str) -> CartesiaTextToSpeech:
    return CartesiaTextToSpeech(SpeechSettings(cartesia_key="scripted-key", cartesia_url=url, voice_es="ana"))


async def _say(url: str, text: str = "hola") -> bytes:
    with trio.fail_after(20):
        async with _port(url).open_voice("es") as voice, voice.open_speech(text) as audio:
            return b"".join([piece async for piece in audio])


async def test_it_keeps_the_rules_of_the_port() -> None:
    """Several texts over one connection, broken off and cancelled."""
    async with open_cartesia() as provider:

        @asynccontextmanager
        async def open_port() -> AsyncIterator[TextToSpeech]:
            yield _port(provider.url)

        await check_text_to_speech(open_port)


async def test_a_text_is_asked_for_in_our_form() -> None:
    """Raw PCM at 24 kHz, the voice of the settings, one context for each text, over one connection."""
    async with open_cartesia() as provider:
        async with _port(provider.url).open_voice("es") as voice:
            for text in ("Hola.", "Adiós."):
                async with voice.open_speech(text) as audio:
                    assert sum([len(piece) async for piece in audio]) == round(len(text) * 0.05 * 48_000)
        assert provider.connections == 1
        assert [request["transcript"] for request in provider.requests] == ["Hola.", "Adiós."]
        assert provider.requests[0]["output_format"] == {
            "container": "raw",
            "encoding": "pcm_s16le",
            "sample_rate": 24_000,
        }
        assert provider.requests[0]["voice"] == {"mode": "id", "id": "ana"}


async def test_a_text_that_is_broken_off_is_cancelled() -> None:
    """What the provider still sends of it is not taken for the next one's."""
    async with open_cartesia(rule=lambda text: Said(piece_delay=0.01)) as provider:
        with trio.fail_after(20):
            async with _port(provider.url).open_voice("es", "eva") as voice:
                async with voice.open_speech("una frase larga, muy larga") as audio:
                    await anext(audio)
                async with voice.open_speech("sí") as audio:
                    assert sum([len(piece) async for piece in audio]) == round(2 * 0.05 * 48_000)
        assert provider.cancelled == ["text-1"]
        assert provider.requests[0]["voice"] == {"mode": "id", "id": "eva"}


@pytest.mark.parametrize(
    ("ending", "error"),
    [
        (Ending.CUT, SpeechCut),
        (Ending.MALFORMED, SpeechProtocolError),
        (Ending.ERROR, SpeechRefused),
        (Ending.END, SpeechUnavailable),
    ],
)
async def test_failures_are_told_in_our_words(ending: Ending, error: type[SpeechError]) -> None:
    """Cut, nonsense, refused, or closed for overload."""
    async with open_cartesia(rule=lambda text: Said(ending=ending)) as provider:
        with pytest.raises(error):
            await _say(provider.url)


async def test_a_provider_that_hangs_can_be_left() -> None:
    """The caller's deadline ends it."""
    async with open_cartesia(rule=lambda text: Said(ending=Ending.HANG, after=0)) as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.2):
            await _say(provider.url)
        provider.refusal = 500
        with pytest.raises(SpeechUnavailable):
            await _say(provider.url)


async def test_strange_messages_are_no_traceback() -> None:
    """Half samples are joined, an overload within is told, unknown messages are passed over."""

    async def lie(peer: Peer) -> None:
        await peer.receive()
        await peer.send({"type": "timestamps", "context_id": "text-1"})
        await peer.send({"type": "chunk", "context_id": "text-1", "data": "AA=="})
        await peer.send({"type": "chunk", "context_id": "text-1", "data": "AAAA"})
        await peer.send({"type": "error", "status_code": 503})
        await trio.sleep_forever()

    with trio.fail_after(20):
        async with (
            open_websocket_server(lie) as url,
            _port(url).open_voice("en") as voice,
            voice.open_speech("hello") as audio,
        ):
            assert await anext(audio) == b"\0\0\0\0"
            with pytest.raises(SpeechUnavailable):
                await anext(audio)
