"""What the workspace application does with a client's messages."""

from __future__ import annotations

from typing import Final

import attrs
import trio

from smarthealth.conversation.application import ArrivingDialogue, FollowingLink
from smarthealth.conversation.closing import OVERLOADED
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.conversation.rooms.errors import EntryRefused, RoomFull
from smarthealth.conversation.rooms.rooms import Rooms
from smarthealth.storage.errors import StorageError
from smarthealth.wire.errors import WireError
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .access import find_access
from .life import ConversationLife, Participant
from .services import APPLICATION, WorkspaceServices
from .turn import AgentTurn
from .wire import (
    CODEC,
    ApprovalResponse,
    Attend,
    Command,
    Connected,
    ErrorCode,
    Failed,
    HasRead,
    Ping,
    Pong,
    ReadMark,
    Say,
    Sent,
    Typing,
    Writing,
)

ENTRY_LIMIT: Final = 15.0
"""Seconds to enter a conversation, its history read."""
NO_ACCESS_CODE: Final = 4401


@attrs.define(eq=False)
class WorkspaceDialogue(ArrivingDialogue):
    """One client in one conversation."""

    services: WorkspaceServices
    rooms: Rooms[Sent]
    link: FollowingLink[Sent]
    name: str
    """Of the conversation."""
    invite: str | None
    """Token of an invite, as the link had it."""
    _me: Participant | None = attrs.field(default=None, init=False)
    _life: ConversationLife | None = attrs.field(default=None, init=False)

    def opened(self) -> None:
        """Greet."""
        self.link.reply(Connected(conversation_id=self.name, message=texts.CONNECTED))

    async def arrived(self) -> None:
        """Enter the conversation; its history follows the greeting."""
        try:
            with trio.fail_after(ENTRY_LIMIT):
                await self._enter()
        except RoomFull:
            self._turn_away(texts.FULL, "UNAVAILABLE")
        except (EntryRefused, StorageError, trio.TooSlowError):
            self._turn_away(texts.UNAVAILABLE, "UNAVAILABLE")

    def closed(self) -> None:
        """Leave the conversation."""
        if self._life is not None and self._me is not None:
            self._life.room.leave(self._me)

    async def received(self, text: str) -> None:
        """Do what is asked, or say why not to who asked."""
        life, me = self._life, self._me
        if life is None or me is None:
            return  # this connection is being closed, and has been told why
        try:
            command = CODEC.decode(text)
        except WireError as error:
            self._refuse(*texts.refused(error))
            return
        await self._do(command, life, me)

    async def _do(self, command: Command, life: ConversationLife, me: Participant) -> None:
        match command:
            case Ping():
                self.link.reply(Pong(timestamp=utc_timestamp(self.services.now())))
            case Attend():
                me.attend()
                self.link.reply(life.here())
            case HasRead(message_id=message_id):
                if self._limited() == 0:
                    mark = ReadMark(viewer_id=self.link.connection_id, message_id=message_id)
                    life.room.publish(mark, extra=True)
            case _ if me.access == "viewer":
                self._refuse(texts.NOT_ALLOWED, "NOT_ALLOWED")
            case Writing(active=active):
                if self._limited() == 0:
                    life.room.publish(Typing(viewer_id=self.link.connection_id, active=active), extra=True)
            case Say(message=words):
                await self._say(words, life, me)
            case ApprovalResponse(tool_call_id=call_id, approved=approved):
                if not life.decide(call_id, approved):
                    self._refuse(texts.NOTHING_TO_APPROVE, "NOTHING_TO_APPROVE")
            case _:  # a cancel; with nothing to cancel there is nothing to say
                life.room.cancel_turns(life.room.name)

    async def _say(self, words: str, life: ConversationLife, me: Participant) -> None:
        wait = self._limited()
        if wait > 0:
            self._refuse(texts.rate_limited(wait), "RATE_LIMITED")
            return
        try:
            await life.room.start_turn(AgentTurn(life, words, me))
        except TurnRefused as refused:
            self._refuse(*_reason(refused))

    async def _enter(self) -> None:
        services = self.services
        access = await find_access(services.conversations, self.name, self.link.principal, self.invite)
        if access is None:  # it was good at the door, a moment ago
            self._turn_away(texts.NO_ENTRY, "NOT_ALLOWED", NO_ACCESS_CODE)
            return
        me = Participant(self.link, access=access, invite=self.invite if access != "owner" else None)
        room = await self.rooms.enter(self.name, me)
        assert isinstance(room.life, ConversationLife)
        self._me, self._life = me, room.life

    def _turn_away(self, error: str, code: ErrorCode, close_code: int = OVERLOADED.code) -> None:
        self._refuse(error, code)
        self.link.close(close_code, "no entry")

    def _limited(self) -> float:
        """Seconds to wait; 0 when the message may go on."""
        principal = self.link.principal
        who = f"user {principal.user_id}" if principal is not None else f"address {self.link.address}"
        limiter = self.services.limiter
        return limiter.take(f"connection {self.link.connection_id}") or limiter.take(who)

    def _refuse(self, error: str, code: ErrorCode) -> None:
        self.services.telemetry.error(APPLICATION, code)
        self.link.reply(Failed(error=error, code=code))


def _reason(refused: TurnRefused) -> tuple[str, ErrorCode]:
    match refused:
        case TurnBusy():
            return texts.BUSY, "SESSION_BUSY"
        case TooManyTurns():
            return texts.TOO_MANY, "TOO_MANY_REQUESTS"
        case ServerDraining():
            return texts.GOING_AWAY, "GOING_AWAY"
        case _:
            return texts.INTERNAL_ERROR, "INTERNAL_ERROR"
