from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

import attrs
import pytest
import trio
from hypothesis import given
from hypothesis import strategies as st
from trio.testing import MockClock

from smarthealth.llm.offline import Compose, OfflineChatModel, Piece, count_tokens
from smarthealth.llm.port import ChatEvent, ChatRequest, Finished, TextDelta, ToolCall, ToolCallDelta, Usage
from smarthealth.testing.conformance import check_chat_model

CALL = ToolCall(id="c1", name="look", arguments='{"a":1}')


async def _collect(compose: Compose, request: ChatRequest, pace: float = 0.0) -> list[ChatEvent]:
    async with OfflineChatModel(compose, pace=pace).open_stream(request) as events:
        return [event async for event in events]


def _texts(events: Iterable[ChatEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, TextDelta)]


async def test_the_offline_model_is_a_chat_model() -> None:
    """It does what every chat model must."""

    @asynccontextmanager
    async def open_model() -> AsyncIterator[OfflineChatModel]:
        yield OfflineChatModel(lambda request: ["El paciente tiene ", "asma [1]."])

    await check_chat_model(open_model)


@pytest.mark.parametrize(
    ("written", "pieces"),
    [
        (["El paciente tiene asma."], ["El ", "paciente ", "tiene ", "asma."]),
        (["El paci", "ente", " ", " tiene\n", "\n- asma"], ["El ", "paciente  ", "tiene\n\n", "- ", "asma"]),
        (["  El ", "fin "], ["  ", "El ", "fin "]),
        (["", "  "], ["  "]),
        ([], []),
    ],
)
async def test_text_streams_word_by_word(written: list[str], pieces: list[str], request_: ChatRequest) -> None:
    """Words come with the space after them, wherever the composer paused."""
    assert _texts(await _collect(lambda request: written, request_)) == pieces


@given(st.lists(st.text("ab \n", max_size=6), max_size=6))
def test_streaming_changes_no_character(written: list[str]) -> None:
    """The pieces joined are the text as written, and each but the last ends in space."""

    async def run() -> list[ChatEvent]:
        return await _collect(lambda request: written, ChatRequest(messages=()))

    pieces = _texts(trio.run(run))
    assert "".join(pieces) == "".join(written)
    assert all(piece[-1].isspace() for piece in pieces[:-1])


async def test_the_composer_sees_the_request_and_may_wait(request_: ChatRequest) -> None:
    """An async composer is streamed while it writes."""

    async def compose(request: ChatRequest) -> AsyncIterator[Piece]:
        for word in request.messages[-1].content.split():
            await trio.lowlevel.checkpoint()
            yield word.upper() + " "

    assert _texts(await _collect(compose, request_)) == ["UNO ", "DOS ", "TRES "]


async def test_an_async_composer_is_closed_when_its_reader_leaves(request_: ChatRequest) -> None:
    """Clean-up of a composer runs at once, not when the garbage collector comes."""
    closed = trio.Event()

    async def compose(request: ChatRequest) -> AsyncIterator[Piece]:
        try:
            yield "uno dos "
            yield "tres "
        finally:
            closed.set()

    async with OfflineChatModel(compose).open_stream(request_) as events:
        assert await anext(events) == TextDelta(text="uno ")
    assert closed.is_set()


async def test_an_async_iterable_that_is_no_generator_serves_too(request_: ChatRequest) -> None:
    """A composer may hand out any async iterable."""

    class Twice:
        def __init__(self) -> None:
            self.left = 2

        def __aiter__(self) -> "Twice":
            return self

        async def __anext__(self) -> Piece:
            if not self.left:
                raise StopAsyncIteration
            self.left -= 1
            return "si "

    assert _texts(await _collect(lambda request: Twice(), request_)) == ["si ", "si "]


async def test_tool_calls_end_the_answer_as_tool_calls(request_: ChatRequest) -> None:
    """Text before and after a call stays in its place, and calls are counted."""
    other = attrs.evolve(CALL, id="c2")
    events = await _collect(lambda request: ["Veo", CALL, other, "ya"], request_)
    assert events == [
        TextDelta(text="Veo"),
        ToolCallDelta(index=0, id="c1", name="look", arguments='{"a":1}'),
        ToolCallDelta(index=1, id="c2", name="look", arguments='{"a":1}'),
        TextDelta(text="ya"),
        Finished(reason="tool_calls", usage=Usage(prompt_tokens=3, completion_tokens=16)),
    ]


async def test_usage_is_counted(request_: ChatRequest) -> None:
    """About four letters a token, and signs, of the request and of the answer."""
    assert (count_tokens("presión: 120/80."), count_tokens("")) == (7, 0)
    events = await _collect(lambda request: ["penicilina."], request_)
    assert events[-1] == Finished(reason="stop", usage=Usage(prompt_tokens=3, completion_tokens=4))


async def test_the_output_limit_ends_the_answer(request_: ChatRequest) -> None:
    """An answer never grows past what was asked for, and says that it was cut off there."""
    request = attrs.evolve(request_, max_output_tokens=2)
    events = await _collect(lambda request: ["uno dos tres"], request)
    assert events == [
        TextDelta(text="uno "),
        TextDelta(text="dos "),
        Finished(reason="length", usage=Usage(prompt_tokens=3, completion_tokens=2)),
    ]


async def test_pieces_keep_the_pace(request_: ChatRequest, autojump_clock: MockClock) -> None:
    """A demonstration can be slow enough to be watched."""
    await _collect(lambda request: ["uno dos tres"], request_, pace=0.5)
    assert trio.current_time() == pytest.approx(2.0)


async def test_a_failing_composer_fails_as_itself(request_: ChatRequest) -> None:
    """A mistake in an application is its own, not the model's outage."""

    def compose(request: ChatRequest) -> Iterable[Piece]:
        yield "uno "
        raise KeyError("x")

    with pytest.raises(KeyError):
        await _collect(compose, request_)


def test_the_model_says_that_it_is_offline() -> None:
    """Answers name what made them."""
    assert OfflineChatModel(lambda request: []).name == "smarthealth-offline"
    assert OfflineChatModel(lambda request: [], name="mine").name == "mine"
