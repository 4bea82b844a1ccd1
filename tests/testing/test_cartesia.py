import pytest
import trio
import trio.testing

from smarthealth.speech.cartesia import CartesiaTextToSpeech
from smarthealth.speech.errors import SpeechError, SpeechRefused
from smarthealth.speech.settings import SpeechSettings
from smarthealth.testing.cartesia import ScriptedCartesia, open_cartesia
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Said


async def _say(provider: ScriptedCartesia, *texts: str, most: int = 1000) -> list[int]:
    settings = SpeechSettings(cartesia_key="scripted-key", cartesia_url=provider.url)
    lengths: list[int] = []
    with trio.fail_after(5):
        async with CartesiaTextToSpeech(settings).open_voice("es") as voice:
            for text in texts:
                async with voice.open_speech(text) as audio:
                    async for piece in audio:
                        lengths.append(len(piece))
                        if len(lengths) == most:
                            break
    return lengths


async def test_it_speaks_as_the_script_says() -> None:
    """Pieces of 100 ms, one context after the other over one connection."""
    async with open_cartesia() as provider:
        assert await _say(provider, "hola", "sí") == [4800, 4800, 4800]
        assert (len(provider.requests), provider.connections) == (2, 1)


async def test_a_context_is_cancelled() -> None:
    """Nothing more comes of it."""
    async with open_cartesia(rule=lambda text: Said(piece_delay=0.01)) as provider:
        assert await _say(provider, "una frase larga", most=1) == [4800]
        await trio.testing.wait_all_tasks_blocked(cushion=0.05)
        assert provider.cancelled == ["text-1"]


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.MALFORMED, Ending.ERROR, Ending.END])
async def test_it_fails_as_the_script_says(ending: Ending) -> None:
    """On asking, in the middle or at the end."""
    async with open_cartesia(rule=lambda text: Said(ending=ending)) as provider:
        with pytest.raises(SpeechError):
            await _say(provider, "hola")


async def test_it_hangs_and_refuses() -> None:
    """For ever, or with a status."""
    async with open_cartesia(rule=lambda text: Said(ending=Ending.HANG, after=0)) as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.1):
            await _say(provider, "hola")
        provider.refusal = 402
        with pytest.raises(SpeechRefused):
            await _say(provider, "hola")


async def test_a_client_that_leaves_in_the_middle_is_let_go() -> None:
    """The speech that is under way ends with its connection."""
    async with open_cartesia(rule=lambda text: Said(first_delay=0.05, character_seconds=2.0)) as provider:
        with trio.move_on_after(0.15):
            await _say(provider, "hola")
        await trio.testing.wait_all_tasks_blocked(cushion=0.05)
