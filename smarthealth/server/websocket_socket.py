"""An accepted ASGI WebSocket as the conversation engine wants it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from smarthealth.conversation.socket import SocketClosed

from .hypercorn import FRAMES_EXTENSION

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class AsgiSocket:
    """One WebSocket, under our Hypercorn or any other ASGI server.

    Under ours, several frames leave in one write, `receive` knows the true close code, and the application may return before
    the end. Under another they are sent one by one, its code counts, and the application's return is the end.
    """

    __slots__ = ("_closed", "_frames", "_hand_over", "_receive", "_release", "_send", "_send_now", "_take_longer")

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        extension = scope.get("extensions", {}).get(FRAMES_EXTENSION)
        self._frames = extension is not None
        self._send_now: Callable[[Sequence[str]], bool] = extension["send_now"] if extension else _never
        self._take_longer: Callable[[int], None] = extension["take_longer"] if extension else _shrug
        self._hand_over: Callable[[], Callable[[], None]] | None = extension["hand_over"] if extension else None
        self._release: Callable[[], None] | None = None
        self._closed: SocketClosed | None = None

    async def receive(self) -> str | bytes:
        """Wait for the next whole message.

        Raises:
            SocketClosed: There will be none.
        """
        event = await self._receive()
        if event["type"] == "websocket.disconnect":
            self._closed = SocketClosed(event.get("code", 1005), event.get("reason") or "")
            raise self._closed
        text: str | None = event.get("text")
        if text is not None:
            return text
        data: bytes = event["bytes"]
        return data

    async def send(self, frames: Sequence[str]) -> None:
        """Send text frames in order.

        Raises:
            SocketClosed: The client is gone, as far as `receive` knows; what cannot be sent otherwise is dropped.

        Cancellation:
            While the client is not reading, cuts the connection.
        """
        if self._closed is not None:
            raise SocketClosed(self._closed.code, self._closed.reason)
        if self._frames:
            await self._send({"type": FRAMES_EXTENSION, "texts": frames})
            return
        for text in frames:
            await self._send({"type": "websocket.send", "text": text})

    def send_now(self, frames: Sequence[str]) -> bool:
        """Send text frames in order if nothing has to be waited for; whether they were sent."""
        return self._closed is None and self._send_now(frames)

    def take_longer(self, longest: int) -> None:
        """From now on take messages of so many bytes, where that is more than before; another server has its own bound."""
        self._take_longer(longest)

    def outlive(self) -> bool:
        """Have the socket stay open when the application has returned, until `release`; whether the server can do that."""
        hand_over, self._hand_over = self._hand_over, None
        self._release = hand_over() if hand_over is not None else None
        return self._release is not None

    def release(self) -> None:
        """Nobody uses this socket any more: the server may end what is left of it."""
        release, self._release = self._release, None
        if release is not None:
            release()

    async def close(self, code: int, reason: str) -> None:
        """Send a close frame; does nothing on a socket that is closed."""
        if self._closed is None:
            await self._send({"type": "websocket.close", "code": code, "reason": reason})


def _shrug(_longest: int) -> None:
    return


def _never(_frames: Sequence[str]) -> bool:
    return False
