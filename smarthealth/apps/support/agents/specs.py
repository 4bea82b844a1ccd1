"""The specialist for technical data: answers from the manual and from imported documents, with their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import attrs

from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.knowledge.lexicon import concepts_in
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.router import Part
from smarthealth.retrieval.words import fold
from smarthealth.storage.dialogues import Message

from .prompts import build_request

NAME: Final = "specs"
PASSAGES: Final = 4
"""Passages that one answer may rest on."""
LEAST_COVERAGE: Final = 0.34
"""Of the best passage; below it the manual does not tell."""
NEAR_BEST: Final = 0.12
"""How much less the score of a passage may be that is told beside the best."""
GROUNDING: Final = ((0.0, 0.1), (0.34, 0.55), (0.5, 0.75), (0.7, 0.88), (0.9, 0.95), (1.0, 0.97))
"""By coverage of the best passage, how likely an answer that rests on it is held to be right; straight lines in between. Chosen, not measured."""
_VERSIONS: Final = ("hybrid", "automatic", "manual", "rim")
_GOES_ON: Final = re.compile(r"^\W*(?:and|what about|how about|y|que tal|pero)\b")
FOLLOW_UP_WORDS: Final = 6
"""Words of a question so short that the question before it may say what it is about."""


def query_of(case: Case, part: Part) -> str:
    """What to look up: the question, with the one before it where it only goes on with that ("and the hybrid?")."""
    before = _before(case.history) if _GOES_ON.match(fold(part.text)) is not None else ""
    if not before or len(part.text.split()) > FOLLOW_UP_WORDS:
        return part.text
    return f"{before} {part.text}"


def _before(history: Sequence[Message]) -> str:
    """The question that this specialist answered last, if nobody has spoken since."""
    if not history or history[-1].agent != NAME:
        return ""
    return next((said.content for said in history if said.message_id == history[-1].answers), "")


def prepare(case: Case, part: Part, found: Sequence[Found]) -> Work:
    """Answer from what was found.

    Args:
        case: The message's case.
        part: The question.
        found: Passages, best first.
    """
    told = chosen(found)
    best = found[0].coverage if found else 0.0
    facts = {"answered": bool(told), "columns": sorted(columns_wanted(part.text))}
    return Work(
        part=part,
        agent=NAME,
        request=build_request(NAME, case, part.text, facts, told),
        sources=tuple(told),
        grounding=grounding_of(best),
        state=attrs.evolve(case.state, unsure=0 if told else case.state.unsure + 1),
    )


def chosen(found: Sequence[Found]) -> list[Found]:
    """The passages that are told: the best, and those near it; of a table and its rows the rows alone."""
    if not found or found[0].coverage < LEAST_COVERAGE:
        return []
    near = [one for one in found if one.score >= found[0].score - NEAR_BEST]
    rows = {one.source.table for one in near if one.source.kind == "row"}
    return [one for one in near if one.source.id not in rows][:PASSAGES]


def columns_wanted(question: str) -> frozenset[str]:
    """The versions that a question names."""
    return concepts_in(question) & frozenset(_VERSIONS)


def grounding_of(coverage: float) -> float:
    """How likely an answer that rests on such a passage is right."""
    for (low, least), (high, most) in pairwise(GROUNDING):
        if coverage <= high:
            return least + (most - least) * (coverage - low) / (high - low)
    return GROUNDING[-1][1]
