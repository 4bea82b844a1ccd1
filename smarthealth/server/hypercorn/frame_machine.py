"""The frames of one accepted WebSocket as a machine without input or output: bytes in, happenings out; wishes in, bytes out.

Theory of operation. wsproto parses; this machine bounds what it yields, and decides how a connection ends:

    phase     leaves it by
    OPEN      our close → CLOSING; the peer's close, or a rule that it broke → OVER, with our close frame as the reply
    CLOSING   the peer's close, or a rule that it broke → OVER
    OVER      nothing: bytes are dropped unread

A client that only ever sends texts in one frame and one segment, as nearly all do, needs no parser: its messages are read as
they stand, at a fifth of the cost, and the 3 KiB that wsproto keeps for a connection are never taken.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable

import attrs
from wsproto.connection import Connection, ConnectionState, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from .assembly import Assembler, MessageTooBig
from .frames import PING, encode_texts, read_texts
from .inflate import BoundedDeflate
from .limits import ShellLimits

REASONS = {
    CloseReason.PROTOCOL_ERROR: "protocol error",
    CloseReason.INVALID_FRAME_PAYLOAD_DATA: "invalid data",
    CloseReason.MESSAGE_TOO_BIG: "message too big",
}


class Phase(enum.Enum):
    """How far a WebSocket has come."""

    OPEN = enum.auto()
    CLOSING = enum.auto()
    OVER = enum.auto()


@attrs.frozen
class Delivered:
    """The peer sent a whole message."""

    message: str | bytes


@attrs.frozen
class Owed:
    """Bytes that must be written now."""

    data: bytes


@attrs.frozen
class Ended:
    """Nothing more will come."""

    code: int
    reason: str


Happening = Delivered | Owed | Ended


class FrameMachine:
    """One accepted WebSocket."""

    __slots__ = ("_assembler", "_deflate", "_limits", "_longest", "_parser", "phase")

    def __init__(self, limits: ShellLimits, deflate: BoundedDeflate | None) -> None:
        self._limits = limits
        self._longest = limits.max_message_size
        self._deflate = deflate
        self._parser: Connection | None = None
        self._assembler: Assembler | None = None
        self.phase = Phase.OPEN

    @property
    def _connection(self) -> Connection:
        """The parser, which from now on reads everything, since it may stand in the middle of something."""
        if self._parser is None:
            self._parser = Connection(ConnectionType.SERVER, [self._deflate] if self._deflate is not None else [])
        return self._parser

    @property
    def _over(self) -> bool:
        return self.phase is Phase.OVER

    def receive(self, data: bytes) -> list[Happening]:
        """Take bytes of the peer; what followed from them, in order."""
        happenings: list[Happening] = []
        if self._over:
            return happenings
        if self._parser is None and self._deflate is None:
            texts, read = read_texts(data, self._longest)
            happenings += map(Delivered, texts)
            data = data[read:]
            if not data:
                return happenings
        self._connection.receive_data(data)
        for event in self._connection.events():
            happenings += self._take(event)
            if self._over:
                break
        return happenings

    def take_longer(self, longest: int) -> None:
        """From now on take messages of so many bytes, where that is more than before.

        What is inflated keeps its bound: photographs gain nothing by compression, and a bomb would.
        """
        self._longest = max(longest, self._longest)
        if self._assembler is not None:
            self._assembler.take_longer(self._longest)

    def texts(self, texts: Iterable[str]) -> bytes:
        """Several text messages as the bytes of one write."""
        if self._deflate is None:
            return encode_texts(texts)
        return b"".join(self._connection.send(TextMessage(data=text)) for text in texts)

    def binary(self, data: bytes) -> bytes:
        """One binary message."""
        return bytes(self._connection.send(BytesMessage(data=data)))

    def ping(self) -> bytes:
        """A ping."""
        return PING

    def close(self, code: int, reason: str) -> bytes:
        """Our close frame; only an open connection can be closed."""
        self.phase = Phase.CLOSING
        return bytes(self._connection.send(CloseConnection(code=code, reason=reason)))

    def _take(self, event: Event) -> list[Happening]:
        match event:
            case TextMessage() | BytesMessage() if self.phase is Phase.OPEN:
                return self._join(event)
            case Ping() if self.phase is Phase.OPEN:
                return [Owed(bytes(self._connection.send(event.response())))]
            case CloseConnection():
                return self._finish(event)
            case _:
                return []

    def _join(self, piece: TextMessage | BytesMessage) -> list[Happening]:
        if self._assembler is None:
            self._assembler = Assembler(self._longest, self._limits.max_fragments)
        try:
            message = self._assembler.add(piece)
        except MessageTooBig:
            return self._fail(CloseReason.MESSAGE_TOO_BIG)
        return [] if message is None else [Delivered(message)]

    def _finish(self, close: CloseConnection) -> list[Happening]:
        """The peer's close frame, or what wsproto makes of bytes against the rules: then its own state has not moved."""
        if self._connection.state is ConnectionState.REMOTE_CLOSING:
            self.phase = Phase.OVER
            answer = bytes(self._connection.send(close.response()))
            return [Owed(answer), Ended(int(close.code), close.reason or "")]
        if self._connection.state is ConnectionState.CLOSED:
            self.phase = Phase.OVER
            return [Ended(int(close.code), close.reason or "")]
        return self._fail(CloseReason(close.code))

    def _fail(self, code: CloseReason) -> list[Happening]:
        was_open = self.phase is Phase.OPEN
        self.phase = Phase.OVER
        ended = Ended(int(code), REASONS.get(code, "protocol error"))
        if not was_open:
            return [ended]
        return [Owed(bytes(self._connection.send(CloseConnection(code=code, reason=ended.reason)))), ended]
