"""The specialist for faults: walks a question tree, keeps its place over messages, and warns before anything else.

Who asks something of a fault ("the needle is in the red, do I turn the heater on?") is told what the manual says of it before the
tree's first question.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.maintenance.wishes import NO_WISH, Wish
from smarthealth.apps.support.maintenance.workshop import load_plan
from smarthealth.apps.support.routing.asking import asks
from smarthealth.apps.support.routing.classes import Label
from smarthealth.apps.support.routing.router import Part
from smarthealth.apps.support.state import SessionState
from smarthealth.apps.support.troubleshooting.trees import Node, Tree, find_tree, is_unsure, load_trees, read_answer

from .prompts import build_request
from .specs import LEAST_COVERAGE, SURE, beside_the_manual, chosen

NAME: Final = "troubleshooting"
PASSAGES: Final = 2
IN_A_TREE: Final = 0.95
"""How likely a step of a tree is held to be the right one, once the tree was found; chosen, not measured."""
WITHOUT_A_TREE: Final = 0.5
"""How likely passages alone are held to help with a fault; chosen, not measured."""


def is_reply(message: str) -> bool:
    """Whether a message may answer what a tree asks."""
    return read_answer(message) is not None or is_unsure(message)


def query_of(case: Case, part: Part) -> str:
    """What to look up: a complaint that is new, or has no tree, itself; else the section of the manual that its tree names."""
    tree, begins = _tree(case.state, part.text)
    return part.text if tree is None or (begins and not tree.nodes[tree.start].is_end) else tree.manual


def prepare(case: Case, part: Part, found: Sequence[Found]) -> Work:
    """Take the next step of the tree that the session is in, or the first of the one that the complaint is about.

    Args:
        case: The message's case.
        part: The complaint, or the answer to what was asked.
        found: Passages, best first.
    """
    tree, begins = _tree(case.state, part.text)
    if tree is None:
        return _without_tree(case, part, [one for one in found if one.coverage >= LEAST_COVERAGE][:PASSAGES])
    node = tree.nodes[tree.start] if begins else _next(tree, case.state, part.text)
    language = case.language
    preface = tree.warning.get(language, "") if begins else ""
    repeated = not begins and node is tree.nodes.get(case.state.node)
    facts = {
        "fault": tree.title[language],
        "begins": begins,
        "repeated": repeated,
        "ask": node.ask.get(language, ""),
        "advice": node.advice.get(language, ""),
        "service": _service(node, language),
    }
    sources = tuple(found[:PASSAGES]) if node.is_end else _told(part.text, found) if begins else ()
    return Work(
        part=part,
        agent=NAME,
        preface=preface,
        request=build_request(NAME, case, part.text, facts, sources),
        sources=sources,
        grounding=IN_A_TREE * (beside_the_manual(found) if begins and not node.is_end else 1.0),
        state=_after(case.state, tree, node, repeated=repeated),
    )


def _told(text: str, found: Sequence[Found]) -> tuple[Found, ...]:
    """Passages that answer what is asked of a fault; none where nothing is."""
    is_answered = asks(text) and bool(found) and found[0].sureness >= SURE
    return tuple(chosen(found)[:PASSAGES]) if is_answered else ()


def _tree(state: SessionState, text: str) -> tuple[Tree | None, bool]:
    """The tree, and whether it begins now: another complaint that is told while one is open goes before an answer."""
    trees = load_trees()
    current = trees.get(state.tree) if state.busy_with == NAME else None
    if current is not None and (read_answer(text) is not None or len(text.split()) < 3):
        return current, False
    other = find_tree(text)
    if current is not None and (other is None or other.id == current.id):
        return current, False
    return other, True


def _next(tree: Tree, state: SessionState, text: str) -> Node:
    """The node that an answer leads to; the same one where it is neither yes nor no."""
    node = tree.nodes.get(state.node) or tree.nodes[tree.start]
    answer = read_answer(text)
    if answer is None or node.is_end:
        return node
    return tree.nodes[node.yes if answer else node.no]


def _after(state: SessionState, tree: Tree, node: Node, *, repeated: bool) -> SessionState:
    if node.is_end:
        # the workshop was offered: a yes goes on there
        wish = Wish(intent="book", service=node.service) if node.service else NO_WISH
        busy_with: Label | None = "maintenance" if node.service else None
        return attrs.evolve(state, busy_with=busy_with, wish=wish, tree="", node="", unsure=0)
    name = next(name for name, one in tree.nodes.items() if one is node)
    return attrs.evolve(state, busy_with=NAME, tree=tree.id, node=name, unsure=state.unsure + 1 if repeated else 0)


def _without_tree(case: Case, part: Part, found: Sequence[Found]) -> Work:
    facts = {"fault": "", "begins": True, "repeated": False, "ask": "", "advice": "", "service": ""}
    return Work(
        part=part,
        agent=NAME,
        request=build_request(NAME, case, part.text, facts, found),
        sources=tuple(found),
        grounding=WITHOUT_A_TREE,
        state=attrs.evolve(case.state, busy_with=None, tree="", node="", unsure=0 if found else case.state.unsure + 1),
    )


def _service(node: Node, language: str) -> str:
    """What the workshop would do, by its name."""
    service = next((one for one in load_plan().services if one.code == node.service), None)
    if service is None:
        return ""
    return service.name_es if language == "es" else service.name_en
