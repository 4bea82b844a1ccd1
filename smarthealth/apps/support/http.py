"""`POST /api/v1/chat`: one message in, what `complete` holds out, by the same turn as over a WebSocket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID, uuid4

import attrs
import msgspec
import trio

from smarthealth.actors import StageTimeout
from smarthealth.conversation.application import HttpAnswer, HttpRequest, HttpRoute, TurnEnd, TurnFailure
from smarthealth.wire.codec import Codec
from smarthealth.wire.errors import WireError

from . import texts
from .caller import Caller, name_of
from .images import check_images
from .services import SupportServices
from .turn import AnswerTurn, Asked
from .wire import Code, Complete, Event, Failed, Say

PATH: Final = "/api/v1/chat"
SETTLE_LIMIT: Final = 5.0
"""Seconds to keep what was said."""
_BODY: Final[Codec[Say, Complete]] = Codec(
    commands={"message": Say}, events={"complete": Complete}, default_command="message"
)
STATUSES: Final[Mapping[Code, int]] = {
    "AUTH_REQUIRED": 401,
    "FORBIDDEN": 403,
    "NOT_FOUND": 404,
    "SESSION_BUSY": 409,
    "RATE_LIMITED": 429,
    "TOO_MANY_REQUESTS": 429,
    "EMPTY_MESSAGE": 422,
    "INVALID_REQUEST": 422,
    "UNKNOWN_MESSAGE_TYPE": 422,
    "PROCESSING_ERROR": 502,
    "CANCELLED": 503,
    "GOING_AWAY": 503,
}


@attrs.define(eq=False)
class _Unheard:
    """Nobody hears the steps and tokens of an answer that is given in one piece."""

    async def send(self, event: Event) -> None:
        """Let it pass."""
        await trio.lowlevel.checkpoint()


def chat_route(services: SupportServices) -> HttpRoute:
    """The route."""

    async def answer(request: HttpRequest) -> HttpAnswer:
        return await _answer(services, request)

    return HttpRoute(
        path=PATH,
        method="POST",
        answer=answer,
        summary="Ask the support chat and get the whole answer in one piece",
        authentication="optional",
        time_limit=services.settings.turn_timeout + SETTLE_LIMIT,
        request=Say,
        response=Complete,
    )


async def _answer(services: SupportServices, request: HttpRequest) -> HttpAnswer:
    principal = request.principal
    if principal is None:
        return _failed(Failed(error=texts.AUTH_REQUIRED, code="AUTH_REQUIRED"))
    wait = services.limiter.take(f"user {principal.user_id} by HTTP")
    if wait > 0:
        return _failed(Failed(error=texts.rate_limited(wait), code="RATE_LIMITED", retry_after=round(wait, 1)))
    try:
        say = _read(request.body)
        images = check_images(say.images, services.settings.image_size)
    except WireError as error:
        code, message = texts.refused(error)
        return _failed(Failed(error=message, code=code))
    caller = Caller(
        user_id=principal.user_id,
        name=name_of(principal),
        address=request.address,
        connection_id="http",
        session_name=say.session_id or str(uuid4()),
        customer=say.customer_id,
    )
    asked = Asked(message=say.message, images=images, partial=False)
    if say.message_id is not None:
        asked = attrs.evolve(asked, message_id=UUID(say.message_id))
    event = (await _run(AnswerTurn(services=services, asked=asked, caller=caller)))[-1]
    return _failed(event) if isinstance(event, Failed) else HttpAnswer(body=msgspec.json.encode(event))


async def _run(turn: AnswerTurn) -> Sequence[Event]:
    """Run a turn to its end, as a connection would."""
    failure: TurnFailure | None = TurnFailure(end=TurnEnd.TURN_TIMEOUT)
    events: Sequence[Event] = ()
    try:
        with trio.move_on_after(turn.time_limit):
            events = await turn.run(_Unheard(), None)
            failure = None
    except StageTimeout as timeout:
        failure = TurnFailure(end=TurnEnd.STAGE_TIMEOUT, stage=timeout.stage)
    with trio.move_on_after(SETTLE_LIMIT, shield=True) as settling:
        await turn.settle(failure)
    if failure is None and settling.cancelled_caught:
        failure = TurnFailure(end=TurnEnd.CRASHED)
    return events if failure is None else turn.ending(failure)


def _read(body: bytes) -> Say:
    """The body as the message that a WebSocket would bring.

    Raises:
        WireError: It is not one.
    """
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = ""  # which is no JSON
    return _BODY.decode(text)


def _failed(event: Failed) -> HttpAnswer:
    headers = {"Retry-After": str(max(1, round(event.retry_after)))} if isinstance(event.retry_after, float) else {}
    return HttpAnswer(body=msgspec.json.encode(event), status=STATUSES[event.code], headers=headers)
