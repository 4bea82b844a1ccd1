"""One message on its way."""

from __future__ import annotations

from smarthealth.apps.support.case import Case, Handoff, Work
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import FRESH
from tests.apps.support.agents.test_specs import CALLER


def test_work_is_of_its_part_s_specialist() -> None:
    """Whatever the name under which it answers."""
    part = Part(label="human", text="a person please", confidence=0.97)
    work = Work(part=part, agent="router", state=FRESH, handoff=Handoff(reason="requested"))
    assert (work.label, work.grounding, work.request) == ("human", 1.0, None)


def test_a_message_begins_in_a_fresh_session() -> None:
    """Unless something is known of it."""
    case = Case(caller=CALLER, message="hi", language="en")
    assert (case.state, case.history, case.customer_id, case.joined_ticket) == (FRESH, (), None, None)
