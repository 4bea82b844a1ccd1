"""A client in memory that speaks JSON, and what counts its messages, for applications that are served by the real engine."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import attrs
import msgspec
import trio
import trio.testing

from tests.conversation.conftest import MemorySocket


@attrs.define(eq=False)
class MemoryClient:
    """One connection, seen from its other end."""

    socket: MemorySocket
    _read: int = attrs.field(default=0, init=False)

    def say(self, *messages: object) -> None:
        """Send messages; texts go as they are."""
        self.socket.say(*(one if isinstance(one, str) else msgspec.json.encode(one).decode() for one in messages))

    async def settled(self) -> list[dict[str, Any]]:
        """What came since the last look, once nothing moves any more."""
        await trio.testing.wait_all_tasks_blocked(1e-3)
        frames = self.socket.frames[self._read :]
        self._read += len(frames)
        return [msgspec.json.decode(frame) for frame in frames]

    async def heard(self, *messages: object, seconds: float = 0.0) -> list[dict[str, Any]]:
        """Say something, let time pass, and hear what comes."""
        self.say(*messages)
        if seconds:
            await trio.sleep(seconds)
        return await self.settled()


@attrs.define(eq=False)
class Allowance:
    """Allows until told otherwise."""

    retry_after: float = 0.0
    taken: list[Hashable] = attrs.field(factory=list)

    def take(self, client: Hashable) -> float:
        """Say how long to wait."""
        self.taken.append(client)
        return self.retry_after
