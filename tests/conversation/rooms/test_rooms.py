import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.conversation.rooms.rooms import OPEN_TIMEOUT
from tests.conversation.conftest import MemorySocket
from tests.conversation.rooms.conftest import OpenHouse


async def test_those_who_come_together_open_a_room_once(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """The first reads what there was, the others wait for it."""
    async with open_house() as house:
        house.opening_time = 2.0
        house.said["room"] = ["before"]
        clients = [MemorySocket() for _ in range(5)]
        for client in clients:
            await house.visit(socket=client)
        assert house.rooms.find("room") is None
        await trio.sleep(3)
        assert house.opened == ["room"]
        assert [client.frames for client in clients] == [["connected", "history before"]] * 5
        assert (house.rooms.count, house.rooms.find("other")) == (1, None)


async def test_a_room_that_cannot_be_read_is_not_entered(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Each who waits tries for himself, and the room opens when it can be read again."""
    async with open_house() as house:
        house.opening_error = OSError("no database")
        first = await house.visit()
        assert first.frames == ["connected", "refused OSError"]
        house.opening_error, house.opening_time = None, 1.5 * OPEN_TIMEOUT
        second = await house.visit()
        await trio.sleep(2 * OPEN_TIMEOUT)
        assert second.frames == ["connected", "refused TooSlowError"]
        house.opening_time = 0.0
        third = await house.visit()
        assert third.frames == ["connected"]


async def test_who_waits_opens_the_room_that_the_first_could_not(
    open_house: OpenHouse, autojump_clock: MockClock
) -> None:
    """A failure is told to who met it; the next in line tries again."""
    async with open_house() as house:
        house.opening_time, house.opening_error = 1.0, OSError("no database")
        first, second = MemorySocket(), MemorySocket()
        await house.visit(socket=first)
        await house.visit(socket=second)
        await trio.sleep(1.5)
        house.opening_error = None
        await trio.sleep(2)
        assert (first.frames, second.frames) == (["connected", "refused OSError"], ["connected"])


async def test_no_more_rooms_are_open_than_may_be(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """One more is refused until one is closed."""
    async with open_house(max_rooms=1, linger=5.0) as house:
        first = await house.visit("one")
        second = await house.visit("two")
        assert second.frames == ["connected", "refused RoomsFull"]
        first.leave()
        await trio.sleep(6)
        third = await house.visit("two")
        assert third.frames == ["connected"]


async def test_without_a_supervisor_there_are_no_rooms(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Before it is started, and once it is stopped, whoever comes is refused."""
    async with open_house(start=False) as house:
        assert (await house.visit()).frames == ["connected", "refused RoomsClosed"]
        rooms = await house.system.start_child(house.rooms.child())
        rooms.stop()
        await wait_all_tasks_blocked()
        assert (await house.visit()).frames == ["connected", "refused RoomsClosed"]


async def test_rooms_do_not_show_their_names_in_the_tree(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """A conversation without an owner is open to whoever knows its name."""
    async with open_house() as house:
        await house.visit("secret")
        paths = [actor.path for actor in house.system.snapshot().walk() if "/rooms/" in actor.path]
        assert paths
        assert not any("secret" in path for path in paths)


async def test_a_supervisor_that_stops_starts_no_room(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Whoever comes in that moment is refused like everybody after."""
    async with open_house(start=False) as house:
        stopped = await house.system.start_child(house.rooms.child())
        stopped.stop()
        await wait_all_tasks_blocked()
        house.rooms._find_supervisor = lambda name: stopped
        assert (await house.visit()).frames == ["connected", "refused RoomsClosed"]
        assert house.rooms.count == 0


async def test_a_room_that_ended_takes_no_other_with_it(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Its name may be another's by then."""
    async with open_house(linger=1.0) as house:
        client = await house.visit()
        ended = house.rooms.find("room")
        assert ended is not None
        client.leave()
        await trio.sleep(2)
        await house.visit()
        house.rooms._forget(ended)
        assert house.rooms.count == 1
