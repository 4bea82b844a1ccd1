"""The stages that answer one message."""

from __future__ import annotations

import pytest

from smarthealth.apps.support import stages
from smarthealth.llm.port import ToolCall
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply
from tests.apps.support.conftest import Books, OpenHost


def steps(events: list[dict[str, object]]) -> list[object]:
    """The steps that were told."""
    return [event["step"] for event in events if event["type"] == "progress"]


async def test_steps_are_told_as_they_begin(host: OpenHost) -> None:
    """The knowledge base is read by those who need it."""
    async with host() as server:
        client = server.connect()
        assert steps(await client.ask("What is the wheelbase?")) == [
            "starting",
            "agent_routing",
            "rag_retrieval",
            "generating",
        ]
        assert steps(await client.ask("thanks")) == ["starting", "agent_routing", "generating"]


async def test_a_fault_is_walked_through(host: OpenHost) -> None:
    """Warning first, question by question, then the workshop, where a yes goes on."""
    async with host() as server:
        client = server.connect()
        first = await client.answer("the brake pedal goes to the floor")
        assert first.startswith("Safety first")
        assert "I did not understand" in await client.answer("I don't know")
        assert "red brake lamp" in await client.answer("no")
        assert "Do not drive on" in await client.answer("yes")
        assert "Which time suits you" in await client.answer("yes please")
        assert await client.answer("the first one") != ""


async def test_who_is_unsure_asks_once(host: OpenHost) -> None:
    """The answer is for the specialist who was chosen; later a person is called."""
    async with host() as server:
        client = server.connect()
        unsure = "the wobble thing with the spanner friday"
        events = await client.ask(unsure)
        if events[-1]["metadata"]["agent"] == "router":
            assert (await client.ask("1"))[-1]["metadata"]["agent"] != "router"


async def test_a_person_is_called_when_nothing_helps(books: Books, host: OpenHost) -> None:
    """After several questions in a row that the documents do not answer."""
    async with host() as server:
        client = server.connect()
        agents = [
            (await client.ask("which oil filter brand does the zeppelin gondola hyperdrive flux need", session_id="s"))[
                -1
            ]["metadata"]
            for _ in range(4)
        ]
    assert agents[0]["agent"]
    assert all(one["agent"] for one in agents)


async def test_tools_act_and_the_last_words_are_said(books: Books, host: OpenHost) -> None:
    """Of a model that speaks before it acts; one that never ends acting is stopped."""
    call = ToolCall(id="1", name="list_prices", arguments="{}")
    books.model = ScriptedChatModel(Reply(text="Let me look.", tool_calls=(call,)), Reply(text="It is 70 dollars."))
    async with host() as server:
        client = server.connect()
        assert await client.answer("how much is an alignment at the workshop?") == "It is 70 dollars."
        books.model.script.add(
            *[Reply(text="x", tool_calls=(ToolCall(id=str(n), name="list_prices", arguments="{}"),)) for n in range(6)]
        )
        assert await client.answer("how much is an alignment at the workshop?") == stages.EXHAUSTED["en"]


@pytest.mark.parametrize(
    "reply", [Reply(text="x", tool_calls=(ToolCall(id="1", name="a", arguments="{}"),)), Reply(text="x" * 70_000)]
)
async def test_a_model_out_of_bounds_fails(reply: Reply, books: Books, host: OpenHost) -> None:
    """It calls tools that are not on offer, or never ends."""
    books.model = ScriptedChatModel(reply)
    async with host() as server:
        assert (await server.connect().ask("What is the wheelbase?"))[-1]["code"] == "PROCESSING_ERROR"
