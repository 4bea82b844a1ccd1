"""Frames of the server."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from smarthealth.server.hypercorn.frames import encode_texts


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
