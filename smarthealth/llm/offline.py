"""The model that needs no provider: it says what an application's composer writes from the request alone.

It streams like any other, so that nothing else has to know: word by word, spaces attached to the word before them, with a
real checkpoint between any two pieces, tool calls, an output limit and a count of what was used.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from typing import Final

import trio

from .port import ChatEvent, ChatRequest, Finished, FinishReason, TextDelta, ToolCall, ToolCallDelta, Usage

Piece = str | ToolCall
"""What a composer writes: text of any length, or a whole tool call."""
Compose = Callable[[ChatRequest], Iterable[Piece] | AsyncIterable[Piece]]

# A word with the space after it, of which more may come in the next text; or space that begins an answer.
_WORD: Final = re.compile(r"\S+\s+|\s+")
_CLOSE_TIMEOUT: Final = 1.0
_TOKEN: Final = re.compile(r"\w{1,4}|[^\w\s]")


def count_tokens(text: str) -> int:
    """About as many tokens as a model's tokenizer would make of `text`: pieces of four letters, and signs."""
    return len(_TOKEN.findall(text))


class OfflineChatModel:
    """`ChatModel` that needs no provider.

    Args:
        compose: Writes the answer from the request's messages; it may be a generator, plain or async.
        name: For `model_used`.
        pace: Seconds between two pieces.
    """

    def __init__(self, compose: Compose, *, name: str = "smarthealth-offline", pace: float = 0.0) -> None:
        self._compose = compose
        self._name = name
        self._pace = pace

    @property
    def name(self) -> str:
        """As given."""
        return self._name

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        """Start one answer; see `ChatModel.open_stream`."""
        written = self._compose(request)
        try:
            yield _Answer(written, request, self._pace)
        finally:
            if isinstance(written, AsyncGenerator):
                with trio.move_on_after(_CLOSE_TIMEOUT, shield=True):
                    await written.aclose()


class _Answer:
    """The events of one answer; no generator, so that none is left for the garbage collector."""

    def __init__(self, written: Iterable[Piece] | AsyncIterable[Piece], request: ChatRequest, pace: float) -> None:
        self._written = aiter(written) if isinstance(written, AsyncIterable) else iter(written)
        self._request = request
        self._pace = pace
        self._words = _Words()
        self._ready: deque[Piece] = deque()
        self._used = 0
        self._calls = 0
        self._reason: FinishReason = "stop"
        self._written_out = False
        self._finished = False

    def __aiter__(self) -> _Answer:
        return self

    async def __anext__(self) -> ChatEvent:
        if self._finished:
            raise StopAsyncIteration
        await trio.sleep(self._pace)
        while not self._ready and not self._written_out:
            await self._read_on()
        if self._ready:
            event = self._event(self._ready.popleft())
            if event is not None:
                return event
        self._finished = True
        return Finished(reason=self._reason, usage=self._usage())

    async def _read_on(self) -> None:
        if isinstance(self._written, AsyncIterator):
            piece = await anext(self._written, None)
        else:
            piece = next(self._written, None)
        self._written_out = piece is None
        self._ready.extend(self._words.flush() if piece is None else self._words.take(piece))

    def _event(self, piece: Piece) -> TextDelta | ToolCallDelta | None:
        """The event of a piece, None when the output limit is reached before it."""
        text = piece if isinstance(piece, str) else piece.arguments
        self._used += count_tokens(text)
        if self._used > self._request.max_output_tokens:
            self._used = self._request.max_output_tokens
            self._reason = "length"
            return None
        if isinstance(piece, str):
            return TextDelta(text=piece)
        self._reason = "tool_calls"
        self._calls += 1
        return ToolCallDelta(index=self._calls - 1, id=piece.id, name=piece.name, arguments=piece.arguments)

    def _usage(self) -> Usage:
        prompt = sum(count_tokens(message.content) for message in self._request.messages)
        return Usage(prompt_tokens=prompt, completion_tokens=self._used)


class _Words:
    """Cuts text into words wherever its pieces begin and end."""

    def __init__(self) -> None:
        self._rest = ""

    def take(self, piece: Piece) -> Iterator[Piece]:
        if isinstance(piece, ToolCall):
            yield from self.flush()
            yield piece
            return
        self._rest += piece
        end = 0
        for match in _WORD.finditer(self._rest):
            # Space at the very end may go on in the next text.
            if match.end() < len(self._rest):
                yield match.group()
                end = match.end()
        self._rest = self._rest[end:]

    def flush(self) -> Iterator[Piece]:
        if self._rest:
            yield self._rest
        self._rest = ""
