"""Messages put together from pieces."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.events import BytesMessage, TextMessage

from smarthealth.server.hypercorn.assembly import Assembler, MessageTooBig


def text(data: str, *, frame: bool = True, last: bool = False) -> TextMessage:
    """A piece of a text message."""
    return TextMessage(data=data, frame_finished=frame, message_finished=last)


def binary(data: bytes, *, last: bool = False) -> BytesMessage:
    """A piece of a binary message."""
    return BytesMessage(data=bytearray(data), frame_finished=True, message_finished=last)


def test_message_of_one_piece_is_delivered_as_it_is() -> None:
    """A message that comes whole needs no joining, and binary ones are bytes."""
    assembler = Assembler(10, 10)
    assert assembler.add(text("héllo", last=True)) == "héllo"
    assert assembler.add(binary(b"\x00\xff", last=True)) == b"\x00\xff"


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8))
def test_pieces_are_joined_in_order(pieces: list[str]) -> None:
    """However a text is split, the message is the same, and the next message starts afresh."""
    assembler = Assembler(1000, 1000)
    for _ in range(2):
        for piece in pieces[:-1]:
            assert assembler.add(text(piece)) is None
        assert assembler.add(text(pieces[-1], last=True)) == "".join(pieces)


def test_binary_pieces_are_joined() -> None:
    """Binary fragments are joined like texts."""
    assembler = Assembler(10, 10)
    assert assembler.add(binary(b"ab")) is None
    assert assembler.add(binary(b"c", last=True)) == b"abc"


def test_size_is_counted_in_bytes() -> None:
    """A text passes its bound by its bytes on the wire, not by its characters."""
    assert Assembler(4, 10).add(text("ññ", last=True)) == "ññ"
    with pytest.raises(MessageTooBig):
        Assembler(3, 10).add(text("ññ", last=True))
    with pytest.raises(MessageTooBig):
        Assembler(3, 10).add(binary(b"1234"))


def test_the_bound_may_grow_within_a_message() -> None:
    """What was counted so far counts on."""
    assembler = Assembler(3, 10)
    assert assembler.add(binary(b"123")) is None
    assembler.take_longer(5)
    assert assembler.add(binary(b"45")) is None
    with pytest.raises(MessageTooBig):
        assembler.add(binary(b"6", last=True))


def test_endless_empty_fragments_are_too_big() -> None:
    """A message of empty frames is over when it has too many of them."""
    assembler = Assembler(10, 3)
    for _ in range(3):
        assert assembler.add(text("")) is None
    with pytest.raises(MessageTooBig):
        assembler.add(text(""))


def test_parts_of_one_frame_are_not_fragments() -> None:
    """A frame that drips in byte by byte counts once."""
    assembler = Assembler(10, 1)
    for _ in range(5):
        assert assembler.add(text("a", frame=False)) is None
    assert assembler.add(text("b", last=True)) == "aaaaab"
