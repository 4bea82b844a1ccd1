"""Compression within bounds."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason

from smarthealth.server.hypercorn.inflate import BoundedDeflate, agree
from smarthealth.testing.raw_peer import BINARY, CONTINUATION, PING, TEXT, frame

LIMIT = 1000


def deflate(data: bytes) -> bytes:
    """Compress as RFC 7692 has it."""
    compressor = zlib.compressobj(wbits=-15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH))[:-4]


def server() -> Connection:
    """A server that agreed to compress."""
    agreed = agree(["permessage-deflate"], LIMIT)
    assert agreed is not None
    return Connection(ConnectionType.SERVER, [agreed[0]])


def received(connection: Connection, data: bytes) -> list[Event]:
    """What a server makes of some bytes."""
    connection.receive_data(data)
    return list(connection.events())


@given(st.lists(st.text(max_size=200), max_size=4))
def test_messages_are_inflated_one_by_one(texts: list[str]) -> None:
    """Every message starts afresh, whatever came before it."""
    connection = server()
    for text in texts:
        events = received(connection, frame(TEXT, deflate(text.encode()), compressed=True))
        assert "".join(event.data for event in events if isinstance(event, TextMessage)) == text


def test_bomb_is_stopped_at_the_bound() -> None:
    """A message that inflates past its bound ends in 1009, without having been inflated."""
    (event,) = received(server(), frame(BINARY, deflate(bytes(10_000_000)), compressed=True))
    assert isinstance(event, CloseConnection)
    assert event.code == CloseReason.MESSAGE_TOO_BIG


def test_message_of_exactly_the_bound_passes() -> None:
    """The bound itself is allowed, and the next message has all of it again."""
    connection = server()
    for _ in range(2):
        events = received(connection, frame(TEXT, deflate(b"a" * LIMIT), compressed=True))
        assert [event.data for event in events if isinstance(event, TextMessage)] == ["a" * LIMIT]


def test_bomb_in_fragments_is_stopped() -> None:
    """The bound is the message's, not the frame's."""
    data = deflate(b"a" * (LIMIT + 1) + bytes(range(256)))
    half = len(data) // 2
    events = received(
        server(),
        frame(TEXT, data[:half], fin=False, compressed=True) + frame(CONTINUATION, data[half:]),
    )
    assert isinstance(events[-1], CloseConnection)
    assert events[-1].code == CloseReason.MESSAGE_TOO_BIG


def test_ping_between_compressed_fragments_changes_nothing() -> None:
    """A control frame may come between the fragments of a compressed message."""
    data = deflate(b"hello hello hello")
    events = received(
        server(),
        frame(TEXT, data[:4], fin=False, compressed=True) + frame(PING, b"x") + frame(CONTINUATION, data[4:]),
    )
    assert [event.payload for event in events if isinstance(event, Ping)] == [b"x"]
    assert "".join(event.data for event in events if isinstance(event, TextMessage)) == "hello hello hello"


def test_compressed_control_frame_is_against_the_rules() -> None:
    """RFC 7692 compresses no control frame."""
    (event,) = received(server(), frame(PING, b"x", compressed=True))
    assert isinstance(event, CloseConnection)
    assert event.code == CloseReason.PROTOCOL_ERROR


def test_plain_message_passes_as_it_is() -> None:
    """A client that agreed to compress need not, fragments included."""
    events = received(server(), frame(TEXT, b"pl", fin=False) + frame(CONTINUATION, b"ain"))
    assert "".join(event.data for event in events if isinstance(event, TextMessage)) == "plain"


def test_what_is_no_deflate_is_invalid() -> None:
    """Bytes that do not inflate end in 1007."""
    (event,) = received(server(), frame(TEXT, b"\xff\xff\xff\xff", compressed=True))
    assert isinstance(event, CloseConnection)
    assert event.code == CloseReason.INVALID_FRAME_PAYLOAD_DATA


def test_server_compresses_for_a_client_of_wsproto() -> None:
    """What the server compresses, a client inflates, message by message."""
    client = Connection(ConnectionType.CLIENT, [_client_extension()])
    connection = server()
    for text in ("hola", "hola"):
        client.receive_data(bytes(connection.send(TextMessage(data=text))))
        assert [event.data for event in client.events() if isinstance(event, TextMessage)] == [text]


def _client_extension() -> BoundedDeflate:
    extension = BoundedDeflate(LIMIT)
    extension.finalize("permessage-deflate; server_no_context_takeover")
    return extension


@pytest.mark.parametrize(
    ("offers", "answer"),
    [
        (["permessage-deflate"], b"permessage-deflate; client_no_context_takeover; server_no_context_takeover"),
        (["x-other", "permessage-deflate; server_max_window_bits=8", "permessage-deflate; server_max_window_bits=10"],
         b"permessage-deflate; client_no_context_takeover; server_no_context_takeover; server_max_window_bits=10"),
        (["permessage-deflate; client_max_window_bits=many"], None),
        (["x-webkit-deflate-frame"], None),
        ([], None),
    ],
)  # fmt: skip
def test_first_offer_that_can_be_met_is_taken(offers: list[str], answer: bytes | None) -> None:
    """Offers of other extensions, and ones with windows that cannot be had, are passed over."""
    agreed = agree(offers, LIMIT)
    assert (agreed[1] if agreed is not None else None) == answer
