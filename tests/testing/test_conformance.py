from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import numpy as np
import pytest
import trio
from numpy.typing import NDArray

from smarthealth.llm.port import ChatEvent, ChatRequest, Finished, TextDelta, ToolCallDelta, Usage
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.conformance import check_chat_model, check_embedder
from smarthealth.testing.embedder import HashedWordsEmbedder

WHOLE: tuple[ChatEvent, ...] = (TextDelta(text="uno "), TextDelta(text="dos"), Finished(reason="stop"))


class _Events:
    def __init__(self, events: Sequence[ChatEvent], checkpoint: bool) -> None:
        self._events = iter(events)
        self._checkpoint = checkpoint

    def __aiter__(self) -> "_Events":
        return self

    async def __anext__(self) -> ChatEvent:
        if self._checkpoint:
            await trio.lowlevel.checkpoint()
        for event in self._events:
            return event
        raise StopAsyncIteration


class _Model:
    """A model that says always the same, right or wrong."""

    def __init__(self, *events: ChatEvent, name: str = "m", checkpoint: bool = True) -> None:
        self._events = events
        self._checkpoint = checkpoint
        self.name = name

    @asynccontextmanager
    async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
        yield _Events(self._events, self._checkpoint)


def _opens(model: _Model) -> Callable[[], AbstractAsyncContextManager[_Model]]:
    @asynccontextmanager
    async def open_model() -> AsyncIterator[_Model]:
        yield model

    return open_model


async def test_a_right_model_passes() -> None:
    """Text, tool calls, a finish and perhaps its usage."""
    await check_chat_model(_opens(_Model(*WHOLE)))
    used = Usage(prompt_tokens=1, completion_tokens=2)
    finish = Finished(reason="tool_calls", usage=used)
    await check_chat_model(_opens(_Model(*WHOLE[:2], ToolCallDelta(index=0, id="c", name="f"), finish)))


@pytest.mark.parametrize(
    ("model", "complaint"),
    [
        (_Model(*WHOLE, name=""), "name"),
        (_Model(), "has events"),
        (_Model(*WHOLE[:2]), "last event is Finished"),
        (_Model(WHOLE[2], *WHOLE), "Finished comes once"),
        (_Model(*WHOLE[1:]), "at least two pieces"),
        (_Model(TextDelta(text=""), *WHOLE), "no piece of text is empty"),
        (_Model(ToolCallDelta(index=-1), *WHOLE), "calls count from 0"),
        (_Model(*WHOLE[:2], Finished(reason="eos")), "finish reason"),  # type: ignore[arg-type]  # wrong on purpose
        (_Model(*WHOLE[:2], Finished(reason="stop", usage=Usage(prompt_tokens=-1, completion_tokens=0))), "usage"),
        (_Model(*WHOLE[:2], Finished(reason="stop", usage=Usage(prompt_tokens=0, completion_tokens=-1))), "usage"),
        (_Model(ToolCallDelta(index=0), *WHOLE), "side by side"),
        (_Model(*WHOLE, checkpoint=False), "cancelled stream"),
    ],
)
async def test_a_wrong_model_fails_with_the_rule(model: _Model, complaint: str) -> None:
    """The message says which rule of the port is broken."""
    with pytest.raises(AssertionError, match=complaint):
        await check_chat_model(_opens(model))


async def test_a_model_that_swallows_cancellation_fails() -> None:
    """A cancelled turn must be able to leave."""

    class Deaf(ScriptedChatModel):
        @asynccontextmanager
        async def open_stream(self, request: ChatRequest) -> AsyncIterator[AsyncIterator[ChatEvent]]:
            with trio.CancelScope() as scope:
                async with super().open_stream(request) as events:
                    yield _Deaf(events, scope)

    class _Deaf:
        def __init__(self, events: AsyncIterator[ChatEvent], scope: trio.CancelScope) -> None:
            self._events = events
            self._scope = scope

        def __aiter__(self) -> "_Deaf":
            return self

        async def __anext__(self) -> ChatEvent:
            self._scope.shield = True
            return await anext(self._events)

    @asynccontextmanager
    async def open_model() -> AsyncIterator[Deaf]:
        yield Deaf()

    with pytest.raises(AssertionError, match="cancelled stream"):
        await check_chat_model(open_model)


class _Embedder(HashedWordsEmbedder):
    def __init__(self, change: Callable[[NDArray[np.float32]], NDArray[np.float32]], name: str = "e") -> None:
        super().__init__(8, name=name)
        self._change = change

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._change(await super().embed(texts))


def _for_none(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return rows if len(rows) else np.empty((0, 3), np.float32)


def _sorted(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(sorted(rows.tolist()), np.float32).reshape(rows.shape)


async def test_a_right_embedder_passes() -> None:
    """Rows of unit length, in order, for any texts."""
    await check_embedder(_Embedder(lambda rows: rows))


@pytest.mark.parametrize(
    ("embedder", "complaint"),
    [
        (_Embedder(lambda rows: rows, name=""), "name"),
        (_Embedder(lambda rows: rows[:, :4]), "one row for each text"),
        (_Embedder(lambda rows: rows.astype(np.float64)), "float32"),
        (_Embedder(lambda rows: rows * np.float32(2)), "unit length"),
        (_Embedder(_sorted), "in the order asked"),
        (_Embedder(_for_none), "no texts"),
    ],
)
async def test_a_wrong_embedder_fails_with_the_rule(embedder: _Embedder, complaint: str) -> None:
    """The message says which rule of the port is broken."""
    with pytest.raises(AssertionError, match=complaint):
        await check_embedder(embedder)


async def test_an_embedder_without_dimensions_fails() -> None:
    """An index needs to know the length of vectors."""

    class Flat(HashedWordsEmbedder):
        @property
        def dimensions(self) -> int:
            return 0

    with pytest.raises(AssertionError, match="have a length"):
        await check_embedder(Flat())
