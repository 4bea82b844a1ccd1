"""A model's provider that fails: one right error, and the next question is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from smarthealth.llm.port import ToolCall
from smarthealth.testing.script import Answer, Ending, Refusal, Reply

if TYPE_CHECKING:
    from tests.endtoend.conftest import Model, Server

BEFORE: dict[str, Answer] = {
    "500": Refusal(status=500),
    "503": Refusal(status=503),
    "429": Refusal(status=429, retry_after=0.05),
    "429 for long": Refusal(status=429, retry_after=3600),
    "401": Refusal(status=401, code="invalid_api_key"),
    "400": Refusal(status=400, code="context_length_exceeded"),
    "malformed": Reply(text="uno", ending=Ending.MALFORMED, after=0),
    "error": Reply(text="uno", ending=Ending.ERROR, after=0),
    "empty": Reply(text=""),
    "tool call": Reply(tool_calls=(ToolCall(id="1", name="f", arguments="{}"),)),
}
"""Faults before the first token."""
AMIDST = {
    ending: Reply(text="uno dos tres", ending=ending, after=2)
    for ending in Ending
    if ending.name not in ("WHOLE", "HANG")
}


@pytest.mark.parametrize("fault", BEFORE)
async def test_a_fault_before_the_first_token_is_llm_error(scripted: Server, model: Model, fault: str) -> None:
    """LLM_ERROR without any stream, said in words that tell nothing of the provider."""
    word = model.on(BEFORE[fault])
    async with scripted.chat() as chat:
        messages = await chat.ask(word)
        assert [message["type"] for message in messages] == ["status"] * 4 + ["error"]
        error = messages[-1]["error"]
        assert error == {"code": "LLM_ERROR", "message": "Ocurrió un error al generar la respuesta"}
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"


@pytest.mark.parametrize("ending", AMIDST)
async def test_a_fault_amidst_the_answer_is_llm_error(scripted: Server, model: Model, ending: Ending) -> None:
    """What came stays, `stream_end` goes before LLM_ERROR, and the request is not sent again."""
    word = model.on(AMIDST[ending])
    async with scripted.chat() as chat:
        messages = await chat.ask(word)
        assert [message["type"] for message in messages[4:5] + messages[-2:]] == ["stream_start", "stream_end", "error"]
        assert "".join(message.get("token", "") for message in messages).strip() == "uno dos"
        assert messages[-1]["error"]["code"] == "LLM_ERROR"
        assert len(model.asked(word)) == 1
        assert (await chat.ask("¿Qué alergias tiene?"))[-1]["type"] == "complete"


async def test_a_fault_that_passes_is_not_noticed(scripted: Server, model: Model) -> None:
    """A refusal that is worth another try is tried again before the first token, and the client sees an answer."""
    word = model.on(Refusal(status=503), Reply(text="ya está"))
    async with scripted.chat() as chat:
        assert (await chat.ask(word))[-1]["answer"]["text"] == "ya está"
    assert len(model.asked(word)) == 2
