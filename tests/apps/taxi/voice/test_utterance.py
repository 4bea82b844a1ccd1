from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import attrs
import pytest
import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.voice.latency import Stopwatch
from smarthealth.apps.taxi.voice.utterance import Transcript, Utterance
from smarthealth.apps.taxi.wire import LONGEST_TEXT
from smarthealth.speech.errors import SpeechError, SpeechUnavailable
from smarthealth.speech.ports import FinalTranscript, PartialTranscript, SpeechLanguage, TranscriptEvent, Transcription
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard, ScriptedSpeechToText
from tests.apps.taxi.voice.conftest import Measured

SECOND = bytes(32_000)


def _utterance(*heard: Heard) -> Utterance:
    return Utterance(ScriptedSpeechToText(*heard), "es", Stopwatch("taxi", Measured()), patience=5.0)


async def _listen(utterance: Utterance, audio: bytes = SECOND) -> tuple[list[str], str]:
    """Say something to the end, and listen."""
    partials: list[str] = []

    async def partial(text: str) -> None:
        partials.append(text)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(utterance.transcribe)
        utterance.add(audio)
        await trio.sleep(0.1)
        utterance.end()
    return partials, await utterance.listen(partial)


def test_segments_make_one_text_in_their_order() -> None:
    """Whatever order they come in; what is final stays."""
    transcript = Transcript()
    for event in (
        PartialTranscript(segment=1, text="al"),
        FinalTranscript(segment=1, text="al  Prado"),
        PartialTranscript(segment=1, text="lies"),
        FinalTranscript(segment=0, text="un taxi"),
    ):
        transcript.add(event)
    assert transcript.text == "un taxi al Prado"


async def test_what_is_said_is_listened_to(autojump_clock: MockClock) -> None:
    """The latest partial at each look, then the whole."""
    utterance = _utterance(Heard(text="un taxi|al Prado", word_seconds=0.2, reverse=True))
    partials, text = await _listen(utterance)
    assert text == "un taxi al Prado"
    assert partials[-1] == text
    assert utterance.over
    assert utterance.seconds == 1.0
    assert len(utterance.audio) == 32_000


async def test_words_are_told_as_soon_as_there_are_any(autojump_clock: MockClock) -> None:
    """Signs are none; an utterance that ends without is nothing."""
    utterance = _utterance(Heard(text="un taxi"))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(utterance.transcribe)
        utterance.add(SECOND[:16_000])
        assert await utterance.wait_words()
        assert not utterance.over
        utterance.end()
    cough = _utterance(Heard(text="…"))
    assert await _listen(cough) == ([], "")
    assert not await cough.wait_words()


async def test_a_provider_that_breaks_off_is_asked_once_more(autojump_clock: MockClock) -> None:
    """With all of the audio; nobody has to repeat what was said."""
    utterance = _utterance(Heard(text="un", ending=Ending.CUT), Heard(text="un taxi"))
    assert (await _listen(utterance))[1] == "un taxi"
    utterance = _utterance(Heard(ending=Ending.ERROR), Heard(text="un taxi"))
    assert (await _listen(utterance))[1] == "un taxi"


async def test_no_transcript_is_longer_than_a_person_may_write(autojump_clock: MockClock) -> None:
    """Whatever a provider claims to have heard."""
    text = (await _listen(_utterance(Heard(text="palabra " * 1000, partials=False))))[1]
    assert len(text) <= LONGEST_TEXT


async def test_what_was_told_before_a_failure_counts(autojump_clock: MockClock) -> None:
    """When the utterance was over; a provider that never finishes has heard something all the same."""
    utterance = _utterance(Heard(text="un taxi", ending=Ending.HANG))
    assert (await _listen(utterance))[1] == "un taxi"
    assert trio.current_time() == pytest.approx(5.1, abs=0.1)


@pytest.mark.parametrize(
    "heard", [Heard(ending=Ending.HANG), Heard(ending=Ending.CUT), Heard(ending=Ending.ERROR), Heard(open_delay=9)]
)
async def test_a_failure_without_words_is_one(autojump_clock: MockClock, heard: Heard) -> None:
    """In time, whatever the provider does."""
    utterance = _utterance(heard, heard)
    with pytest.raises(SpeechError):
        await _listen(utterance)
    assert isinstance(utterance.error, SpeechError)
    assert trio.current_time() <= 11


async def test_a_failure_in_the_middle_of_speech_is_one(autojump_clock: MockClock) -> None:
    """Half of an address is not taken for all of it."""

    class Breaking(ScriptedSpeechToText):
        """Breaks at the second piece of audio."""

        @asynccontextmanager
        async def open_transcription(  # type: ignore[override]  # one that breaks
            self, language: SpeechLanguage
        ) -> AsyncIterator[Transcription]:
            async with super().open_transcription(language) as transcription:
                yield _Breaking(transcription)

    utterance = Utterance(Breaking(Heard(text="un taxi", word_seconds=0.05)), "es", Stopwatch("taxi", Measured()), 5.0)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(utterance.transcribe)
        await trio.sleep(0.1)
        utterance.add(SECOND)
    assert isinstance(utterance.error, SpeechUnavailable)
    assert utterance.has_words


async def test_words_that_came_before_the_turn_listens_are_told(autojump_clock: MockClock) -> None:
    """And those that come while it does, as they come."""
    utterance = _utterance(Heard(text="un taxi al Prado", word_seconds=0.25))
    partials: list[str] = []

    async def partial(text: str) -> None:
        partials.append(text)

    async with trio.open_nursery() as nursery:
        nursery.start_soon(utterance.transcribe)
        nursery.start_soon(utterance.listen, partial)
        for _ in range(4):
            utterance.add(SECOND[:8000])
            await trio.sleep(0.25)
        utterance.end()
    assert partials == ["un", "un taxi", "un taxi al", "un taxi al Prado"]


@attrs.frozen
class _Breaking:
    inner: Transcription

    async def send(self, pcm: bytes) -> None:
        await self.inner.send(pcm)
        await trio.sleep(0.1)
        raise SpeechUnavailable("scripted", code="timeout")

    async def finish(self) -> None:
        await self.inner.finish()

    @property
    def events(self) -> AsyncIterator[TranscriptEvent]:
        return self.inner.events


async def test_who_leaves_in_the_middle_leaves_nothing(autojump_clock: MockClock) -> None:
    """A turn that listens then is not left waiting."""
    utterance = _utterance(Heard(text="un taxi", word_seconds=9))
    with trio.move_on_after(1):
        await utterance.transcribe()
    assert utterance.over
    assert utterance.error is None


async def test_what_is_forgotten_has_no_words(autojump_clock: MockClock) -> None:
    """Its transcription ends at once."""
    utterance = _utterance(Heard(text="un taxi", word_seconds=0.1))
    async with trio.open_nursery() as nursery:
        nursery.start_soon(utterance.transcribe)
        utterance.add(SECOND)
        assert await utterance.wait_words()
        utterance.forget()
    assert utterance.over
    assert not utterance.has_words
    assert utterance.error is None
