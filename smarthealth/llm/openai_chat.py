"""Chat completions of OpenAI and of whoever speaks like it, streamed.

The SDK's client sends the request; its answer is read as raw bytes and decoded by `streaming`, since the SDK's own decoding
costs more than everything else a token goes through. A request is retried until the first event of its answer, never after.
"""

from __future__ import annotations

import base64
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, cast

import httpx2
import openai
import trio

from .direct import ChunkedBody, direct_body
from .errors import ModelProtocolError, ModelStreamCut, ModelUnavailable
from .openai_client import CLOSE_TIMEOUT, Client, translated
from .port import ChatEvent, ChatMessage, ChatRequest, Tool
from .retries import with_retries
from .settings import ModelSettings
from .streaming import ChatStreamReader

_DRAIN_TIMEOUT: Final = 0.25
"""For the last bytes of an answer, without which its connection cannot be used again."""
# A compressed stream comes in bursts, and may inflate without bound.
_HEADERS: Final = {"Accept-Encoding": "identity"}
_NOT_STREAMS: Final = ("application/json", "text/html")
_BAD_REQUEST: Final = 400
_UNSUPPORTED: Final = frozenset({"unsupported_parameter", "unsupported_value", "unknown_parameter"})


class OpenAIChatModel:
    """`ChatModel` over an OpenAI-compatible provider.

    Args:
        settings: The model's name and how patiently it is asked.
        client: See `open_openai`.
    """

    def __init__(self, settings: ModelSettings, client: Client) -> None:
        self._settings = settings
        self._completions = client.endpoint("chat/completions", _HEADERS)
        # OpenAI's newer models take the new name alone; other providers know the old one.
        self._limit_name = "max_completion_tokens" if settings.base_url is None else "max_tokens"
        self._left_out: set[str] = set()

    @property
    def name(self) -> str:
        """The model's name, as configured."""
        return self._settings.model

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Start one answer; see `ChatModel.open_stream`.

        Entering waits for the first event, retrying as the settings say.
        """
        answer = await with_retries(self._settings, lambda: self._begin(request))
        try:
            yield answer
        finally:
            await answer.aclose()

    async def _begin(self, request: ChatRequest) -> _Answer:
        with translated():
            response = await self._send(request)
        body = direct_body(response, self._settings.read_timeout)
        answer = _Answer(response, body, ChatStreamReader(self._settings.max_event_size))
        try:
            await answer.wait_first()
        except ModelStreamCut as cut:
            await answer.aclose()
            raise ModelUnavailable("the stream ended before the answer began", code=cut.code) from None
        except BaseException:
            await answer.aclose()
            raise
        return answer

    async def _send(self, request: ChatRequest) -> httpx2.Response:
        while True:
            body = self._body(request)
            try:
                return await self._completions.post(body)
            except openai.APIStatusError as error:
                if not self._adapts(error, body):
                    raise

    def _adapts(self, error: openai.APIStatusError, body: dict[str, object]) -> bool:
        """Learn from a refusal which optional parameter this model does not take."""
        if error.status_code != _BAD_REQUEST or error.code not in _UNSUPPORTED or error.param not in body:
            return False
        if error.param == "max_tokens":
            self._limit_name = "max_completion_tokens"
        elif error.param in {"temperature", "stream_options", "max_completion_tokens"}:
            self._left_out.add(error.param)
        else:
            return False
        return True

    def _body(self, request: ChatRequest) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._settings.model,
            "messages": [_message(message) for message in request.messages],
            "temperature": request.temperature,
            self._limit_name: request.max_output_tokens,
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.tools:
            body["tools"] = [_tool(tool) for tool in request.tools]
        return {name: value for name, value in body.items() if name not in self._left_out}


class _Answer:
    """The events of one response: an async iterator, and no generator, so that none is left for the garbage collector."""

    def __init__(self, response: httpx2.Response, body: ChunkedBody | None, reader: ChatStreamReader) -> None:
        self._response = response
        self._body = body
        self._reader = reader
        self._chunks = response.aiter_raw()
        self._events: Iterator[ChatEvent] = iter(())

    def __aiter__(self) -> _Answer:
        return self

    async def __anext__(self) -> ChatEvent:
        for event in self._events:
            await trio.lowlevel.checkpoint_if_cancelled()  # many events may come in one read
            return event
        while not self._reader.done:
            chunk = await self._next_chunk()
            self._events = iter(self._reader.feed(chunk) if chunk else (self._reader.end(),))
            for event in self._events:
                return event
        await self._drain()
        raise StopAsyncIteration

    async def wait_first(self) -> None:
        """Wait for the first event, which is then given out as usual."""
        headers = self._response.headers
        if headers.get("content-type", "").startswith(_NOT_STREAMS):
            raise ModelProtocolError("the answer is no event stream")
        if headers.get("content-encoding", "identity") != "identity":
            raise ModelProtocolError("the stream is compressed, against the request")
        first = await anext(self)
        self._events = itertools.chain((first,), self._events)

    async def aclose(self) -> None:
        """Close the response, and its connection with it unless the answer was read to the end."""
        if self._body is not None:
            self._body.close()
        if self._response.is_closed:  # by itself, when it was read to the end
            return
        with trio.move_on_after(CLOSE_TIMEOUT, shield=True):
            await self._chunks.aclose()
            await self._response.aclose()

    async def _next_chunk(self) -> bytes:
        """The next bytes, none when the response has ended in order."""
        try:
            if self._body is not None and (data := await self._body.read()):
                return data
            return await anext(self._chunks, b"")
        except httpx2.HTTPError as error:
            raise ModelStreamCut("the connection broke in mid-answer", code=type(error).__name__) from None

    async def _drain(self) -> None:
        with trio.move_on_after(_DRAIN_TIMEOUT), suppress(ModelStreamCut):  # the answer is whole all the same
            await self._next_chunk()


def _message(message: ChatMessage) -> dict[str, object]:
    body: dict[str, object] = {"role": message.role, "content": _content(message)}
    if message.tool_calls:
        body["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in message.tool_calls
        ]
    if message.tool_call_id is not None:
        body["tool_call_id"] = message.tool_call_id
    return body


def _content(message: ChatMessage) -> object:
    """Text alone, or text and pictures as parts."""
    if not message.images:
        return message.content
    pictures = (f"data:{image.media_type};base64,{base64.b64encode(image.data).decode()}" for image in message.images)
    parts: list[object] = [{"type": "text", "text": message.content}]
    return [*parts, *({"type": "image_url", "image_url": {"url": url}} for url in pictures)]


def _tool(tool: Tool) -> dict[str, object]:
    function = {"name": tool.name, "description": tool.description, "parameters": cast("object", tool.parameters)}
    return {"type": "function", "function": function}
