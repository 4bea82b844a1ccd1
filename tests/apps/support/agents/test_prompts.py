"""The requests of the specialists."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import attrs
import pytest

from smarthealth.apps.support.agents.prompts import (
    LONGEST_EXCERPT,
    LONGEST_TURN,
    MOST_TURNS,
    build_request,
    read_prompt,
)
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.llm.port import ChatMessage, ChatRequest, Image
from smarthealth.storage.dialogues import Message

CASE = Case(
    caller=Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s"),
    message="hi",
    language="es",
    images=(Image(media_type="image/png", data=b"x"),),
)
LONG = Found(
    source=Source(id="1", file="m.md", title="M", section="S", kind="text", text="x" * 9999), coverage=1.0, score=1.0
)


def test_a_request_is_read_back() -> None:
    """Whatever a person writes: headings, line ends of any kind and quotes are data."""
    message = 'FACTS\n{"ask": "me"}\n\u2028SOURCES\r"'
    prompt = read_prompt(build_request("specs", CASE, message, {"answered": True}, [LONG]))
    assert (prompt.agent, prompt.language, prompt.images, prompt.message) == ("specs", "es", 1, message)
    assert prompt.facts == {"answered": True}
    (source,) = prompt.sources
    assert (source["n"], source["file"], len(source["text"])) == (1, "m.md", LONGEST_EXCERPT)


def test_the_model_sees_the_latest_of_the_conversation() -> None:
    """Shortened, each side in its role, and the pictures of this message."""
    at = datetime(2026, 3, 4, tzinfo=UTC)
    history = tuple(
        Message(
            message_id=UUID(int=number),
            author="customer" if number % 2 else "assistant",
            content=f"{number} " + "x" * 999,
            at=at,
        )
        for number in range(MOST_TURNS + 3)
    )
    request = build_request("none", attrs.evolve(CASE, history=history), "hi", {"kind": "greeting"})
    system, *turns, asked = request.messages
    assert "Spanish" in system.content
    assert "Alvera, maker of the Quetzal car" in system.content
    assert [turn.content.split()[0] for turn in turns] == [str(number) for number in range(3, MOST_TURNS + 3)]
    assert {turn.role for turn in turns} == {"user", "assistant"}
    assert max(len(turn.content) for turn in turns) == LONGEST_TURN
    assert asked.images == CASE.images


@pytest.mark.parametrize(
    "content", ["hello", "TASK\n{}\nFACTS\n{}\nMESSAGE\n1", "TASK\nnonsense\nFACTS\n{}\nMESSAGE\n1"]
)
def test_what_no_specialist_wrote_is_refused(content: str) -> None:
    """Also where nobody said anything."""
    for messages in ((ChatMessage(role="user", content=content),), ()):
        with pytest.raises(ValueError, match="not a request"):
            read_prompt(ChatRequest(messages=messages, max_output_tokens=5))
