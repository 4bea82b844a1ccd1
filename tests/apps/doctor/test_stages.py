"""The stages that answer one message."""

from __future__ import annotations

import pytest
from trio.testing import MockClock

from smarthealth.apps.doctor.stages import _words
from smarthealth.llm.port import ToolCall
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import IndexState
from smarthealth.testing.script import Reply
from tests.apps.doctor.conftest import ALARM, Connect, World, kinds, prose


async def test_agents_are_parted_by_an_empty_line(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """White space that a model begins with is not shown, and each agent is timed."""
    world.answers("\n\n Soon. Rest.", "  It may be X.", "\nDrink enough.")
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=1)
    assert prose(events) == "Soon. Rest.\n\nIt may be X.\n\nDrink enough."
    assert world.telemetry.stages == ["triage", "diagnostic", "treatment"]


async def test_a_case_that_is_over_passes_the_agents_that_follow(
    world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """They neither ask a model nor say that they run."""
    world.answers('{"level": "INFO"}\n---\nA virus is small.')
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "What is a virus?"}, seconds=1)
    assert "running_diagnostic" not in kinds(events)
    assert len(world.model.requests) == 1


async def test_one_general_answer(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Where no agents are wanted, without sources where none can be had."""
    world.answers("Rest.")
    world.knowledge.trouble.error = IndexUnavailable(IndexState.MISSING)
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough", "enable_agents": False}, seconds=1)
    assert (prose(events), events[-1]["metadata"]["sources"]) == ("Rest.", [])


async def test_a_head_of_level_one_raises_the_alarm(world: World, connect: Connect, autojump_clock: MockClock) -> None:
    """Before a word of the answer, also where the head is all there is."""
    world.answers('{"level": "I"}')
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "my arm feels odd"}, seconds=1)
    assert prose(events) == ALARM.advice


@pytest.mark.parametrize(
    "reply",
    [
        Reply(text=""),
        Reply(text="  \n "),
        Reply(text='{"level": "IV"}\n---\n'),
        Reply(tokens=("word " * 100_000,) * 3),
        Reply(tool_calls=(ToolCall(id="1", name="buy", arguments="{}"),)),
    ],
)
async def test_an_answer_that_is_none_is_the_agent_s_error(
    reply: Reply, world: World, connect: Connect, autojump_clock: MockClock
) -> None:
    """Nothing but white space, no end, or a tool that nobody offered."""
    world.model.script.add(reply)
    async with connect() as client:
        await client.settled()
        events = await client.heard({"message": "I cough"}, seconds=60)
    assert events[-1]["error_type"] == "agent_error"
    # it may fail before the stream's start was on its way
    assert ("stream_start" in kinds(events)) is (kinds(events)[-2] == "stream_end")


@pytest.mark.parametrize(("text", "pieces"), [("a b", ["a ", "b"]), ("a ", ["a "]), ("", []), (" a", [" ", "a"])])
def test_prose_goes_word_by_word(text: str, pieces: list[str]) -> None:
    """Joined, it is what it was."""
    assert _words(text) == pieces
