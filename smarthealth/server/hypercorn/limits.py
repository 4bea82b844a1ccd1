"""The numbers that bound a peer of the shell, with the memory that they add up to."""

from __future__ import annotations

import attrs

KIBIBYTE = 1024

MESSAGE_OVERHEAD = 256
"""Bytes that a queued message costs besides its text: the event's dict, the string's header, the queue's slot."""
PARSER_MEMORY = 24 * KIBIBYTE
"""Bytes of one idle WebSocket in this process, measured: its objects, tasks and the parser (docs/explanation/hypercorn.md)."""
TEXT_WIDTH = 4
"""Bytes of a character of text, at most."""
SEGMENT = 64 * KIBIBYTE
"""Bytes read at a time."""
INFLATE_MEMORY = 44 * KIBIBYTE
"""Bytes of a zlib window for inflating, at the largest window of 32 KiB."""


@attrs.frozen(kw_only=True)
class ShellLimits:
    """How long and how much the shell takes from one peer before it stops listening."""

    max_connections: int = 12_000
    """TCP connections open at once; one more is answered 503."""
    tls_handshake_timeout: float = 10.0
    """Seconds for a TLS handshake."""
    header_timeout: float = 10.0
    """Seconds for the whole head of a request, however it drips in."""
    body_timeout: float = 30.0
    """Seconds for the whole body of a request."""
    keep_alive_timeout: float = 15.0
    """Seconds that an idle connection may wait for its next request."""
    send_timeout: float = 30.0
    """Seconds in which each 64 KiB must leave; a peer that reads slower is cut."""
    close_timeout: float = 2.0
    """Seconds for a peer to answer our close frame, or to finish what it was sending when it was refused."""
    ping_interval: float = 20.0
    """Seconds of silence after which a WebSocket peer is asked for a sign of life."""
    pong_timeout: float = 20.0
    """Seconds for that sign of life; any byte counts."""
    max_header_size: int = 16 * KIBIBYTE
    """Bytes of a request's head."""
    max_body_size: int = 64 * KIBIBYTE
    """Bytes of a request's body."""
    max_message_size: int = 64 * KIBIBYTE
    """Bytes of a WebSocket message, inflated; a larger one ends in 1009."""
    max_fragments: int = 1024
    """Frames of one message; more of them end in 1009."""
    read_ahead: int = 64 * KIBIBYTE
    """Bytes of whole messages, as held in memory, that wait for the application before reading stops; the last not counted."""
    send_buffer: int = 128 * KIBIBYTE
    """Bytes asked of the kernel for a connection's unsent data (Linux doubles it); 0 leaves it to the kernel."""
    receive_buffer: int = 64 * KIBIBYTE
    """Bytes asked of the kernel for a connection's unread data (Linux doubles it); 0 leaves it to the kernel."""
    compression: bool = False
    """Whether permessage-deflate is agreed to."""

    def worst_case_memory(self) -> int:
        """Bytes that one hostile WebSocket can make this process hold, the kernel's buffers aside.

        | part                                                                   | default |
        |------------------------------------------------------------------------|---------|
        | the connection itself                                                  | 24 KiB  |
        | messages waiting for the application, counted at their true size       | 64 KiB  |
        | the last of them, past the bound, at four bytes a character            | 256 KiB |
        | the next, being put together                                           | 256 KiB |
        | one segment, as read and as buffered by the parser                     | 128 KiB |

        Text takes four bytes a character as soon as one character lies outside the basic plane.
        """
        message = TEXT_WIDTH * self.max_message_size
        inflate = INFLATE_MEMORY if self.compression else 0
        return PARSER_MEMORY + self.read_ahead + 2 * message + 2 * SEGMENT + inflate
