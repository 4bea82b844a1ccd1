"""Text frames of RFC 6455, section 5.2, from a server to a client: whole, unmasked, uncompressed."""

from __future__ import annotations

import struct
from collections.abc import Iterable

FINAL_TEXT = 0x81
LONGEST_SHORT = 125
LONGEST_MEDIUM = 0xFFFF
MEDIUM_FOLLOWS = 126
LONG_FOLLOWS = 127


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
