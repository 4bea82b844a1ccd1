"""The stages that answer one message."""

from __future__ import annotations

import pytest

from smarthealth.apps.support import stages
from smarthealth.apps.support.routing.router import SURE, Router
from smarthealth.llm.port import ToolCall
from smarthealth.testing.chat_model import ScriptedChatModel
from smarthealth.testing.script import Reply
from tests.apps.support.conftest import Books, Client, Fixed, OpenHost


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


async def test_who_is_unsure_asks_once(books: Books, host: OpenHost) -> None:
    """The answer is for the specialist who was chosen, and what was asked at first is answered; it is not asked again."""
    books.changes["router"] = Router(Fixed("troubleshooting", SURE - 0.01))
    async with host() as server:
        client = server.connect()
        asked = (await client.ask("wheelbase", session_id="chosen"))[-1]
        assert asked["metadata"]["agent"] == "router"
        (number,) = [
            piece.strip()[0] for piece in asked["response"].split(":")[1].split(";") if "technical data" in piece
        ]
        chosen = (await client.ask(number, session_id="chosen"))[-1]
        assert chosen["metadata"]["agent"] == "specs"
        assert "2,680" in chosen["response"]
        assert (await client.ask("wheelbase", session_id="other"))[-1]["metadata"]["agent"] == "router"
        assert (await client.ask("my brakes squeal", session_id="other"))[-1]["metadata"]["agent"] == "troubleshooting"


NOWHERE = "what is the torque of the zeppelin gondola hyperdrive"


async def called(client: Client, sure: str) -> tuple[list[object], list[dict[str, object]]]:
    """Who answers the same question, three times over; and the events of the last."""
    turns = [await client.ask(sure, session_id="s") for _ in range(3)]
    return [events[-1]["metadata"]["agent"] for events in turns], turns[-1]


async def test_a_person_is_called_when_nothing_helps(books: Books, host: OpenHost) -> None:
    """The third question in a row that the documents do not answer opens a ticket, once, and says its number."""
    async with host() as server:
        client = server.connect()
        agents, last = await called(client, NOWHERE)
        assert agents == ["specs", "specs", "human"]
        (handoff,) = [event for event in last if event["type"] == "handoff"]
        assert handoff["reason"] == "repeated_failure"
        assert f"number {handoff['ticket']};" in str(last[-1]["response"])
        again = (await client.ask(NOWHERE, session_id="s"))[-1]
        assert again["metadata"]["agent"] == "specs"
    tickets = await books.pool.fetch("select id, reason, question from support_ticket")
    assert tickets == [(handoff["ticket"], "repeated_failure", NOWHERE)]


async def test_who_asks_for_a_person_gets_one(host: OpenHost) -> None:
    """At the first word, with a ticket."""
    async with host() as server:
        events = await server.connect().ask("let me talk to a human")
    assert events[-1]["metadata"]["agent"] == "human"
    assert [event["reason"] for event in events if event["type"] == "handoff"] == ["requested"]


async def test_an_answer_in_between_begins_the_count_anew(host: OpenHost) -> None:
    """Two questions without an answer, one with, and two more call nobody."""
    async with host() as server:
        client = server.connect()
        for question in (NOWHERE, NOWHERE, "What is the wheelbase?", NOWHERE, NOWHERE):
            assert (await client.ask(question))[-1]["metadata"]["agent"] == "specs"


async def test_a_person_is_called_where_it_stays_unsure(books: Books, host: OpenHost) -> None:
    """Asked which specialist is meant, then guessed in vain: instead of asking again a person is called."""
    books.changes["router"] = Router(Fixed("specs", SURE - 0.01))
    async with host() as server:
        agents, last = await called(server.connect(), NOWHERE)
    assert agents == ["router", "specs", "human"]
    assert [event["reason"] for event in last if event["type"] == "handoff"] == ["low_confidence"]


async def test_a_model_that_says_nothing_fails(books: Books, host: OpenHost) -> None:
    """An empty answer is none."""
    books.model = ScriptedChatModel(Reply(text=""))
    async with host() as server:
        assert (await server.connect().ask("What is the wheelbase?"))[-1]["code"] == "PROCESSING_ERROR"


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
