"""A `ChatModel` in the process, that says what a script says, on Trio's clock."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import NoReturn

import trio

from smarthealth.llm.errors import ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.port import ChatEvent, ChatRequest, Finished, TextDelta, ToolCallDelta

from .script import Answer, Ending, Refusal, Reply, Rule, Script, echo


class ScriptedChatModel:
    """`ChatModel` for tests: no network, no time but Trio's, any failure on demand.

    Args:
        answers: For the first requests, in order.
        rule: For the requests after those.
        name: For `model_used`.
    """

    def __init__(self, *answers: Answer, rule: Rule = echo, name: str = "scripted") -> None:
        self.script = Script(answers, rule)
        self.requests: list[ChatRequest] = []
        """Every request, in order."""
        self.open_streams = 0
        """Streams that are open now."""
        self.closed_early = 0
        """Streams that were left before their end."""
        self._name = name

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Start one answer; see `ChatModel.open_stream`."""
        self.requests.append(request)
        answer = self.script.answer(request)
        if isinstance(answer, Refusal):
            await _refuse(answer)
        stream = _Stream(answer, request)
        self.open_streams += 1
        try:
            yield stream
        finally:
            self.open_streams -= 1
            self.closed_early += not stream.ended


async def _refuse(refusal: Refusal) -> NoReturn:
    await trio.sleep(refusal.delay)
    kind = ModelUnavailable if refusal.status == 429 or refusal.status >= 500 else ModelRefused
    raise kind("scripted", status=refusal.status, code=refusal.code)


class _Stream:
    def __init__(self, reply: Reply, request: ChatRequest) -> None:
        self._reply = reply
        self._request = request
        self._events = _events(reply)
        self._given = 0
        self._begun = trio.current_time() + reply.first_token_delay
        self.ended = False

    def __aiter__(self) -> _Stream:
        return self

    async def __anext__(self) -> ChatEvent:
        if self.ended:
            raise StopAsyncIteration
        await trio.sleep_until(self._begun + self._given / (self._reply.pace or float("inf")))
        event = next(self._events, None) if self._reply.after is None or self._given < self._reply.after else None
        if event is None:
            return await self._end()
        self._given += 1
        return event

    async def _end(self) -> Finished:
        ending = self._reply.ending
        if ending is Ending.HANG:
            await trio.sleep_forever()
        self.ended = True
        if ending is Ending.WHOLE:
            return Finished(reason=self._reply.reason(), usage=self._reply.count(self._request))
        if ending is Ending.MALFORMED:
            raise ModelProtocolError("scripted")
        raise ModelStreamCut("scripted") if self._given else ModelUnavailable("scripted")


def _events(reply: Reply) -> Iterator[TextDelta | ToolCallDelta]:
    for piece in reply.pieces():
        yield TextDelta(text=piece)
    for index, call in enumerate(reply.tool_calls):
        yield ToolCallDelta(index=index, id=call.id, name=call.name)
        half = len(call.arguments) // 2
        for fragment in (call.arguments[:half], call.arguments[half:]):
            yield ToolCallDelta(index=index, arguments=fragment)
