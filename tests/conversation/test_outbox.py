"""The one task of a connection that sends."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from math import inf
from typing import NoReturn

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.conversation.backlog import BATCH_BYTES, Backlog
from smarthealth.conversation.closing import GOING_AWAY, TOO_SLOW, Closing, client_left
from smarthealth.conversation.errors import ConnectionLost, TurnOver
from smarthealth.conversation.outbox import CHECKPOINT_EVERY, DIRECT_EVERY, SLACK, Outbox, OutboxLane
from smarthealth.conversation.rooms.log import Cursor, FrameLog
from tests.conversation.conftest import MemorySocket, merge

PATIENCE = 20.0
CLOSE_TIMEOUT = 2.0
END_TIMEOUT = 7.0


@attrs.define(eq=False)
class Bench:
    """An outbox with its socket, and what it asked for."""

    socket: MemorySocket = attrs.field(factory=MemorySocket)
    turns: int = 0
    busy: bool = True
    endings: list[Closing] = attrs.field(factory=list)
    ended_at: float | None = None
    rests: int = 0
    """Times that it had nothing to do."""
    outbox: Outbox[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.outbox = Outbox(
            socket=self.socket,
            backlog=Backlog(encode=str, merge=merge, max_events=4, max_bytes=10 * BATCH_BYTES),
            patience=PATIENCE,
            close_timeout=CLOSE_TIMEOUT,
            end_timeout=END_TIMEOUT,
            turns_running=lambda: self.turns,
            is_busy=lambda: self.busy,
            end_connection=self.end,
        )

    def end(self, closing: Closing) -> None:
        """What the connection does."""
        self.endings.append(closing)
        self.outbox.end(closing)

    def lane(self) -> OutboxLane[str]:
        """A turn's way out."""
        return OutboxLane(outbox=self.outbox)

    async def run(self) -> None:
        """Run, again when roused, and see when it ended."""
        roused = trio.Event()
        self.outbox.rouse = roused.set
        while not await self.outbox.run():
            self.rests += 1
            await roused.wait()
            self.outbox.rouse = (roused := trio.Event()).set
        self.ended_at = trio.current_time()

    @property
    def codes(self) -> list[int]:
        """How the connection was asked to end."""
        return [closing.code for closing in self.endings]


@asynccontextmanager
async def open_bench() -> AsyncIterator[Bench]:
    """An outbox that runs."""
    bench = Bench()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(bench.run)
        await wait_all_tasks_blocked()
        yield bench
        nursery.cancel_scope.cancel()


async def send_for_ever(lane: OutboxLane[str], event: str) -> NoReturn:
    """Send as fast as the client reads."""
    while True:
        await lane.send(event)


async def test_what_waits_leaves_in_one_write(autojump_clock: MockClock) -> None:
    """All that was queued before the sender woke is one call of `send`."""
    async with open_bench() as bench:
        lane = bench.lane()
        await lane.send("a")
        await lane.send("b")
        bench.outbox.reply("pong")
        await wait_all_tasks_blocked()
        assert bench.socket.batches == [["pong", "a", "b"]]


async def test_an_event_that_finds_nothing_before_it_is_sent_where_it_is_made(autojump_clock: MockClock) -> None:
    """It does not wake the sender; of many that come at once, those after the third wait together."""
    async with open_bench() as bench:
        bench.socket.direct = True
        lane = bench.lane()
        for event in "abcde":
            await lane.send(event)
        assert bench.socket.batches == [["a"], ["b"], ["c"]]
        await wait_all_tasks_blocked()
        assert bench.socket.batches[3:] == [["d", "e"]]
        await trio.sleep(DIRECT_EVERY)
        await lane.send("f")
        assert bench.socket.batches[4:] == [["f"]]
        lane.finish(["end"])
        with pytest.raises(TurnOver):
            await lane.send("late")
        await wait_all_tasks_blocked()
        assert bench.socket.frames == ["a", "b", "c", "d", "e", "f", "end"]


async def test_nothing_overtakes_what_waits(autojump_clock: MockClock) -> None:
    """While a client is behind, or something is queued, events go through the queue."""
    async with open_bench() as bench:
        bench.socket.direct = True
        lane = bench.lane()
        bench.socket.stall()
        await lane.send("a")
        await wait_all_tasks_blocked()
        await trio.sleep(1)
        await lane.send("b")
        bench.socket.resume()
        await wait_all_tasks_blocked()
        bench.outbox.reply("pong")
        await lane.send("c")
        await wait_all_tasks_blocked()
        assert bench.socket.batches == [["a"], ["b"], ["pong", "c"]]


async def test_who_has_nothing_to_do_rests(autojump_clock: MockClock) -> None:
    """While no turn runs, its task is needed only for what cannot leave at once, and for the end."""
    async with open_bench() as bench:
        bench.busy = False
        bench.outbox.wake()
        await wait_all_tasks_blocked()
        bench.outbox.reply("waits")
        await wait_all_tasks_blocked()
        assert (bench.socket.batches, bench.rests) == ([["waits"]], 2)
        bench.socket.direct = True
        bench.outbox.reply("leaves")
        assert bench.socket.batches == [["waits"], ["leaves"]]
        bench.busy = True
        lane = bench.lane()
        for event in "abcd":
            await lane.send(event)
        bench.outbox.reply("first")
        await wait_all_tasks_blocked()
        assert bench.socket.batches[2:] == [["a"], ["b"], ["c"], ["first", "d"]]
        assert bench.rests == 2
        bench.busy = False
        bench.outbox.wake()
        await wait_all_tasks_blocked()
        bench.outbox.end(GOING_AWAY)
        await wait_all_tasks_blocked()
        assert (bench.socket.closed, bench.rests) == ((GOING_AWAY.code, GOING_AWAY.reason), 3)


async def test_a_turn_that_never_waits_lets_others_run(autojump_clock: MockClock) -> None:
    """Among so many events sent where they are made there is a checkpoint."""
    async with open_bench() as bench:
        bench.socket.direct = True
        lane = bench.lane()
        with trio.CancelScope() as scope:
            scope.cancel()
            for _ in range(CHECKPOINT_EVERY):
                bench.outbox._direct_from = -inf  # the clock stands still while nothing waits
                await lane.send("a")
        assert scope.cancelled_caught
        assert len(bench.socket.batches) == CHECKPOINT_EVERY


async def test_tokens_join_while_the_client_is_behind(autojump_clock: MockClock) -> None:
    """A client that is slow gets fewer, longer tokens, and all the text."""
    async with open_bench() as bench:
        lane = bench.lane()
        bench.socket.stall()
        for piece in "abcdef":
            await lane.send("+" + piece)
            await wait_all_tasks_blocked()
        lane.finish(["end"])
        bench.socket.resume()
        await wait_all_tasks_blocked()
        assert bench.socket.frames == ["+a", "+bcdef", "end"]


async def test_a_full_queue_stops_its_turn_and_not_the_control_lane(autojump_clock: MockClock) -> None:
    """A turn waits for room and goes on when the client reads; a pong does not wait."""
    async with open_bench() as bench, trio.open_nursery() as nursery:
        bench.socket.stall()
        lane = bench.lane()

        async def talk() -> None:
            for number in range(8):
                await lane.send(f"event {number}")

        nursery.start_soon(talk)
        await wait_all_tasks_blocked()
        bench.outbox.reply("pong")
        bench.socket.resume()
        await wait_all_tasks_blocked()
        assert bench.socket.batches[1][0] == "pong"
        assert [frame for frame in bench.socket.frames if frame != "pong"] == [f"event {n}" for n in range(8)]


async def test_a_stalled_reader_is_cut(autojump_clock: MockClock) -> None:
    """A client that stops reading is closed with 4430 after `patience`, and its turns hear of it."""
    async with open_bench() as bench, trio.open_nursery() as nursery:
        bench.socket.stall()
        lane = bench.lane()
        lost = trio.Event()

        async def talk() -> None:
            with pytest.raises(ConnectionLost):
                await send_for_ever(lane, "event")
            lost.set()

        nursery.start_soon(talk)
        await lost.wait()
        assert PATIENCE <= trio.current_time() <= (1 + SLACK) * PATIENCE
        bench.socket.resume()
        await wait_all_tasks_blocked()
        assert bench.codes == [4430]
        assert bench.socket.closed == (4430, TOO_SLOW.reason)


async def test_a_reader_that_never_catches_up_is_cut(autojump_clock: MockClock) -> None:
    """Reading a little now and then does not keep an event waiting for ever."""
    async with open_bench() as bench, trio.open_nursery() as nursery:
        lane = bench.lane()

        async def talk() -> None:
            with pytest.raises(ConnectionLost):
                await send_for_ever(lane, "e" * BATCH_BYTES)

        async def read_slowly() -> None:
            while not bench.endings:
                bench.socket.stall()
                await trio.sleep(PATIENCE * 0.9)
                bench.socket.resume()
                await trio.lowlevel.checkpoint()

        nursery.start_soon(talk)
        nursery.start_soon(read_slowly)
    assert bench.codes == [4430]
    assert len(bench.socket.frames) >= 2


async def test_quiet_times_are_not_slowness(autojump_clock: MockClock) -> None:
    """The limit on a send has no effect on a connection where nothing is sent for long."""
    async with open_bench() as bench:
        for _ in range(3):
            bench.outbox.reply("pong")
            await trio.sleep(3 * PATIENCE)
        assert bench.socket.frames == ["pong"] * 3
        assert not bench.endings


async def test_a_flood_of_control_events_ends_the_connection(autojump_clock: MockClock) -> None:
    """A client that sends pings and does not read the pongs is cut with 4430."""
    async with open_bench() as bench:
        bench.socket.stall()
        for _ in range(6):
            bench.outbox.reply("pong")
            await wait_all_tasks_blocked()
        assert bench.codes == [4430]
        bench.outbox.reply("into the void")
        await trio.sleep(CLOSE_TIMEOUT / 2)
        bench.socket.resume()
        await wait_all_tasks_blocked()
        assert bench.socket.frames == []
        assert bench.socket.closed == (4430, TOO_SLOW.reason)


async def test_the_close_frame_comes_after_all_that_waits(autojump_clock: MockClock) -> None:
    """Ending sends the queue and the last events of turns before the close frame."""
    async with open_bench() as bench:
        lane = bench.lane()
        bench.turns = 1
        await lane.send("a")
        bench.end(GOING_AWAY)
        await trio.sleep(1)
        assert bench.socket.frames == ["a"]
        assert bench.socket.closed is None
        lane.finish(["end"])
        bench.turns = 0
        bench.outbox.wake()
        await wait_all_tasks_blocked()
        assert bench.socket.frames == ["a", "end"]
        assert bench.socket.closed == (1001, GOING_AWAY.reason)
        assert bench.ended_at is not None


async def test_the_first_closing_counts(autojump_clock: MockClock) -> None:
    """A second reason to end changes nothing for the client."""
    async with open_bench() as bench:
        bench.end(GOING_AWAY)
        bench.end(TOO_SLOW)
        await wait_all_tasks_blocked()
        assert bench.socket.closed == (1001, GOING_AWAY.reason)


async def test_a_turn_that_does_not_end_is_not_waited_for_for_ever(autojump_clock: MockClock) -> None:
    """The end of a connection takes `end_timeout` at most, and the close frame goes out."""
    async with open_bench() as bench:
        bench.turns = 1
        bench.end(GOING_AWAY)
        await trio.sleep(END_TIMEOUT + 0.1)
        assert bench.ended_at == END_TIMEOUT
        assert bench.socket.closed == (1001, GOING_AWAY.reason)


async def test_a_stalled_reader_does_not_hold_up_the_end(autojump_clock: MockClock) -> None:
    """Once the connection is ending, the send under way and the close frame share `close_timeout`."""
    async with open_bench() as bench:
        bench.socket.stall()
        await bench.lane().send("a")
        await wait_all_tasks_blocked()
        bench.end(GOING_AWAY)
        await trio.sleep(CLOSE_TIMEOUT + 0.1)
        assert bench.ended_at == CLOSE_TIMEOUT
        assert bench.socket.frames == []


async def test_a_trickling_reader_does_not_hold_up_the_end(autojump_clock: MockClock) -> None:
    """What still waits after `end_timeout` is not sent any more."""
    async with open_bench() as bench, trio.open_nursery() as nursery:
        lane = bench.lane()
        bench.socket.stall()
        await lane.send("first")
        await wait_all_tasks_blocked()
        lane.finish(["e" * BATCH_BYTES] * 20)
        bench.end(GOING_AWAY)

        async def read_slowly() -> None:
            while bench.ended_at is None:
                bench.socket.resume()
                await trio.lowlevel.checkpoint()
                bench.socket.stall()
                await trio.sleep(0.6)

        nursery.start_soon(read_slowly)
        await trio.sleep(END_TIMEOUT + CLOSE_TIMEOUT + 0.1)
        assert bench.ended_at is not None
        assert 2 <= len(bench.socket.frames) < 20


@pytest.mark.parametrize("while_sending", [True, False])
async def test_a_client_that_leaves_is_let_go(while_sending: bool, autojump_clock: MockClock) -> None:
    """When the client is gone nothing is waited for and no close frame is sent."""
    async with open_bench() as bench:
        bench.turns = 1
        if while_sending:
            bench.outbox.reply("pong")
            bench.socket.leave(4000, "bye")
        else:
            bench.end(client_left(4000, "bye"))
        await wait_all_tasks_blocked()
        assert bench.codes == [4000]
        assert bench.ended_at == 0.0
        assert bench.socket.closed is None
        with pytest.raises(ConnectionLost):
            await bench.lane().send("a")


async def test_leaving_during_the_goodbye_is_fine(autojump_clock: MockClock) -> None:
    """A client that is gone when the close frame is due is no error."""
    async with open_bench() as bench:
        bench.socket.stall()
        bench.end(GOING_AWAY)
        await wait_all_tasks_blocked()
        bench.socket.leave()
        await wait_all_tasks_blocked()
        assert bench.ended_at is not None


async def test_nothing_follows_a_turn_s_end(autojump_clock: MockClock) -> None:
    """A lane that is over refuses."""
    async with open_bench() as bench:
        lane = bench.lane()
        lane.finish(["end"])
        with pytest.raises(TurnOver):
            await lane.send("more")


async def test_cancellation_lets_go_of_those_who_wait(autojump_clock: MockClock) -> None:
    """A turn that waits for room hears that there will be none."""
    async with trio.open_nursery() as outer, open_bench() as bench:
        bench.socket.stall()
        lane = bench.lane()

        async def talk() -> None:
            with pytest.raises(ConnectionLost):
                await send_for_ever(lane, "event")

        outer.start_soon(talk)
        await wait_all_tasks_blocked()


async def test_a_feed_is_sent_as_it_comes(autojump_clock: MockClock) -> None:
    """Each wake sends what is there in one go; frames for others are passed over without a send."""
    log = FrameLog(max_frames=8, max_bytes=9999)
    async with open_bench() as bench:
        bench.outbox.follow(Cursor(log, lambda: False))
        for text, extra in (("a", False), ("typing", True), ("b", False)):
            log.append(text, trio.current_time(), extra=extra)
        bench.outbox.wake()
        await wait_all_tasks_blocked()
        log.append("typing", trio.current_time(), extra=True)
        bench.outbox.wake()
        await wait_all_tasks_blocked()
        assert bench.socket.batches == [["a", "b"]]
        bench.end(GOING_AWAY)


async def test_who_lost_frames_of_a_feed_is_cut(autojump_clock: MockClock) -> None:
    """A client that is so far behind that frames are gone is let go when it reads again, or when its patience ends."""
    for resumes in (True, False):
        log = FrameLog(max_frames=8, max_bytes=9999)
        async with open_bench() as bench:
            bench.outbox.follow(Cursor(log, lambda: False))
            bench.socket.stall()
            for number in range(20):
                log.append(str(number), trio.current_time())
                bench.outbox.wake()
                await wait_all_tasks_blocked()
            if resumes:
                bench.socket.resume()
            await trio.sleep(2 * PATIENCE)
            assert bench.endings == [TOO_SLOW]
