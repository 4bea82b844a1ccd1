"""WebSockets to providers, with their failures in our words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Final, TypeVar
from urllib.parse import SplitResult, urlsplit

import msgspec
import trio
import trio_websocket

from smarthealth.actors.errors import first_leaf

from .errors import SpeechCut, SpeechError, SpeechProtocolError, SpeechRefused, SpeechUnavailable

MOST_MESSAGE: Final = 1024 * 1024
"""Bytes of one message."""
_QUEUE: Final = 16
"""Messages that may wait to be read."""
_CLOSE_TIMEOUT: Final = 0.5
_POLICY_CODES: Final = frozenset({1003, 1007, 1008, 1009})
_OWN_CODES: Final = 3000
"""From here on providers name their own reasons: key, quota, session, input."""
_BUSY_CODES: Final = frozenset({1012, 1013})
_BUSY_STATUS: Final = frozenset({408, 425, 429})

M = TypeVar("M")
_Stream = trio.SocketStream | trio.SSLStream[trio.SocketStream]


class ProviderSocket:
    """One connection to a provider."""

    def __init__(self, connection: trio_websocket.WebSocketConnection) -> None:
        self._connection = connection

    async def send(self, message: bytes | dict[str, object]) -> None:
        """Send audio, or a JSON object.

        Raises:
            SpeechError: The connection is closed.
        """
        frame = message if isinstance(message, bytes) else msgspec.json.encode(message).decode()
        with _translated():
            await self._connection.send_message(frame)

    async def receive(self, kind: type[M]) -> M:
        """The next message, which is a JSON object of this form; others' fields are ignored.

        Raises:
            SpeechError: The connection is closed, or the message is none of these.
        """
        with _translated():
            frame = await self._connection.get_message()
        try:
            return msgspec.json.decode(frame, type=kind)
        except msgspec.MsgspecError:
            raise SpeechProtocolError("the provider sent what is no message of its protocol") from None


@asynccontextmanager
async def open_socket(url: str, headers: dict[str, str], connect_timeout: float) -> AsyncIterator[ProviderSocket]:
    """Connect to a provider; leaving closes the connection.

    Args:
        url: With its query.
        headers: Of the handshake, such as the key.
        connect_timeout: Seconds.

    Raises:
        SpeechError: The provider cannot be reached or refuses; later, what the block raises.
    """
    where = urlsplit(url)
    stream = await _connect(where, connect_timeout)
    opened = False
    try:
        async with trio.open_nursery() as nursery:
            connection = await _shake_hands(nursery, stream, where, headers, connect_timeout)
            opened = True
            yield ProviderSocket(connection)
            nursery.cancel_scope.cancel()
    except BaseExceptionGroup as group:
        error = first_leaf(group) or group
        raise (error if opened else _of_handshake(error)) from None
    finally:
        # at once: who is interrupted waits for no close frame
        with trio.move_on_after(_CLOSE_TIMEOUT, shield=True):
            await trio.aclose_forcefully(stream)


async def _connect(where: SplitResult, connect_timeout: float) -> _Stream:
    host, port = where.hostname or "", where.port or (443 if where.scheme == "wss" else 80)
    try:
        with trio.fail_after(connect_timeout):
            if where.scheme == "ws":
                return await trio.open_tcp_stream(host, port)
            stream = await trio.open_ssl_over_tcp_stream(host, port, https_compatible=True)
            try:
                await stream.do_handshake()
            except BaseException:
                await trio.aclose_forcefully(stream)
                raise
            return stream
    except (OSError, trio.TooSlowError, trio.BrokenResourceError) as error:
        raise SpeechUnavailable("the provider cannot be reached", code=type(error).__name__) from None


async def _shake_hands(
    nursery: trio.Nursery, stream: _Stream, where: SplitResult, headers: dict[str, str], connect_timeout: float
) -> trio_websocket.WebSocketConnection:
    try:
        with trio.fail_after(connect_timeout):
            return await trio_websocket.wrap_client_stream(
                nursery,
                stream,
                where.netloc.rpartition("@")[2],
                f"{where.path or '/'}?{where.query}",
                extra_headers=[(name.encode(), value.encode()) for name, value in headers.items()],
                message_queue_size=_QUEUE,
                max_message_size=MOST_MESSAGE,
            )
    except trio.TooSlowError:
        raise SpeechUnavailable("the provider cannot be reached", code="TooSlowError") from None


def _of_handshake(error: BaseException) -> BaseException:
    """Before there is a connection, the library's task fails in the library's ways."""
    if isinstance(error, trio_websocket.ConnectionRejected):
        return _of_status(error.status_code)
    if isinstance(error, SpeechError) or not isinstance(error, Exception):
        return error
    return SpeechUnavailable("the provider speaks no WebSocket", code=type(error).__name__)


def _of_status(status: int) -> SpeechError:
    if status in _BUSY_STATUS or status >= 500:
        return SpeechUnavailable("the provider failed", status=status)
    return SpeechRefused("the provider refused the connection", status=status)


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except trio_websocket.ConnectionClosed as closed:
        code = None if closed.reason is None else closed.reason.code
        if code is not None and (code in _POLICY_CODES or code >= _OWN_CODES):
            raise SpeechRefused("the provider closed the connection", status=code) from None
        if code in _BUSY_CODES:
            raise SpeechUnavailable("the provider closed the connection", status=code) from None
        raise SpeechCut("the connection broke", status=code) from None
