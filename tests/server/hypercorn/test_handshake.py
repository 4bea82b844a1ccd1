"""Opening handshakes."""

from __future__ import annotations

import pytest
from hypercorn.protocol.events import Request
from hypercorn.typing import ConnectionState

from smarthealth.server.hypercorn.handshake import (
    HandshakeRefused,
    accept_handshake,
    read_handshake,
    websocket_scope,
)
from smarthealth.server.hypercorn.limits import ShellLimits

GOOD = {
    b"sec-websocket-key": b"dGhlIHNhbXBsZSBub25jZQ==",
    b"sec-websocket-version": b"13",
    b"sec-websocket-protocol": b"bearer, abc",
    b"sec-websocket-extensions": b"permessage-deflate; client_max_window_bits",
}


def request(change: dict[bytes, bytes] | None = None, version: str = "1.1") -> Request:
    """A handshake with some headers changed, or left away."""
    headers = [(name, value) for name, value in (GOOD | (change or {})).items() if value]
    return Request(
        stream_id=1,
        headers=headers,
        http_version=version,
        method="GET",
        raw_path=b"/a%20b?token=x",
        state=ConnectionState({"listener": "main"}),
    )


def test_good_handshake_is_answered_as_in_the_specification() -> None:
    """The accept header is the one of RFC 6455, section 1.3."""
    handshake = read_handshake(request())
    headers, deflate = accept_handshake(handshake, None, [(b"x-more", b"1")], ShellLimits())
    assert (b"sec-websocket-accept", b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") in headers
    assert headers[-1] == (b"x-more", b"1")
    assert deflate is None


def test_offered_subprotocol_is_echoed_and_no_other() -> None:
    """The application can choose what the client offered only."""
    handshake = read_handshake(request())
    assert handshake.subprotocols == ("bearer", "abc")
    headers, _ = accept_handshake(handshake, "bearer", (), ShellLimits())
    assert (b"sec-websocket-protocol", b"bearer") in headers
    with pytest.raises(ValueError, match="did not offer"):
        accept_handshake(handshake, "other", (), ShellLimits())


def test_compression_is_agreed_to_only_when_it_is_on() -> None:
    """permessage-deflate is off by default."""
    handshake = read_handshake(request())
    headers, deflate = accept_handshake(handshake, None, (), ShellLimits(compression=True))
    assert deflate is not None
    assert dict(headers)[b"sec-websocket-extensions"].startswith(b"permessage-deflate; ")


@pytest.mark.parametrize(
    ("change", "version", "status"),
    [
        ({}, "1.0", 400),
        ({b"sec-websocket-version": b"8"}, "1.1", 426),
        ({b"sec-websocket-version": b""}, "1.1", 426),
        ({b"sec-websocket-key": b""}, "1.1", 400),
        ({b"sec-websocket-key": b"c2hvcnQ="}, "1.1", 400),
        ({b"sec-websocket-key": b"\xff\xfe"}, "1.1", 400),
        ({b"sec-websocket-protocol": b"\xff"}, "1.1", 400),
    ],
)
def test_malformed_handshake_is_refused(change: dict[bytes, bytes], version: str, status: int) -> None:
    """Bytes that no client should send are refused by a status, not by an exception of the server."""
    with pytest.raises(HandshakeRefused) as refused:
        read_handshake(request(change, version))
    assert refused.value.status == status


def test_scope_is_what_asgi_says() -> None:
    """Path and query are apart, the listener is in the state, and both extensions are offered."""
    scope = websocket_scope(request(), ("bearer",), secure=True, client=("1.2.3.4", 5), server=("::1", 6))
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"token=x")
    assert scope["scheme"] == "wss"
    assert scope["state"] == {"listener": "main"}
    assert set(scope["extensions"]) == {"websocket.http.response", "smarthealth.frames"}
    assert websocket_scope(request(), (), secure=False, client=None, server=None)["scheme"] == "ws"
