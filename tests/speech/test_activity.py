import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.activity import (
    FRAME_SECONDS,
    ActivityEvent,
    ActivityLimits,
    SpeechActivity,
    SpeechBegan,
    SpeechEnded,
)


def _feed(activity: SpeechActivity, *spans: tuple[bool, float]) -> list[ActivityEvent]:
    frames = [voiced for voiced, seconds in spans for _ in range(round(seconds / FRAME_SECONDS))]
    return [event for voiced in frames if (event := activity.feed(voiced)) is not None]


def test_speech_begins_and_ends() -> None:
    """Its begin is where the voice began, its end where it ended, after the usual silence."""
    activity = SpeechActivity()
    began, ended = _feed(activity, (False, 1.0), (True, 0.5), (False, 2.0))
    assert began == SpeechBegan(at=1.0)
    assert isinstance(ended, SpeechEnded)
    assert (ended.at, ended.voiced, ended.silence) == pytest.approx((1.5, 0.5, 0.7))
    assert not activity.speaking


def test_a_click_is_no_speech() -> None:
    """40 ms of voice now and then begin nothing."""
    assert _feed(SpeechActivity(), *[(True, 0.04), (False, 0.2)] * 20) == []


def test_who_pauses_is_given_more_time() -> None:
    """Pauses within an utterance lengthen the silence that ends the next one, up to the longest."""
    activity = SpeechActivity()
    _feed(activity, (True, 1.0), (False, 0.6), (True, 1.0), (False, 2.0))
    assert 0.7 < activity.silence <= 0.9
    for _ in range(20):
        _feed(activity, (True, 0.2), (False, activity.silence - 0.1))
    assert activity.silence == pytest.approx(activity.limits.longest_silence, abs=0.1)


def test_short_pauses_belong_to_the_words() -> None:
    """Those of a fifth of a second neither lengthen the silence nor shorten it."""
    activity = SpeechActivity()
    _feed(activity, (True, 1.0), (False, 0.2), (True, 1.0), (False, 2.0))
    assert activity.silence == 0.7


def test_who_never_pauses_is_answered_sooner() -> None:
    """Each utterance without a pause shortens the silence, down to the shortest."""
    activity = SpeechActivity()
    _feed(activity, *[(True, 1.0), (False, 4.0)] * 60)
    assert activity.silence == pytest.approx(activity.limits.shortest_silence, abs=0.01)


def test_an_end_that_was_early_lengthens_the_silence() -> None:
    """Speech that goes on right after its end shows that the speaker had not finished."""
    activity = SpeechActivity()
    _feed(activity, (True, 1.0), (False, 0.9), (True, 0.5))
    assert activity.silence > 0.7


def test_no_utterance_is_longer_than_the_longest() -> None:
    """A radio in the background does not hold a turn for ever."""
    activity = SpeechActivity(limits=ActivityLimits(longest_utterance=2.0))
    events = _feed(activity, (True, 5.0))
    assert [type(event) for event in events] == [SpeechBegan, SpeechEnded] * 2 + [SpeechBegan]
    assert activity.finish() is not None
    assert activity.finish() is None


def test_silences_are_in_order() -> None:
    """The adapting limit has bounds that hold."""
    with pytest.raises(ValueError, match="in order"):
        ActivityLimits(shortest_silence=1.0, usual_silence=0.5)


@given(st.lists(st.tuples(st.booleans(), st.floats(0.02, 2.0)), max_size=40))
def test_begins_and_ends_take_turns_in_time(spans: list[tuple[bool, float]]) -> None:
    """Never two begins in a row, never back in time, and the silence stays within its bounds."""
    activity = SpeechActivity()
    events = _feed(activity, *spans)
    assert all(isinstance(event, SpeechBegan) for event in events[::2])
    assert all(isinstance(event, SpeechEnded) for event in events[1::2])
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert activity.limits.shortest_silence <= activity.silence <= activity.limits.longest_silence
    assert activity.speaking is (len(events) % 2 == 1)
