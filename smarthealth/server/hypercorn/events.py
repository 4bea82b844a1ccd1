"""What the parts of the shell say to each other, besides Hypercorn's own events."""

from __future__ import annotations

import math
from dataclasses import dataclass

from hypercorn.events import Event


@dataclass(frozen=True)
class ReadWithin(Event):
    """The peer's next bytes are awaited for so many seconds from now, and no longer."""

    seconds: float = math.inf


@dataclass(frozen=True)
class Refuse(Event):
    """Answer the request with a status of the shell's own, unless it is being answered already."""

    status: int


@dataclass(frozen=True)
class Finish(Event):
    """All is said: end the stream."""

    linger: bool
    """Whether the peer may be sending still. It is then listened to for a while, since closing a socket with unread data
    resets it, and the peer would lose what we said last."""
