"""What every implementation of a port must do, as checks that raise AssertionError.

A test of an implementation calls them and needs nothing else to know that the rest of the program can use it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final, get_args

import numpy as np
import trio

from smarthealth.llm.port import (
    ChatEvent,
    ChatMessage,
    ChatModel,
    ChatRequest,
    Embedder,
    Finished,
    FinishReason,
    TextDelta,
    ToolCallDelta,
)

DEFAULT_REQUEST: Final = ChatRequest(messages=(ChatMessage(role="user", content="Say a few words about the weather."),))
_CANCEL_TIME: Final = 2.0
"""Seconds within which a cancelled stream must be closed."""
_MIN_NORM, _MAX_NORM = 0.999, 1.001


async def check_chat_model(
    open_model: Callable[[], AbstractAsyncContextManager[ChatModel]], request: ChatRequest = DEFAULT_REQUEST
) -> None:
    """Check an implementation of `ChatModel`.

    Args:
        open_model: Opens one that answers any number of requests.
        request: One that is answered with at least two pieces of text.

    Raises:
        AssertionError: It breaks a rule of the port; the message says which.
    """
    async with open_model() as model:
        assert model.name, "a model has a name"
        await _check_whole_answer(model, request)
        await _check_two_at_once(model, request)
        await _check_left_early(model, request)
        await _check_cancelled(model, request)
        await _check_whole_answer(model, request)


async def _collect(model: ChatModel, request: ChatRequest) -> list[ChatEvent]:
    async with model.open_stream(request) as events:
        return [event async for event in events]


async def _check_whole_answer(model: ChatModel, request: ChatRequest) -> None:
    events = await _collect(model, request)
    assert events, "a stream has events"
    *pieces, last = events
    assert isinstance(last, Finished), f"the last event is Finished, not {last}"
    assert not any(isinstance(piece, Finished) for piece in pieces), "Finished comes once"
    texts = [piece.text for piece in pieces if isinstance(piece, TextDelta)]
    assert len(texts) >= 2, "the answer to this request streams in at least two pieces"
    assert all(texts), "no piece of text is empty"
    assert all(piece.index >= 0 for piece in pieces if isinstance(piece, ToolCallDelta)), "calls count from 0"
    assert last.reason in get_args(FinishReason), f"{last.reason} is a finish reason"
    if last.usage is not None:
        assert last.usage.prompt_tokens >= 0, "usage counts from 0"
        assert last.usage.completion_tokens >= 0, "usage counts from 0"


async def _check_two_at_once(model: ChatModel, request: ChatRequest) -> None:
    async with model.open_stream(request) as first, model.open_stream(request) as second:
        both = [(await anext(first), await anext(second)) for _ in range(2)]
        assert all(isinstance(event, TextDelta) for pair in both for event in pair), "two streams run side by side"


async def _check_left_early(model: ChatModel, request: ChatRequest) -> None:
    async with model.open_stream(request) as events:
        await anext(events)
    async with model.open_stream(request):
        pass


async def _check_cancelled(model: ChatModel, request: ChatRequest) -> None:
    with trio.CancelScope() as scope, trio.fail_after(_CANCEL_TIME):
        async with model.open_stream(request) as events:
            await anext(events)
            scope.cancel()
            async for _ in events:
                pass
        raise AssertionError("a cancelled stream does not go on to its end")
    assert scope.cancelled_caught, "a stream lets cancellation through"


async def check_embedder(embedder: Embedder) -> None:
    """Check an implementation of `Embedder`.

    Raises:
        AssertionError: It breaks a rule of the port; the message says which.
    """
    texts = ["presión arterial", "", "alergia a la penicilina", "x" * 2000]
    rows = await embedder.embed(texts)
    assert embedder.name, "an embedder has a name"
    assert embedder.dimensions > 0, "vectors have a length"
    assert rows.shape == (len(texts), embedder.dimensions), f"one row for each text, not {rows.shape}"
    assert rows.dtype == np.float32, f"rows are float32, not {rows.dtype}"
    norms = np.linalg.norm(rows, axis=1)
    assert ((norms > _MIN_NORM) & (norms < _MAX_NORM)).all(), f"rows have unit length, not {norms}"
    again = await embedder.embed(texts[::-1])
    assert np.allclose(rows, again[::-1], atol=1e-3), "the same text gives the same vector, in the order asked"
    assert (await embedder.embed([])).shape == (0, embedder.dimensions), "no texts give no rows"
