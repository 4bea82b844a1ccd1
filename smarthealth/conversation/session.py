"""Reads what a client sends and hands it to its dialogue; it waits for no turn."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import cast

import attrs
import trio

from .application import ArrivingDialogue, BinaryDialogue, Dialogue
from .closing import BINARY_REFUSED, FLOODING, Closing, client_left
from .keepalive import Keepalive
from .socket import Socket, SocketClosed
from .throttle import Throttle


@attrs.define(eq=False)
class Session:
    """The reading side of one connection."""

    socket: Socket
    dialogue: Dialogue
    keepalive: Keepalive
    throttle: Throttle
    end: Callable[[Closing], object]

    async def run(self) -> None:
        """Greet, then read until the connection ends, whoever ends it.

        Raises:
            Exception: The dialogue failed, which none should.
        """
        try:
            self.dialogue.opened()
            if _arrives(type(self.dialogue)):
                await cast(ArrivingDialogue, self.dialogue).arrived()
            await self._read()
        except SocketClosed as closed:
            self.end(client_left(closed.code, closed.reason))
        finally:
            self.dialogue.closed()

    async def _read(self) -> None:
        # asked once: a microphone sends fifty frames a second, and a protocol is looked at slowly
        binary = self.dialogue if isinstance(self.dialogue, BinaryDialogue) else None
        while True:
            frame = await self.socket.receive()
            now = trio.current_time()
            self.keepalive.last_heard = now
            if not self.throttle.allow(now):
                self.end(FLOODING)
                return
            if isinstance(frame, str):
                await self.dialogue.received(frame)
            elif binary is not None:
                await binary.received_binary(frame)
            else:
                self.end(BINARY_REFUSED)
                return


@lru_cache(maxsize=64)
def _arrives(kind: type[Dialogue]) -> bool:
    """Whether dialogues of this class want to wait for something on arrival; to look at a protocol's members takes 20 us."""
    return issubclass(kind, ArrivingDialogue)
