"""What needs no specialist."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.support.agents.answering import call_person, clarified, clarify, greet
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import Clarifying, SessionState

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
ASKED = SessionState(clarifying=Clarifying(message="hm", options=("specs", "maintenance", "human")))


def case(message: str, state: SessionState | None = None) -> Case:
    """A message."""
    return Case(caller=CALLER, message=message, language="en", state=state or SessionState())


@pytest.mark.parametrize(("text", "kind"), [("thank you", "thanks"), ("hello", "greeting"), ("a joke", "other")])
def test_greetings_are_told_apart(text: str, kind: str) -> None:
    """From thanks and from what is none of our business."""
    work = greet(case(text), Part(label="none", text=text, confidence=1.0))
    assert work.request is not None
    assert f'"kind":"{kind}"' in work.request.messages[-1].content


def test_a_question_which_specialist_is_meant() -> None:
    """Names the likely ones and a person, and waits for the answer."""
    work = clarify(
        case("hm"),
        Part(label="specs", text="hm", confidence=0.3),
        ("specs", "none", "maintenance", "troubleshooting", "human"),
    )
    assert work.state.clarifying == Clarifying(
        message="hm", options=("specs", "maintenance", "troubleshooting", "human")
    )
    assert "4) a person" in work.text


@pytest.mark.parametrize(
    ("message", "label"),
    [
        ("2", "maintenance"),
        ("9", None),
        ("the appointment", "maintenance"),
        ("blue", None),
        ("data or a fault", None),
        ("x " * 9 + "manual", None),
    ],
)
def test_its_answer_is_read(message: str, label: Label | None) -> None:
    """By number or name; what was asked at first is then answered."""
    part = clarified(case(message, ASKED))
    assert (part.label if part else None) == label
    assert part is None or part.text == "hm"
    assert clarified(case(message)) is None


def test_a_person_is_called_for_a_reason() -> None:
    """And told in other words when nothing helped."""
    part = Part(label="human", text="hm", confidence=1.0)
    first, second = (
        call_person(attrs.evolve(case("hm"), state=ASKED), part, reason) for reason in ("requested", "repeated_failure")
    )
    assert first.text != second.text
    assert first.state.clarifying is None
    assert first.grounding == 1.0


def test_a_call_for_a_person_is_less_sure_where_the_manual_tells_it() -> None:
    """The answer may have been all that was wanted."""
    source = Source(id="a", file="m.md", title="M", section="S", kind="row", text="t")
    found = Found(source=source, coverage=1.0, score=1.0, sureness=0.9)
    part = Part(label="human", text="when can I ring you", confidence=1.0)
    assert call_person(case("hm"), part, "requested", [found]).grounding < 1.0
