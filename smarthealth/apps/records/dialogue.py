"""What the records application does with a client's messages."""

from __future__ import annotations

from typing import Final
from uuid import UUID

import structlog
import trio
from msgspec import UNSET

from smarthealth.conversation.application import Dialogue, Link
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.storage.audit import AuditEntry
from smarthealth.storage.errors import StorageError
from smarthealth.wire.errors import WireError

from . import texts
from .services import RecordsServices
from .stages import APPLICATION
from .turn import Caller, QueryTurn
from .wire import CODEC, Connected, ErrorDetail, Event, Failed, Ping, Pong, Query, session_of

AUDIT_LIMIT: Final = 2.0
"""Seconds that the audit of a refusal may hold up a client's next message."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class RecordsDialogue(Dialogue):
    """One clinician's connection."""

    def __init__(self, services: RecordsServices, link: Link[Event]) -> None:
        if link.principal is None:
            raise RuntimeError("the records endpoint requires authentication")
        self._services = services
        self._link = link
        self._caller = Caller(user_id=link.principal.user_id, address=link.address, connection_id=link.connection_id)
        self._queries = 0

    def opened(self) -> None:
        """Greet."""
        self._link.reply(Connected(user_id=self._caller.user_id, message=texts.CONNECTED))

    async def received(self, text: str) -> None:
        """Answer a ping, start a query, or refuse what is neither."""
        try:
            command = CODEC.decode(text)
        except WireError as error:
            await self._refuse(texts.refused(error), session_of(text))
            return
        if isinstance(command, Ping):
            self._link.reply(Pong())
        else:
            await self._ask(command)

    async def _ask(self, query: Query) -> None:
        retry_after = self._services.query_limiter.allow(self._caller.user_id)
        if retry_after > 0:
            await self._refuse(texts.rate_limited(retry_after), query.session_id)
            return
        turn_id = f"{self._caller.connection_id}/query/{self._queries + 1}"
        try:
            await self._link.start_turn(QueryTurn(self._services, query, self._caller, turn_id))
        except TurnRefused as refused:
            await self._refuse(_reason(refused), query.session_id)
        else:
            self._queries += 1

    async def _refuse(self, detail: ErrorDetail, session_id: str | None) -> None:
        """Say why, and leave a row in the audit."""
        self._link.reply(Failed(session_id=session_id or UNSET, error=detail))
        self._services.telemetry.error(APPLICATION, detail.code.value)
        entry = AuditEntry(
            event="refusal",
            outcome=detail.code.value,
            application=APPLICATION,
            user_id=self._caller.user_id,
            address=self._caller.address,
            session_id=UUID(session_id) if session_id else None,
        )
        written = False
        try:
            with trio.move_on_after(AUDIT_LIMIT, shield=True):
                await self._services.audit.record(entry)
                written = True
        except StorageError:
            pass
        if not written:
            log.error("audit_lost", outcome=entry.outcome)


def _reason(refused: TurnRefused) -> ErrorDetail:
    match refused:
        case TurnBusy():
            return texts.SESSION_BUSY
        case TooManyTurns():
            return texts.TOO_MANY_REQUESTS
        case ServerDraining():
            return texts.GOING_AWAY
        case _:
            return texts.FAILED
