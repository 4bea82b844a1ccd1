"""Frames of the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from smarthealth.server.hypercorn.frames import encode_texts, read_texts
from smarthealth.testing.raw_peer import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, frame


@pytest.mark.parametrize("length", [0, 1, 125, 126, 65535, 65536, 70000])
def test_every_form_of_length_is_what_wsproto_writes(length: int) -> None:
    """A frame has the shortest form of length that RFC 6455 allows."""
    text = "x" * length
    assert encode_texts([text]) == bytes(Connection(ConnectionType.SERVER).send(TextMessage(data=text)))


@given(st.lists(st.text(max_size=200), max_size=5))
def test_client_reads_back_what_was_written(texts: list[str]) -> None:
    """Several texts in one write are several messages, in order."""
    client = Connection(ConnectionType.CLIENT)
    client.receive_data(encode_texts(texts))
    assert [event.data for event in client.events() if isinstance(event, TextMessage)] == texts


@given(st.lists(st.text(max_size=200), max_size=5), st.sampled_from([b"", frame(PONG, b"x")]))
def test_texts_of_a_client_are_read_whatever_their_mask(texts: list[str], between: bytes) -> None:
    """Whole texts are read in order, pongs among them passed over, and all bytes are accounted for."""
    client = Connection(ConnectionType.CLIENT)
    data = b"".join(bytes(client.send(TextMessage(data=text))) + between for text in texts)
    assert read_texts(data, 1000) == (texts, len(data))


@pytest.mark.parametrize(
    "rest",
    [
        frame(TEXT, b"two")[:-1],
        frame(TEXT, b"two")[:3],
        frame(TEXT, b"x" * 200)[:7],
        frame(TEXT, b"x" * 1001),
        frame(TEXT, b"x" * 70000),
        frame(TEXT, b"\xff"),
        frame(TEXT, b"part", fin=False),
        frame(CONTINUATION, b"part"),
        frame(BINARY, b"two"),
        frame(PING, b"two"),
        frame(CLOSE, b"\x03\xe8"),
        b"\x81\x03two",
        b"\x81\xfe\x00\x7d" + frame(TEXT, b"x" * 125)[2:],
        b"\xc1" + frame(TEXT, b"two")[1:],
        b"\x8a\xfe\x00\x80" + b"\0" * 200,
    ],
)
def test_reading_stops_before_whatever_is_no_whole_text(rest: bytes) -> None:
    """What is cut, fragmented, too long, of another kind, or against a rule is left for the parser from its first byte."""
    first = frame(TEXT, b"one")
    assert read_texts(first + rest, 1000) == (["one"], len(first))
