from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest
import trio
import trio.testing
from trio.testing import MockClock

from smarthealth.apps.taxi.voice import texts
from smarthealth.apps.taxi.voice.booth import _load_detector
from smarthealth.apps.taxi.voice.recordings import Spoken
from smarthealth.apps.taxi.voice.settings import VoiceSettings
from smarthealth.apps.taxi.wire import (
    AudioEnd,
    AudioStart,
    Interrupted,
    Latency,
    Playback,
    Speech,
    SpeechPaused,
    SpeechResumed,
    SttChunk,
    SttOutput,
    SystemMessage,
    TtsChunk,
    TtsEnd,
)
from smarthealth.speech.activity import FRAME_BYTES
from smarthealth.testing.speech import Heard, Said, ScriptedSpeechToText, ScriptedTextToSpeech
from tests.apps.taxi.voice.conftest import Caller, Studio, audio_seconds

OpenStudio = Callable[[], AbstractAsyncContextManager[Studio]]


def _messages(caller: Caller) -> list[str]:
    return [event.message for event in caller.events if isinstance(event, SystemMessage)]


async def test_what_is_said_is_answered_aloud(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Partials while it is said, the whole when it is over, speech paced as it is played, then the end."""
    async with open_studio() as studio:
        stt, tts = ScriptedSpeechToText(Heard(text="necesito un taxi", final_delay=0.2)), ScriptedTextToSpeech()
        caller = studio.call(stt=stt, tts=tts)
        await caller.booth.command(AudioStart())
        await caller.speak(1.0)
        await caller.booth.command(AudioEnd())
        await trio.sleep(30)
        assert [event.text for event in caller.events if isinstance(event, SttChunk)] == [
            "necesito",
            "necesito un",
            "necesito un taxi",
        ]
        assert [event.text for event in caller.events if isinstance(event, SttOutput)] == ["necesito un taxi"]
        assert tts.texts == ["Claro que sí.", "¿A qué dirección va?"]
        assert audio_seconds(caller) == pytest.approx(len("".join(tts.texts)) * 0.05, abs=0.01)
        assert isinstance(caller.events[-1], TtsEnd)
        assert caller.turns == ["finished"]
        latency = caller.of(Latency)[0]
        assert isinstance(latency, Latency)
        assert (latency.transcript_ms, latency.first_token_ms, latency.first_audio_ms) == (200, 200, 200)
        assert [stage for stage, _ in studio.telemetry.stages] == ["transcript", "voice_first_token", "first_audio"]
        assert stt.open_now == tts.open_now == 0


async def test_an_open_microphone_hears_turns_by_their_pauses(
    autojump_clock: MockClock, open_studio: OpenStudio
) -> None:
    """Each is answered; the silence that ends one adapts."""
    async with open_studio() as studio:
        stt = ScriptedSpeechToText(Heard(text="hola"), Heard(text="al Prado"))
        caller = studio.call(stt=stt, reply=())
        await caller.booth.command(AudioStart(mode="open"))
        for _ in range(2):
            await caller.be_quiet(0.5)
            await caller.speak(0.6)
            await caller.be_quiet(1.5)
        await caller.booth.command(AudioEnd())
        await trio.sleep(5)
        assert [event.text for event in caller.events if isinstance(event, SttOutput)] == ["hola", "al Prado"]
        assert _messages(caller) == [texts.LISTENING]


async def _speaking(
    studio: Studio, *utterances: Heard, settings: VoiceSettings | None = None, refuses: bool = False
) -> tuple[Caller, ScriptedTextToSpeech]:
    """A caller to whom a long answer is being spoken."""
    tts = ScriptedTextToSpeech()
    caller = studio.call(
        stt=ScriptedSpeechToText(*utterances),
        tts=tts,
        settings=settings,
        reply=("Una frase muy larga, " * 20,),
        refuses=refuses,
    )
    await caller.booth.command(AudioStart(mode="open"))
    caller.type("hola")
    await caller.be_quiet(2.0)
    assert caller.of(TtsChunk)
    return caller, tts


async def test_words_interrupt_within_200_ms(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Speech stands still at the first sound and is over at the first word; what was heard is what was played."""
    async with open_studio() as studio:
        caller, tts = await _speaking(studio, Heard(text="no espere", word_seconds=0.1))
        begun = trio.current_time()
        await caller.speak(0.4)
        paused = next(at for at, event in caller.times if isinstance(event, SpeechPaused))
        assert paused - begun <= 0.2
        assert caller.turns == ["interrupted"]
        heard = caller.of(Interrupted)[0]
        assert isinstance(heard, Interrupted)
        seconds = len(heard.heard) * 0.05
        assert seconds == pytest.approx(begun - 1, abs=2.2)
        assert not [event for at, event in caller.times if isinstance(event, TtsChunk) and at > paused]
        await caller.be_quiet(2.0)
        assert tts.open_now <= 1


async def test_a_cough_is_no_interruption(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Speech is paused, and goes on where it stood when no words follow; every word of it is spoken once."""
    async with open_studio() as studio:
        caller, _ = await _speaking(studio, Heard())
        await caller.speak(0.2)
        assert caller.of(SpeechPaused)
        assert not caller.of(SpeechResumed)
        await caller.be_quiet(1.5)
        assert caller.of(SpeechResumed)
        await caller.be_quiet(40.0)
        assert caller.turns == ["finished"]
        assert audio_seconds(caller) == pytest.approx(21 * 20 * 0.05, abs=0.3)


async def test_noise_without_end_does_not_hold_an_answer(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """After a while without words speech goes on, while somebody drills."""
    async with open_studio() as studio:
        caller, _ = await _speaking(studio, Heard(), settings=VoiceSettings(hold=2.0))
        await caller.speak(3.0)
        paused, resumed = (
            next(at for at, event in caller.times if isinstance(event, kind)) for kind in (SpeechPaused, SpeechResumed)
        )
        assert resumed - paused == pytest.approx(2.0, abs=0.1)


async def test_typing_interrupts_as_well(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Of two answers, the first is over when the second begins; speech that was under way is forgotten."""
    async with open_studio() as studio:
        caller, _ = await _speaking(studio, Heard(text="uno dos tres", word_seconds=5))
        await caller.speak(0.3)
        caller.type("otra cosa")
        await caller.be_quiet(60)
        assert caller.turns == ["interrupted", "finished"]
        assert len(caller.of(SttOutput)) == 2


async def test_marks_of_playback_say_what_was_heard(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """A client that has played less has heard less; marks of another answer are late."""
    async with open_studio() as studio:
        caller, _ = await _speaking(studio)
        await caller.booth.command(Playback(played_ms=100_000, speech=99))
        await caller.booth.command(Playback(played_ms=500))
        caller.type("otra cosa")
        await caller.be_quiet(0.1)
        heard = caller.of(Interrupted)[0]
        assert isinstance(heard, Interrupted)
        assert heard.heard in ("Una", "Una frase")


async def test_an_answer_that_may_not_start_lets_speech_go_on(
    autojump_clock: MockClock, open_studio: OpenStudio
) -> None:
    """A server that is going away finishes its sentence."""
    async with open_studio() as studio:
        caller, _ = await _speaking(studio, Heard(text="espere"), refuses=True)
        await caller.speak(0.5)
        await caller.be_quiet(1.0)
        assert caller.of(SpeechResumed)


async def test_an_ear_that_fails_is_replaced(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """The client is told, what was being said to it goes on, and its next audio is heard."""
    async with open_studio() as studio:
        tts = ScriptedTextToSpeech()
        caller = studio.call(stt=ScriptedSpeechToText(), tts=tts, reply=("Una frase muy larga, " * 20,), crashes=True)
        await caller.booth.command(AudioStart(mode="open"))
        caller.type("hola")
        await caller.be_quiet(2.0)
        await caller.speak(1.0)
        assert caller.of(SpeechResumed)
        assert _messages(caller)[:2] == [texts.LISTENING, texts.NOT_UNDERSTOOD]
        caller.crashes = False
        await caller.booth.command(AudioStart(mode="open"))
        await caller.speak(0.5)
        await caller.be_quiet(40.0)
        assert len(caller.of(SttOutput)) == 2


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        (AudioStart(sample_rate=44_100), texts.WRONG_RATE),
        (AudioStart(sample_rate=0), texts.WRONG_RATE),
    ],
)
async def test_wrong_rates_are_answered(
    autojump_clock: MockClock, open_studio: OpenStudio, command: AudioStart, complaint: str
) -> None:
    """And nothing is opened."""
    async with open_studio() as studio:
        caller = studio.call(stt=ScriptedSpeechToText())
        await caller.booth.command(command)
        assert _messages(caller) == [complaint]


async def test_audio_out_of_place_is_answered(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Before its start, after its end, in half samples, opened twice, and where nobody hears or speaks."""
    async with open_studio() as studio:
        deaf = studio.call()
        await deaf.booth.command(AudioStart())
        await deaf.booth.command(Speech(enabled=True))
        await deaf.booth.command(Speech(enabled=False))
        deaf.booth.hush()
        deaf.booth.close()
        assert _messages(deaf) == [texts.NO_HEARING, texts.NO_SPEAKING]
        caller = studio.call(stt=ScriptedSpeechToText())
        caller.booth.hear(b"xx")
        await caller.booth.command(AudioEnd())
        await caller.booth.command(AudioStart())
        await caller.booth.command(AudioStart())
        caller.booth.hear(b"x")
        caller.booth.hear(b"")
        assert _messages(caller) == [texts.NOT_STARTED, texts.NOT_STARTED, texts.ALREADY_STARTED, texts.ODD_SIZE]
        assert caller.booth.speaker() is None


async def test_no_room_is_answered(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """So many ears, and no more; one that has closed gives its place back, and its connection may open another."""
    async with open_studio() as studio:
        callers = [studio.call(stt=ScriptedSpeechToText()) for _ in range(101)]
        for caller in callers:
            await caller.booth.command(AudioStart())
        assert _messages(callers[-1]) == [texts.NO_ROOM]
        callers[0].booth.close()
        await trio.testing.wait_all_tasks_blocked()
        await callers[-1].booth.command(AudioStart())
        assert _messages(callers[-1]) == [texts.NO_ROOM]
        await callers[1].booth.command(AudioEnd())
        await callers[1].booth.command(AudioStart())
        assert _messages(callers[1]) == []


async def test_speech_of_typed_answers_is_switched(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """On, with a voice and a language, and off; no latency is told of words that were typed."""
    async with open_studio() as studio:
        tts = ScriptedTextToSpeech()
        caller = studio.call(tts=tts)
        await caller.booth.command(Speech(enabled=True, language="en", voice="joe"))
        caller.type("hello")
        await trio.sleep(10)
        assert tts.voices == [("en", "joe")]
        assert not caller.of(Latency)
        await caller.booth.command(Speech(enabled=False))
        assert caller.booth.speaker() is None


async def test_who_agrees_is_recorded(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """Both sides, as they were heard; who opens the audio without agreeing is not."""
    async with open_studio() as studio:
        caller = studio.call(stt=ScriptedSpeechToText(), tts=ScriptedTextToSpeech())
        await caller.booth.command(AudioStart(record=True))
        await caller.speak(1.0)
        await caller.booth.command(AudioEnd())
        await trio.sleep(20)
        assert studio.recordings is not None
        kept: list[Spoken] = []
        while studio.recordings._receive.statistics().current_buffer_used:
            kept.append(await studio.recordings._receive.receive())
        assert [(spoken.who, spoken.thread) for spoken in kept] == [("user", "thread"), ("agent", "thread")]
        assert [spoken.seconds for spoken in kept] == pytest.approx([1.0, 1.65], abs=0.01)
        assert kept[1].text == "Claro que sí. ¿A qué dirección va?"
        assert texts.recorded(30.0) in _messages(caller)
        await caller.booth.command(AudioStart())
        await caller.speak(1.0)
        await caller.booth.command(AudioEnd())
        await trio.sleep(20)
        assert not studio.recordings._receive.statistics().current_buffer_used


async def test_a_server_may_record_nobody(autojump_clock: MockClock, open_studio: OpenStudio) -> None:
    """It says so."""
    async with open_studio() as studio:
        caller = studio.call(stt=ScriptedSpeechToText(), settings=VoiceSettings(recordings=False))
        await caller.booth.command(AudioStart(record=True))
        assert _messages(caller) == [texts.NOT_RECORDED]


@pytest.mark.parametrize("moment", [step / 2 for step in range(15)])
async def test_an_answer_is_interrupted_at_any_moment(
    autojump_clock: MockClock, open_studio: OpenStudio, moment: float
) -> None:
    """Whenever it is: one ending each, what was heard begins the answer, and nothing of it follows."""
    async with open_studio() as studio:
        tts = ScriptedTextToSpeech(lambda text: Said(first_delay=0.3, piece_delay=0.02))
        stt = ScriptedSpeechToText(otherwise=Heard(text="espere un momento", word_seconds=0.1, final_delay=0.1))
        caller = studio.call(stt=stt, tts=tts, thinking=0.4, reply=("Claro que sí. ", "¿A qué dirección va usted hoy?"))
        await caller.booth.command(AudioStart(mode="open"))
        await caller.speak(0.5)
        await caller.be_quiet(moment)
        await caller.speak(0.5)
        await caller.be_quiet(20)
        await caller.booth.command(AudioEnd())
        assert caller.turns[-1] == "finished"
        assert len(caller.turns) == len(caller.of(SttOutput)) + len(
            [
                event
                for event in caller.of(Interrupted)
                if isinstance(event, Interrupted) and event.heard == "" and moment < 0.1
            ]
        ) or len(caller.turns) in (1, 2)
        for event in caller.of(Interrupted):
            assert isinstance(event, Interrupted)
            assert "Claro que sí. ¿A qué dirección va usted hoy?".startswith(event.heard)
        speeches = [event.speech for event in caller.events if isinstance(event, TtsChunk)]
        assert speeches == sorted(speeches), "nothing of an answer comes after the next one's begin"  # type: ignore[type-var]
        assert (stt.open_now, tts.open_now) == (0, 0)


async def test_the_detector_is_loaded_with_the_first_voice() -> None:
    """And is WebRTC's."""
    detector = await _load_detector()
    assert not detector().is_voiced(bytes(FRAME_BYTES))
