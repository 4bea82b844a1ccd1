"""The frames of RFC 6455, section 5.2, that nearly all traffic consists of: texts in one frame, whole and uncompressed.

Written unmasked, as a server does, and read masked, as a client must. Whatever else comes is for a parser that knows it all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

FINAL_TEXT = 0x81
LONGEST_SHORT = 125
LONGEST_MEDIUM = 0xFFFF
MEDIUM_FOLLOWS = 126
LONG_FOLLOWS = 127
FINAL_PONG = 0x8A
MASKED = 0x80
PING = b"\x89\x00"
"""A ping that says nothing."""
SHORT_HEAD = 6
"""Bytes before the payload of a short masked frame, its mask included."""
MEDIUM_HEAD = 8
"""The same of one whose length takes two more bytes."""


def encode_texts(texts: Iterable[str]) -> bytes:
    """Several messages as the bytes of one write."""
    parts: list[bytes] = []
    for text in texts:
        payload = text.encode()
        parts += (_header(len(payload)), payload)
    return b"".join(parts)


def _header(length: int) -> bytes:
    if length <= LONGEST_SHORT:
        return bytes((FINAL_TEXT, length))
    if length <= LONGEST_MEDIUM:
        return struct.pack("!BBH", FINAL_TEXT, MEDIUM_FOLLOWS, length)
    return struct.pack("!BBQ", FINAL_TEXT, LONG_FOLLOWS, length)


def read_texts(data: bytes, longest: int) -> tuple[list[str], int]:
    """The text messages at the beginning of what a client sent, pongs among them left out.

    Args:
        data: Begins with a frame.
        longest: Bytes of a message.

    Returns:
        The texts, and how many bytes they took. Reading stops before a frame of any other kind, one that is cut, too long,
        or against a rule: who reads on from there sees what is wrong with it.
    """
    texts: list[str] = []
    position = 0
    while (end := position + SHORT_HEAD) <= len(data):
        kind, length = data[position], data[position + 1] ^ MASKED
        if length == MEDIUM_FOLLOWS and kind == FINAL_TEXT:
            length, end = int.from_bytes(data[position + 2 : position + 4], "big"), position + MEDIUM_HEAD
            if length <= LONGEST_SHORT:
                break
        elif length > LONGEST_SHORT:
            break
        payload = data[end : end + length]
        if len(payload) < length or length > longest:
            break
        if kind == FINAL_TEXT:
            try:
                texts.append(_unmask(payload, data[end - 4 : end]).decode())
            except UnicodeDecodeError:
                break
        elif kind != FINAL_PONG:
            break
        position = end + length
    return texts, position


def _unmask(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // len(mask) + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")
