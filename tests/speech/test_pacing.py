from math import inf

from hypothesis import given
from hypothesis import strategies as st

from smarthealth.speech.pacing import AHEAD, Playback


def test_audio_is_sent_at_most_five_seconds_ahead() -> None:
    """By the clock, from the first audio on."""
    playback = Playback()
    assert playback.wait(1.0, 100.0) == 0.0
    playback.add(5.0, 100.0)
    assert playback.wait(1.0, 100.0) == 1.0
    assert playback.wait(1.0, 101.0) == 0.0
    assert playback.played(103.0) == 3.0
    assert playback.played(200.0) == 5.0
    assert playback.left(102.0) == 3.0
    assert playback.left(200.0) == 0.0


def test_a_gap_is_not_played() -> None:
    """What comes after a pause of the synthesis is played when it comes."""
    playback = Playback()
    playback.add(1.0, 0.0)
    playback.add(1.0, 10.0)
    assert playback.played(10.5) == 1.5


def test_marks_of_the_client_count() -> None:
    """A client that buffers is behind the clock; none is ahead of what was sent, and none goes back."""
    playback = Playback()
    playback.mark(3.0, 0.0)
    assert playback.played(0.0) == 0.0
    playback.add(4.0, 0.0)
    playback.mark(0.5, 2.0)
    assert playback.played(2.0) == 0.5
    assert playback.played(3.0) == 1.5
    playback.mark(0.2, 3.0)
    assert playback.played(3.0) == 0.5
    playback.mark(99.0, 3.0)
    assert playback.played(3.0) == 4.0


def test_a_pause_stops_the_clock() -> None:
    """Speech that was paused goes on where it stood, and nothing is sent meanwhile beyond the bound."""
    playback = Playback()
    playback.add(5.0, 0.0)
    playback.pause(1.0)
    assert playback.paused
    assert playback.played(9.0) == 1.0
    assert playback.left(9.0) == inf
    assert playback.wait(2.0, 9.0) == inf
    assert playback.wait(1.0, 9.0) == 0.0
    playback.add(1.0, 9.0)
    playback.mark(2.0, 9.0)
    playback.resume(10.0)
    assert not playback.paused
    assert playback.played(11.0) == 3.0


def test_one_piece_longer_than_the_bound_is_sent_all_the_same() -> None:
    """Else it would wait for ever."""
    playback = Playback(ahead=1.0)
    assert playback.wait(3.0, 0.0) == 0.0


ACTIONS = st.lists(
    st.tuples(st.sampled_from(["add", "mark", "pause", "resume"]), st.floats(0, 3), st.floats(0, 5)), max_size=30
)


@given(ACTIONS)
def test_playback_never_runs_ahead_nor_back(actions: list[tuple[str, float, float]]) -> None:
    """Whatever clients say: between nothing and what was sent, and sent is within the bound when waits are kept."""
    playback, now, before = Playback(), 0.0, 0.0
    for what, seconds, amount in actions:
        now += seconds
        if what == "add" and playback.wait(amount, now) == 0.0:
            playback.add(amount, now)
            assert playback.sent - playback.played(now) <= AHEAD + 0.0011
        elif what == "mark":
            playback.mark(amount, now)
        elif what == "pause":
            playback.pause(now)
        elif what == "resume":
            playback.resume(now)
        assert 0 <= playback.played(now) <= playback.sent
    playback.pause(now)
    before = playback.played(now)
    playback.resume(now)
    assert playback.played(now) >= before
