"""How to test what uses a model; explained in ../test-with-the-scripted-model.md."""

import pytest
import trio
from trio.testing import MockClock

from smarthealth.llm import (
    ChatMessage,
    ChatModel,
    ChatRequest,
    ModelSettings,
    ModelStreamCut,
    TextDelta,
    open_chat_model,
)
from smarthealth.testing import Ending, Refusal, Reply, ScriptedChatModel, check_chat_model, open_model_server


async def answer(model: ChatModel, question: str) -> str:
    """Stands for your code: anything that takes a `ChatModel`."""
    request = ChatRequest(messages=(ChatMessage(role="user", content=question),))
    async with model.open_stream(request) as events:
        return "".join([event.text async for event in events if isinstance(event, TextDelta)])


async def test_the_answer_is_what_the_model_says() -> None:
    """The question reaches the model, and its answer comes back whole."""
    model = ScriptedChatModel(Reply(text="Es alérgica a la penicilina."))
    assert await answer(model, "¿Alergias?") == "Es alérgica a la penicilina."
    assert model.requests[0].messages[-1].content == "¿Alergias?"


async def test_a_slow_model_runs_into_the_deadline(autojump_clock: MockClock) -> None:
    """A model that hangs is given up, and its stream is closed."""
    model = ScriptedChatModel(Reply(text="Es alérgica", pace=2.0, ending=Ending.HANG))
    with trio.move_on_after(45) as scope:
        await answer(model, "¿Alergias?")
    assert scope.cancelled_caught
    assert model.open_streams == 0


async def test_an_outage_is_waited_out() -> None:
    """A provider that is busy is asked again."""
    async with open_model_server() as server:
        server.script(Refusal(status=429, retry_after=0.1), Reply(text="Ninguna."))
        settings = ModelSettings(base_url=server.url, backoff=0.0)
        async with open_chat_model(settings, lambda request: []) as model:
            assert await answer(model, "¿Alergias?") == "Ninguna."
        assert len(server.requests) == 2


async def test_a_connection_that_breaks_is_told() -> None:
    """Half an answer is no answer."""
    async with open_model_server() as server:
        server.script(Reply(text="Es alérgica a la penicilina.", ending=Ending.CUT, after=2))
        async with open_chat_model(ModelSettings(base_url=server.url), lambda request: []) as model:
            with pytest.raises(ModelStreamCut):
                await answer(model, "¿Alergias?")


async def test_my_model_is_a_chat_model() -> None:
    """It does what every chat model must."""
    async with open_model_server() as server:
        settings = ModelSettings(base_url=server.url)
        await check_chat_model(lambda: open_chat_model(settings, lambda request: []))
