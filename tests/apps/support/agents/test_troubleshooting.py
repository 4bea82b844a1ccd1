"""The specialist for faults."""

from __future__ import annotations

import attrs
import pytest

from smarthealth.apps.support.agents.prompts import read_prompt
from smarthealth.apps.support.agents.troubleshooting import IN_A_TREE, is_reply, prepare, query_of
from smarthealth.apps.support.caller import Caller
from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.knowledge.library import Source
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import SessionState
from smarthealth.apps.support.troubleshooting.trees import load_trees
from smarthealth.conversation.application import Language

CALLER = Caller(user_id=7, name="Ana", address=None, connection_id="c", session_name="s")
FOUND = Found(
    source=Source(id="1", file="m.md", title="M", section="S", kind="text", text="Pads wear."),
    coverage=0.9,
    score=0.9,
    sureness=0.9,
)


def step(text: str, state: SessionState, *found: Found, language: Language = "en") -> tuple[Work, SessionState]:
    """One message to the specialist, and the state afterwards."""
    case = Case(caller=CALLER, message=text, language=language, state=state)
    work = prepare(case, Part(label="troubleshooting", text=text, confidence=1.0), found)
    return work, work.state


def facts(work: Work) -> dict[str, object]:
    """What the model is told."""
    assert work.request is not None
    return dict(read_prompt(work.request).facts)


@pytest.mark.parametrize("language", ["en", "es"])
def test_a_walk_warns_once_and_ends_at_the_workshop(language: Language) -> None:
    """The place is kept over messages; what is neither yes nor no is asked again, and counted."""
    work, state = step("my brakes squeal", SessionState(), language=language)
    tree = load_trees()["brake_noise"]
    assert work.preface == tree.warning[language]
    assert (state.busy_with, state.tree, state.node) == ("troubleshooting", tree.id, tree.start)
    work, state = step("perhaps blue", state, language=language)
    assert (work.preface, facts(work)["repeated"], state.unsure) == ("", True, 1)
    while state.tree:
        work, state = step("yes", state, FOUND, language=language)
    assert facts(work)["advice"]
    assert facts(work)["service"]
    assert work.sources == (FOUND,)
    assert (state.busy_with, state.wish.intent) == ("maintenance", "book")


def test_what_is_asked_of_a_fault_is_told_before_the_first_question() -> None:
    """Where the manual tells it; who asks nothing hears the question alone."""
    asking = "my brakes squeal, is that normal?"
    work, _ = step(asking, SessionState(), FOUND)
    assert (work.sources, bool(facts(work)["ask"]), bool(work.preface)) == ((FOUND,), True, True)
    assert step(asking, SessionState(), attrs.evolve(FOUND, sureness=0.3))[0].sources == ()
    assert step(asking, SessionState())[0].sources == ()
    assert step("my brakes squeal", SessionState(), FOUND)[0].sources == ()


def test_a_tree_is_less_sure_where_the_manual_tells_the_complaint() -> None:
    """At its beginning; an advice rests on the manual itself."""
    alone, beside = (step("my brakes squeal", SessionState(), *found)[0].grounding for found in ((), (FOUND,)))
    assert (alone, beside < alone) == (IN_A_TREE, True)
    work, state = step("a musty smell from the vents", SessionState(), FOUND)
    assert (work.grounding, work.sources, state.busy_with) == (IN_A_TREE, (FOUND,), "maintenance")


def test_another_complaint_goes_before_an_answer() -> None:
    """A yes does not, and neither does the same complaint again."""
    _, state = step("my brakes squeal", SessionState())
    _, other = step("now the battery is flat again", state)
    assert other.tree == "battery_drains"
    _, same = step("the brakes squeal, I said", state)
    assert (same.tree, same.node) == (state.tree, state.node)


def test_a_node_that_is_gone_begins_anew() -> None:
    """Trees change while sessions last."""
    _, state = step("my brakes squeal", SessionState())
    _, after = step("hm what", attrs.evolve(state, node="gone"))
    assert after.node == load_trees()[state.tree].start


def test_an_end_without_a_service_leaves_the_session_free() -> None:
    """Nothing is offered where the workshop has nothing to do."""
    for tree in load_trees().values():
        for name, node in tree.nodes.items():
            asked = next((one for one in tree.nodes.values() if name in (one.yes, one.no)), None)
            if node.is_end and not node.service and asked is not None:
                place = next(key for key, one in tree.nodes.items() if one is asked)
                state = SessionState(busy_with="troubleshooting", tree=tree.id, node=place)
                work, after = step("yes" if asked.yes == name else "no", state)
                assert (facts(work)["service"], after.busy_with) == ("", None)
                return
    pytest.fail("every end offers the workshop")


def test_without_a_tree_passages_help() -> None:
    """And where there are none either, nobody knew what to say."""
    work, state = step("it feels odd", SessionState(), FOUND)
    assert (work.sources, state.unsure) == ((FOUND,), 0)
    work, state = step("it feels odd", SessionState(), attrs.evolve(FOUND, coverage=0.1))
    assert (work.sources, state.unsure) == ((), 1)


def test_what_is_looked_up_is_the_tree_s_or_the_complaint() -> None:
    """What was said, at first; the tree, once it is entered or where it is but an advice, knows the manual's words."""
    case = Case(caller=CALLER, message="my brakes squeal", language="en")
    asking = Part(label="troubleshooting", text="my brakes squeal, is that normal?", confidence=1.0)
    assert query_of(case, asking) == asking.text
    tree = load_trees()["brake_noise"]
    entered = attrs.evolve(case, state=step("my brakes squeal", SessionState())[1])
    assert query_of(entered, Part(label="troubleshooting", text="no", confidence=1.0)) == tree.manual
    musty = Part(label="troubleshooting", text="a musty smell from the vents", confidence=1.0)
    assert query_of(case, musty) == load_trees()["musty"].manual
    assert query_of(case, Part(label="troubleshooting", text="it feels odd", confidence=1.0)) == "it feels odd"


def test_an_answer_is_yes_no_or_unsure() -> None:
    """Anything else is a message of its own."""
    assert [is_reply(text) for text in ("yes", "no", "I don't know", "the radio")] == [True, True, True, False]
