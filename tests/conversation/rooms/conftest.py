"""A system with rooms in it and clients who enter them; events are plain texts, as in the conversation's own tests."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import attrs
import pytest
import trio
from trio.testing import wait_all_tasks_blocked

from smarthealth.actors import System, open_system
from smarthealth.conversation.application import ArrivingDialogue, Dialogue, Endpoint, FollowingLink, Link, TurnOutput
from smarthealth.conversation.connections import Connections
from smarthealth.conversation.errors import TurnRefused
from smarthealth.conversation.rooms.errors import EntryRefused
from smarthealth.conversation.rooms.ports import RoomLife, RoomLimits, Viewer
from smarthealth.conversation.rooms.room import Room
from smarthealth.conversation.rooms.rooms import Rooms
from smarthealth.conversation.settings import ConversationSettings
from tests.conversation.conftest import Failures, MemorySocket, ScriptedTurn


@attrs.define(eq=False)
class Life(RoomLife[str]):
    """Remembers what was said, in the room and in the house."""

    room: Room[str]
    house: House

    async def open(self) -> None:
        """Take as long as the house says, or fail."""
        await trio.sleep(self.house.opening_time)
        if self.house.opening_error is not None:
            raise self.house.opening_error
        self.house.opened.append(self.room.name)

    def welcome(self, viewer: Viewer[str]) -> Sequence[str]:
        """Tell what was said."""
        said = self.house.said.get(self.room.name, [])
        return [f"history {' '.join(said)}"] if said else []

    def published(self, event: str) -> None:
        """What a turn says becomes part of the history."""
        if not event.startswith("presence"):
            self.house.published.append(event)
        if event[-1:].isdigit() and not event.startswith("presence"):
            self.house.said.setdefault(self.room.name, []).append(event)

    def entered(self, viewer: Viewer[str]) -> None:
        """Tell the curious."""
        self.room.publish(f"presence {len(self.room.viewers)}", extra=True)

    def left(self, viewer: Viewer[str]) -> None:
        """Tell the curious."""
        self.entered(viewer)


@attrs.define(eq=False)
class Guest(ArrivingDialogue):
    """Enters the room that its path names; `turn WHAT PIECES SECONDS`, `cancel`, `curious` are understood."""

    link: Link[str]
    house: House
    name: str
    room: Room[str] | None = None
    viewer: Viewer[str] | None = None

    def opened(self) -> None:
        """Greet."""
        self.link.reply("connected")

    async def arrived(self) -> None:
        """Enter."""
        assert isinstance(self.link, FollowingLink)
        self.viewer = Viewer(self.link)
        try:
            self.room = await self.house.rooms.enter(self.name, self.viewer)
        except (EntryRefused, OSError, trio.TooSlowError) as error:
            self.link.reply(f"refused {type(error).__name__}")

    def closed(self) -> None:
        """Leave."""
        if self.room is not None and self.viewer is not None:
            self.room.leave(self.viewer)

    async def received(self, text: str) -> None:
        """Do as told."""
        room, viewer = self.room, self.viewer
        assert room is not None
        assert viewer is not None
        assert viewer.cursor is not None
        life = room.life
        assert isinstance(life, Life)
        verb, *words = text.split()
        match verb:
            case "turn":
                turn = ScriptedTurn(script=self.house.script(life, *words), key="room")
                self.house.turns.append(turn)
                try:
                    await room.start_turn(turn)
                except TurnRefused as refused:
                    self.link.reply(f"refused {type(refused).__name__}")
            case "cancel":
                self.link.reply(f"cancelled {room.cancel_turns('room')}")
            case _:
                viewer.cursor.want_extras()


@attrs.define(eq=False)
class House:
    """Everything, and what the rooms' application remembers."""

    system: System
    connections: Connections
    nursery: trio.Nursery
    failures: Failures
    limits: RoomLimits
    rooms: Rooms[str] = attrs.field(init=False)
    said: dict[str, list[str]] = attrs.field(factory=dict)
    opened: list[str] = attrs.field(factory=list)
    published: list[str] = attrs.field(factory=list)
    """All events, in order."""
    turns: list[ScriptedTurn] = attrs.field(factory=list)
    opening_time: float = 0.0
    opening_error: Exception | None = None

    def __attrs_post_init__(self) -> None:
        self.rooms = Rooms(
            "rooms",
            self.system.child,
            lambda room: Life(room, self),
            encode=encode,
            limits=self.limits,
            application="test",
        )

    def script(self, life: Life, what: str, pieces: str, seconds: str = "0") -> Callable[[TurnOutput[str]], Any]:
        """A turn that says so many pieces, with time between them."""

        async def run(output: TurnOutput[str]) -> Sequence[str]:
            for number in range(int(pieces)):
                await trio.sleep(float(seconds))
                await output.send(f"{what}{number}")
            if what == "bad":
                return ["unencodable"]
            return [f"{what} done"]

        return run

    async def visit(self, name: str = "room", socket: MemorySocket | None = None) -> MemorySocket:
        """Connect a client, and return when nothing happens any more."""

        def open_dialogue(link: Link[str], parts: Mapping[str, str]) -> Dialogue:
            return Guest(link, self, name)

        endpoint = Endpoint(
            path="/ws/{name}", authentication="optional", open_dialogue=open_dialogue, encode=encode, application="test"
        )
        socket = socket or MemorySocket()
        self.nursery.start_soon(functools.partial(self.connections.serve, socket, endpoint, None, {}))
        await wait_all_tasks_blocked()
        return socket


def encode(event: str) -> str:
    """Refuse one event, as a codec refuses what is none of its own."""
    if event == "unencodable":
        raise TypeError(event)
    return event


OpenHouse = Callable[..., AbstractAsyncContextManager[House]]


@pytest.fixture
def open_house() -> OpenHouse:
    """Open a system with rooms; limits of rooms are given by name."""

    @asynccontextmanager
    async def open_it(*, start: bool = True, **limits: Any) -> AsyncIterator[House]:
        connections, failures = Connections(ConversationSettings()), Failures()
        async with trio.open_nursery() as nursery, open_system("test", instrument=failures) as system:
            house = House(system, connections, nursery, failures, RoomLimits(**limits))
            if start:
                await system.start_child(house.rooms.child())
            await connections.start(system)
            yield house

    return open_it
