import pytest
import trio

from smarthealth.speech.assemblyai import AssemblyAISpeechToText
from smarthealth.speech.errors import SpeechError, SpeechRefused
from smarthealth.speech.ports import FinalTranscript, TranscriptEvent
from smarthealth.speech.settings import SpeechSettings
from smarthealth.speech.websocket import open_socket
from smarthealth.testing.assemblyai import ScriptedAssemblyAI, open_assemblyai
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard


async def _transcribe(provider: ScriptedAssemblyAI, *utterances: Heard) -> list[TranscriptEvent]:
    provider.script(*utterances)
    settings = SpeechSettings(assemblyai_key="scripted-key", assemblyai_url=provider.url)
    with trio.fail_after(5):
        async with AssemblyAISpeechToText(settings).open_transcription("es") as transcription:
            await transcription.send(bytes(32_000))
            await transcription.finish()
            return [event async for event in transcription.events]


async def test_it_hears_what_the_script_says() -> None:
    """Words with the audio, finals at the end, or nothing at all."""
    async with open_assemblyai() as provider:
        events = await _transcribe(provider, Heard(text="uno dos|tres", word_seconds=0.4, reverse=True))
        assert [event.text for event in events] == ["uno", "uno dos", "tres", "uno dos"]
        assert await _transcribe(provider, Heard()) == []
        assert (await _transcribe(provider))[-1] == FinalTranscript(segment=0, text="hola")
        quiet = await _transcribe(provider, Heard(text="uno dos", partials=False))
        assert quiet == [FinalTranscript(segment=0, text="uno dos")]
        assert provider.bytes_heard == 4 * 32_000


@pytest.mark.parametrize("ending", [Ending.CUT, Ending.MALFORMED, Ending.ERROR])
async def test_it_fails_as_the_script_says(ending: Ending) -> None:
    """After the audio."""
    async with open_assemblyai() as provider:
        with pytest.raises(SpeechError):
            await _transcribe(provider, Heard(text="hola", ending=ending))
        assert len(await _transcribe(provider, Heard(text="uno", word_seconds=0.1, ending=Ending.END))) == 2


async def test_it_hangs_and_refuses() -> None:
    """For ever, or with a status."""
    async with open_assemblyai() as provider:
        with pytest.raises(trio.TooSlowError), trio.fail_after(0.1):
            await _transcribe(provider, Heard(ending=Ending.HANG))
        with trio.fail_after(5):
            await provider.wait_idle()
        provider.refusal = 402
        with pytest.raises(SpeechRefused):
            await _transcribe(provider)


async def test_it_takes_audio_in_pieces_of_the_right_length() -> None:
    """As the real one does, which closes the session for others."""
    async with (
        open_assemblyai() as provider,
        open_socket(provider.url, {"Authorization": "scripted-key"}, 5.0) as socket,
    ):
        await socket.send(b"short")
        messages = [await socket.receive(dict), await socket.receive(dict)]
        assert [message["type"] for message in messages] == ["Begin", "Error"]
        with pytest.raises(SpeechRefused):
            await socket.receive(dict)


async def test_who_waits_for_its_sessions_to_end_waits_for_the_last() -> None:
    """While one is open, and no longer."""
    async with (
        open_assemblyai() as provider,
        trio.open_nursery() as nursery,
        open_socket(provider.url, {"Authorization": "scripted-key"}, 5.0) as socket,
    ):
        assert (await socket.receive(dict))["type"] == "Begin"
        nursery.start_soon(provider.wait_idle)
        await trio.testing.wait_all_tasks_blocked()
    assert provider.open_now == 0
