"""The specialist for technical data: answers from the manual and from imported documents, with their marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import attrs

from smarthealth.apps.support.case import Case, Work
from smarthealth.apps.support.knowledge.matching import Found
from smarthealth.apps.support.routing.router import Part
from smarthealth.retrieval.words import fold
from smarthealth.storage.dialogues import Message

from .prompts import build_request

NAME: Final = "specs"
PASSAGES: Final = 2
"""Passages that one answer may rest on."""
LEAST_COVERAGE: Final = 0.34
"""Of a passage that is told at all."""
LEAST_SURENESS: Final = 0.1
"""Of the best passage; below it the documents do not say what is asked."""
SURE: Final = 0.38
"""Of the surest passage that is told; below it that is told as what comes nearest, and it is said that the documents do not say it so."""
NEAR_BEST: Final = 0.05
"""How much less the score of a passage may be that is told beside the best."""
NEAR_ALIKE: Final = 0.25
"""The same of a row that is like the best but for what a question must say to tell them apart."""
NOT_TOLD: Final = 0.1
"""How likely it is held to be right that the documents do not say it; chosen: somebody asked because it should be there."""
ALL_THAT_WAS_WANTED: Final = 0.3
"""How likely what the manual surely tells is all that was wanted of somebody else; chosen, not measured."""
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
    sureness = max((one.sureness for one in told), default=NOT_TOLD)
    facts = {"answered": bool(told) and sureness >= SURE}
    return Work(
        part=part,
        agent=NAME,
        request=build_request(NAME, case, part.text, facts, told),
        sources=tuple(told),
        grounding=sureness,
        state=attrs.evolve(case.state, unsure=0 if told else case.state.unsure + 1),
    )


def beside_the_manual(found: Sequence[Found]) -> float:
    """How likely a message is for somebody else, as it was taken: the less, the surer the manual tells just what was said."""
    return 1.0 - ALL_THAT_WAS_WANTED * found[0].sureness if found else 1.0


def chosen(found: Sequence[Found]) -> list[Found]:
    """The passages that are told: the best, the rows that are like it, and others nearly as good; of a table and its rows what comes first."""
    if not found or found[0].sureness < LEAST_SURENESS or found[0].coverage < LEAST_COVERAGE:
        return []
    best = found[0]
    told: list[Found] = []
    for one in sorted(found, key=lambda one: not (one is best or one.source.is_like(best.source))):
        tables = {other.source.table for other in told} | {other.source.id for other in told}
        is_told = one.source.id in tables or (
            one.source.table and one.source.table in {other.source.id for other in told}
        )
        near = NEAR_ALIKE if one.source.is_like(best.source) else NEAR_BEST
        if one.score >= best.score - near and not is_told:
            told.append(one)
    return told[:PASSAGES]
