"""The opening handshake of a WebSocket (RFC 6455, section 4.2), read strictly."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

import attrs
from hypercorn.protocol.events import Request
from wsproto.utilities import generate_accept_token

from .inflate import BoundedDeflate, agree
from .limits import ShellLimits

Headers = list[tuple[bytes, bytes]]

VERSION = b"13"
KEY_SIZE = 16
FRAMES_EXTENSION = "smarthealth.frames"
"""ASGI extension: a message of this type carries `texts`, several text frames for one write. In the scope it offers
`send_now(texts) -> bool`, which sends them at once, or not at all if that would have to wait, `take_longer(size)`, which moves the
bound of a message up, and `hand_over() -> Callable[[], None]`: from then on the application's end is not its return but the call of
what `hand_over` gave."""


class HandshakeRefused(Exception):
    """The request asks for a WebSocket in a way that cannot be granted."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


@attrs.frozen(kw_only=True)
class OpeningHandshake:
    """What a client asked for."""

    key: bytes
    subprotocols: tuple[str, ...]
    extensions: tuple[str, ...]


def read_handshake(request: Request) -> OpeningHandshake:
    """Check the request of a client.

    Raises:
        HandshakeRefused: It is malformed, or of another version of the protocol.
    """
    if request.http_version != "1.1":
        raise HandshakeRefused(HTTPStatus.BAD_REQUEST)
    if _joined(request, b"sec-websocket-version") != VERSION:
        raise HandshakeRefused(HTTPStatus.UPGRADE_REQUIRED)
    key = _joined(request, b"sec-websocket-key")
    try:
        if len(base64.b64decode(key, validate=True)) != KEY_SIZE:
            raise HandshakeRefused(HTTPStatus.BAD_REQUEST)
        return OpeningHandshake(
            key=key,
            subprotocols=_tokens(request, b"sec-websocket-protocol"),
            extensions=_tokens(request, b"sec-websocket-extensions"),
        )
    except (binascii.Error, UnicodeDecodeError):
        raise HandshakeRefused(HTTPStatus.BAD_REQUEST) from None


def accept_handshake(
    handshake: OpeningHandshake, subprotocol: str | None, extra: Iterable[tuple[bytes, bytes]], limits: ShellLimits
) -> tuple[Headers, BoundedDeflate | None]:
    """Headers of the 101 response, and the extension agreed on."""
    headers = [
        (b"upgrade", b"websocket"),
        (b"connection", b"Upgrade"),
        (b"sec-websocket-accept", generate_accept_token(handshake.key)),
    ]
    if subprotocol is not None:
        if subprotocol not in handshake.subprotocols:
            raise ValueError("the application chose a subprotocol that the client did not offer")
        headers.append((b"sec-websocket-protocol", subprotocol.encode("ascii")))
    agreed = agree(handshake.extensions, limits.max_message_size) if limits.compression else None
    if agreed is not None:
        headers.append((b"sec-websocket-extensions", agreed[1]))
    return [*headers, *extra], agreed[0] if agreed is not None else None


def websocket_scope(
    request: Request, subprotocols: Iterable[str], *, secure: bool, client: Any, server: Any
) -> dict[str, Any]:
    """The ASGI scope of a handshake."""
    path, _, query = request.raw_path.partition(b"?")
    return {
        "type": "websocket",
        "asgi": {"spec_version": "2.4", "version": "3.0"},
        "scheme": "wss" if secure else "ws",
        "http_version": request.http_version,
        "path": unquote(path.decode("ascii")),
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": request.headers,
        "client": client,
        "server": server,
        "subprotocols": list(subprotocols),
        "state": dict(request.state),
        "extensions": {"websocket.http.response": {}, FRAMES_EXTENSION: {}},
    }


def _joined(request: Request, name: bytes) -> bytes:
    return b",".join(value.strip() for key, value in request.headers if key == name)


def _tokens(request: Request, name: bytes) -> tuple[str, ...]:
    return tuple(token for part in _joined(request, name).split(b",") if (token := part.decode("ascii").strip()))
