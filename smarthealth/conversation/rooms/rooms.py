"""All rooms of the process, by name: one is opened when somebody enters, and found by everybody who comes after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

import attrs
import trio

from smarthealth.actors import ActorFailed, ActorStopped, ChildSpec, DynamicSupervisor, SupervisorFull, SupervisorRef
from smarthealth.conversation.telemetry import NullTelemetry, Telemetry

from .errors import RoomsClosed, RoomsFull
from .ports import RoomLife, RoomLimits, Viewer
from .room import Room

E = TypeVar("E")

OPEN_TIMEOUT = 10.0
"""Seconds to read what a room had."""


@attrs.define(eq=False)
class _Entry(Generic[E]):
    """A room that is open, or being opened."""

    room: Room[E]
    settled: trio.Event = attrs.field(factory=trio.Event)
    """Set when it is open, or will not be."""


class Rooms(Generic[E]):
    """The directory of rooms.

    Args:
        name: Of the supervisor, among the system's children.
        find_supervisor: Finds it.
        live: Makes what the application does in one room.
        encode: Event to text frame.
        limits: Of the rooms and of their number.
        application: For telemetry and logs.
        telemetry: Who measures turns.
    """

    def __init__(
        self,
        name: str,
        find_supervisor: Callable[[str], object],
        live: Callable[[Room[E]], RoomLife[E]],
        *,
        encode: Callable[[E], str],
        limits: RoomLimits,
        application: str,
        telemetry: Telemetry | None = None,
    ) -> None:
        self.name = name
        self._find_supervisor = find_supervisor
        self._live = live
        self._encode = encode
        self._limits = limits
        self._application = application
        self._telemetry = telemetry or NullTelemetry()
        self._entries: dict[str, _Entry[E]] = {}
        self._opened = 0

    def child(self) -> ChildSpec:
        """The supervisor of all rooms."""
        return ChildSpec(name=self.name, start=DynamicSupervisor(max_children=self._limits.max_rooms))

    def find(self, name: str) -> Room[E] | None:
        """The room of that name, None when it is not open."""
        entry = self._entries.get(name)
        return entry.room if entry is not None and entry.settled.is_set() else None

    @property
    def count(self) -> int:
        """Rooms that are open."""
        return len(self._entries)

    async def enter(self, name: str, viewer: Viewer[E]) -> Room[E]:
        """Enter a room, which is opened for the first who comes.

        Raises:
            EntryRefused: It cannot be entered.
            TooSlowError: What it had could not be read in time.
            Exception: What `RoomLife.open` raised.

        Cancellation:
            A room that was being opened is not; who waits for it opens it.
        """
        while True:
            entry = self._entries.get(name)
            if entry is None:
                entry = await self._open(name)
            else:
                await entry.settled.wait()
            if not entry.room.closed:
                entry.room.enter(viewer)
                return entry.room

    async def _open(self, name: str) -> _Entry[E]:
        room = Room(
            name,
            self._live,
            encode=self._encode,
            limits=self._limits,
            telemetry=self._telemetry,
            application=self._application,
            on_close=self._forget,
        )
        entry = self._entries[name] = _Entry(room)
        try:
            with trio.fail_after(OPEN_TIMEOUT):
                await room.life.open()
            await self._start(room)
        except BaseException:
            room.closed = True
            self._forget(room)
            raise
        finally:
            entry.settled.set()
        return entry

    async def _start(self, room: Room[E]) -> None:
        supervisor = self._find_supervisor(self.name)
        if not isinstance(supervisor, SupervisorRef):
            raise RoomsClosed
        self._opened += 1
        try:
            await supervisor.start_child(room.child(f"{self._opened}-{room.label}"))
        except SupervisorFull:
            raise RoomsFull from None
        except (ActorStopped, ActorFailed) as error:
            raise RoomsClosed from error

    def _forget(self, room: Room[E]) -> None:
        entry = self._entries.get(room.name)
        if entry is not None and entry.room is room:
            del self._entries[room.name]
