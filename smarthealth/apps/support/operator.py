"""The staff's side: tickets are listed, joined and closed, and a person speaks with the customer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

import attrs
import structlog
import trio

from smarthealth.conversation.application import Dialogue, Link
from smarthealth.storage.dialogues import Message
from smarthealth.storage.errors import StorageError
from smarthealth.storage.tickets import Ticket
from smarthealth.wire.errors import WireError
from smarthealth.wire.timestamps import utc_timestamp

from . import texts
from .caller import APPLICATION, name_of
from .operator_wire import (
    CODEC,
    Close,
    Closed,
    Event,
    HasRead,
    Join,
    Joined,
    ListTickets,
    OperatorFailed,
    OperatorPing,
    Said,
    Sent,
    Tell,
    TicketList,
    Types,
    Waiting,
)
from .services import SupportServices
from .wire import OtherRead, OtherTyping, PersonJoined, PersonSaid, Pong

MOST_TICKETS: Final = 16
"""Tickets that one connection may have joined."""
HISTORY: Final = 50
"""Messages that are shown on joining."""
STORAGE_LIMIT: Final = 5.0
"""Seconds for one message."""
NOT_JOINED: Final = "Join the ticket first"
TOO_MANY: Final = "Close a ticket before you join another"

log: structlog.stdlib.BoundLogger = structlog.get_logger()


@attrs.frozen(kw_only=True)
class _Place:
    """A ticket that was joined."""

    session: UUID
    leave: Callable[[], None]


class OperatorDialogue(Dialogue):
    """One person of the staff.

    Args:
        services: What the application works with.
        link: The way back to the person's client.
    """

    def __init__(self, services: SupportServices, link: Link[Event]) -> None:
        self._services = services
        self._link = link
        self._places: dict[int, _Place] = {}
        assert link.principal is not None
        self._name = name_of(link.principal)

    def opened(self) -> None:
        """Nothing precedes the first question."""

    def closed(self) -> None:
        """The person has left every conversation."""
        for place in self._places.values():
            place.leave()
            self._tell_presence(place.session, present=False)

    async def received(self, text: str) -> None:
        """Do what is asked, or refuse."""
        try:
            command = CODEC.decode(text)
            with trio.fail_after(STORAGE_LIMIT):
                match command:
                    case OperatorPing():
                        self._link.reply(Pong())
                    case ListTickets():
                        tickets = await self._services.tickets.list()
                        self._link.reply(TicketList(tickets=tuple(map(_waiting, tickets))))
                    case Join():
                        await self._join(command.ticket)
                    case Tell() | Types() | HasRead() if command.ticket not in self._places:
                        self._link.reply(OperatorFailed(error=NOT_JOINED, code="NOT_JOINED"))
                    case Tell():
                        await self._say(command)
                    case Types():
                        self._type(self._places[command.ticket].session)
                    case HasRead():
                        await self._mark_read(command)
                    case _:
                        await self._close(command)
        except WireError as error:
            self._link.reply(OperatorFailed(error=texts.refused(error)[1], code="INVALID_REQUEST"))
        except (StorageError, trio.TooSlowError) as error:
            log.warning("message_failed", application=APPLICATION, error=type(error).__name__)
            self._link.reply(OperatorFailed(error=texts.FAILED, code="PROCESSING_ERROR"))

    async def _join(self, number: int) -> None:
        if len(self._places) >= MOST_TICKETS and number not in self._places:
            self._link.reply(OperatorFailed(error=TOO_MANY, code="INVALID_REQUEST"))
            return
        ticket = await self._services.tickets.join(number, self._name)
        if ticket is None:
            self._link.reply(OperatorFailed(error=texts.NO_SUCH_TICKET, code="NOT_FOUND"))
            return
        if number not in self._places:
            leave = self._services.switchboard.staff(ticket.session_id, self._link.reply)
            self._places[number] = _Place(session=ticket.session_id, leave=leave)
        messages = await self._services.conversations.history(ticket.session_id, HISTORY)
        self._link.reply(Joined(ticket=number, session_id=str(ticket.session_id), messages=tuple(map(_said, messages))))
        self._tell_presence(ticket.session_id, present=True)

    async def _say(self, command: Tell) -> None:
        services, session = self._services, self._places[command.ticket].session
        said = Message(
            message_id=uuid4(), author="person", content=command.message, agent=self._name, at=services.now()
        )
        await services.conversations.keep(session, (said,))
        heard = services.switchboard.to_customer(
            session,
            PersonSaid(message_id=str(said.message_id), message=said.content, name=self._name, session_id=str(session)),
        )
        self._link.reply(Sent(ticket=command.ticket, message_id=str(said.message_id), delivered=heard))

    def _type(self, session: UUID) -> None:
        self._services.switchboard.to_customer(session, OtherTyping(name=self._name, session_id=str(session)))

    async def _mark_read(self, command: HasRead) -> None:
        session = self._places[command.ticket].session
        message = UUID(command.message_id)
        if await self._services.conversations.mark_read(session, message, "person"):
            told = OtherRead(message_id=command.message_id, session_id=str(session))
            self._services.switchboard.to_customer(session, told)

    async def _close(self, command: Close) -> None:
        ticket = await self._services.tickets.close(command.ticket)
        place = self._places.pop(command.ticket, None)
        if place is not None:
            place.leave()
            self._tell_presence(place.session, present=False)
        if ticket is None:
            self._link.reply(OperatorFailed(error=texts.NO_SUCH_TICKET, code="NOT_FOUND"))
        else:
            self._link.reply(Closed(ticket=command.ticket))

    def _tell_presence(self, session: UUID, *, present: bool) -> None:
        told = PersonJoined(name=self._name, present=present, session_id=str(session))
        self._services.switchboard.to_customer(session, told)


def _waiting(ticket: Ticket) -> Waiting:
    return Waiting(
        ticket=ticket.id,
        session_id=str(ticket.session_id),
        reason=ticket.reason,
        question=ticket.question,
        state=ticket.state,
        operator=ticket.operator,
        opened_at=utc_timestamp(ticket.opened_at),
    )


def _said(message: Message) -> Said:
    return Said(
        message_id=str(message.message_id),
        author=message.author,
        content=message.content,
        at=utc_timestamp(message.at),
    )
