from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import trio
from trio.testing import MockClock

from smarthealth.llm.errors import ModelError, ModelProtocolError, ModelRefused, ModelStreamCut, ModelUnavailable
from smarthealth.llm.port import ChatEvent, ChatMessage, ChatRequest, Finished, TextDelta, ToolCall, ToolCallDelta
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.conformance import check_chat_model
from smarthealth.testing.script import Ending, Refusal, Reply

REQUEST = ChatRequest(messages=(ChatMessage(role="user", content="uno dos tres"),))


async def _collect(model: ScriptedChatModel) -> list[tuple[float, ChatEvent]]:
    begun = trio.current_time()
    async with model.open_stream(REQUEST) as events:
        return [(trio.current_time() - begun, event) async for event in events]


async def test_the_fake_is_a_chat_model() -> None:
    """It does what every chat model must."""

    @asynccontextmanager
    async def open_model() -> AsyncIterator[ScriptedChatModel]:
        yield ScriptedChatModel()

    await check_chat_model(open_model)


async def test_tokens_come_at_their_time(autojump_clock: MockClock) -> None:
    """Delay and pace are kept on Trio's clock, so a test's virtual time shows them exactly."""
    model = ScriptedChatModel(Reply(text="uno dos", first_token_delay=1.0, pace=4.0), name="mine")
    times, events = zip(*await _collect(model), strict=True)
    assert times == pytest.approx((1.0, 1.25, 1.5))
    assert events[:2] == (TextDelta(text="uno "), TextDelta(text="dos"))
    assert isinstance(events[2], Finished)
    assert (model.name, model.requests) == ("mine", [REQUEST])


async def test_tool_calls_come_in_fragments() -> None:
    """As a provider would send them."""
    call = ToolCall(id="c", name="f", arguments='{"a":1}')
    events = [event for _, event in await _collect(ScriptedChatModel(Reply(tool_calls=(call, call))))]
    fragments = [event for event in events if isinstance(event, ToolCallDelta)]
    assert [(event.index, event.id, event.name) for event in fragments[::3]] == [(0, "c", "f"), (1, "c", "f")]
    assert "".join(event.arguments for event in fragments) == '{"a":1}' * 2


@pytest.mark.parametrize(
    ("ending", "after", "kind"),
    [
        (Ending.CUT, 1, ModelStreamCut),
        (Ending.END, 1, ModelStreamCut),
        (Ending.ERROR, 1, ModelStreamCut),
        (Ending.CUT, 0, ModelUnavailable),
        (Ending.MALFORMED, 1, ModelProtocolError),
    ],
)
async def test_streams_fail_as_a_providers_would(ending: Ending, after: int, kind: type[ModelError]) -> None:
    """What was said comes first, then the failure, and then nothing more."""
    model = ScriptedChatModel(Reply(text="uno dos", ending=ending, after=after))
    async with model.open_stream(REQUEST) as events:
        for _ in range(after):
            assert await anext(events) == TextDelta(text="uno ")
        with pytest.raises(kind):
            await anext(events)
        with pytest.raises(StopAsyncIteration):
            await anext(events)


@pytest.mark.parametrize(("status", "kind"), [(429, ModelUnavailable), (503, ModelUnavailable), (400, ModelRefused)])
async def test_refusals_are_raised_on_entering(status: int, kind: type[ModelError], autojump_clock: MockClock) -> None:
    """After their delay, with status and code."""
    model = ScriptedChatModel(Refusal(status=status, code="c", delay=3.0))
    with pytest.raises(kind) as refused:
        await _collect(model)
    assert (refused.value.status, refused.value.code) == (status, "c")
    assert trio.current_time() == pytest.approx(3.0)


async def test_open_and_abandoned_streams_are_counted(autojump_clock: MockClock) -> None:
    """A test sees whether cancelling a turn ended its stream."""
    model = ScriptedChatModel(Reply(text="uno", ending=Ending.HANG))
    with trio.move_on_after(1) as scope:
        async with model.open_stream(REQUEST) as events:
            assert model.open_streams == 1
            async for _ in events:
                pass
    assert scope.cancelled_caught
    assert (model.open_streams, model.closed_early) == (0, 1)
    await _collect(model)
    assert (model.open_streams, model.closed_early) == (0, 1)


async def test_a_rule_answers_by_request() -> None:
    """What the queue does not hold is decided by what is asked."""
    model = ScriptedChatModel(rule=lambda request: Reply(text=request.messages[0].content.upper()))
    events = [event for _, event in await _collect(model)]
    assert events[0] == TextDelta(text="UNO ")
