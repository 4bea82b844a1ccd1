"""One conversation while it is open: its history, its tools, who is there, and which calls wait for a person."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Literal

import attrs
import trio
from msgspec import UNSET

from smarthealth.conversation.rooms.errors import EntryRefused
from smarthealth.conversation.rooms.ports import RoomLife, Viewer
from smarthealth.conversation.rooms.room import Room
from smarthealth.llm.port import ChatMessage
from smarthealth.storage.conversations import Entry, StoredEntry
from smarthealth.wire.timestamps import utc_timestamp

from .services import WorkspaceServices
from .story import Story, message_of
from .wire import Access, ApprovalRequired, Person, Presence, Sent
from .workbench import Workbench

LONGEST_CONTEXT: Final = 200_000
"""Characters of earlier messages that the model is told of."""


@attrs.define(eq=False)
class Participant(Viewer[Sent]):
    """One connection in a conversation."""

    access: Access = attrs.field(kw_only=True)
    invite: str | None = attrs.field(default=None, kw_only=True)
    """Token of the invite that let it in."""

    def attend(self) -> None:
        """From now on be told of comings and goings, too."""
        assert self.cursor is not None, "who asks has entered"
        self.cursor.want_extras()

    @property
    def person(self) -> Person:
        """As the others are told."""
        principal = self.link.principal
        name = principal.name if principal is not None else None
        return Person(viewer_id=self.link.connection_id, access=self.access, name=name if name is not None else UNSET)


@attrs.define(eq=False)
class _Pending:
    """A call that waits for a person."""

    event: ApprovalRequired
    decided: trio.Event = attrs.field(factory=trio.Event)
    approved: bool = False


@attrs.define(eq=False)
class ConversationLife(RoomLife[Sent]):
    """What happens in one room of this application."""

    room: Room[Sent]
    services: WorkspaceServices
    workbench: Workbench = attrs.field(init=False)
    story: Story = attrs.field(init=False)
    context: list[ChatMessage] = attrs.field(factory=list, init=False)
    """What was said and done, as the model is told of it."""
    _conversation_id: int = attrs.field(default=0, init=False)
    _pending: dict[str, _Pending] = attrs.field(factory=dict, init=False)

    def __attrs_post_init__(self) -> None:
        self.workbench = self.services.open_workbench(self.room.name)
        self.story = Story(self.services.settings.history_items)

    async def open(self) -> None:
        """Read the conversation.

        Raises:
            EntryRefused: There is none.
            StorageError: The database failed.
        """
        services, settings = self.services, self.services.settings
        found = await services.conversations.find(self.room.name)
        if found is None:
            raise EntryRefused("the conversation was forgotten in this moment")
        self._conversation_id = found.id
        entries = await services.conversations.latest(found.id, max(settings.history_items, settings.context_messages))
        self.story.load(entries)
        self.context.extend(message_of(entry) for entry in entries)
        self._shorten()

    def welcome(self, viewer: Viewer[Sent]) -> Sequence[Sent]:
        """What was said so far, and what waits for approval."""
        history = self.story.frame()
        waiting = [pending.event for pending in self._pending.values()]
        return [*([history] if history is not None else []), *waiting]

    def published(self, event: Sent) -> None:
        """Keep what belongs to the history."""
        self.story.take(event, utc_timestamp(self.services.now()))

    def entered(self, viewer: Viewer[Sent]) -> None:
        """Tell who came."""
        self._tell_presence("joined", viewer)

    def left(self, viewer: Viewer[Sent]) -> None:
        """Tell who went."""
        self._tell_presence("left", viewer)

    def here(self) -> Presence:
        """Who is there."""
        people = tuple(_participant(viewer).person for viewer in self.room.viewers)
        return Presence(event="here", viewers=people, count=len(people))

    async def record(self, entry: Entry) -> StoredEntry:
        """Keep a message in the database, and for the model.

        Raises:
            StorageError: The database failed.
        """
        stored = await self.services.conversations.append(self._conversation_id, entry)
        self.context.append(message_of(entry))
        self._shorten()
        return stored

    @contextmanager
    def waiting(self, event: ApprovalRequired) -> Iterator[Callable[[], Awaitable[bool]]]:
        """Within this, a call can be approved; what is given waits for that, and nobody in time is a refusal."""
        pending = self._pending[event.tool_call_id] = _Pending(event)

        async def decided() -> bool:
            with trio.move_on_after(self.services.settings.approval_timeout):
                await pending.decided.wait()
            return pending.approved

        try:
            yield decided
        finally:
            self._pending.pop(event.tool_call_id, None)

    def decide(self, tool_call_id: str, approved: bool) -> bool:
        """Somebody approves a call, or refuses it; the first word counts. False when no such call waits."""
        pending = self._pending.pop(tool_call_id, None)
        if pending is None:
            return False
        pending.approved = approved
        pending.decided.set()
        return True

    def _tell_presence(self, event: Literal["joined", "left"], viewer: Viewer[Sent]) -> None:
        presence = Presence(event=event, viewers=(_participant(viewer).person,), count=len(self.room.viewers))
        self.room.publish(presence, extra=True)

    def _shorten(self) -> None:
        """Keep the newest messages, so many and so long together; the last one however long it is."""
        kept, size = 0, 0
        for message in reversed(self.context):
            size += len(message.content) + sum(len(call.arguments) for call in message.tool_calls)
            if kept >= self.services.settings.context_messages or (size > LONGEST_CONTEXT and kept):
                break
            kept += 1
        del self.context[: len(self.context) - kept]


def _participant(viewer: Viewer[Sent]) -> Participant:
    assert isinstance(viewer, Participant), "nobody else enters rooms of this application"
    return viewer
