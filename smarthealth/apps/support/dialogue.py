"""What the support application does with a client's messages, signing in the first of them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final
from uuid import UUID, uuid4

import attrs
import structlog
import trio
from msgspec import UNSET

from smarthealth.conversation.application import Dialogue, Link, Principal
from smarthealth.conversation.errors import ServerDraining, TooManyTurns, TurnBusy, TurnRefused
from smarthealth.storage.errors import SessionOwnedByAnother, StorageError
from smarthealth.wire.errors import WireError

from . import texts
from .caller import APPLICATION, Caller, name_of
from .images import check_images
from .services import SupportServices, TokenRefused
from .turn import AnswerTurn, Asked, typing_of
from .wire import (
    CODEC,
    Authenticate,
    AuthFailed,
    AuthSucceeded,
    Code,
    Delete,
    Deleted,
    Edit,
    Event,
    Failed,
    OtherRead,
    Ping,
    Pong,
    Read,
    Say,
    Typing,
    User,
)

STORAGE_LIMIT: Final = 3.0
"""Seconds for a message that is answered at once and needs the database, or the accounts."""
MOST_SESSIONS: Final = 16
"""Sessions of one connection in which a person is heard; the one spoken in longest ago makes way."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class SupportDialogue(Dialogue):
    """One customer's connection.

    Args:
        services: What the application works with.
        link: The way back to the client.
        bad_token: Whether the handshake brought a token that names nobody.
    """

    def __init__(self, services: SupportServices, link: Link[Event], *, bad_token: bool = False) -> None:
        self._services = services
        self._link = link
        self._bad_token = bad_token
        self._own_session = str(uuid4())
        self._leaves: dict[UUID, Callable[[], None]] = {}

    def opened(self) -> None:
        """Say what became of the handshake's token; without one, nothing."""
        principal = self._link.principal
        if principal is not None:
            self._link.reply(_welcome(principal))
        elif self._bad_token:
            self._link.reply(AuthFailed(message=texts.BAD_TOKEN))

    def closed(self) -> None:
        """Nobody speaks here any more."""
        for leave in self._leaves.values():
            leave()

    async def received(self, text: str) -> None:
        """Sign in, answer, or refuse."""
        try:
            command = CODEC.decode(text)
        except WireError as error:
            self._refuse(*texts.refused(error))
            return
        match command:
            case Ping():
                self._link.reply(Pong())
            case Authenticate():
                await self._sign_in(command.token)
            case Say() | Edit() | Delete() | Typing() | Read() if self._link.principal is None:
                self._refuse("AUTH_REQUIRED", texts.AUTH_REQUIRED)
            case Say():
                await self._say(command)
            case Edit():
                asked = Asked(
                    message=command.message,
                    message_id=UUID(command.message_id),
                    partial=command.partial,
                    replaces=True,
                )
                await self._ask(asked, self._caller(command.session_id))
            case Delete():
                await self._delete(command)
            case Typing():
                caller = self._caller(command.session_id)
                self._services.switchboard.to_staff(caller.session_id, typing_of(caller))
            case _:
                await self._read(command)

    async def _sign_in(self, token: str) -> None:
        if self._link.principal is not None:
            self._link.reply(AuthFailed(message=texts.AUTHENTICATED_ALREADY))
            return
        try:
            with trio.fail_after(STORAGE_LIMIT):
                principal = await self._services.accounts.recognise(token)
        except (TokenRefused, trio.TooSlowError) as error:
            is_final = isinstance(error, TokenRefused) and not error.is_temporary
            self._link.reply(AuthFailed(message=texts.BAD_TOKEN if is_final else texts.AUTH_UNAVAILABLE))
            return
        self._link.sign_in(principal)
        self._link.reply(_welcome(principal))

    async def _say(self, say: Say) -> None:
        try:
            images = check_images(say.images, self._services.settings.image_size)
        except WireError as error:
            self._refuse(*texts.refused(error), session=say.session_id)
            return
        message_id = UUID(say.message_id) if say.message_id is not None else uuid4()
        asked = Asked(message=say.message, message_id=message_id, images=images, partial=say.partial)
        await self._ask(asked, self._caller(say.session_id, say.customer_id))

    async def _ask(self, asked: Asked, caller: Caller) -> None:
        wait = self._services.limiter.take(self._link.connection_id)
        if wait > 0:
            self._refuse("RATE_LIMITED", texts.rate_limited(wait), session=caller.session_name, retry_after=wait)
            return
        turn = AnswerTurn(services=self._services, asked=asked, caller=caller)
        try:
            await self._link.start_turn(turn)
        except TurnRefused as refused:
            code, message = _reason(refused)
            self._refuse(code, message, session=caller.session_name)
        else:
            self._listen(caller)

    def _listen(self, caller: Caller) -> None:
        """Hear what a person says in a session that this connection speaks in."""
        if caller.session_id in self._leaves:
            return
        while len(self._leaves) >= MOST_SESSIONS:
            self._leaves.pop(next(iter(self._leaves)))()
        own = caller.session_name

        def tell(event: Event) -> None:
            # the client knows the session by its own name
            self._link.reply(_named(event, own))

        self._leaves[caller.session_id] = self._services.switchboard.customer(caller.session_id, tell)

    async def _delete(self, command: Delete) -> None:
        caller = self._caller(command.session_id)

        async def delete() -> None:
            removed = await self._services.conversations.remove(caller.session_id, UUID(command.message_id))
            if not removed:
                self._refuse("NOT_FOUND", texts.NO_SUCH_MESSAGE, session=caller.session_name)
                return
            self._link.reply(Deleted(message_id=command.message_id, session_id=caller.session_name))
            told = Deleted(message_id=command.message_id, session_id=str(caller.session_id))
            self._services.switchboard.to_staff(caller.session_id, told)

        await self._in_own_session(caller, delete)

    async def _read(self, command: Read) -> None:
        caller = self._caller(command.session_id)

        async def mark() -> None:
            if await self._services.conversations.mark_read(caller.session_id, UUID(command.message_id), "customer"):
                told = OtherRead(message_id=command.message_id, session_id=str(caller.session_id))
                self._services.switchboard.to_staff(caller.session_id, told)

        await self._in_own_session(caller, mark)

    async def _in_own_session(self, caller: Caller, act: Callable[[], Awaitable[None]]) -> None:
        """Do something in a session, if it is the user's."""
        services = self._services
        try:
            with trio.fail_after(STORAGE_LIMIT):
                await services.conversations.open(caller.session_id, APPLICATION, caller.user_id, 1)
                await act()
        except SessionOwnedByAnother:
            self._refuse("FORBIDDEN", texts.NOT_YOURS, session=caller.session_name)
        except (StorageError, trio.TooSlowError) as error:
            log.warning("message_failed", application=APPLICATION, error=type(error).__name__)
            self._refuse("PROCESSING_ERROR", texts.FAILED, session=caller.session_name)

    def _caller(self, session: str | None, customer: str | None = None) -> Caller:
        principal = self._link.principal
        assert principal is not None
        return Caller(
            user_id=principal.user_id,
            name=name_of(principal),
            address=self._link.address,
            connection_id=self._link.connection_id,
            session_name=session or self._own_session,
            customer=customer,
        )

    def _refuse(
        self, code: Code, message: str, *, session: str | None = None, retry_after: float | None = None
    ) -> None:
        self._services.telemetry.error(APPLICATION, code)
        self._link.reply(
            Failed(
                error=message,
                code=code,
                session_id=session if session is not None else UNSET,
                retry_after=round(retry_after, 1) if retry_after is not None else UNSET,
            )
        )


def _welcome(principal: Principal) -> AuthSucceeded:
    user = User(id=str(principal.user_id), email=principal.email, name=principal.name)
    return AuthSucceeded(message=texts.AUTHENTICATED, user=user)


def _named(event: Event, session: str) -> Event:
    """An event of a session, by the name that its client gave it."""
    return attrs.evolve(event, session_id=session)  # type: ignore[arg-type]  # events without a session are not told this way


def _reason(refused: TurnRefused) -> tuple[Code, str]:
    match refused:
        case TurnBusy():
            return "SESSION_BUSY", texts.SESSION_BUSY
        case TooManyTurns():
            return "TOO_MANY_REQUESTS", texts.TOO_MANY_REQUESTS
        case ServerDraining():
            return "GOING_AWAY", texts.GOING_AWAY
        case _:
            return "PROCESSING_ERROR", texts.FAILED
