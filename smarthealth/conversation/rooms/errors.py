"""Why somebody cannot enter a room.

ConversationError
└── EntryRefused     the room cannot be entered
    ├── RoomFull     it has as many viewers as it may
    ├── RoomsFull    as many rooms are open as may be
    └── RoomsClosed  the server is going away
"""

from __future__ import annotations

from smarthealth.conversation.errors import ConversationError


class EntryRefused(ConversationError):
    """A room cannot be entered."""


class RoomFull(EntryRefused):
    """It has as many viewers as it may."""


class RoomsFull(EntryRefused):
    """As many rooms are open as may be."""


class RoomsClosed(EntryRefused):
    """The server is going away."""
