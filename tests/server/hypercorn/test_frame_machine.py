"""One WebSocket's frames, without a socket."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import BytesMessage, CloseConnection, Ping, TextMessage

from smarthealth.server.hypercorn.frame_machine import Delivered, Ended, FrameMachine, Happening, Owed, Phase
from smarthealth.server.hypercorn.inflate import BoundedDeflate
from smarthealth.server.hypercorn.limits import ShellLimits
from smarthealth.testing.raw_peer import BINARY, CLOSE, CONTINUATION, PING, PONG, TEXT, close_frame, frame

LIMITS = ShellLimits(max_message_size=100, max_fragments=5)


def machine() -> FrameMachine:
    """A machine without compression."""
    return FrameMachine(LIMITS, None)


def refusal(happenings: list[Happening]) -> int:
    """The code of a connection that ended by our close frame."""
    *_, owed, ended = happenings
    assert isinstance(owed, Owed)
    assert isinstance(ended, Ended)
    assert owed.data[2:4] == struct.pack("!H", ended.code)
    return ended.code


@given(st.lists(st.text(max_size=20), max_size=4), st.data())
def test_any_split_of_the_bytes_delivers_the_same(texts: list[str], data: st.DataObject) -> None:
    """How TCP cuts the stream changes nothing."""
    stream = b"".join(frame(TEXT, text.encode()) for text in texts)
    under_test, got = machine(), []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        got += under_test.receive(stream[:size])
        stream = stream[size:]
    assert got == [Delivered(text) for text in texts]


def test_ping_is_answered_among_messages() -> None:
    """A pong with the ping's payload is owed, in order."""
    data = frame(TEXT, b"a") + frame(PING, b"x") + frame(PONG, b"y") + frame(BINARY, b"b")
    assert machine().receive(data) == [Delivered("a"), Owed(b"\x8a\x01x"), Delivered(b"b")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(TEXT, b"x" * 101), 1009),
        (frame(TEXT, b"x" * 70, fin=False) + frame(CONTINUATION, b"x" * 70), 1009),
        (frame(TEXT, b"", fin=False) + frame(CONTINUATION, b"", fin=False) * 5, 1009),
        (frame(TEXT, b"\xff"), 1007),
        (frame(TEXT, b"\xc3", fin=False) + frame(CONTINUATION, b"\x28"), 1007),
        (frame(CLOSE, struct.pack("!H", 1000) + b"\xff"), 1007),
        (frame(CONTINUATION, b"x"), 1002),
        (frame(TEXT, b"x", fin=False) + frame(TEXT, b"x"), 1002),
        (frame(0x3, b"x"), 1002),
        (frame(TEXT, b"x", compressed=True), 1002),
        (frame(PING, b"x" * 126), 1002),
        (frame(PING, b"x", fin=False), 1002),
        (frame(CLOSE, b"x"), 1002),
        (frame(CLOSE, struct.pack("!H", 1006)), 1002),
        (b"\x81\x01x", 1002),
    ],
)
def test_broken_rule_ends_with_its_code(data: bytes, code: int) -> None:
    """Whatever rule a peer breaks, it gets the code for it, and nothing of it is heard any more."""
    under_test = machine()
    assert refusal(under_test.receive(data)) == code
    assert under_test.phase is Phase.OVER
    assert under_test.receive(frame(TEXT, b"more")) == []


def test_longer_messages_may_be_taken_later() -> None:
    """Also in the middle of one; the bound only grows."""
    under_test = machine()
    assert under_test.receive(frame(TEXT, b"x" * 70, fin=False)) == []
    under_test.take_longer(200)
    under_test.take_longer(150)
    assert under_test.receive(frame(CONTINUATION, b"x" * 70)) == [Delivered("x" * 140)]
    assert under_test.receive(frame(TEXT, b"x" * 200)) == [Delivered("x" * 200)]
    assert refusal(under_test.receive(frame(TEXT, b"x" * 201))) == 1009
    early = machine()
    early.take_longer(200)
    assert early.receive(frame(TEXT, b"x" * 200)) == [Delivered("x" * 200)]


def test_what_was_whole_before_the_broken_rule_is_delivered() -> None:
    """A good message before a bad frame counts; what follows the bad frame does not."""
    happenings = machine().receive(frame(TEXT, b"good") + frame(0x3) + frame(TEXT, b"late"))
    assert happenings[0] == Delivered("good")
    assert len(happenings) == 3


@pytest.mark.parametrize(("code", "reason"), [(1000, ""), (1001, "tab closed"), (4000, "own")])
def test_close_of_the_peer_is_echoed_and_told(code: int, reason: str) -> None:
    """The code and reason of the peer reach the application."""
    under_test = machine()
    owed, ended = under_test.receive(close_frame(code, reason))
    assert isinstance(owed, Owed)
    assert owed.data[2:4] == struct.pack("!H", code)
    assert ended == Ended(code, reason)


def test_close_without_a_code_is_1005() -> None:
    """An empty close frame is answered by an empty one."""
    assert machine().receive(frame(CLOSE)) == [Owed(b"\x88\x00"), Ended(1005, "")]


def test_after_our_close_only_the_peers_close_counts() -> None:
    """Messages and pings that cross our close frame are dropped."""
    under_test = machine()
    assert under_test.close(4401, "expired") == b"\x88\x09" + struct.pack("!H", 4401) + b"expired"
    assert under_test.receive(frame(TEXT, b"late") + frame(PING)) == []
    assert under_test.phase is Phase.CLOSING
    assert under_test.receive(close_frame(4401)) == [Ended(4401, "")]


def test_broken_rule_after_our_close_ends_without_another_close() -> None:
    """Two close frames are never sent."""
    under_test = machine()
    under_test.close(1000, "")
    assert under_test.receive(frame(0x3)) == [Ended(1002, "protocol error")]


@pytest.mark.parametrize("deflate", [None, BoundedDeflate(100)])
def test_client_reads_what_is_encoded(deflate: BoundedDeflate | None) -> None:
    """Texts, binary messages, pings and the close frame are what a client of wsproto reads."""
    extension = None
    if deflate is not None:
        deflate.accept("permessage-deflate")
        extension = BoundedDeflate(100)
        extension.finalize("permessage-deflate; server_no_context_takeover; client_no_context_takeover")
    under_test = FrameMachine(LIMITS, deflate)
    client = Connection(ConnectionType.CLIENT, [extension] if extension is not None else [])
    client.receive_data(
        under_test.texts(["uno", "dos"])
        + under_test.binary(b"\x00")
        + under_test.ping()
        + under_test.close(1001, "bye")
    )
    messages: dict[str, str] = {}
    events = list(client.events())
    for event in events:
        if isinstance(event, TextMessage):
            messages[str(len(messages))] = event.data
    assert "".join(messages.values()) == "unodos"
    assert [bytes(event.data) for event in events if isinstance(event, BytesMessage) and event.data] == [b"\x00"]
    assert [event for event in events if isinstance(event, Ping)]
    assert isinstance(events[-1], CloseConnection)
    assert (events[-1].code, events[-1].reason) == (1001, "bye")
