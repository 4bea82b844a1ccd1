"""What one connection may cost.

Every queue between a client's socket and its turns is bounded, in number and in bytes, so that the worst case can be worked
out beforehand: it is a sum (`Limits.worst_case_memory`), not a matter of load.

One number runs through the sum. CPython keeps a text at the width of its widest character, so 64 KiB of UTF-8 that hold a
single emoji among ASCII take 256 KiB as text. All text in queues is therefore counted four times over.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

KIB: Final = 1024
MIB: Final = 1024 * KIB

TEXT_WIDTH: Final = 4
"""Bytes that a character of text takes at most, for one byte of its UTF-8."""
PARSED_WIDTH: Final = 48
"""Bytes of Python objects that one byte of JSON becomes at most while it is decoded."""
_TASKS: Final = 24 * KIB
"""Session, keepalive, outbox, supervisor and their mailboxes: 2 kB a parked task, channels included 4 kB, and slack."""
_TRANSPORT: Final = 32 * KIB
"""Buffers of the HTTP server and of the WebSocket protocol for an idle connection."""
_COMPRESSION: Final = 80 * KIB
"""Both windows and states of permessage-deflate."""
_TURN_TASKS: Final = 48 * KIB
"""The stages of one turn: at most eight tasks, their channels and scopes."""


def _positive(instance: object, attribute: attrs.Attribute[Any], value: float) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be above zero")


@attrs.frozen(kw_only=True)
class Limits:
    """The limits of one connection. Sizes are bytes, durations seconds."""

    max_frame_size: int = attrs.field(default=64 * KIB, validator=_positive)
    """Largest message from a client, its fragments joined and inflated; a bigger one is 1009."""
    inbound_queue: int = attrs.field(default=4, validator=_positive)
    """Messages that wait for the session; when full, the socket is not read."""
    outbox_events: int = attrs.field(default=256, validator=_positive)
    """Events that wait for the socket; past it tokens are merged, then the reader is cut with 4430."""
    outbox_bytes: int = attrs.field(default=1 * MIB, validator=_positive)
    """UTF-8 bytes of text in these events."""
    max_turns: int = attrs.field(default=4, validator=_positive)
    """Turns that run at once; one more is refused."""
    turn_bytes: int = attrs.field(default=256 * KIB, validator=_positive)
    """UTF-8 bytes of text that one turn holds: evidence, prompt, answer and what is queued between its stages."""
    compression: bool = False
    """Whether permessage-deflate is offered."""
    idle_timeout: float = attrs.field(default=300.0, validator=_positive)
    """Without a message from the client and without a running turn; then 4408."""
    ping_interval: float = attrs.field(default=20.0, validator=_positive)
    """Between pings of the WebSocket protocol."""
    pong_timeout: float = attrs.field(default=20.0, validator=_positive)
    """For the pong; then the connection is dropped."""
    send_timeout: float = attrs.field(default=20.0, validator=_positive)
    """For one write to the socket; then the reader is cut."""
    close_timeout: float = attrs.field(default=5.0, validator=_positive)
    """For the closing handshake."""
    max_bad_messages: int = attrs.field(default=100, validator=_positive)
    """Refused messages in `bad_message_window`; then 4429."""
    bad_message_window: float = attrs.field(default=60.0, validator=_positive)
    """Seconds over which refused messages are counted."""

    def worst_case_memory(self) -> int:
        """Bytes that one connection takes at most, by the sum of its parts.

        | part                                                              | default |
        |-------------------------------------------------------------------|---------|
        | inbound: queue, one being assembled (twice: bytes and text), one in the session; at four bytes a character | 1.8 MiB |
        | outbox: text that waits, at four bytes a character                | 4 MiB   |
        | one write: all that waits, joined and framed as UTF-8             | 1 MiB   |
        | turns: four times text at four bytes a character, and tasks       | 4.2 MiB |
        | tasks, buffers, compression                                       | 0.1 MiB |

        An idle connection holds only the last line. Decoding is not in the sum: it does not wait for anything, so one
        message at a time in the whole process is decoded, see `worst_case_decoding`.
        """
        inbound = (self.inbound_queue + 2) * self.max_frame_size * TEXT_WIDTH + self.max_frame_size
        outbox = self.outbox_bytes * TEXT_WIDTH
        write = self.outbox_bytes
        turns = self.max_turns * (self.turn_bytes * TEXT_WIDTH + _TURN_TASKS)
        return inbound + outbox + write + turns + self.idle_memory()

    def idle_memory(self) -> int:
        """Bytes that a connection takes at most while nothing is queued and no turn runs."""
        return _TASKS + _TRANSPORT + (_COMPRESSION if self.compression else 0)

    def worst_case_decoding(self) -> int:
        """Bytes that decoding the worst message takes for its moment, once in a process."""
        return self.max_frame_size * PARSED_WIDTH
