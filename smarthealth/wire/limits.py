"""What one connection may cost.

Every queue between a client's socket and its turns is bounded, in number and in bytes, so that the worst case can be worked
out beforehand: it is a sum (`Limits.worst_case_memory`) and not a matter of load. Each part enforces its own bound and owns
the setting of it; here they meet.

One number runs through the sum. CPython keeps a text at the width of its widest character, so 64 KiB of UTF-8 that hold a
single emoji among ASCII take 256 KiB as text. Where a bound counts UTF-8, its text is counted four times over.
"""

from __future__ import annotations

from typing import Any, Final

import attrs

KIB: Final = 1024
MIB: Final = 1024 * KIB

TEXT_WIDTH: Final = 4
"""Bytes that a text takes at most, for each byte of its UTF-8."""
PARSED_WIDTH: Final = 48
"""Bytes of Python objects that one byte of JSON becomes at most while it is decoded."""
_TASKS: Final = 24 * KIB
"""Session, keepalive, outbox, supervisor and their mailboxes: 2 kB a parked task, 4 kB with its channels, and slack."""
_TURN_TASKS: Final = 48 * KIB
"""The stages of one turn: at most eight tasks, their channels and scopes."""


def _positive(instance: object, attribute: attrs.Attribute[Any], value: int) -> None:
    if not value > 0:
        raise ValueError(f"{attribute.name} must be above zero")


@attrs.frozen(kw_only=True)
class Limits:
    """The bounds that add up to the memory of one connection, in bytes where nothing else is said."""

    transport: int = attrs.field(default=896 * KIB, validator=_positive)
    """All that the HTTP server keeps for the socket: parsers, and messages that wait to be received, as text."""
    max_frame_size: int = attrs.field(default=64 * KIB, validator=_positive)
    """UTF-8 of the largest message from a client; a bigger one is 1009."""
    outbox_bytes: int = attrs.field(default=1 * MIB, validator=_positive)
    """Text of turns' events that waits for the socket before turns wait; as much again of control events."""
    max_event_size: int = attrs.field(default=128 * KIB, validator=_positive)
    """Text of the largest event; each turn may add one last event to a full outbox."""
    max_turns: int = attrs.field(default=4, validator=_positive)
    """Turns (a number) that run at once; one more is refused."""
    turn_bytes: int = attrs.field(default=1 * MIB, validator=_positive)
    """Text that one turn holds: evidence, prompt, answer and what is queued between its stages."""

    def worst_case_memory(self) -> int:
        """Bytes that one connection takes at most, by the sum of its parts.

        | part                                                            | default   |
        |-----------------------------------------------------------------|-----------|
        | the server's buffers and messages not yet received              | 0.875 MiB |
        | the message in the session's hands, at four bytes a character   | 0.25 MiB  |
        | outbox: turns' events, control events, one last event a turn    | 2.5 MiB   |
        | one write: what is taken from the outbox, joined as UTF-8       | 2.5 MiB   |
        | turns: their text, tasks and channels                           | 4.2 MiB   |
        | the connection's own tasks                                      | 0.02 MiB  |

        About 10.4 MiB. An idle connection holds its tasks and an idle transport. Decoding is not in the sum: it waits for
        nothing, so one message at a time in the whole process is being decoded; see `worst_case_decoding`.
        """
        outbox = 2 * self.outbox_bytes + self.max_turns * self.max_event_size
        turns = self.max_turns * (self.turn_bytes + _TURN_TASKS)
        return self.transport + self.max_frame_size * TEXT_WIDTH + 2 * outbox + turns + _TASKS

    def worst_case_decoding(self) -> int:
        """Bytes that decoding the worst message takes for its moment, once in a process: 3 MiB by default."""
        return self.max_frame_size * PARSED_WIDTH
