"""A mailbox is bounded, says what it does when full, and never loses a message in silence."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.asking import Ask, Request
from smarthealth.actors.core import Core
from smarthealth.actors.envelopes import Tick
from smarthealth.actors.errors import ActorFailed, ActorStopped, MailboxFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.inbox import Inbox, Sender
from smarthealth.actors.policy import Mailbox, Overflow


class Question(Request[int]):
    """Wants a number."""


class Owner:
    """Stands for the actor whose mailbox it is."""

    path = "app/owner"

    def __init__(self, core: Core) -> None:
        self.core = core
        self.stopped = False

    def stop(self) -> None:
        """Remember."""
        self.stopped = True


@pytest.fixture
async def owner(nursery: trio.Nursery) -> AsyncIterator[Owner]:
    """An owner in a bare core."""
    core = Core(nursery, 5, list[BaseException]().append)
    yield Owner(core)
    core.timers.close()


def inbox_of(owner: Owner, overflow: Overflow, capacity: int = 2) -> Inbox:
    """A mailbox for two."""
    return Inbox(owner, Mailbox(capacity=capacity, overflow=overflow))


def take_all(inbox: Inbox) -> list[object]:
    """What is queued, in order."""
    taken = []
    while inbox.queue:
        taken.append(inbox.take(inbox.queue))
    return taken


def new_ask() -> Ask:
    """An ask of this task, which need not wait for it."""
    return Ask(Question(), trio.lowlevel.current_task())


async def error_of(ask: Ask) -> Exception | None:
    """What the ask failed with, None while it is under way."""
    if ask.pending:
        return None
    try:
        await ask.reply()
    except Exception as error:
        return error
    return None


async def test_messages_are_taken_in_order(owner: Owner) -> None:
    """First in, first out, within the capacity."""
    inbox = inbox_of(owner, Overflow.WAIT)
    assert inbox.offer("a")
    assert inbox.offer("b")
    assert inbox.offer("c") is None
    inbox.forget(new_ask())
    assert inbox.depth == 2
    assert take_all(inbox) == ["a", "b"]
    assert not owner.core.dead_letters
    inbox.refuse("c", Reason.CYCLE)
    assert owner.core.dead_letters == {Reason.CYCLE: 1}


@pytest.mark.parametrize(
    ("overflow", "verdict", "kept", "reason"),
    [
        (Overflow.REJECT, False, ["a", "b"], Reason.FULL),
        (Overflow.DROP_NEWEST, True, ["a", "b"], Reason.DROPPED),
        (Overflow.DROP_OLDEST, True, ["b", "c"], Reason.DROPPED),
        (Overflow.STOP, False, ["a", "b"], Reason.FULL),
    ],
)
async def test_full_mailbox_follows_its_policy(
    owner: Owner, overflow: Overflow, verdict: bool, kept: list[str], reason: Reason
) -> None:
    """A message too many is refused, dropped or makes room, as the policy says, and the loss is counted by reason."""
    inbox = inbox_of(owner, overflow)
    assert [inbox.offer(message) for message in "abc"] == [True, True, verdict]
    assert take_all(inbox) == kept
    assert owner.core.dead_letters == {reason: 1}
    assert owner.stopped is (overflow is Overflow.STOP)


@pytest.mark.parametrize("overflow", [Overflow.REJECT, Overflow.DROP_NEWEST, Overflow.DROP_OLDEST, Overflow.STOP])
async def test_lost_ask_fails_at_once(owner: Owner, overflow: Overflow) -> None:
    """An ask that a full mailbox refuses or sheds raises `MailboxFull`; it does not wait for its deadline."""
    inbox = inbox_of(owner, overflow)
    asks = [new_ask() for _ in range(3)]
    for ask in asks:
        inbox.offer(ask)
    lost = 0 if overflow is Overflow.DROP_OLDEST else 2
    assert [isinstance(await error_of(ask), MailboxFull) for ask in asks] == [index == lost for index in range(3)]


async def test_latest_message_of_each_key_is_kept(owner: Owner) -> None:
    """A later message takes the place of the queued one of its key; the oldest key makes way when there are too many."""
    settings = Mailbox(capacity=2, overflow=Overflow.KEEP_LATEST, key=lambda message: str(message)[0])
    inbox = Inbox(owner, settings)
    for message in ("a1", "b1", "a2"):
        assert inbox.offer(message)
    assert owner.core.dead_letters == {Reason.SUPERSEDED: 1}
    assert inbox.offer("c1")
    assert owner.core.dead_letters == {Reason.SUPERSEDED: 1, Reason.DROPPED: 1}
    assert take_all(inbox) == ["b1", "c1"]
    assert inbox.offer("a3")
    assert take_all(inbox) == ["a3"]


async def test_superseded_ask_fails_at_once(owner: Owner) -> None:
    """An ask whose place is taken by a later message of its key does not hang; its key is that of its request."""
    inbox = inbox_of(owner, Overflow.KEEP_LATEST)
    first, second = new_ask(), new_ask()
    inbox.offer(first)
    inbox.offer(second)
    assert isinstance(await error_of(first), MailboxFull)
    assert take_all(inbox) == [second]


async def test_senders_wait_in_line(owner: Owner, nursery: trio.Nursery) -> None:
    """Senders that wait for room are let in one by one, in the order in which they came."""
    inbox, sent = inbox_of(owner, Overflow.WAIT, capacity=1), list[str]()

    async def send(message: str) -> None:
        await inbox.wait_for_room(message)
        sent.append(message)

    inbox.offer("a")
    for message in "bc":
        nursery.start_soon(send, message)
        await wait_all_tasks_blocked()
    assert inbox.depth == 3
    assert inbox.queue is not None
    assert inbox.take(inbox.queue) == "a"
    assert inbox.offer("too early") is None
    await wait_all_tasks_blocked()
    assert sent == ["b"]
    assert take_all(inbox) == ["b", "c"]


async def test_ask_in_line_waits_for_its_reply_only(owner: Owner) -> None:
    """An ask moves up from the line into the mailbox without waking its asker."""
    inbox, ask = inbox_of(owner, Overflow.WAIT, capacity=1), new_ask()
    inbox.offer("a")
    assert inbox.offer(ask) is None
    inbox.queue_sender(ask)
    assert take_all(inbox) == ["a", ask]
    inbox.forget(ask)


async def test_cancelled_sender_leaves_the_line(owner: Owner, autojump_clock: MockClock) -> None:
    """A message whose sender was cancelled while it waited for room was not sent."""
    inbox = inbox_of(owner, Overflow.WAIT, capacity=1)
    inbox.offer("a")
    with trio.move_on_after(1):
        await inbox.wait_for_room("b")
    assert take_all(inbox) == ["a"]
    assert not owner.core.dead_letters


async def test_parked_receiver_wakes_for_a_message(owner: Owner, nursery: trio.Nursery) -> None:
    """A receiver that parks gives its queue's memory back and runs again when something comes, or on demand."""
    inbox, woken = inbox_of(owner, Overflow.WAIT), list[int]()

    async def receive() -> None:
        await inbox.park()
        woken.append(len(inbox.queue or ()))

    for poke in (lambda: inbox.offer("a"), inbox.wake):
        nursery.start_soon(receive)
        await wait_all_tasks_blocked()
        assert inbox.queue is None
        poke_it: Callable[[], object] = poke
        poke_it()
        await wait_all_tasks_blocked()
    assert woken == [1, 0]
    inbox.wake()


async def test_cancelled_receiver_is_not_parked(owner: Owner, autojump_clock: MockClock) -> None:
    """A receiver cancelled while parked is not woken later."""
    inbox = inbox_of(owner, Overflow.WAIT)
    with trio.move_on_after(1):
        await inbox.park()
    assert inbox.parked is None
    assert inbox.offer("a")


async def test_closing_settles_with_everybody(owner: Owner, nursery: trio.Nursery) -> None:
    """Closing loses what is queued and what waits, wakes waiting senders without an error, and fails asks."""
    inbox, returned = inbox_of(owner, Overflow.WAIT, capacity=2), list[str]()
    queued, waiting, late = new_ask(), new_ask(), new_ask()
    inbox.offer("a")
    inbox.offer(queued)

    async def send() -> None:
        await inbox.wait_for_room("b")
        returned.append("b")

    nursery.start_soon(send)
    await wait_all_tasks_blocked()
    inbox.queue_sender(waiting)
    inbox.close()
    assert inbox.offer("c") is False
    inbox.offer(late)
    await wait_all_tasks_blocked()
    assert returned == ["b"]
    assert all([isinstance(await error_of(ask), ActorStopped) for ask in (queued, waiting, late)])
    assert owner.core.dead_letters == {Reason.STOPPED: 6}
    inbox.reopen()
    assert inbox.offer("d")


async def test_closing_may_leave_what_is_queued(owner: Owner) -> None:
    """A mailbox that is drained refuses what is new and keeps what it has."""
    inbox = inbox_of(owner, Overflow.WAIT)
    inbox.offer("a")
    inbox.close(keep_queued=True)
    assert inbox.offer("b") is False
    assert take_all(inbox) == ["a"]


async def test_expired_ask_is_counted_as_such(owner: Owner) -> None:
    """An ask that is lost after its asker had gone counts as expired, whatever lost it."""
    inbox, ask = inbox_of(owner, Overflow.WAIT), new_ask()
    inbox.offer(ask)
    ask.settle(1)
    inbox.close()
    assert owner.core.dead_letters == {Reason.EXPIRED: 1}


async def test_tick_is_queued_once_and_never_shed(owner: Owner) -> None:
    """A timer's message takes its place whatever the capacity, is not doubled, and stays when others are shed."""
    inbox, tick = inbox_of(owner, Overflow.DROP_OLDEST, capacity=2), Tick("tick")
    inbox.put_tick(tick)
    inbox.put_tick(tick)
    for message in "abc":
        assert inbox.offer(message)
    assert take_all(inbox) == [tick, "c"]
    assert owner.core.dead_letters == {Reason.DROPPED: 2}
    small = inbox_of(owner, Overflow.DROP_OLDEST, capacity=1)
    small.put_tick(tick.__class__("other"))
    assert small.offer("a")
    assert len(take_all(small)) == 2
    assert owner.core.dead_letters == {Reason.DROPPED: 2}


async def test_oldest_key_makes_way_and_ticks_do_not(owner: Owner) -> None:
    """In a mailbox that keeps the latest of each key, too, what was unstashed is a message like others."""
    inbox = Inbox(owner, Mailbox(capacity=2, overflow=Overflow.KEEP_LATEST, key=str))
    tick = Tick("tick")
    inbox.put_tick(tick)
    inbox.offer("a")
    inbox.offer("b")
    inbox.offer("c")
    assert take_all(inbox) == [tick, "c"]
    inbox.offer("d")
    inbox.put_back(["unstashed"])
    inbox.offer("e")
    assert take_all(inbox) == ["d", "e"]
    assert owner.core.dead_letters == {Reason.DROPPED: 3}


async def test_closing_voids_ticks(owner: Owner) -> None:
    """A tick that is queued when its actor stops is nobody's loss, and none comes afterwards."""
    inbox, tick = inbox_of(owner, Overflow.WAIT), Tick("tick")
    inbox.put_tick(tick)
    inbox.close()
    assert not tick.queued
    inbox.put_tick(tick)
    assert inbox.depth == 0
    assert not owner.core.dead_letters


async def test_what_is_put_back_comes_first_and_may_be_too_much(owner: Owner) -> None:
    """Senders wait until there is room again, and are then let in, as many as there is room for."""
    inbox = inbox_of(owner, Overflow.WAIT, capacity=2)
    sender = Sender(inbox, "last", trio.lowlevel.current_task())
    inbox.put_back(["a", "b"])
    inbox.put_back(["x", "y"])
    inbox.queue_sender(sender)
    assert inbox.offer("refused") is None
    assert inbox.queue is not None
    assert [inbox.take(inbox.queue) for _ in range(2)] == ["x", "y"]
    assert sender.in_line
    assert take_all(inbox) == ["a", "b", "last"]
    assert sender.taken
    await sender.wait()


async def test_lane_is_beside_the_queue(owner: Owner, nursery: trio.Nursery) -> None:
    """It wakes the receiver, takes no room, forgets those who have gone, and fails the rest at the end."""
    inbox, woken = inbox_of(owner, Overflow.WAIT, capacity=1), list[bool]()
    gone, there = new_ask(), new_ask()

    async def pause() -> None:
        await inbox.pause()
        woken.append(True)

    inbox.offer("a")
    nursery.start_soon(pause)
    await wait_all_tasks_blocked()
    inbox.put_in_lane(gone)
    gone.settle(None)
    inbox.put_in_lane(there)
    await wait_all_tasks_blocked()
    assert woken == [True]
    assert inbox.lane is not None
    assert list(inbox.lane) == [there]
    assert inbox.depth == 1
    inbox.close()
    assert isinstance(await error_of(there), ActorStopped)


async def test_key_that_fails_loses_the_message(owner: Owner) -> None:
    """A key function that raises, or gives what cannot be a key, harms no sender; an ask hears of it."""
    inbox = Inbox(owner, Mailbox(overflow=Overflow.KEEP_LATEST, key=lambda message: []))  # type: ignore[arg-type,return-value]  # the mistake
    ask = new_ask()
    assert inbox.offer("a") is False
    assert inbox.offer(ask) is False
    error = await error_of(ask)
    assert isinstance(error, ActorFailed)
    assert isinstance(error.__cause__, TypeError)
    assert owner.core.dead_letters == {Reason.NO_KEY: 2}
