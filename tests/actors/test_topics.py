"""What is published reaches all who subscribe, in one order."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import attrs
import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import Actor, ChildSpec
from smarthealth.actors.errors import ActorStopped, TopicFull
from smarthealth.actors.events import DeadLetterReason as Reason
from smarthealth.actors.policy import Mailbox, Overflow
from smarthealth.actors.refs import ActorRef
from smarthealth.actors.snapshot import WaitReason
from smarthealth.actors.system import System, open_system
from smarthealth.actors.topics import Topic


class Reader(Actor[Any]):
    """Reads slowly; publishes when told to."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.read: list[Any] = []

    async def handle(self, message: Any) -> None:
        """Read, or publish."""
        if isinstance(message, tuple):
            topic, event = message
            self.read.append(await topic.publish(event))
        else:
            await trio.sleep(self.seconds)
            self.read.append(message)


@pytest.fixture
async def system() -> AsyncIterator[System]:
    """A running system."""
    async with open_system("app") as system:
        yield system


async def start(
    system: System, name: str, seconds: float = 0, overflow: Overflow = Overflow.WAIT, capacity: int = 1
) -> tuple[Reader, ActorRef[Any]]:
    """A reader and its reference."""
    reader = Reader(seconds)
    mailbox = Mailbox(capacity=capacity, overflow=overflow)
    return reader, await system.start_child(ChildSpec(name=name, start=lambda: reader, mailbox=mailbox))


async def test_event_reaches_all_subscribers(autojump_clock: MockClock, system: System) -> None:
    """Each gets it once, however often it subscribed; who left, or has ended, does not."""
    topic = Topic[str]()
    readers = [await start(system, name) for name in "abc"]
    for _, ref in readers:
        topic.subscribe(ref)
        topic.subscribe(ref)
    assert topic.subscribers == 3
    assert await topic.publish("first") == 3
    topic.unsubscribe(readers[0][1])
    topic.unsubscribe(readers[0][1])
    await wait_all_tasks_blocked()
    readers[1][1].stop()
    assert await topic.publish("second") == 1
    await wait_all_tasks_blocked()
    assert topic.subscribers == 1
    readers[0][1].stop()
    await readers[0][1].wait_stopped()
    assert topic.publish_nowait("third") == 1
    await wait_all_tasks_blocked()
    assert [reader.read for reader, _ in readers] == [["first"], ["first"], ["first", "second", "third"]]
    assert system.dead_letters == {}


async def test_topic_has_a_limit(autojump_clock: MockClock, system: System) -> None:
    """One subscriber too many is refused, and so is one that takes no messages."""
    topic = Topic[str](max_subscribers=1)
    _, a = await start(system, "a")
    _, b = await start(system, "b")
    topic.subscribe(a)
    with pytest.raises(TopicFull) as caught:
        topic.subscribe(b)
    assert caught.value.max_subscribers == 1
    topic.unsubscribe(a)
    b.stop()
    for ref in (b, system):
        with pytest.raises(ActorStopped):
            topic.subscribe(ref)


@pytest.mark.parametrize(
    ("overflow", "took", "reason"),
    [
        (Overflow.WAIT, False, Reason.FULL),
        (Overflow.REJECT, False, Reason.FULL),
        (Overflow.DROP_NEWEST, True, Reason.DROPPED),
        (Overflow.DROP_OLDEST, True, Reason.DROPPED),
        (Overflow.STOP, False, Reason.FULL),
    ],
)
async def test_mailbox_of_a_subscriber_says_what_happens(
    autojump_clock: MockClock, system: System, overflow: Overflow, took: bool, reason: Reason
) -> None:
    """Each subscriber falls behind in its own way; publishing without waiting tells how many took the event."""
    topic = Topic[str]()
    _, slow = await start(system, "slow", 5, overflow)
    _, fast = await start(system, "fast", 0, capacity=9)
    topic.subscribe(slow)
    topic.subscribe(fast)
    topic.publish_nowait("in hand")
    await wait_all_tasks_blocked()
    topic.publish_nowait("queued")
    assert topic.publish_nowait("too many") == 1 + took
    assert system.dead_letters[reason] == 1


async def test_publisher_waits_for_room(autojump_clock: MockClock, system: System) -> None:
    """Back-pressure: where the policy is to wait, the publisher does, and is shown waiting; the fast are not held up."""
    topic = Topic[str]()
    slow, slow_ref = await start(system, "slow", 5)
    fast, fast_ref = await start(system, "fast", capacity=9)
    publisher, publisher_ref = await start(system, "publisher", capacity=9)
    topic.subscribe(slow_ref)
    topic.subscribe(fast_ref)
    for number in range(4):
        await publisher_ref.tell((topic, str(number)))
    await trio.sleep(1)
    assert publisher_ref.snapshot().waiting_for == "app/slow"
    assert publisher_ref.snapshot().waiting_why is WaitReason.ROOM
    assert fast.read == ["0", "1", "2"]
    await trio.sleep(30)
    assert publisher.read == [2, 2, 2, 2]
    assert slow.read == fast.read == ["0", "1", "2", "3"]


async def test_order_is_the_same_for_all(autojump_clock: MockClock, system: System, nursery: trio.Nursery) -> None:
    """Many publishers at once, some subscribers fast and some slow: all see one order."""
    topic = Topic[int]()
    readers = [await start(system, str(number), number / 10) for number in range(4)]
    for _, ref in readers:
        topic.subscribe(ref)
    for number in range(20):
        nursery.start_soon(topic.publish, number)
    await trio.sleep(60)
    assert sorted(readers[0][0].read) == list(range(20))
    assert all(reader.read == readers[0][0].read for reader, _ in readers)


async def test_cancelled_publisher_leaves_the_lines(autojump_clock: MockClock, system: System) -> None:
    """Those that had no room do not get the event later."""
    topic = Topic[str]()
    readers = [await start(system, name, 5) for name in "ab"]
    for _, ref in readers:
        topic.subscribe(ref)
    for event in ("in hand", "queued"):
        await topic.publish(event)
        await wait_all_tasks_blocked()
    with trio.move_on_after(1):
        await topic.publish("never")
    await trio.sleep(30)
    assert [reader.read for reader, _ in readers] == [["in hand", "queued"]] * 2


async def test_subscriber_that_stops_holds_up_nobody(autojump_clock: MockClock, system: System) -> None:
    """A publisher that waits for it goes on, and the event is a dead letter."""
    topic = Topic[str]()
    _, slow = await start(system, "slow", 5)
    topic.subscribe(slow)
    for event in ("in hand", "queued"):
        await topic.publish(event)
        await wait_all_tasks_blocked()
    async with trio.open_nursery() as nursery:

        async def publish() -> None:
            assert await topic.publish("lost") == 0

        nursery.start_soon(publish)
        await wait_all_tasks_blocked()
        slow.stop()
    assert system.dead_letters == {Reason.STOPPED: 2}


async def test_publisher_does_not_wait_for_itself(autojump_clock: MockClock, system: System) -> None:
    """An actor that publishes to a topic of its own loses what would have to wait for itself, and says so."""
    topic = Topic[str]()
    reader, ref = await start(system, "a")
    topic.subscribe(ref)
    async with trio.open_nursery() as nursery:
        nursery.start_soon(ref.tell, (topic, "x"))
        nursery.start_soon(ref.tell, (topic, "y"))
    await wait_all_tasks_blocked()
    assert set(map(str, reader.read)) <= {"0", "1", "x", "y"}
    assert system.dead_letters == {Reason.CYCLE: 1}


async def test_task_can_read_a_stream(autojump_clock: MockClock, system: System, nursery: trio.Nursery) -> None:
    """One who is no actor reads in order, with a policy of its own, until the system ends."""
    topic, read = Topic[int](), list[int]()

    async def publish() -> None:
        for number in range(5):
            await topic.publish(number)

    async with topic.open_stream(system, Mailbox(capacity=2)) as stream:
        nursery.start_soon(publish)
        await trio.sleep(1)
        async for number in stream:
            read.append(number)
            if number == 4:
                break
    assert read == [0, 1, 2, 3, 4]
    assert topic.subscribers == 0
    async with open_system("brief") as brief, topic.open_stream(brief) as ending:
        topic.publish_nowait(7)
        brief.stop()
        await brief.wait_stopped()
        ending.stop()
        assert [number async for number in ending] == [7]


async def test_stream_outlives_its_system(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """A reader that waits when the system ends is told so."""
    topic, ended = Topic[int](), list[bool]()

    async def read(system: System) -> None:
        async with topic.open_stream(system, Mailbox(capacity=1, overflow=Overflow.STOP)) as stream:
            assert [number async for number in stream] == [1]
        ended.append(True)

    async with open_system("brief") as system:
        nursery.start_soon(read, system)
        await wait_all_tasks_blocked()
        topic.publish_nowait(1)
        await wait_all_tasks_blocked()
    await wait_all_tasks_blocked()
    assert ended == [True]
    async with open_system("brief") as system:
        nursery.start_soon(read, system)
        await wait_all_tasks_blocked()
        topic.publish_nowait(1)
        topic.publish_nowait(2)
        await wait_all_tasks_blocked()
        assert ended == [True, True]


@attrs.frozen
class Unused:
    """Never sent."""


async def test_events_left_in_a_closed_stream_are_counted(autojump_clock: MockClock, system: System) -> None:
    """What nobody read is a dead letter of its system."""
    topic = Topic[Unused]()
    async with topic.open_stream(system):
        topic.publish_nowait(Unused())
    assert system.dead_letters == {Reason.STOPPED: 1}


async def test_subscriber_that_stops_gets_no_more(autojump_clock: MockClock, system: System) -> None:
    """From the moment it is told to stop, nothing is published to it, and nothing counted as lost."""
    topic = Topic[str]()
    _, ref = await start(system, "a")
    topic.subscribe(ref)
    ref.stop()
    assert topic.publish_nowait("x") == 0
    assert await topic.publish("x") == 0
    assert system.dead_letters == {}


async def test_circle_that_closes_while_in_line(autojump_clock: MockClock, system: System) -> None:
    """A publisher that waits for one subscriber, while the next waits for the publisher, loses that one's event alone."""
    topic = Topic[str]()
    first, first_ref = await start(system, "first", 5)
    _, publisher = await start(system, "publisher", capacity=1)
    topic.subscribe(first_ref)

    class Asks(Actor[Any]):
        async def handle(self, message: Any) -> None:
            if message == "tell":
                await publisher.tell("waits for room")

    second = await system.start_child(ChildSpec(name="second", start=Asks, mailbox=Mailbox(capacity=1)))
    for event in ("in hand", "queued"):
        await topic.publish(event)
        await wait_all_tasks_blocked()
    topic.subscribe(second)
    await second.suspend()
    await second.tell("tell")
    await publisher.tell((topic, "published"))
    await wait_all_tasks_blocked()
    await publisher.tell("fills the mailbox")
    await wait_all_tasks_blocked()
    assert publisher.snapshot().waiting_for == "app/first"
    second.resume()
    await trio.sleep(60)
    assert first.read == ["in hand", "queued", "published"]
