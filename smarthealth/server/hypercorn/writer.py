"""Writing to a peer that may have stopped reading.

A small write is tried at once, without asking the scheduler: that is the common case, and five times cheaper. What the
kernel does not take is sent in slices, each within a time limit. A peer that is too slow, and one whose writer was
cancelled half-way through a frame, cannot be talked to any more: its socket is reset, which frees what the kernel held.
"""

from __future__ import annotations

import os
import socket
import struct

import trio

SLICE = 64 * 1024
"""Bytes that must leave within one send timeout."""
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
        self._stream = stream
        self._socket = (stream.transport_stream if isinstance(stream, trio.SSLStream) else stream).socket
        self._send_timeout = send_timeout
        self._lock = trio.Lock()
        self._unwaited = 0
        self._gone = False

    async def write(self, data: bytes) -> None:
        """Send all of `data`, after whatever is being sent.

        Raises:
            PeerStalled: It did not leave in time.
            PeerGone: The peer has closed, or was cut.

        Cancellation:
            Cuts the peer if it comes while a part was sent and a part was not.
        """
        try:
            self._lock.acquire_nowait()
        except trio.WouldBlock:
            await self._lock.acquire()
        try:
            sent = self._write_now(data)
            if sent < len(data):
                await self._write_rest(memoryview(data)[sent:])
                return
        finally:
            self._lock.release()
        self._unwaited += 1
        if self._unwaited % CHECKPOINT_EVERY == 0:
            await trio.lowlevel.checkpoint()

    def end(self) -> None:
        """Send the end of the stream, unless something is still being sent; never fails.

        Does not wait, so that an application that is cancelled just now cannot keep the peer from its end.
        """
        if self._gone or self._lock.locked() or isinstance(self._stream, trio.SSLStream):
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

    def _write_now(self, data: bytes) -> int:
        """Bytes that the kernel took without waiting."""
        if self._gone:
            raise PeerGone
        if isinstance(self._stream, trio.SSLStream):
            return 0
        try:
            return os.write(self._socket.fileno(), data)
        except BlockingIOError:
            return 0
        except OSError as error:
            self._gone = True
            raise PeerGone from error

    async def _write_rest(self, data: memoryview) -> None:
        try:
            for start in range(0, len(data), SLICE):
                with trio.fail_after(self._send_timeout):
                    await self._stream.send_all(data[start : start + SLICE])
        except trio.TooSlowError:
            self.cut()
            raise PeerStalled from None
        except (trio.BrokenResourceError, trio.ClosedResourceError):
            self._gone = True
            raise PeerGone from None
        except trio.Cancelled:
            self.cut()
            raise
