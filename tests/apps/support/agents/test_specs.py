"""The specialist for technical data."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import attrs

from smarthealth.apps.support.agents.prompts import read_prompt
from smarthealth.apps.support.agents.specs import NOT_TOLD, PASSAGES, beside_the_manual, chosen, prepare, query_of
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


def found(
    name: str, score: float, *, sureness: float = 0.9, coverage: float = 0.9, kind: str = "row", table: str = ""
) -> Found:
    """A passage."""
    source = Source(id=name, file="m.md", title="M", section="S", kind=kind, text=name, table=table)
    return Found(source=source, coverage=coverage, score=score, sureness=sureness)


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
    """With those nearly as good; of a table and its rows what is better."""
    row, table, far = found("row", 0.9, table="table"), found("table", 0.88, kind="table"), found("far", 0.5)
    assert [one.source.id for one in chosen([row, table, far])] == ["row"]
    assert [one.source.id for one in chosen([table, row, far])] == ["table"]
    rows = [found(f"row {number}", 0.9, table="table") for number in range(PASSAGES + 1)]
    assert chosen(rows) == rows[:PASSAGES]


def test_rows_that_are_alike_are_told_together() -> None:
    """Before others that are as good, unless one is far behind."""
    best, like, far = (
        attrs.evolve(one, source=attrs.evolve(one.source, name=f"Rim; Load: {one.source.id}"))
        for one in (found("few", 0.9, table="t"), found("full", 0.75, table="t"), found("any", 0.5, table="t"))
    )
    other = found("other", 0.89)
    assert chosen([best, other, like, far]) == [best, like]
    assert chosen([best, other, far]) == [best, other]


def test_what_the_manual_surely_tells_may_be_all_that_was_wanted() -> None:
    """Of somebody else."""
    assert beside_the_manual([]) == 1.0
    assert 0.5 < beside_the_manual([found("row", 0.9)]) < beside_the_manual([found("row", 0.9, sureness=0.1)]) < 1.0


def test_what_is_not_sure_at_all_is_not_told() -> None:
    """Nor what tells of little that was asked."""
    assert chosen([found("row", 0.9, sureness=0.09)]) == []
    assert chosen([found("row", 0.9, coverage=0.2)]) == []
    assert chosen([]) == []


def test_what_is_not_told_counts_as_not_known() -> None:
    """And the model is told so, of what comes near too; the answer is as sure as the surest passage that it tells."""
    work = prepare(case("weight of the hybrid", unsure=1), part("weight of the hybrid"), [])
    assert (work.state.unsure, work.sources, work.grounding) == (2, (), NOT_TOLD)
    assert work.request is not None
    assert read_prompt(work.request).facts == {"answered": False}
    near = prepare(case("weight"), part("weight"), [found("row", 0.9, sureness=0.3)])
    assert near.request is not None
    assert read_prompt(near.request).facts == {"answered": False}
    assert (near.state.unsure, near.grounding) == (0, 0.3)
    both = prepare(
        case("weight"), part("weight"), [found("row", 0.9, sureness=0.3), found("other", 0.89, sureness=0.6)]
    )
    assert both.grounding == 0.6
    known = prepare(case("weight", unsure=1), part("weight"), [found("row", 0.9, sureness=0.8)])
    assert known.request is not None
    assert read_prompt(known.request).facts == {"answered": True}
    assert (known.state.unsure, known.grounding) == (0, 0.8)
