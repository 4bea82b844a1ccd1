"""The application's HTTP: the health of its WebSocket, and one turn as one request."""

from __future__ import annotations

import math
from typing import Final
from uuid import uuid4

import attrs
import msgspec
import trio

from smarthealth.actors import StageTimeout
from smarthealth.conversation.application import HttpAnswer, HttpRequest, TurnEnd, TurnFailure
from smarthealth.wire.converter import make_wire_converter
from smarthealth.wire.errors import Fault, WireError
from smarthealth.wire.fields import length
from smarthealth.wire.strict_json import parse

from . import texts
from .caller import Caller
from .hearing import Typed
from .presence import Presence
from .services import TaxiServices
from .turn import TaxiTurn
from .wire import (
    LONGEST_TEXT,
    LONGEST_THREAD_ID,
    AgentChunk,
    AgentEnd,
    AgentError,
    Event,
    SystemMessage,
    ToolCallSent,
)

SETTLE_LIMIT: Final = 5.0
"""Seconds to keep what a turn came to."""


@attrs.frozen(kw_only=True)
class ChatBody:
    """The body of a request."""

    message: str = attrs.field(validator=length(1, LONGEST_TEXT))
    thread_id: str | None = attrs.field(default=None, validator=length(1, LONGEST_THREAD_ID))


@attrs.frozen(kw_only=True)
class ChatReply:
    """The answer to it."""

    response: str
    thread_id: str
    agent: str
    tools: tuple[str, ...]
    """Names of the tools that were called, in order."""


@attrs.frozen(kw_only=True)
class HealthReply:
    """How the WebSocket is."""

    status: str
    active_connections: int
    service: str


@attrs.frozen
class Refused:
    """Why there is no answer."""

    code: str
    message: str


@attrs.frozen
class ErrorReply:
    """A refusal, as the server writes its own."""

    error: Refused


_structure: Final = make_wire_converter().get_structure_hook(ChatBody)


@attrs.define(eq=False)
class _Collected:
    """What a turn says, kept."""

    events: list[Event] = attrs.field(factory=list)

    async def send(self, event: Event) -> None:
        """Keep it."""
        await trio.lowlevel.checkpoint()
        self.events.append(event)


@attrs.frozen
class TaxiHttp:
    """Answers the application's HTTP requests."""

    services: TaxiServices
    presence: Presence

    async def health(self, request: HttpRequest) -> HttpAnswer:
        """How the WebSocket is, and how many are connected."""
        reply = HealthReply(
            status="healthy", active_connections=self.presence.connections, service="websocket_streaming"
        )
        return _answer(reply)

    async def chat(self, request: HttpRequest) -> HttpAnswer:
        """One message, answered whole."""
        try:
            body = _read(request.body)
        except WireError as error:
            return _refuse("INVALID_REQUEST", texts.refused(error), 422)
        who = request.principal
        wait = self.services.limiter.take(f"user {who.user_id}" if who is not None else f"address {request.address}")
        if wait > 0:
            answer = _refuse("RATE_LIMITED", texts.rate_limited(wait), 429)
            return attrs.evolve(answer, headers={"Retry-After": str(math.ceil(wait))})
        caller = Caller(
            user_id=who.user_id if who is not None else None,
            address=request.address,
            connection_id="http",
            thread_name=body.thread_id or str(uuid4()),
        )
        return await self._run(TaxiTurn(services=self.services, caller=caller, hearing=Typed(body.message)))

    async def _run(self, turn: TaxiTurn) -> HttpAnswer:
        output = _Collected()
        failure: TurnFailure | None = TurnFailure(end=TurnEnd.CONNECTION_LOST)
        try:
            with trio.move_on_after(turn.time_limit) as scope:
                output.events.extend(await turn.run(output, None))
                failure = None
            if scope.cancelled_caught:
                failure = TurnFailure(end=TurnEnd.TURN_TIMEOUT)
        except StageTimeout as timeout:
            failure = TurnFailure(end=TurnEnd.STAGE_TIMEOUT, stage=timeout.stage)
        finally:
            with trio.move_on_after(SETTLE_LIMIT, shield=True):
                await turn.settle(failure)
        if failure is not None:
            output.events.extend(turn.ending(failure))
        return _reply(turn, output.events)


def _reply(turn: TaxiTurn, events: list[Event]) -> HttpAnswer:
    last = events[-1]
    if isinstance(last, AgentError):
        return _refuse("AGENT_ERROR", last.error, 503)
    if isinstance(last, SystemMessage) and last.level == "error":
        return _refuse("FORBIDDEN", last.message, 403)
    agents = [event.agent for event in events if isinstance(event, AgentEnd)]
    return _answer(
        ChatReply(
            response="".join(event.text for event in events if isinstance(event, AgentChunk)),
            thread_id=turn.caller.thread_name,
            agent=agents[-1] if agents else "",
            tools=tuple(event.name for event in events if isinstance(event, ToolCallSent)),
        )
    )


def _read(body: bytes) -> ChatBody:
    try:
        value = parse(body.decode())
    except UnicodeDecodeError:
        raise WireError(Fault.NOT_JSON, "", "is not UTF-8") from None
    if not isinstance(value, dict):
        raise WireError(Fault.NOT_AN_OBJECT, "", "must be a JSON object")
    read = _structure(value, ChatBody)
    assert isinstance(read, ChatBody)
    return read


def _refuse(code: str, message: str, status: int) -> HttpAnswer:
    return _answer(ErrorReply(Refused(code, message)), status)


def _answer(reply: object, status: int = 200) -> HttpAnswer:
    return HttpAnswer(body=msgspec.json.encode(reply), status=status)
