import trio
from trio.testing import MockClock

from smarthealth.apps.taxi.voice.latency import Steps, Stopwatch
from tests.apps.taxi.voice.conftest import Measured


async def test_each_step_is_measured_from_the_end_of_speech(autojump_clock: MockClock) -> None:
    """And told to metrics once, whatever comes again."""
    heard = Measured()
    watch = Stopwatch("taxi", heard)
    watch.speech_ended()
    for step in (watch.speech_ended, watch.transcript, watch.transcript, watch.first_token, watch.first_token):
        step()
        await trio.sleep(0.5)
    assert watch.first_audio() == Steps(transcript=0.5, first_token=1.5, first_audio=2.5)
    assert watch.first_audio() is None
    assert heard.stages == [("transcript", 0.5), ("voice_first_token", 1.5), ("first_audio", 2.5)]


async def test_steps_without_those_before_are_not_measured() -> None:
    """An answer that began while somebody still spoke has no latency."""
    heard = Measured()
    watch = Stopwatch("taxi", heard)
    watch.transcript()
    watch.first_token()
    assert watch.first_audio() is None
    assert heard.stages == []
