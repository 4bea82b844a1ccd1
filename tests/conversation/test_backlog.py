"""The queue before a socket."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from smarthealth.conversation.backlog import BATCH_BYTES, MOST_MERGES, Backlog, Lane
from smarthealth.conversation.errors import TurnOver
from smarthealth.conversation.rooms.log import Cursor, FrameLog
from tests.conversation.conftest import merge


def make_backlog(*, max_events: int = 100, max_bytes: int = 100_000) -> Backlog[str]:
    """A queue of texts."""
    return Backlog(encode=str, merge=merge, max_events=max_events, max_bytes=max_bytes)


def fail_on_bad(event: str) -> str:
    """Encode, but not everything."""
    if "bad" in event:
        raise ValueError(event)
    return event


def test_control_goes_first_and_turns_keep_their_order() -> None:
    """A batch holds the control events, then those of turns as they came."""
    backlog, one, two = make_backlog(), Lane[str](), Lane[str]()
    for lane, event in ((one, "a"), (two, "b"), (one, "c")):
        assert backlog.add(lane, event, 0.0)
    assert backlog.add_control("pong")
    assert len(backlog) == 4
    assert backlog.take() == ["pong", "a", "b", "c"]
    assert not backlog
    assert backlog.take() == []


def test_it_is_idle_while_nothing_waits_and_nothing_is_being_sent() -> None:
    """Then what comes may go past the queue."""
    backlog, lane = make_backlog(), Lane[str]()
    assert backlog.idle
    backlog.behind = True
    assert not backlog.idle
    backlog.behind = False
    backlog.add(lane, "a", 0.0)
    assert not backlog.idle


def test_tokens_join_only_while_the_sender_is_behind() -> None:
    """Waiting tokens of one turn become one while a send is under way, across those of other turns."""
    backlog, one, two = make_backlog(), Lane[str](), Lane[str]()
    backlog.add(one, "+a", 0.0)
    backlog.add(one, "+b", 0.0)
    backlog.behind = True
    for lane, event in ((two, "+x"), (one, "+c"), (two, "+y"), (one, "end"), (one, "+d")):
        backlog.add(lane, event, 0.0)
    assert backlog.take() == ["+a", "+bc", "+xy", "end", "+d"]


def test_a_token_taken_is_joined_by_none() -> None:
    """What is on its way does not change."""
    backlog, lane = make_backlog(), Lane[str]()
    backlog.add(lane, "+a", 0.0)
    backlog.behind = True
    assert backlog.take() == ["+a"]
    backlog.add(lane, "+b", 0.0)
    assert backlog.take() == ["+b"]


def test_joining_stops_after_a_while() -> None:
    """No event is joined of more than a bounded number of others."""
    backlog, lane = make_backlog(), Lane[str]()
    backlog.behind = True
    for _ in range(MOST_MERGES + 2):
        backlog.add(lane, "+a", 0.0)
    assert [len(frame) for frame in backlog.take()] == [MOST_MERGES + 2, 2]


def test_a_full_queue_refuses_turns_and_not_their_endings() -> None:
    """Past the number of events a turn must wait, but it can always end."""
    backlog, lane = make_backlog(max_events=2), Lane[str]()
    assert [backlog.add(lane, event, 0.0) for event in "abc"] == [True, True, False]
    backlog.finish(lane, ["end"], 0.0)
    assert backlog.take() == ["a", "b", "end"]
    assert not backlog.full


def test_bytes_count_as_they_are_held() -> None:
    """The bound on bytes counts events that wait encoded, and lets go of what was taken."""
    backlog, lane = make_backlog(max_bytes=1000), Lane[str]()
    assert backlog.add(lane, "a" * 2000, 0.0)
    assert not backlog.full  # may still be joined, so is not counted yet
    assert backlog.add(lane, "b", 0.0)
    assert backlog.full
    backlog.take()
    assert not backlog.full


def test_a_flood_of_control_events_is_told() -> None:
    """Control events are kept all the same, but whoever queues them hears when there are too many."""
    backlog = make_backlog(max_events=2)
    assert [backlog.add_control(event) for event in "abc"] == [True, True, False]
    assert backlog.take() == ["a", "b", "c"]
    by_size = make_backlog(max_bytes=100)
    assert not by_size.add_control("a" * 200)


def test_a_batch_is_bounded() -> None:
    """A batch takes no more frames once it has its bytes, and the oldest waiting event is known."""
    backlog, lane = make_backlog(max_bytes=10 * BATCH_BYTES), Lane[str]()
    assert backlog.oldest is None
    for moment in (1.0, 2.0, 3.0):
        backlog.add(lane, "a" * BATCH_BYTES, moment)
    assert backlog.oldest == 1.0
    assert len(backlog.take()) == 1
    assert backlog.oldest == 2.0


def test_nothing_follows_the_end_of_a_turn() -> None:
    """A lane that is over takes neither events nor another ending."""
    backlog, lane = make_backlog(), Lane[str]()
    backlog.finish(lane, ["end"], 0.0)
    with pytest.raises(TurnOver):
        backlog.add(lane, "a", 0.0)
    with pytest.raises(TurnOver):
        backlog.finish(lane, ["again"], 0.0)
    assert backlog.take() == ["end"]


def test_an_event_that_cannot_be_encoded_leaves_the_rest() -> None:
    """A turn hears that its event is unfit, and the queue goes on without it."""
    backlog: Backlog[str] = Backlog(encode=fail_on_bad, merge=merge, max_events=9, max_bytes=9999)
    lane = Lane[str]()
    backlog.add(lane, "good", 0.0)
    backlog.add(lane, "bad", 0.0)
    with pytest.raises(ValueError, match="bad"):
        backlog.finish(lane, ["end"], 0.0)
    assert not lane.over
    with pytest.raises(ValueError, match="bad"):
        backlog.finish(lane, ["first", "bad"], 0.0)
    backlog.finish(lane, ["end"], 0.0)
    assert backlog.take() == ["good", "end"]


class BacklogMachine(RuleBasedStateMachine):
    """Any use of the queue, held against lists of what each turn said."""

    def __init__(self) -> None:
        super().__init__()
        self.backlog = make_backlog(max_events=6, max_bytes=2000)
        self.lanes = [Lane[str]() for _ in range(3)]
        self.said: list[list[str]] = [[] for _ in self.lanes]
        self.control: list[str] = []
        self.sent: list[str] = []
        self.numbers = itertools.count()

    @rule(lane=st.integers(0, 2), token=st.booleans(), size=st.integers(0, 400))
    def add(self, lane: int, token: bool, size: int) -> None:
        """Queue an event of a turn."""
        if self.lanes[lane].over:
            return
        number = f"{lane}.{next(self.numbers)};"
        event = f"+{number}" if token else f"{number}{'x' * size}"
        full = self.backlog.full
        if self.backlog.add(self.lanes[lane], event, 0.0):
            self.said[lane].append(event.removeprefix("+"))
        else:
            assert full

    @rule()
    def reply(self) -> None:
        """Queue a control event."""
        event = f"control {next(self.numbers)}"
        self.backlog.add_control(event)
        self.control.append(event)

    @rule(lane=st.integers(0, 2))
    def finish(self, lane: int) -> None:
        """End a turn."""
        if not self.lanes[lane].over:
            self.backlog.finish(self.lanes[lane], [f"{lane}.end"], 0.0)
            self.said[lane].append(f"{lane}.end")

    @rule(behind=st.booleans())
    def take(self, behind: bool) -> None:
        """Send what waits."""
        self.backlog.behind = behind
        self.sent.extend(self.backlog.take())

    @invariant()
    def is_bounded(self) -> None:
        """Hold the bound on events, endings aside."""
        turns = len(self.backlog) - len([event for event in self.control if event not in self.sent])
        assert turns <= 6 + len(self.lanes)

    def teardown(self) -> None:
        """Send the rest, and compare."""
        while self.backlog:
            self.sent.extend(self.backlog.take())
        assert [event for event in self.sent if event.startswith("control")] == self.control
        for lane, said in enumerate(self.said):
            frames = [frame.removeprefix("+") for frame in self.sent]
            mine = [frame for frame in frames if frame.startswith(f"{lane}.")]
            assert "".join(mine) == "".join(said)


TestBacklogAgainstModel = BacklogMachine.TestCase


@given(st.lists(st.text(max_size=3), max_size=50), st.lists(st.booleans(), min_size=50, max_size=50))
def test_tokens_arrive_whole_whatever_the_pace(pieces: list[str], takes: list[bool]) -> None:
    """The joined text of what is sent is the joined text of what was queued."""
    backlog, lane = make_backlog(), Lane[str]()
    sent: list[str] = []
    for piece, take in zip(pieces, takes, strict=False):
        backlog.add(lane, "+" + piece, 0.0)
        if take:
            sent += backlog.take()
            backlog.behind = not backlog.behind
    sent += backlog.take()
    assert "".join(frame.removeprefix("+") for frame in sent) == "".join(pieces)


def test_a_feed_leaves_last_and_waits_with_the_others() -> None:
    """What others publish goes after all of the connection's own, as much as a batch still takes, and counts as waiting."""
    log = FrameLog(max_frames=100, max_bytes=10 * BATCH_BYTES)
    backlog, lane = make_backlog(max_bytes=10 * BATCH_BYTES), Lane[str]()
    backlog.feed = Cursor(log, lambda: False)
    assert (len(backlog), backlog.oldest, backlog.take()) == (0, None, [])
    log.append("published", 3.0)
    assert (len(backlog), backlog.oldest) == (1, 3.0)
    backlog.add(lane, "event", 5.0)
    backlog.add_control("control")
    assert (len(backlog), backlog.oldest) == (3, 3.0)
    assert backlog.take() == ["control", "event", "published"]
    backlog.add_control("x" * BATCH_BYTES)
    backlog.add(lane, "event", 6.0)
    log.append("published", 7.0)
    assert backlog.take() == ["x" * BATCH_BYTES]
    assert (backlog.oldest, backlog.take(), backlog.oldest) == (6.0, ["event", "published"], None)
