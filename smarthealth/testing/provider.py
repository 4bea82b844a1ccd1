"""A scripted provider over HTTP, compatible with OpenAI's: `/v1/chat/completions`, `/v1/embeddings`, `/v1/models`."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import attrs
import trio

from smarthealth.llm.port import ChatRequest

from .completions import (
    MODELS,
    chunk_event,
    completion_body,
    deltas,
    embeddings_body,
    error_body,
    last_events,
    read_body,
    read_chat_request,
)
from .http import Exchange, open_http_server
from .script import Answer, Ending, Refusal, Reply, Rule, Script, echo

DEFAULT_DIMENSIONS: Final = 64


@attrs.define(kw_only=True)
class ReceivedRequest:
    """One request that the server got."""

    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: Mapping[str, Any]
    client_port: int
    """The same for requests over one connection."""
    chat: ChatRequest | None = None
    """What a chat request asks for, in the port's terms."""
    tokens_sent: int = 0
    answered: bool = False
    """Whether the whole answer went out, a scripted failure included."""
    disconnected_at: float | None = None
    """Trio's time when the client left before that."""


class ScriptedModelServer:
    """What a scripted provider will answer, and what it was asked. Made by `open_model_server`.

    Args:
        rule: For chat requests that find no answer queued.
        dimensions: Length of embedding vectors, unless a request asks for another.
    """

    def __init__(self, rule: Rule = echo, dimensions: int = DEFAULT_DIMENSIONS) -> None:
        self.chat = Script(rule=rule)
        self.dimensions = dimensions
        self.requests: list[ReceivedRequest] = []
        """Every request, in order."""
        self.open_requests = 0
        """Requests being answered now."""
        self.url = ""
        """Base URL to give to a client, `/v1` included."""
        self._embedding_refusals: deque[Refusal] = deque()
        self._changed = trio.Event()

    def script(self, *answers: Answer) -> None:
        """Queue answers, each for one chat request."""
        self.chat.add(*answers)

    def refuse_embeddings(self, *refusals: Refusal) -> None:
        """Queue refusals, each for one embeddings request."""
        self._embedding_refusals.extend(refusals)

    async def wait_requests(self, count: int) -> None:
        """Wait until `count` requests have come in, from the start."""
        while len(self.requests) < count:
            await self._changed.wait()

    async def wait_idle(self) -> None:
        """Wait until no request is open."""
        while self.open_requests:
            await self._changed.wait()

    async def handle(self, exchange: Exchange) -> None:
        """Answer one HTTP request."""
        received = ReceivedRequest(
            path=exchange.path,
            headers=exchange.headers,
            body=read_body(exchange.body),
            client_port=exchange.client_port,
        )
        self.requests.append(received)
        self.open_requests += 1
        self._notify()
        try:
            await self._route(exchange, received)
            received.answered = True
        finally:
            if not received.answered:
                received.disconnected_at = trio.current_time()
            self.open_requests -= 1
            self._notify()

    def _notify(self) -> None:
        self._changed.set()
        self._changed = trio.Event()

    async def _route(self, exchange: Exchange, received: ReceivedRequest) -> None:
        match exchange.method, exchange.path:
            case "POST", "/v1/chat/completions":
                received.chat = read_chat_request(received.body)
                await self._answer_chat(exchange, received, received.chat)
            case "POST", "/v1/embeddings" if self._embedding_refusals:
                await _refuse(exchange, self._embedding_refusals.popleft())
            case "POST", "/v1/embeddings":
                await exchange.respond(200, embeddings_body(received.body, self.dimensions))
            case "GET", "/v1/models":
                await exchange.respond(200, MODELS)
            case _:
                await exchange.respond(404, error_body("not_found"))

    async def _answer_chat(self, exchange: Exchange, received: ReceivedRequest, request: ChatRequest) -> None:
        answer = self.chat.answer(request)
        if isinstance(answer, Refusal):
            await _refuse(exchange, answer)
        elif received.body.get("stream"):
            await _stream(exchange, received, answer, request)
        else:
            await trio.sleep(answer.first_token_delay + len(answer.pieces()) / (answer.pace or float("inf")))
            await exchange.respond(200, completion_body(received.body, answer, request))


@asynccontextmanager
async def open_model_server(
    *, rule: Rule = echo, dimensions: int = DEFAULT_DIMENSIONS, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[ScriptedModelServer]:
    """Serve a scripted provider in this process; leaving cuts all its connections.

    Args:
        rule: For chat requests that find no answer queued.
        dimensions: Length of embedding vectors.
        host: Address to listen on.
        port: Port to listen on, 0 for a free one.
    """
    server = ScriptedModelServer(rule, dimensions)
    async with open_http_server(server.handle, host=host, port=port) as url:
        server.url = f"{url}/v1"
        yield server


async def _refuse(exchange: Exchange, refusal: Refusal) -> None:
    await trio.sleep(refusal.delay)
    headers = {} if refusal.retry_after is None else {"Retry-After": f"{refusal.retry_after:g}"}
    await exchange.respond(refusal.status, error_body(refusal.code, refusal.param), headers)


async def _stream(exchange: Exchange, received: ReceivedRequest, reply: Reply, request: ChatRequest) -> None:
    model = received.body.get("model", "")
    begun = trio.current_time() + reply.first_token_delay
    interval = 1 / reply.pace if reply.pace else 0.0
    await exchange.begin_stream()
    await exchange.send_event(chunk_event(model, {"role": "assistant", "content": ""}))
    for position, delta in enumerate(deltas(reply)[: reply.after]):
        # Due by the clock and not by the time since the last one: a late token does not make the next ones late.
        await trio.sleep_until(begun + position * interval)
        await exchange.send_event(chunk_event(model, delta))
        received.tokens_sent += 1
    await trio.sleep_until(begun)
    if reply.ending is Ending.HANG:
        await trio.sleep_forever()
    if reply.ending is Ending.CUT:
        received.answered = True
        await exchange.reset()
    with_usage = bool((received.body.get("stream_options") or {}).get("include_usage"))
    for event in last_events(model, reply, request, with_usage=with_usage):
        await exchange.send_event(event)
    await exchange.end_stream()
