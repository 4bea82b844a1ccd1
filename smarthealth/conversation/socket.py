"""The WebSocket as the engine sees it: text and bytes in, text out, a close code at the end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class SocketClosed(Exception):
    """The connection is over: the client closed it, or the network did.

    Attributes:
        code: The close code as received; 1006 when there was none.
        reason: The client's words, possibly empty.
    """

    def __init__(self, code: int, reason: str = "") -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class Socket(Protocol):
    """One accepted WebSocket. `receive` and `send` may run at the same time, in one task each."""

    async def receive(self) -> str | bytes:
        """Wait for the next whole message.

        Raises:
            SocketClosed: There will be none.
        """
        ...

    async def send(self, frames: Sequence[str]) -> None:
        """Send text frames in order, in as few writes as possible.

        Raises:
            SocketClosed: The client is gone.

        Cancellation:
            May cut a frame in two; the caller shields this, and after a time limit sends nothing more.
        """
        ...

    def send_now(self, frames: Sequence[str]) -> bool:
        """Send text frames in order, if neither a send under way nor the client has to be waited for; never fails.

        Returns:
            Whether they were sent: all of them or none.
        """
        ...

    def take_longer(self, longest: int) -> None:
        """From now on take messages of so many bytes, where that is more than before."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """Send a close frame; does nothing on a socket that is closed."""
        ...
