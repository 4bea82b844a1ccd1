import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.voice.floor import Floor
from smarthealth.apps.taxi.voice.speaking import Manner, VoicedAnswer, run_answer
from smarthealth.apps.taxi.wire import Event, SpeechPaused, SpeechResumed
from smarthealth.testing.speech import ScriptedTextToSpeech


async def _nowhere(event: Event) -> None:
    await trio.lowlevel.checkpoint()


def _answer(number: int) -> VoicedAnswer:
    manner = Manner(tts=ScriptedTextToSpeech(), language="es", voice=None, ahead=5.0, patience=5.0)
    return VoicedAnswer(number, manner, _nowhere, now_ms=lambda: 7)


async def test_nobody_speaks_over_silence() -> None:
    """Without an answer there is nothing to pause, resume or mark."""
    told: list[Event] = []
    floor = Floor(reply=told.append, now_ms=lambda: 7)
    floor.voice_heard()
    floor.no_words()
    floor.played(1.0, None)
    assert not told
    assert not floor.taken


async def test_an_answer_stands_still_and_goes_on(autojump_clock: MockClock) -> None:
    """Once each; when it is over, nothing is paused any more."""
    told: list[Event] = []
    floor = Floor(reply=told.append, now_ms=lambda: 7)
    assert (floor.next_number(), floor.next_number()) == (1, 2)
    answer = _answer(2)
    floor.take(answer)
    async with run_answer(answer):
        await answer.say("Una frase. ")
        for action in (floor.no_words, floor.voice_heard, floor.voice_heard, floor.no_words, floor.no_words):
            action()
        assert told == [SpeechPaused(speech=2, ts=7), SpeechResumed(speech=2, ts=7)]
        await answer.finish()
        floor.voice_heard()
        assert len(told) == 2
    floor.leave(_answer(1))
    assert floor.taken
    floor.leave(answer)
    assert not floor.taken


async def test_marks_count_for_their_own_answer(autojump_clock: MockClock) -> None:
    """By its number, or for the one that is being spoken."""
    floor = Floor(reply=lambda event: None, now_ms=lambda: 7)
    answer = _answer(1)
    floor.take(answer)
    async with run_answer(answer):
        await answer.say("Una frase que no se acaba tan pronto. Y ")
        await trio.sleep(0.5)
        floor.played(0.1, 9)
        assert answer.played_bytes == 24_000
        floor.played(0.1, 1)
        assert answer.played_bytes == 4800
        floor.played(0.2, None)
        assert answer.played_bytes == 9600
