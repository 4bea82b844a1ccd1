"""The queue between a socket's reader and the application."""

from __future__ import annotations

import trio
import trio.testing

from smarthealth.server.hypercorn.inbound import CHECKPOINT_EVERY, Inbound
from smarthealth.server.hypercorn.limits import MESSAGE_OVERHEAD

LAST = {"type": "websocket.disconnect"}


def message(number: int) -> dict[str, object]:
    """An event to recognise."""
    return {"n": number}


async def test_events_come_in_order_and_the_last_one_again_and_again() -> None:
    """What was queued before the disconnect is delivered first, nothing after it, and no receive hangs after it."""
    inbound = Inbound(1000)
    inbound.put(message(1))
    inbound.put(message(2))
    inbound.put_last(LAST)
    inbound.put(message(3))
    inbound.put_last({"type": "another"})
    assert [await inbound.get() for _ in range(4)] == [message(1), message(2), LAST, LAST]


async def test_receiver_is_woken_by_what_comes(autojump_clock: object) -> None:
    """A waiting application gets an event, and the disconnect, as soon as they are there."""
    inbound = Inbound(1000)
    got: list[object] = []

    async def read() -> None:
        got.extend([await inbound.get(), await inbound.get()])

    async with trio.open_nursery() as nursery:
        nursery.start_soon(read)
        await trio.testing.wait_all_tasks_blocked()
        inbound.put(message(1))
        await trio.testing.wait_all_tasks_blocked()
        assert got == []
        inbound.put_last(LAST)
    assert got == [message(1), LAST]


async def test_reader_waits_until_half_of_the_bound_is_free() -> None:
    """A queue past its bound holds the reader, and lets go of it at half, not at every event."""
    inbound = Inbound(4 * MESSAGE_OVERHEAD)
    for number in range(5):
        await inbound.wait_room()
        inbound.put(message(number))
    assert inbound.full
    async with trio.open_nursery() as nursery:
        nursery.start_soon(inbound.wait_room)
        await trio.testing.wait_all_tasks_blocked()
        for _ in range(2):
            await inbound.get()
            await trio.testing.wait_all_tasks_blocked()
            assert nursery.child_tasks
        await inbound.get()
    assert not inbound.full


async def test_large_message_is_taken_once_but_stops_reading() -> None:
    """One message is never refused, whatever its size; it is the next that waits."""
    inbound = Inbound(100)
    inbound.put(message(1), size=10_000)
    assert inbound.full
    await inbound.get()
    await inbound.wait_room()


async def test_end_frees_a_waiting_reader() -> None:
    """A reader that waits for room goes on when the queue ends or nobody listens any more."""
    for abandon in (False, True):
        inbound = Inbound(1)
        inbound.put(message(1))
        async with trio.open_nursery() as nursery:
            nursery.start_soon(inbound.wait_room)
            await trio.testing.wait_all_tasks_blocked()
            inbound.abandon() if abandon else inbound.put_last(LAST)
        await inbound.wait_room()


async def test_abandoned_queue_drops_what_comes() -> None:
    """Without an application nothing is kept."""
    inbound = Inbound(1)
    inbound.abandon()
    inbound.put(message(1), size=100)
    assert not inbound.full


async def test_taking_many_events_lets_others_run() -> None:
    """An application that never waits for its events still yields now and then."""
    inbound = Inbound(10**6)
    for number in range(CHECKPOINT_EVERY * 2):
        inbound.put(message(number))
    others = 0

    async def count() -> None:
        nonlocal others
        while True:
            others += 1
            await trio.lowlevel.checkpoint()

    async with trio.open_nursery() as nursery:
        nursery.start_soon(count)
        for _ in range(CHECKPOINT_EVERY * 2):
            await inbound.get()
        nursery.cancel_scope.cancel()
    assert others >= 1


async def test_who_stops_waiting_loses_nothing() -> None:
    """What comes after a cancelled wait is there for the next one."""
    inbound = Inbound(1000)
    with trio.CancelScope() as scope:
        scope.cancel()
        await inbound.get()
    inbound.put({"type": "late"})
    assert await inbound.get() == {"type": "late"}
