import sys
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.conversation.rooms.log import Cursor, FrameLog


def _log(max_frames: int = 100, max_bytes: int = 100_000) -> FrameLog:
    return FrameLog(max_frames=max_frames, max_bytes=max_bytes)


def _cursor(log: FrameLog, *, extras: bool = False) -> Cursor:
    cursor = Cursor(log, lambda: True)
    if extras:
        cursor.want_extras()
    return cursor


def test_a_cursor_begins_at_the_end() -> None:
    """Who joins gets what comes from then on, each frame once."""
    log = _log()
    log.append("before", 1.0)
    cursor = _cursor(log)
    assert (len(cursor), cursor.oldest, cursor.take(999)) == (0, None, ())
    log.append("after", 2.0)
    assert (len(cursor), cursor.oldest, cursor.busy) == (1, 2.0, True)
    assert list(cursor.take(999)) == ["after"]
    assert len(cursor) == 0


def test_a_read_takes_what_fits_and_at_least_one() -> None:
    """A frame longer than the limit is not stuck."""
    log, size = _log(), sys.getsizeof("aaaa")
    cursor = _cursor(log)
    for text in ("aaaa", "bbbb", "cccc"):
        log.append(text, 0.0)
    assert list(cursor.take(2 * size)) == ["aaaa", "bbbb"]
    assert list(cursor.take(1)) == ["cccc"]


def test_extras_are_for_those_who_asked() -> None:
    """The others' cursor passes over them."""
    log = _log()
    plain, curious = _cursor(log), _cursor(log, extras=True)
    log.append("event", 0.0)
    log.append("typing", 0.0, extra=True)
    assert (list(plain.take(999)), list(curious.take(999))) == (["event"], ["event", "typing"])
    log.append("typing", 0.0, extra=True)
    assert (len(plain), list(plain.take(999)), len(plain)) == (1, [], 0)


def test_a_server_that_goes_away_ends_what_goes_on() -> None:
    """Through a viewer's cursor the room hears of it; where nobody listens it is no matter."""
    ended: list[str] = []
    Cursor(_log(), lambda: True, lambda: ended.append("room")).go_away()
    Cursor(_log(), lambda: True).go_away()
    assert ended == ["room"]


def test_extras_are_given_from_the_wish_on() -> None:
    """Those that waited already are passed over; wishing again changes nothing."""
    log = _log()
    cursor = _cursor(log)
    for text in ("before", "event", "after"):
        log.append(text, 0.0, extra=text != "event")
        if text == "event":
            cursor.want_extras()
    cursor.want_extras()
    assert list(cursor.take(999)) == ["event", "after"]


@pytest.mark.parametrize(("frames", "size"), [(8, 100_000), (100, 8 * sys.getsizeof("n" * 3))], ids=["frames", "bytes"])
def test_a_log_is_bounded(frames: int, size: int) -> None:
    """The oldest frames go, a quarter at a time; who has not read them has lost them."""
    log = _log(frames, size)
    slow, quick = _cursor(log), _cursor(log)
    for number in range(100):
        log.append(f"{number:03}", 0.0, extra=number % 2 == 0)
        quick.take(999)
        assert log.bytes_held <= size
        assert log.end - log.first <= frames
    assert (slow.lost, slow.oldest, slow.take(999)) == (True, -inf, ())
    assert not quick.lost


def test_the_newest_frame_is_kept_however_long() -> None:
    """A frame above the bound reaches those who are quick."""
    log = _log(10, 100)
    cursor = _cursor(log)
    log.append("x" * 500, 0.0)
    assert list(cursor.take(1)) == ["x" * 500]


def test_what_everybody_has_read_can_be_forgotten() -> None:
    """Forgetting what is gone, or more than there is, does no harm."""
    log = _log()
    for number in range(5):
        log.append(str(number), 0.0)
    log.forget(3)
    assert (log.first, log.end) == (3, 5)
    log.forget(1)
    log.forget(99)
    assert (log.first, log.end, log.bytes_held) == (5, 5, 0)
    log.append("next", 0.0)
    assert log.time_of(5) == 0.0


@given(
    st.lists(st.tuples(st.text(max_size=9), st.booleans(), st.integers(0, 3)), max_size=60),
    st.integers(2, 40),
    st.integers(1, 400),
)
def test_viewers_see_one_order_without_gap_or_repeat(
    steps: list[tuple[str, bool, int]], max_frames: int, chunk: int
) -> None:
    """However frames and reads alternate, a viewer has read a run of the frames without a hole, or knows that it lost some."""
    log = _log(max_frames, 2_000)
    plain, curious = _cursor(log), _cursor(log, extras=True)
    read: dict[str, list[str]] = {"plain": [], "curious": []}
    for text, extra, reads in steps:
        log.append(text, 0.0, extra=extra)
        for _ in range(reads):
            read["plain"] += plain.take(chunk)
            read["curious"] += curious.take(chunk)
    for name, cursor, wanted in (
        ("plain", plain, [text for text, extra, _ in steps if not extra]),
        ("curious", curious, [text for text, _, _ in steps]),
    ):
        while len(cursor) and not cursor.lost:
            read[name] += cursor.take(chunk)
        assert read[name] == wanted[: len(read[name])]
        assert cursor.lost or read[name] == wanted
