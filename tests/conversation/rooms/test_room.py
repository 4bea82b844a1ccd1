import random

import pytest
import trio
from trio.testing import MockClock, wait_all_tasks_blocked

from smarthealth.actors.testing import explore
from smarthealth.conversation.application import TurnEnd, TurnPolicy
from smarthealth.conversation.errors import ServerDraining, TurnOver
from smarthealth.conversation.rooms.room import RoomLane
from tests.conversation.conftest import MemorySocket, ScriptedTurn
from tests.conversation.rooms.conftest import House, Life, OpenHouse


async def test_all_see_the_events_of_a_turn(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Whoever asked, each viewer gets every event, in one order."""
    async with open_house() as house:
        first, second = await house.visit(), await house.visit()
        first.say("turn a 3 1")
        await trio.sleep(5)
        assert first.frames == second.frames == ["connected", "a0", "a1", "a2", "a done"]


async def test_who_joins_late_gets_history_then_what_follows(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Nothing is missing between the two, and nothing comes twice."""
    async with open_house() as house:
        first = await house.visit()
        first.say("turn a 6 1")
        await trio.sleep(3.5)
        late = await house.visit()
        await trio.sleep(9)
        assert late.frames == ["connected", "history a0 a1 a2", "a3", "a4", "a5", "a done"]


async def test_a_turn_outlives_the_connection_that_asked(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """With others there it goes on for as long as it takes; with nobody, for a grace, in which one may come back."""
    async with open_house(grace=10.0, linger=5.0) as house:
        sender, other = await house.visit(), await house.visit()
        sender.say("turn a 30 1")
        await trio.sleep(1.5)
        sender.leave()
        await trio.sleep(20)
        assert other.frames[-1] == "a20"
        other.leave()
        await trio.sleep(8)
        back = await house.visit()
        await trio.sleep(9)
        assert back.frames[-1] == "a done"
        assert house.turns[0].settled == [None]


async def test_a_turn_that_nobody_waits_for_is_ended(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """After the grace it is lost, and settles; then the room is closed, and who comes later finds what was said."""
    async with open_house(grace=10.0, linger=5.0) as house:
        client = await house.visit()
        client.say("turn a 99 1")
        await trio.sleep(1.5)
        client.leave()
        await trio.sleep(12)
        assert [failure and failure.end for failure in house.turns[0].settled] == [TurnEnd.CONNECTION_LOST]
        assert house.rooms.count == 1
        await trio.sleep(9)
        assert house.rooms.count == 0
        back = await house.visit()
        assert back.frames == ["connected", "history " + " ".join(f"a{n}" for n in range(11))]
        assert house.opened == ["room", "room"]


async def test_two_messages_at_once_follow_the_policy(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """A refusal goes to who asked; a turn that is queued follows; one that interrupts comes at once."""
    results = {}
    for policy in ("reject", "enqueue", "interrupt"):
        async with open_house(policy=TurnPolicy(when_busy=policy)) as house:
            first, second = await house.visit(), await house.visit()
            first.say("turn a 2 1")
            await trio.sleep(0.5)
            second.say("turn b 1 1")
            await trio.sleep(9)
            assert first.frames == [frame for frame in second.frames if not frame.startswith("refused")]
            results[policy] = second.frames[1:]
    assert results == {
        "reject": ["refused TurnBusy", "a0", "a1", "a done"],
        "enqueue": ["a0", "a1", "a done", "b0", "b done"],
        "interrupt": ["failed room INTERRUPTED", "b0", "b done"],
    }


async def test_a_room_runs_no_more_turns_than_it_may(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Waiting ones count."""
    async with open_house(policy=TurnPolicy(when_busy="enqueue"), max_turns=2) as house:
        client = await house.visit()
        client.say("turn a 1 1", "turn b 1 1", "turn c 1 1")
        await trio.sleep(9)
        assert client.frames == ["connected", "refused TooManyTurns", "a0", "a done", "b0", "b done"]


async def test_anybody_s_cancel_ends_the_turn_for_all(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Its ending is the last of it that anybody sees."""
    async with open_house() as house:
        first, second = await house.visit(), await house.visit()
        first.say("turn a 9 1")
        await trio.sleep(1.5)
        second.say("cancel")
        await trio.sleep(9)
        second.say("cancel")
        await trio.sleep(1)
        assert first.frames == ["connected", "a0", "failed room CANCELLED"]
        assert [frame for frame in second.frames if frame.startswith("cancelled")] == [
            "cancelled True",
            "cancelled False",
        ]


async def test_a_slow_viewer_is_cut_and_holds_nobody(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """The others get everything at once; the slow one loses its place when the log has moved on, or its patience is over."""
    async with open_house(log_frames=64) as house:
        quick, slow = await house.visit(), await house.visit()
        slow.stall()
        quick.say("turn a 500")
        await trio.sleep(0.5)
        assert quick.frames[-1] == "a done"
        assert len(quick.frames) == 502
        slow.resume()
        await trio.sleep(1)
        assert house.connections.count == 1


async def test_extras_go_to_those_who_asked(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Comings and goings are not told to clients that know only the protocol."""
    async with open_house() as house:
        plain, curious = await house.visit(), await house.visit()
        curious.say("curious")
        await wait_all_tasks_blocked()
        third = await house.visit()
        third.leave()
        await wait_all_tasks_blocked()
        assert (plain.frames, curious.frames) == (["connected"], ["connected", "presence 3", "presence 2"])


async def test_a_hundred_viewers_see_one_order_and_memory_is_bounded(
    open_house: OpenHouse, autojump_clock: MockClock
) -> None:
    """Some stall, some join late, some leave: each of the others has a run of the events without gap or repeat."""
    seeded = random.Random(6)
    async with open_house(log_frames=256, log_bytes=64 * 1024) as house:
        clients = [await house.visit() for _ in range(100)]
        stalled = set(seeded.sample(range(100), 15))
        for number in stalled:
            clients[number].stall()
        clients[99 if 99 not in stalled else 98].say("turn e 2000 0.01")
        await trio.sleep(5)
        late = [await house.visit() for _ in range(10)]
        gone = [number for number in range(50, 60) if number not in stalled]
        for number in gone:
            clients[number].leave()
        room = house.rooms.find("room")
        assert room is not None
        for _ in range(25):
            await trio.sleep(1)
            assert room._log.bytes_held <= 64 * 1024
        events = [f"e{number}" for number in range(2000)] + ["e done"]
        for number, client in enumerate(clients):
            if number not in stalled and number not in gone:
                assert client.frames[1:] == events
            elif number in gone:
                assert client.frames[1:] == events[: len(client.frames) - 1]
        for client in late:
            told = client.frames[1].split()[1:] + client.frames[2:]
            assert told == events
        await trio.sleep(60)
        assert house.connections.count == 100 - len(stalled) - len(gone) + 10


async def test_a_room_full_of_viewers_refuses_one_more(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Who is refused hears it, and is not in the room."""
    async with open_house(max_viewers=1) as house:
        await house.visit()
        second = await house.visit()
        assert second.frames == ["connected", "refused RoomFull"]


async def test_a_last_event_that_cannot_be_encoded_is_a_crash(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """The turn still ends properly, and nothing of what could not be sent goes out."""
    async with open_house() as house:
        client = await house.visit()
        client.say("turn bad 1")
        await trio.sleep(1)
        assert client.frames == ["connected", "bad0", "failed room CRASHED"]
        assert len(house.failures.crashes) == 1


async def test_nothing_follows_the_end_of_a_turn(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """A lane that is over refuses."""
    async with open_house() as house:
        await house.visit()
        room = house.rooms.find("room")
        assert room is not None
        lane = RoomLane(room)
        lane.finish(["end"])
        with pytest.raises(TurnOver):
            await lane.send("more")
        with pytest.raises(TurnOver):
            lane.finish(["more"])


async def test_a_stopping_server_ends_rooms_and_their_turns(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """The turn settles as shut down, and no other starts."""
    async with open_house() as house:
        client = await house.visit()
        client.say("turn a 99 1")
        await trio.sleep(1.5)
        room = house.rooms.find("room")
        assert room is not None
        rooms = house.system.child("rooms")
        assert rooms is not None
        rooms.stop()
        await rooms.wait_stopped()
        assert [failure and failure.end for failure in house.turns[0].settled] == [TurnEnd.SHUTDOWN]
        with pytest.raises(ServerDraining):
            await room.start_turn(ScriptedTurn(script=house.script(room.life, "b", "1")))  # type: ignore[arg-type] # it is a Life
        await trio.sleep(1)
        assert client.closed == (1001, "server going away")


async def test_a_draining_server_tells_a_turn_s_end(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """A turn may go on for the grace; then it is ended, each viewer hears that, and then the connections are closed."""
    async with open_house() as house:
        first, second = await house.visit(), await house.visit()
        first.say("turn a 99 1")
        await trio.sleep(1.5)
        await house.connections.drain(10.0)
        for client in (first, second):
            assert client.frames[-1] == "failed room SHUTDOWN"
            assert client.closed == (1001, "server going away")
        assert 6 < len(first.frames) < 12


async def test_a_draining_server_waits_for_a_turn(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """One that ends in time is heard to its end."""
    async with open_house() as house:
        client = await house.visit()
        client.say("turn a 3 1")
        await trio.sleep(1.5)
        await house.connections.drain(60.0)
        assert (client.frames[-1], client.closed) == ("a done", (1001, "server going away"))
        assert trio.current_time() < 5


async def test_a_room_that_fails_lets_its_viewers_go(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """They hear of an internal error, and the next one who comes opens the room anew."""
    async with open_house() as house:
        client = await house.visit()
        room = house.rooms.find("room")
        assert room is not None
        room._deserted_at = "never"  # type: ignore[assignment] # a defect
        client.leave()
        other = MemorySocket()
        await house.visit(socket=other)
        room._viewers.clear()
        room._deserted_at = "never"  # type: ignore[assignment]
        room._change()
        await trio.sleep(1)
        assert room.closed
        again = await house.visit()
        assert again.frames == ["connected"]
        assert house.rooms.find("room") is not room


async def test_leaving_twice_is_no_matter(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """Whoever is not there cannot leave again."""
    async with open_house() as house:
        await house.visit()
        room = house.rooms.find("room")
        assert room is not None
        assert isinstance(room.life, Life)
        viewer = room.viewers[0]
        room.leave(viewer)
        room.leave(viewer)
        assert room.viewers == ()


async def test_a_turn_that_comes_during_the_stop_is_refused(open_house: OpenHouse, autojump_clock: MockClock) -> None:
    """A turn whose actor cannot start leaves no trace on the board."""
    async with open_house() as house:
        client = await house.visit()
        room = house.rooms.find("room")
        assert room is not None
        assert room._turns is not None
        room._turns.stop()
        client.say("turn a 1")
        await trio.sleep(1)
        assert "refused ServerDraining" in client.frames
        assert not room.busy


async def _come_and_go(house: House, stays: list[MemorySocket]) -> None:
    """Be one client of many: come at some time, say or cancel something, perhaps leave, perhaps come again."""
    await trio.sleep(random.random() * 3)
    for _ in range(random.choice([1, 2])):
        client = await house.visit()
        stays.append(client)
        if random.random() < 0.5:
            client.say(random.choice(["turn a 5 0.1", "turn b 40", "cancel"]))
        await trio.sleep(random.random() * 2)
        if random.random() < 0.6:
            client.leave()
            await trio.sleep(random.random() * 3)


def _is_a_run_of(frames: list[str], published: list[str]) -> bool:
    """Whether what a client got is the history up to some moment, and then each event from that moment on."""
    told = [frame for frame in frames[1:] if not frame.startswith(("refused", "cancelled"))]
    history = told.pop(0).split()[1:] if told and told[0].startswith("history") else []
    return any(
        history == [event for event in published[:at] if event[-1].isdigit()] and told == published[at : at + len(told)]
        for at in range(len(published) + 1)
    )


def test_whenever_clients_come_and_go_each_sees_one_order(open_house: OpenHouse) -> None:
    """Whatever the order of tasks, each client sees a run of all events without gap or repeat, and rooms end and come back."""

    async def scenario() -> None:
        async with open_house(grace=0.4, linger=0.3, policy=TurnPolicy(when_busy="enqueue")) as house:
            clients: list[MemorySocket] = []
            async with trio.open_nursery() as nursery:
                for _ in range(8):
                    nursery.start_soon(_come_and_go, house, clients)
            await trio.sleep(5)
            for client in clients:
                assert _is_a_run_of(client.frames, house.published), (client.frames, house.published)
            over = [event for event in house.published if event.startswith("failed") or event.endswith("done")]
            assert len(over) == sum(len(turn.settled) for turn in house.turns)
            for client in clients:
                client.leave()
            await trio.sleep(2)
            assert house.rooms.count == 0

    explore(scenario, range(25))
