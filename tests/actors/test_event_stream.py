"""Events as a stream: bounded, for each reader, until the system ends."""

from __future__ import annotations

import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.actor import ChildSpec, Context
from smarthealth.actors.core import Core
from smarthealth.actors.event_stream import EventStream
from smarthealth.actors.events import ChildEnded, ChildStarted, RuntimeEvent
from smarthealth.actors.system import System, open_system


async def serve(context: Context) -> None:
    """Wait."""
    context.started()
    await trio.sleep_forever()


async def test_stream_is_bounded(nursery: trio.Nursery) -> None:
    """A reader that falls behind misses the oldest events, and how many they were."""
    core = Core(nursery, 5, list[BaseException]().append)
    events = [ChildStarted(path=name, restarts=0) for name in "abc"]
    async with EventStream(core, 2) as stream:
        for event in events:
            core.emit(event)
        assert stream.missed == 1
        assert [stream.receive_nowait() for _ in range(3)] == [*events[1:], None]
    assert not core.observed
    assert not core._at_end


async def test_two_may_read_one_stream(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """Each event goes to one of them, and neither is forgotten."""
    heard: list[RuntimeEvent] = []
    async with open_system("app") as system, system.open_events() as events:

        async def read_one() -> None:
            heard.append(await anext(events))

        nursery.start_soon(read_one)
        nursery.start_soon(read_one)
        await wait_all_tasks_blocked()
        for name in "ab":
            await system.start_child(ChildSpec(name=name, start=serve))
        await wait_all_tasks_blocked()
    assert {event.path for event in heard if isinstance(event, ChildStarted)} == {"app/a", "app/b"}


async def test_stream_ends_with_its_system(autojump_clock: MockClock, nursery: trio.Nursery) -> None:
    """One who follows a system from outside hears of the last end, and then of no more."""
    heard: list[RuntimeEvent] = []
    over = trio.Event()

    async def follow(system: System) -> None:
        async with system.open_events() as events:
            heard.extend([event async for event in events])
        over.set()

    async with open_system("app") as system:
        nursery.start_soon(follow, system)
        await wait_all_tasks_blocked()
        await system.start_child(ChildSpec(name="a", start=serve))
    await over.wait()
    assert [(type(event), event.path) for event in heard] == [
        (ChildStarted, "app/a"),
        (ChildEnded, "app/a"),
        (ChildEnded, "app"),
    ]
