"""Writing to a peer that may have stopped reading.

A small write is tried at once, without asking the scheduler: that is the common case, and five times cheaper. What the
kernel does not take is sent in slices, each within a time limit. A peer that is too slow is reset, which frees what the
kernel held for it.

A writer that is cancelled while it waits leaves the rest of its bytes behind; they go before the next write, so that no frame
is ever cut in two. Who gives up on a slow peer can therefore still send it a close frame. Over TLS what was sent is not
known: there a cancelled writer takes the connection with it.
"""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable

import trio

SLICE = 64 * 1024
"""Bytes that must leave within one send timeout."""
MOST_LEFT = 4 * 1024 * 1024
"""Bytes that cancelled writers may leave behind; with more of them the peer is cut."""
CHECKPOINT_EVERY = 32
"""Writes without waiting before others get to run."""
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER on, for no time: closing sends RST and throws away what was not sent."""

Stream = trio.SocketStream | trio.SSLStream[trio.SocketStream]


class PeerGone(Exception):
    """Nothing can be sent to this peer any more."""


class PeerStalled(PeerGone):
    """The peer read too slowly and was cut."""


class Writer:
    """The sending half of one connection."""

    def __init__(self, stream: Stream, send_timeout: float) -> None:
        self._tls = stream if isinstance(stream, trio.SSLStream) else None
        self._socket = (stream.transport_stream if isinstance(stream, trio.SSLStream) else stream).socket
        self._send_timeout = send_timeout
        self._lock = trio.Lock()
        self._left = bytearray()
        self._unwaited = 0
        self._gone = False

    async def write(self, data: bytes) -> None:
        """Send all of `data`, after whatever is being sent.

        Raises:
            PeerStalled: It did not leave in time.
            PeerGone: The peer has closed, or was cut.

        Cancellation:
            Leaves what was not sent to the next write; over TLS it cuts the peer.
        """
        try:
            self._lock.acquire_nowait()
        except trio.WouldBlock:
            await self._lock.acquire()
        try:
            if not self._write_now(data):
                await self._write_slowly(data)
                return
        finally:
            self._lock.release()
        self._unwaited += 1
        if self._unwaited % CHECKPOINT_EVERY == 0:
            await trio.lowlevel.checkpoint()

    def write_now(self, data: Callable[[], bytes]) -> bool:
        """Send what the function makes, unless that would have to wait; whether it was called.

        It has to wait behind what is being sent or left, and where it is encrypted. What the kernel does not take of it is
        `left`: somebody has to write again, be it nothing.
        """
        if self._left or self._gone or self._tls is not None or self._lock.locked():
            return False
        try:
            self._push(data())
        except PeerGone:
            return True  # as the reader is about to see
        return True

    @property
    def left(self) -> bool:
        """Whether something is to go before the next write."""
        return bool(self._left)

    def end(self) -> None:
        """Send the end of the stream, unless something is still to be sent; never fails.

        Does not wait, so that an application that is cancelled just now cannot keep the peer from its end.
        """
        if self._gone or self._left or self._lock.locked() or self._tls is not None:
            return
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:  # the peer is gone already
            self._gone = True

    def cut(self) -> None:
        """Reset the connection; whoever waits on it is woken."""
        self._gone = True
        if self._socket.fileno() != -1:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            self._socket.close()

    def _write_now(self, data: bytes) -> bool:
        """Whether the kernel took it all without waiting; what it did not take is left."""
        if self._gone:
            raise PeerGone
        if self._tls is not None:
            return False
        if self._left:
            self._left += data
        else:
            self._push(data)
        return not self._left

    def _push(self, data: bytes) -> None:
        """Give the kernel what it takes; the rest is left."""
        sent = self._offer(data)
        if sent < len(data):
            self._left += data[sent:]

    def _offer(self, data: bytes | bytearray) -> int:
        """Bytes that the kernel takes."""
        try:
            return os.write(self._socket.fileno(), data)
        except BlockingIOError:
            return 0
        except OSError as error:
            self._gone = True
            raise PeerGone from error

    async def _write_slowly(self, data: bytes) -> None:
        try:
            if self._tls is not None:
                await self._encrypt(self._tls, data)
            else:
                await self._send_left()
        except trio.TooSlowError:
            self.cut()
            raise PeerStalled from None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            self._gone = True
            raise PeerGone from None

    async def _send_left(self) -> None:
        if len(self._left) > MOST_LEFT:
            raise trio.TooSlowError
        while self._left:
            goal = max(0, len(self._left) - SLICE)
            with trio.fail_after(self._send_timeout):
                while len(self._left) > goal:
                    await trio.lowlevel.wait_writable(self._socket)
                    sent = self._offer(self._left[:SLICE])
                    del self._left[:sent]

    async def _encrypt(self, stream: trio.SSLStream[trio.SocketStream], data: bytes) -> None:
        try:
            for start in range(0, len(data), SLICE):
                with trio.fail_after(self._send_timeout):
                    await stream.send_all(data[start : start + SLICE])
        except trio.Cancelled:
            self.cut()
            raise
