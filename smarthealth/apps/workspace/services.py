"""What the workspace application works with, each part as narrow as it is used."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from datetime import UTC, datetime
from typing import Final, Protocol

import attrs

from smarthealth.conversation.application import TurnPolicy
from smarthealth.conversation.rooms.ports import RoomLimits
from smarthealth.conversation.telemetry import NullTelemetry, Telemetry
from smarthealth.llm.port import ChatModel
from smarthealth.storage.conversations import Entry, Invite, InviteRole, StoredEntry

from .access import Door
from .settings import WorkspaceSettings
from .workbench import OpenWorkbench

APPLICATION: Final = "workspace"


class ConversationStore(Door, Protocol):
    """Keeps conversations: `storage.conversations.Conversations`."""

    async def latest(self, conversation_id: int, limit: int) -> Sequence[StoredEntry]:
        """The latest messages, oldest first."""
        ...

    async def append(self, conversation_id: int, entry: Entry) -> StoredEntry:
        """Keep a message."""
        ...

    async def invite(self, conversation_id: int, token_hash: bytes, role: InviteRole, ttl: float) -> Invite | None:
        """Make an invite; None when there are too many."""
        ...

    async def invites(self, conversation_id: int) -> Sequence[Invite]:
        """The invites that are good."""
        ...

    async def revoke(self, conversation_id: int, invite_id: int) -> bool:
        """Take an invite back."""
        ...


class Limiter(Protocol):
    """Counts messages: `server.rate.TokenBuckets`."""

    def take(self, client: Hashable) -> float:
        """Count one; 0 when it may go on, else the seconds after which one may."""
        ...


@attrs.frozen(kw_only=True)
class WorkspaceServices:
    """Everything that a conversation needs."""

    conversations: ConversationStore
    chat_model: ChatModel
    open_workbench: OpenWorkbench
    limiter: Limiter
    settings: WorkspaceSettings
    find_supervisor: Callable[[str], object]
    """Finds the supervisor of rooms among the system's children."""
    telemetry: Telemetry = attrs.field(factory=NullTelemetry)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def limits(self) -> RoomLimits:
        """How much its rooms may take."""
        settings = self.settings
        return RoomLimits(
            max_rooms=settings.max_rooms,
            max_viewers=settings.max_viewers,
            grace=settings.grace,
            linger=settings.linger,
            policy=TurnPolicy(when_busy=settings.when_busy),
        )
