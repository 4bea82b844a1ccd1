import openai
import pytest
import trio

from smarthealth.speech.errors import SpeechError, SpeechRefused
from smarthealth.speech.openai_audio import OpenAISpeechToText, OpenAITextToSpeech, open_client
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.openai_audio import ScriptedAudioServer, open_audio_server
from smarthealth.testing.script import Ending, Refusal
from smarthealth.testing.speech import Heard, Said


async def _transcribe(server: ScriptedAudioServer, *utterances: Heard | Refusal) -> list[str]:
    server.script(*utterances)
    settings = SpeechSettings(openai_key="k", openai_url=server.url)
    with trio.fail_after(5):
        async with (
            open_client(settings) as client,
            OpenAISpeechToText(settings, client).open_transcription("es") as transcription,
        ):
            await transcription.send(bytes(32_000))
            await transcription.finish()
            return [event.text async for event in transcription.events]


async def _say(server: ScriptedAudioServer) -> int:
    settings = SpeechSettings(openai_key="k", openai_url=server.url)
    with trio.fail_after(5):
        async with (
            open_client(settings) as client,
            OpenAITextToSpeech(settings, client).open_voice("es") as voice,
            voice.open_speech("hola") as audio,
        ):
            return sum([len(piece) async for piece in audio])


async def test_it_hears_what_the_script_says() -> None:
    """Streamed or whole; it knows what it was sent."""
    async with open_audio_server() as server:
        assert await _transcribe(server, Heard(text="uno|dos")) == ["uno", "uno dos", "uno dos"]
        server.streams = False
        assert await _transcribe(server) == ["hola"]
        assert server.heard[0].fields["language"] == "es"
        assert len(server.heard[0].wav) == 32_044


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.END, Ending.MALFORMED, Ending.ERROR])
async def test_hearing_fails_as_the_script_says(ending: Ending) -> None:
    """In the middle, or refused at once."""
    async with open_audio_server() as server:
        with pytest.raises(SpeechError):
            await _transcribe(server, Heard(text="hola", ending=ending))
        with pytest.raises(SpeechRefused):
            await _transcribe(server, Refusal(status=400))
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.2):
            await _transcribe(server, Heard(ending=Ending.HANG))


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.MALFORMED])
async def test_speaking_fails_as_the_script_says(ending: Ending) -> None:
    """In the middle, or refused at once, or never."""
    async with open_audio_server(rule=lambda text: Said(ending=ending)) as server:
        with pytest.raises(SpeechError):
            await _say(server)
        server.refusal = Refusal(status=400)
        with pytest.raises(SpeechRefused):
            await _say(server)


async def test_it_speaks_as_the_script_says() -> None:
    """Or hangs, or knows no such path."""
    endings = iter((Said(), Said(ending=Ending.HANG)))
    async with open_audio_server(rule=lambda text: next(endings)) as server:
        assert await _say(server) == round(4 * 0.05 * 48_000)
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.2):
            await _say(server)
        async with open_client(SpeechSettings(openai_key="k", openai_url=server.url)) as client:
            with pytest.raises(openai.NotFoundError):
                await client.models.list()
