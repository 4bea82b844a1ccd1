"""One TCP connection: its reader, its deadlines, its end.

Theory of operation. The reader is the connection's own task; the application runs in another. Bytes go up as `RawData`;
what the protocol wants comes down through `protocol_send`. The reader waits for each segment until a deadline, which the
protocol moves: the head of a request, its body, the pause between two, the answer to a close frame.

A connection ends in one of two ways. `Finish`: all is said; the sending half is shut, and the reader throws away what still
comes until the peer shuts its own or a short time is over. `Cut`: the socket is reset at once. Nothing that happens to one
connection is raised beyond it.
"""

from __future__ import annotations

import math
import os
import ssl
from collections.abc import Callable
from typing import Any

import structlog
import trio
from hypercorn.events import Closed, Event, RawData, Updated
from hypercorn.trio.tcp_server import MAX_RECV, TCPServer
from hypercorn.trio.worker_context import WorkerContext
from hypercorn.typing import ConnectionState
from hypercorn.utils import parse_socket_addr

from .config import ShellConfig
from .events import Finish, ReadWithin
from .h11_protocol import HardenedH11Protocol
from .tasks import ASGIApp, ConnectionTasks
from .watch import Watch
from .websocket_stream import HardenedWSStream
from .writer import PeerGone, PeerStalled, Stream, Writer

log = structlog.get_logger()

GOING_AWAY = 1001


class HardenedTCPServer(TCPServer):
    """Hypercorn's connection, with bounds on everything that a peer can make it wait for."""

    config: ShellConfig

    def __init__(
        self,
        app: ASGIApp,
        config: ShellConfig,
        context: WorkerContext,
        state: dict[str, Any],
        stream: Stream,
        watch: Watch,
    ) -> None:
        # Not Hypercorn's own, which makes two locks, half a kilobyte for each connection, that nothing here uses.
        self.app = app  # type: ignore[assignment]  # plain ASGI
        self.config = config
        self.context = context
        self.state = state
        self.stream = stream  # type: ignore[assignment]  # TLS or not
        self._limits = config.limits
        self._writer = Writer(stream, config.limits.send_timeout)
        self._watch = watch
        self._protocol: HardenedH11Protocol | None = None
        self._deadline = math.inf
        self._receiving = trio.CancelScope()
        self._finishing = False
        self.last_heard = trio.current_time()
        self.pinged_at: float | None = None

    async def run(self) -> None:
        """Serve the connection until it ends; never raises but for cancellation."""
        try:
            await self._serve()
        except* Exception as failure:  # a fault of ours must cost one connection, not the server
            log.error("connection_failed", exc_info=failure)
        finally:
            if self.websocket is not None:
                # an application that outlives its task is not ended with this connection's tasks
                self.websocket.lose("")
            self._protocol = None  # which holds this connection: a circle that only the collector would find
            await trio.aclose_forcefully(self.stream)

    async def protocol_send(self, event: Event) -> None:
        """Do what the protocol wants of the connection."""
        match event:
            case RawData():
                await self._write(event.data)
            case ReadWithin():
                self._await_until(trio.current_time() + event.seconds)
            case Updated(idle=True):
                draining = self.context.terminated.is_set()
                self._await_until(trio.current_time() + (0 if draining else self._limits.keep_alive_timeout))
            case Finish():
                self._finish(linger=event.linger)
            case Closed():
                self._finish(linger=True)
            case _:
                pass  # the connection is busy: its deadline was moved already

    async def cut(self, reason: str) -> None:
        """Reset the connection."""
        self._watch.cut(reason)
        if self.websocket is not None:
            self.websocket.lose(reason)
        self._finishing = True
        self._writer.cut()

    @property
    def websocket(self) -> HardenedWSStream | None:
        """The WebSocket stream, once the connection has become one."""
        return self._protocol.websocket if self._protocol is not None else None

    def look_after(self, now: float) -> None:
        """Ping a silent WebSocket, cut one that stays silent; called every now and then, never waits."""
        websocket = self.websocket
        if websocket is None or not websocket.open or websocket.reading_paused:
            self.last_heard = now
            self.pinged_at = None
        elif self.pinged_at is not None and now - self.pinged_at >= self._limits.pong_timeout:
            self._task_group.spawn(self.cut, "ping timeout")
        elif self.pinged_at is None and now - self.last_heard >= self._limits.ping_interval:
            self.pinged_at = now
            self._task_group.spawn(websocket.ping)

    async def leave(self) -> None:
        """The server goes away: close a WebSocket with 1001, a connection that has nothing to do at once."""
        websocket = self.websocket
        if websocket is not None:
            await websocket.leave(GOING_AWAY, "server going away")
        else:
            self.rest()

    def rest(self) -> None:
        """No further request is wanted: end the connection if it is between two."""
        if self._protocol is not None and self._protocol.between_requests:
            self._await_until(-math.inf)

    async def _serve(self) -> None:
        if not await self._shake_hands():
            return
        socket = (self.stream.transport_stream if self._secure else self.stream).socket
        try:
            client = parse_socket_addr(socket.family, socket.getpeername())
        except OSError:  # gone already
            return
        async with ConnectionTasks() as tasks:
            self._task_group = tasks
            self._protocol = HardenedH11Protocol(
                self.app,
                self.config,
                self.context,
                tasks,
                ConnectionState(self.state),
                self._secure,
                client,
                parse_socket_addr(socket.family, socket.getsockname()),
                self.protocol_send,
                write_now=self._write_now,
            )
            await self._read(self._protocol)
            await trio.aclose_forcefully(self.stream)

    @property
    def _secure(self) -> bool:
        return isinstance(self.stream, trio.SSLStream)

    async def _shake_hands(self) -> bool:
        if not self._secure:
            return True
        try:
            with trio.fail_after(self._limits.tls_handshake_timeout):
                await self.stream.do_handshake()
        except (trio.BrokenResourceError, trio.ClosedResourceError, trio.TooSlowError, ssl.SSLError):
            return False
        return True

    async def _read(self, protocol: HardenedH11Protocol) -> None:
        self._await_until(trio.current_time() + self._limits.header_timeout)
        while data := await self._receive():
            if self._finishing:
                continue
            self.last_heard, self.pinged_at = trio.current_time(), None
            if protocol.between_requests:
                self._await_until(trio.current_time() + self._limits.header_timeout)
            await protocol.handle(RawData(data))
            del data  # or the wait for the next segment keeps this one, and with it a page of memory that was read into
        if self._receiving.cancelled_caught and not self._finishing:
            await protocol.timed_out()
        await protocol.handle(Closed())

    async def _receive(self) -> bytes:
        """The next segment; nothing when the peer has closed or its time is over."""
        with trio.CancelScope(deadline=self._deadline) as self._receiving:
            try:
                if self._secure:
                    return bytes(await self.stream.receive_some(MAX_RECV))
                # What the stream's own way adds, guards and translated errors, is 1.5 kB while it waits and 10 us for each segment.
                await trio.lowlevel.checkpoint_if_cancelled()
                while (data := _read_now(self.stream.socket)) is None:
                    await trio.lowlevel.wait_readable(self.stream.socket)
                await trio.lowlevel.cancel_shielded_checkpoint()  # lest one who never stops sending is all that runs
                return data
            except (OSError, trio.BrokenResourceError, trio.ClosedResourceError):
                return b""
        return b""

    def _await_until(self, deadline: float) -> None:
        self._deadline = self._receiving.deadline = deadline

    async def _write(self, data: bytes) -> None:
        try:
            await self._writer.write(data)
        except PeerStalled:
            await self.cut("send timeout")
        except PeerGone:
            # The reader sees it too, and tells the protocol: let it run.
            await trio.lowlevel.checkpoint()

    def _write_now(self, data: Callable[[], bytes]) -> bool:
        if self._finishing or not self._writer.write_now(data):
            return False
        if self._writer.left:
            self._task_group.spawn(self._write, b"")
        return True

    def _finish(self, *, linger: bool) -> None:
        if self._finishing:
            return
        self._finishing = True
        self._await_until(trio.current_time() + (self._limits.close_timeout if linger else 0))
        self._writer.end()


def _read_now(socket: trio.socket.SocketType) -> bytes | None:
    """What is there, None when nothing is; apart, since who waits where an error is handled keeps it, a kilobyte, for so long."""
    try:
        return os.read(socket.fileno(), MAX_RECV)
    except BlockingIOError:
        return None
