"""What can go wrong between an application and the conversation engine.

ConversationError
├── ConnectionLost      the client is gone, or being closed; nothing can be sent
├── TurnOver            the application sent an event of a turn that has ended
└── TurnRefused         the engine will not start this turn
    ├── TurnBusy        a turn of the same key is running
    ├── TooManyTurns    the connection runs as many turns as it may
    └── ServerDraining  the server is going away
"""

from __future__ import annotations


class ConversationError(Exception):
    """Root of this package's errors."""


class ConnectionLost(ConversationError):
    """The connection has ended or is ending; what was sent may not arrive."""


class TurnOver(ConversationError):
    """An event was sent on a turn whose terminal event is out: the application broke the rule."""


class TurnRefused(ConversationError):
    """The turn was not started."""


class TurnBusy(TurnRefused):
    """A turn of the same key is running."""


class TooManyTurns(TurnRefused):
    """The connection runs as many turns as it may."""


class ServerDraining(TurnRefused):
    """The server is going away and starts nothing new."""
