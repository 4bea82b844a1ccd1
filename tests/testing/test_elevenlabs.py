import pytest
import trio

from smarthealth.speech.elevenlabs import ElevenLabsTextToSpeech
from smarthealth.speech.errors import SpeechError, SpeechRefused
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.elevenlabs import ScriptedElevenLabs, open_elevenlabs
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Said


async def _say(provider: ScriptedElevenLabs, text: str = "hola") -> list[int]:
    settings = SpeechSettings(elevenlabs_key="scripted-key", elevenlabs_url=provider.url)
    with trio.fail_after(5):
        async with (
            ElevenLabsTextToSpeech(settings).open_voice("es", "ana") as voice,
            voice.open_speech(text) as audio,
        ):
            return [len(piece) async for piece in audio]


async def test_it_speaks_as_the_script_says() -> None:
    """Pieces of 100 ms; it knows what it was asked."""
    async with open_elevenlabs() as provider:
        assert await _say(provider) == [4800, 4800]
        assert (provider.texts, provider.voices, provider.queries[0]["output_format"]) == (
            ["hola"],
            ["ana"],
            "pcm_24000",
        )


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.MALFORMED, Ending.ERROR, Ending.END])
async def test_it_fails_as_the_script_says(ending: Ending) -> None:
    """On asking, in the middle or at the end."""
    async with open_elevenlabs(rule=lambda text: Said(ending=ending)) as provider:
        with pytest.raises(SpeechError):
            await _say(provider)


async def test_it_hangs_and_refuses() -> None:
    """For ever, or with a status."""
    async with open_elevenlabs(rule=lambda text: Said(ending=Ending.HANG, after=0)) as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.1):
            await _say(provider)
        provider.refusal = 402
        with pytest.raises(SpeechRefused):
            await _say(provider)
