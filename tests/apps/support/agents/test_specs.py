"""The specialist for technical data."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from smarthealth.apps.support.agents.prompts import read_prompt
from smarthealth.apps.support.agents.specs import chosen, columns_wanted, grounding_of, prepare, query_of
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import SessionState
from smarthealth.storage.dialogues import Author, Message

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
AT = datetime(2026, 3, 4, tzinfo=UTC)
ASKED = UUID(int=1)


def said(author: Author, content: str, agent: str | None = None) -> Message:
    """An earlier message."""
    first = author == "customer"
    return Message(
        message_id=ASKED if first else UUID(int=2),
        author=author,
        content=content,
        agent=agent,
        answers=None if first else ASKED,
        at=AT,
    )


def case(message: str, *history: Message, unsure: int = 0) -> Case:
    """A message in a session."""
    return Case(caller=CALLER, message=message, language="en", history=history, state=SessionState(unsure=unsure))


def part(text: str) -> Part:
    """A question."""
    return Part(label="specs", text=text, confidence=0.9)


def found(name: str, score: float, *, coverage: float = 0.9, kind: str = "row", table: str = "") -> Found:
    """A passage."""
    source = Source(id=name, file="m.md", title="M", section="S", kind=kind, text=name, table=table)
    return Found(source=source, coverage=coverage, score=score)


def test_a_short_question_goes_on_with_the_one_before() -> None:
    """Where it begins so, and this specialist answered that one."""
    history = (said("customer", "what is the kerb weight?"), said("assistant", "1,340 kg", "specs"))
    assert (
        query_of(case("and the hybrid?", *history), part("and the hybrid?"))
        == "what is the kerb weight? and the hybrid?"
    )
    for text, earlier in (
        ("the hybrid?", history),
        ("and the hybrid, which I would like to buy for my aunt?", history),
        ("and the hybrid?", ()),
        ("and the hybrid?", (history[0], said("assistant", "Booked", "maintenance"))),
        ("and the hybrid?", history[1:]),
    ):
        assert query_of(case(text, *earlier), part(text)) == text


def test_the_best_passages_are_told() -> None:
    """With those near it; of a table and its rows the rows; none where the best tells too little."""
    passages = [found("row", 0.9, table="table"), found("table", 0.88, kind="table"), found("far", 0.5)]
    assert [one.source.id for one in chosen(passages)] == ["row"]
    assert chosen([found("row", 0.9, coverage=0.2)]) == []
    assert chosen([]) == []


def test_what_is_not_told_counts_as_not_known() -> None:
    """And the model is told so; versions that were named are told too."""
    work = prepare(case("weight of the hybrid", unsure=1), part("weight of the hybrid"), [])
    assert (work.state.unsure, work.sources) == (2, ())
    assert work.grounding == pytest.approx(0.1)
    assert work.request is not None
    assert read_prompt(work.request).facts == {"answered": False, "columns": ["hybrid"]}
    known = prepare(case("weight", unsure=1), part("weight"), [found("row", 0.9, coverage=1.0)])
    assert known.state.unsure == 0
    assert known.grounding == pytest.approx(0.97)
    assert columns_wanted("the automatic or the hybrid") == {"automatic", "hybrid"}


def test_grounding_rises_with_coverage() -> None:
    """And stays a probability."""
    figures = [grounding_of(coverage / 10) for coverage in range(12)]
    assert figures == sorted(figures)
    assert figures[0] > 0
    assert figures[-1] < 1
