import pytest
import trio

from smarthealth.speech.errors import SpeechCut, SpeechRefused, SpeechUnavailable
from smarthealth.speech.ports import FinalTranscript, PartialTranscript, TranscriptEvent
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard, Said, ScriptedSpeechToText, ScriptedTextToSpeech


async def _transcribe(port: ScriptedSpeechToText, seconds: float = 1.0) -> list[TranscriptEvent]:
    async with port.open_transcription("es") as transcription:
        await transcription.send(bytes(int(seconds * 16_000) * 2))
        await transcription.finish()
        return [event async for event in transcription.events]


async def test_words_come_with_the_audio() -> None:
    """A partial for each word that fits into the audio so far, then the finals."""
    port = ScriptedSpeechToText(Heard(text="calle setenta y dos", word_seconds=0.5))
    assert await _transcribe(port) == [
        PartialTranscript(segment=0, text="calle"),
        PartialTranscript(segment=0, text="calle setenta"),
        FinalTranscript(segment=0, text="calle setenta y dos"),
    ]
    assert (port.opened, port.open_now, port.bytes_heard) == (["es"], 0, 32_000)


async def test_finals_may_come_out_of_order_and_without_partials() -> None:
    """As providers do that format what they heard later."""
    port = ScriptedSpeechToText()
    port.add(Heard(text="una|otra", reverse=True, partials=False))
    assert await _transcribe(port) == [FinalTranscript(segment=1, text="otra"), FinalTranscript(segment=0, text="una")]
    assert await _transcribe(port, 0.0) == [FinalTranscript(segment=0, text="hola")]


async def test_silence_has_no_finals() -> None:
    """A cough is heard as nothing."""
    assert await _transcribe(ScriptedSpeechToText(Heard())) == []


async def test_hearing_fails_on_demand(autojump_clock: trio.testing.MockClock) -> None:
    """Refused on opening, cut at the end, or silent for ever."""
    port = ScriptedSpeechToText(
        Heard(ending=Ending.ERROR, open_delay=2), Heard(ending=Ending.CUT, final_delay=3), Heard(ending=Ending.HANG)
    )
    with pytest.raises(SpeechUnavailable):
        await _transcribe(port)
    with pytest.raises(SpeechCut):
        await _transcribe(port)
    assert trio.current_time() == 5
    with pytest.raises(trio.TooSlowError), trio.fail_after(60):
        await _transcribe(port)


async def _say(port: ScriptedTextToSpeech, text: str = "hola") -> list[int]:
    async with port.open_voice("es") as voice, voice.open_speech(text) as audio:
        return [len(piece) async for piece in audio]


async def test_audio_is_as_long_as_the_text(autojump_clock: trio.testing.MockClock) -> None:
    """So many seconds a character, in pieces of 100 ms, when the script says."""
    port = ScriptedTextToSpeech(lambda text: Said(first_delay=1, piece_delay=0.5, character_seconds=0.07))
    assert await _say(port) == [4800, 4800, 3840]
    assert trio.current_time() == 1 + 3 * 0.5
    assert (port.texts, port.voices, port.open_now, port.broken_off) == (["hola"], [("es", None)], 0, 0)


async def test_speaking_fails_on_demand(autojump_clock: trio.testing.MockClock) -> None:
    """Refused, cut in the middle, silent for ever, or left."""
    endings = iter((Said(ending=Ending.ERROR), Said(ending=Ending.CUT, after=1), Said(ending=Ending.HANG, after=0)))
    port = ScriptedTextToSpeech(lambda text: next(endings))
    with pytest.raises(SpeechUnavailable):
        await _say(port)
    with pytest.raises(SpeechCut):
        await _say(port)
    with pytest.raises(trio.TooSlowError), trio.fail_after(60):
        await _say(port)
    assert port.broken_off == 1
    with pytest.raises(SpeechRefused):
        async with port.open_voice("es", "nobody"):
            pass
