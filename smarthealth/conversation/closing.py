"""Why a connection ends, and what its client is told."""

from __future__ import annotations

import attrs

from .application import TurnEnd


@attrs.frozen(kw_only=True)
class Closing:
    """One way for a connection to end."""

    code: int
    """WebSocket close code."""
    reason: str
    """For people; at most 123 bytes."""
    reachable: bool = True
    """Whether anybody is left to tell."""
    turns: TurnEnd = TurnEnd.SHUTDOWN
    """How this ends the turns that run."""


GOING_AWAY = Closing(code=1001, reason="server going away")
BINARY_REFUSED = Closing(code=1003, reason="binary frames are not taken here")
INTERNAL_ERROR = Closing(code=1011, reason="internal error")
OVERLOADED = Closing(code=1013, reason="too many connections")
TOKEN_EXPIRED = Closing(code=4401, reason="token expired")
NOT_SIGNED_IN = Closing(code=4401, reason="not authenticated in time")
IDLE = Closing(code=4408, reason="idle for too long")
FLOODING = Closing(code=4429, reason="too many messages")
TOO_SLOW = Closing(code=4430, reason="reading too slowly", turns=TurnEnd.CONNECTION_LOST)


def client_left(code: int, reason: str) -> Closing:
    """The ending that the client, or the network, made."""
    return Closing(code=code, reason=reason, reachable=False, turns=TurnEnd.CONNECTION_LOST)
