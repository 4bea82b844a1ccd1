"""Whole messages from the pieces that wsproto yields, within bounds."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO, StringIO
from typing import cast

from wsproto.events import BytesMessage, TextMessage


class MessageTooBig(Exception):
    """A message passed its bound of bytes or of frames."""


class Assembler:
    """Joins the pieces of one message after the other.

    A piece is what has arrived of a frame, so that neither a frame nor a message is ever waited for beyond the bound. Frames
    are counted too: an endless message of empty frames has no size.
    """

    def __init__(self, max_size: int, max_fragments: int) -> None:
        self._max_size = max_size
        self._max_fragments = max_fragments
        self._parts: StringIO | BytesIO | None = None
        self._size = 0
        self._fragments = 0

    def take_longer(self, max_size: int) -> None:
        """Take larger messages, the one that is being joined included."""
        self._max_size = max_size

    def add(self, piece: TextMessage | BytesMessage) -> str | bytes | None:
        """Take the next piece.

        Returns:
            The message when this piece was its last, else None.

        Raises:
            MessageTooBig: The message is over; the assembler is of no further use.
        """
        self._count(piece)
        if piece.message_finished and self._parts is None:
            whole: str | bytes = piece.data if isinstance(piece, TextMessage) else bytes(piece.data)
        else:
            parts = self._parts = self._parts or (StringIO() if isinstance(piece, TextMessage) else BytesIO())
            cast(Callable[[object], int], parts.write)(piece.data)  # wsproto lets no message change its kind
            if not piece.message_finished:
                return None
            whole = parts.getvalue()
        self._parts, self._size, self._fragments = None, 0, 0
        return whole

    def _count(self, piece: TextMessage | BytesMessage) -> None:
        data = piece.data
        self._size += len(data) if isinstance(data, bytes | bytearray) or data.isascii() else len(data.encode())
        self._fragments += piece.frame_finished
        if self._size > self._max_size or self._fragments > self._max_fragments:
            raise MessageTooBig
