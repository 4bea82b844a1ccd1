import io
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import attrs
import av
import numpy as np
import pytest
import trio
import trio.testing
from trio.testing import MockClock

from smarthealth.actors import ChildSpec, Restart, open_system
from smarthealth.apps.taxi.voice import texts
from smarthealth.apps.taxi.voice.ear import MOST_BYTES, MOST_UTTERANCES, Ear, Hearing
from smarthealth.apps.taxi.voice.floor import Floor
from smarthealth.apps.taxi.voice.settings import VoiceSettings
from smarthealth.apps.taxi.voice.utterance import Utterance
from smarthealth.apps.taxi.wire import AudioStart
from smarthealth.speech.decoding import DecoderPool
from smarthealth.speech.errors import SpeechRefused
from smarthealth.speech.ports import SpeechLanguage, TranscriptEvent, Transcription
from smarthealth.testing.script import Ending
from smarthealth.testing.speech import Heard, ScriptedSpeechToText
from tests.apps.taxi.voice.conftest import QUIET, VOICE, LoudDetector, Measured


@attrs.define(eq=False)
class Room:
    """An ear, and what it makes of what it hears."""

    stt: ScriptedSpeechToText
    settings: VoiceSettings = attrs.field(factory=VoiceSettings)
    decoders: DecoderPool = attrs.field(factory=DecoderPool)
    telemetry: Measured = attrs.field(factory=Measured)
    complaints: list[str] = attrs.field(factory=list)
    answered: list[Utterance] = attrs.field(factory=list)
    whole: list[str] = attrs.field(factory=list)
    ear: Ear = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        hearing = Hearing(
            stt=self.stt,
            detector=LoudDetector,
            decoders=self.decoders,
            settings=self.settings,
            telemetry=self.telemetry,
        )
        self.ear = Ear(
            hearing,
            Floor(reply=lambda event: None, now_ms=lambda: 0),
            answer=self._answer,
            complain=self.complaints.append,
            heard=lambda utterance, start: self.whole.append(utterance.text),
        )

    async def _answer(self, utterance: Utterance, options: AudioStart) -> bool:
        await trio.lowlevel.checkpoint()
        self.answered.append(utterance)
        return True

    async def hear(self, seconds: float, frame: bytes = VOICE) -> None:
        """Audio as it is spoken."""
        for _ in range(round(seconds / 0.02)):
            self.ear.hear(frame)
            await trio.sleep(0.02)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Ear]:
        """Have it hear."""
        async with open_system("test") as system:
            await system.start_child(ChildSpec(name="ear", start=self.ear.serve, restart=Restart.TEMPORARY))
            yield self.ear
            self.ear.close()
            await _until(lambda: not self.ear.alive)


def _opus(seconds: float = 1.0) -> bytes:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="webm") as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        assert isinstance(stream, av.AudioStream)
        samples = (np.sin(np.arange(int(48_000 * seconds)) * 0.06) * 12_000).astype(np.int16)
        for start in range(0, len(samples), 960):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 960], format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return buffer.getvalue()


async def test_all_between_start_and_end_is_one_utterance(autojump_clock: MockClock) -> None:
    """Pauses included, to the last half frame; what comes outside is nothing."""
    room = Room(ScriptedSpeechToText(Heard(text="hola")))
    async with room.open() as ear:
        ear.hear(VOICE)
        ear.end()
        ear.start(AudioStart())
        await room.hear(0.4)
        await room.hear(2.0, QUIET)
        ear.hear(b"\0\0")
        ear.end()
        await trio.sleep(1)
        ear.hush()
        await trio.sleep(1)
    assert room.whole == ["hola"]
    assert room.answered[0].seconds == pytest.approx(2.4, abs=0.001)
    assert room.complaints == []


async def test_an_open_microphone_keeps_what_comes_before_the_first_word(autojump_clock: MockClock) -> None:
    """300 ms, so that no soft beginning is lost; the end belongs to it too, and then there is silence."""
    room = Room(ScriptedSpeechToText(Heard(text="uno"), Heard(text="dos")))
    async with room.open() as ear:
        ear.start(AudioStart(mode="open"))
        await room.hear(2.0, QUIET)
        ear.hush()
        await room.hear(0.5)
        await room.hear(2.0, QUIET)
        await room.hear(0.5)
        ear.end()
        await trio.sleep(1)
    assert room.whole == ["uno", "dos"]
    assert 1.2 < room.answered[0].seconds < 1.6


async def test_an_utterance_without_end_is_cut(autojump_clock: MockClock) -> None:
    """And said so; the rest until the end is not another one."""
    room = Room(ScriptedSpeechToText(Heard(text="hola")), VoiceSettings(longest_utterance=1.0))
    async with room.open() as ear:
        ear.start(AudioStart())
        await room.hear(2.0)
        ear.end()
        await trio.sleep(1)
    assert room.whole == ["hola"]
    assert room.complaints == [texts.TOO_LONG]


async def test_more_than_can_be_heard_is_dropped_and_said(autojump_clock: MockClock) -> None:
    """Whoever sends hours at once fills no memory."""
    room = Room(ScriptedSpeechToText())
    for _ in range(3):
        room.ear.hear(bytes(MOST_BYTES // 2))
    assert room.complaints == [texts.TOO_MUCH]
    room.ear.close()
    room.ear.start(AudioStart())
    room.ear.end()
    assert room.complaints == [texts.TOO_MUCH] * 3


async def test_so_many_utterances_are_waited_for_and_no_more(autojump_clock: MockClock) -> None:
    """When the provider hangs, what is said meanwhile is refused after a while."""
    room = Room(
        ScriptedSpeechToText(otherwise=Heard(text="", ending=Ending.HANG)), VoiceSettings(stt_timeout=500, hold=1)
    )
    async with room.open() as ear:
        ear.start(AudioStart(mode="open"))
        for _ in range(MOST_UTTERANCES + 1):
            await room.hear(0.3)
            await room.hear(2.0, QUIET)
        ear.end()
        ear.start(AudioStart())
        await room.hear(0.1)
        ear.end()
        await trio.sleep(1)
    assert room.complaints == [texts.TOO_MUCH] * 2


async def test_hearing_that_fails_is_said(autojump_clock: MockClock) -> None:
    """When nothing was understood; where something was, its turn tells."""
    room = Room(ScriptedSpeechToText(otherwise=Heard(ending=Ending.CUT)))
    async with room.open() as ear:
        ear.start(AudioStart())
        await room.hear(0.5)
        ear.end()
        await trio.sleep(5)
    assert room.complaints == [texts.NOT_UNDERSTOOD]
    assert room.telemetry.errors == ["SpeechCut"]


@attrs.frozen
class _Transcription:
    inner: Transcription

    async def send(self, pcm: bytes) -> None:
        await self.inner.send(pcm)
        await trio.sleep(0.3)
        raise SpeechRefused("scripted")

    async def finish(self) -> None:
        await self.inner.finish()

    @property
    def events(self) -> AsyncIterator[TranscriptEvent]:
        return self.inner.events


class _Breaking(ScriptedSpeechToText):
    """Refuses in the middle of what is said, after the first word."""

    @asynccontextmanager
    async def open_transcription(self, language: SpeechLanguage) -> AsyncIterator[_Transcription]:  # type: ignore[override]  # one that breaks
        async with super().open_transcription(language) as transcription:
            yield _Transcription(transcription)


async def test_hearing_that_fails_after_words_is_told_by_their_turn(autojump_clock: MockClock) -> None:
    """Nobody is told twice."""
    room = Room(_Breaking(Heard(text="hola y", word_seconds=0.01)))
    async with room.open() as ear:
        ear.start(AudioStart())
        await room.hear(1.0)
        ear.end()
        await trio.sleep(5)
    assert len(room.answered) == 1
    assert room.answered[0].error is not None
    assert room.complaints == []
    assert room.telemetry.errors == ["SpeechRefused"]


async def test_a_cough_is_nothing(autojump_clock: MockClock) -> None:
    """It is neither answered nor complained about."""
    room = Room(ScriptedSpeechToText(Heard()))
    async with room.open() as ear:
        ear.start(AudioStart(mode="open"))
        await room.hear(0.2)
        await room.hear(2.0, QUIET)
    assert (room.answered, room.whole, room.complaints) == ([], [], [])


async def test_what_is_hushed_is_not_answered(autojump_clock: MockClock) -> None:
    """In the middle of an utterance; the next one is."""
    room = Room(ScriptedSpeechToText(Heard(text="uno", word_seconds=9), Heard(text="dos")))
    async with room.open() as ear:
        ear.start(AudioStart(mode="open"))
        await room.hear(0.5)
        ear.hush()
        await room.hear(2.0, QUIET)
        await room.hear(0.5)
        await room.hear(2.0, QUIET)
    assert room.whole == ["dos"]


async def test_opus_is_heard_as_well() -> None:
    """Decoded while it comes; what is no Opus is said so, then and from then on."""
    room = Room(ScriptedSpeechToText(Heard(text="hola"), Heard(text="nada")))
    data = _opus()
    with trio.fail_after(20):
        async with room.open() as ear:
            ear.start(AudioStart(encoding="webm_opus"))
            for start in range(0, len(data), 500):
                ear.hear(data[start : start + 500])
            ear.end()
            await _until(lambda: bool(room.whole))
            assert room.answered[0].seconds == pytest.approx(1.0, abs=0.1)
            ear.start(AudioStart(encoding="ogg_opus"))
            ear.hear(bytes(MOST_BYTES // 3))
            await _until(lambda: texts.NOT_DECODED in room.complaints)
            ear.end()
            ear.start(AudioStart(encoding="ogg_opus"))
            ear.hear(b"nonsense " * 5000)
            ear.end()
            await _until(lambda: len(room.complaints) >= 3)


async def test_too_many_decoders_are_said() -> None:
    """And the audio is over."""
    room = Room(ScriptedSpeechToText(Heard()), decoders=DecoderPool(most=1))
    with trio.fail_after(20):
        async with room.decoders.open_decoder("webm"), room.open() as ear:
            await trio.testing.wait_all_tasks_blocked()
            ear.start(AudioStart(encoding="webm_opus"))
            await _until(lambda: texts.NO_ROOM in room.complaints)


async def _until(condition: Callable[[], bool]) -> None:
    """Threads decode: look again in a moment."""
    while not condition():
        await trio.to_thread.run_sync(lambda: None)
        await trio.testing.wait_all_tasks_blocked(0.01)
