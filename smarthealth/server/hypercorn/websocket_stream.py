"""One WebSocket, from its handshake to its close.

Theory of operation. Two tasks meet here: the connection's reader, which calls `receive` with every segment, and the
application, which calls `app_send` and takes events from `Inbound`. Parsing never waits, so that order is kept whoever
parses; what must be answered at once (pongs, close frames) is written afterwards.

Until the application accepts, what the peer says is kept, up to a bound, past which its connection is not read. The
disconnect comes to the application once, after every message that was whole before it, with the code of the peer's close
frame, the code that we sent because the peer broke a rule, or 1006. Once a connection is over, whatever the application
sends is ignored: `receive` has told it, or will.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from functools import partial
from http import HTTPStatus
from time import time
from typing import Any

import trio
from hypercorn.protocol.events import Data, Event, Request, Response, StreamClosed
from hypercorn.protocol.ws_stream import ASGIWebsocketState, WSStream
from wsproto.frame_protocol import CloseReason

from .config import ShellConfig
from .events import ReadWithin, Refuse
from .frame_machine import Delivered, FrameMachine, Owed, Phase
from .handshake import (
    FRAMES_EXTENSION,
    HandshakeRefused,
    OpeningHandshake,
    accept_handshake,
    read_handshake,
    websocket_scope,
)
from .inbound import Inbound
from .tasks import run_app

ABNORMAL = (int(CloseReason.ABNORMAL_CLOSURE), "")
WriteNow = Callable[[Callable[[], bytes]], bool]
"""Sends what the function makes, unless that would have to wait: then it is not called, and the result is false."""


class HardenedWSStream(WSStream):
    """Hypercorn's stream, its side of the application kept, its side of the peer replaced."""

    config: ShellConfig
    scope: dict[str, Any]  # type: ignore[assignment]  # the shell's own scope, with an extension that Hypercorn has no name for
    write_now: WriteNow  # set by the protocol that makes this
    handshake: OpeningHandshake  # type: ignore[assignment]  # read strictly

    def __init__(self, app: Any, config: ShellConfig, *arguments: Any) -> None:
        super().__init__(app, config, *arguments)
        self._inbound = Inbound(config.limits.read_ahead)
        self._machine: FrameMachine | None = None
        self._longest = config.limits.max_message_size
        self._early = bytearray()
        self._decided: trio.Event | None = None
        """Set when the application has decided or the peer is gone; made for who waits for that."""
        self._end = ABNORMAL
        self._handed_over = False

    @property
    def open(self) -> bool:
        """Whether it was accepted and nobody has closed it."""
        return self._machine is not None and self._machine.phase is Phase.OPEN and not self.closed

    @property
    def reading_paused(self) -> bool:
        """Whether the peer is not listened to just now, so that its silence means nothing."""
        return self._inbound.full

    async def handle(self, event: Event) -> None:
        """Take an event of the protocol."""
        if isinstance(event, Request):
            await self._request(event)
        elif isinstance(event, Data):
            await self.receive(event.data)
        else:  # StreamClosed; Hypercorn's other events belong to HTTP
            self._over(*self._end)

    async def receive(self, data: bytes) -> None:
        """Take bytes of the peer.

        Backpressure: waits while the application has more to read than its bound.
        """
        if self._machine is not None:
            await self._settle(self._parse(self._machine, data))
            await self._inbound.wait_room()
            return
        self._early += data
        if len(self._early) > self.config.limits.read_ahead:
            self._decided = trio.Event()
            await self._decided.wait()

    def lose(self, reason: str) -> None:
        """The peer is being cut: tell the application why."""
        self._over(int(CloseReason.ABNORMAL_CLOSURE), reason)

    async def ping(self) -> None:
        """Ask the peer for a sign of life."""
        if self._machine is not None and self.open:
            await self._say(self._machine.ping())

    async def leave(self, code: int, reason: str) -> None:
        """Close whatever the application thinks of it, which learns of it."""
        self._inbound.put_last(_disconnect(code, reason))
        if self._machine is not None and self.open:
            await self._close(self._machine, code, reason)

    async def app_send(self, message: Any) -> None:
        """Do what the application wants."""
        if self.closed or (self._machine is not None and not self.open):
            await trio.lowlevel.checkpoint()  # an application that only ever sends must not hold everybody else
            return
        machine, kind = self._machine, message["type"]
        if machine is None:
            if kind == "websocket.accept":
                await self._accept(message)
            else:
                await super().app_send(message)
        elif kind == "websocket.close":
            await self._close(machine, int(message.get("code") or 1000), message.get("reason") or "")
        else:
            await self._say(_encode(machine, message))

    def send_now(self, texts: Sequence[str]) -> bool:
        """Send text frames past the queue of events, if nothing has to be waited for; whether they were sent."""
        machine = self._machine
        if machine is None or machine.phase is not Phase.OPEN or self.closed:
            return False
        return self.write_now(partial(machine.texts, texts))

    def take_longer(self, longest: int) -> None:
        """From now on take messages of so many bytes, where that is more than before."""
        self._longest = max(longest, self._longest)
        if self._machine is not None:
            self._machine.take_longer(self._longest)

    def hand_over(self) -> Callable[[], None]:
        """The application's return is not its end: what this gives is to be called then, once, and does not wait."""
        self._handed_over = True
        return self._let_go

    async def _request(self, request: Request) -> None:
        self.start_time = time()
        secure = self.scheme == "wss"
        try:
            self.handshake = read_handshake(request)
        except HandshakeRefused as refused:
            self.scope = websocket_scope(request, (), secure=secure, client=self.client, server=self.server)
            await self._send_error_response(refused.status)
            await self.send(StreamClosed(stream_id=self.stream_id))
            return
        subprotocols = self.handshake.subprotocols
        self.scope = websocket_scope(request, subprotocols, secure=secure, client=self.client, server=self.server)
        self.scope["extensions"][FRAMES_EXTENSION] = {
            "send_now": self.send_now,
            "take_longer": self.take_longer,
            "hand_over": self.hand_over,
        }
        await self._pass(ReadWithin())
        self._inbound.put({"type": "websocket.connect"})
        self.task_group.spawn(self._run_app)

    async def _run_app(self) -> None:
        await run_app(self.app, self.scope, self._inbound.get, self.app_send)  # type: ignore[arg-type]  # plain ASGI
        if self._machine is not None:
            if not self._handed_over:
                self._let_go()
            return
        self._inbound.abandon()
        if self.closed:
            return
        if self.state is ASGIWebsocketState.HANDSHAKE:
            await self._send_error_response(HTTPStatus.INTERNAL_SERVER_ERROR)
        await self.send(StreamClosed(stream_id=self.stream_id))

    def _let_go(self) -> None:
        """The application has gone, which should have closed what is open still."""
        self._inbound.abandon()
        if self.open:
            self.task_group.spawn(self._close, self._machine, int(CloseReason.INTERNAL_ERROR), "")

    async def _accept(self, message: Any) -> None:
        limits = self.config.limits
        headers, deflate = accept_handshake(
            self.handshake, message.get("subprotocol"), message.get("headers", ()), limits
        )
        self.state = ASGIWebsocketState.CONNECTED
        await self.send(Response(stream_id=self.stream_id, status_code=101, headers=headers))
        # No wait between here and the parsing: what the reader adds meanwhile must come after what was early.
        self._machine = FrameMachine(limits, deflate)
        self._machine.take_longer(self._longest)
        owed = self._parse(self._machine, bytes(self._early))
        self._early.clear()
        self._now_decided()
        await self._log_access(HTTPStatus.SWITCHING_PROTOCOLS)
        # A connection may stay for days; the head of its request, kilobytes with a token in them, need not.
        del self.scope, self.handshake
        await self._settle(owed)

    def _parse(self, machine: FrameMachine, data: bytes) -> bytes:
        """Deliver what is whole; the bytes owed to the peer."""
        owed = b""
        for happening in machine.receive(data):
            match happening:
                case Delivered(message):
                    self._inbound.put(_received(message), sys.getsizeof(message))
                case Owed(reply):
                    owed += reply
                case ended:
                    self._end = ended.code, ended.reason
        return owed

    async def _settle(self, owed: bytes) -> None:
        """Write what is owed, and end what has ended."""
        if owed:
            await self._say(owed)
        if self._machine is not None and self._machine.phase is Phase.OVER and not self.closed:
            self._over(*self._end)
            await self.send(StreamClosed(stream_id=self.stream_id))

    async def _close(self, machine: FrameMachine, code: int, reason: str) -> None:
        self.state = ASGIWebsocketState.CLOSED
        self._end = code, reason
        await self._pass(ReadWithin(self.config.limits.close_timeout))
        await self._say(machine.close(code, reason))

    def _over(self, code: int, reason: str) -> None:
        self.closed = True
        self._now_decided()
        self._inbound.put_last(_disconnect(code, reason))

    def _now_decided(self) -> None:
        if self._decided is not None:
            self._decided.set()

    async def _say(self, data: bytes) -> None:
        await self.send(Data(stream_id=self.stream_id, data=data))

    async def _pass(self, event: ReadWithin | Refuse) -> None:
        await self.send(event)  # type: ignore[arg-type]  # HardenedH11Protocol passes it on to the connection

    async def _send_error_response(self, status_code: int) -> None:
        self.state = ASGIWebsocketState.HTTPCLOSED
        await self._pass(Refuse(status_code))
        await self._log_access(status_code)

    async def _log_access(self, status: int) -> None:
        response = {"status": int(status), "headers": []}
        await self.config.log.access(self.scope, response, time() - self.start_time)  # type: ignore[arg-type]  # a response of our own making


def _encode(machine: FrameMachine, message: Any) -> bytes:
    if message["type"] == FRAMES_EXTENSION:
        return machine.texts(message["texts"])
    data = message.get("bytes")
    return machine.texts((message["text"],)) if data is None else machine.binary(data)


def _received(message: str | bytes) -> dict[str, object]:
    if isinstance(message, str):
        return {"type": "websocket.receive", "text": message}
    return {"type": "websocket.receive", "bytes": bytes(message)}


def _disconnect(code: int, reason: str) -> dict[str, object]:
    return {"type": "websocket.disconnect", "code": code, "reason": reason}
