"""Which of two things came first: `¿la ablación fue antes o después del ictus?`, `which came first, the eczema or the asthma`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from smarthealth.retrieval.concepts import ConceptMatch

from .fillers import is_filler
from .folding import CONCEPT, Reading
from .question import InOrder, Topic

_NAMED = rf"{CONCEPT}+"
_SMALL = r"(?:(?:el|la|los|las|lo|su|sus|un|una|a|al|de|del|que|por|the|his|her|their|an|of|than|with|was|were|is|did|he|she)\s+)*"
_EITHER = re.compile(r"\b(?:antes\s+o\s+despues|despues\s+o\s+antes|before\s+or\s+after|after\s+or\s+before)\b")
_FIRST = re.compile(
    rf"\b(?:primero|antes(?!\s+(?:de|del|que)\b)|first(?!\s+{CONCEPT})|earlier|sooner)(?=\s*(?:[,:?]|$|\s(?:el|la|los|las|su|the|his|her|{CONCEPT}|[a-z])))"
)
_CHOICE = re.compile(rf"{_NAMED}[^{CONCEPT}?.]{{0,20}}\b(?:o|u|or)\b[^{CONCEPT}?.]{{0,20}}{_NAMED}")
_HAPPENED = (
    r"(?:(?:fue|fueron|aparecio|aparecieron|empezo|comenzo|inicio|surgio|ocurrio|vino|llego|se\s+(?:le\s+)?(?:diagnostico|hizo|realizo|presento)|diagnosticad[oa]|realizad[oa]"
    r"|came|come|comes|happen|happened|occur|occurred|appear|appeared|start|started|begin|began|develop|developed|precede|done|performed|diagnosed|was|were|made)\s+)*"
)
_ONE_BEFORE = re.compile(
    rf"^\W*(?:(?:did|was|were|fue|fueron|ocurrio|aparecio|empezo|se\s+(?:le\s+)?(?:hizo|diagnostico))\s+)?{_SMALL}{_NAMED}\s+{_HAPPENED}"
    rf"(?P<word>antes|before|earlier|previ[oa]|despues|after|later)\s+{_SMALL}{_NAMED}\W*$"
)
_MEASURED = frozenset({"observation", "report"})
_AFTER = frozenset({"despues", "after", "later"})
_ALTERNATIVES = re.compile(
    r"\b(?P<one>[a-z]{3,})\s+(?:o|u|or)\s+(?:(?:el|la|los|las|su|the|his|her)\s+)*(?P<other>[a-z]{3,})\b"
)


@attrs.frozen
class SequenceMatch:
    """What is asked of the order of two things, and where its words stand."""

    start: int
    end: int
    asked: InOrder


def find_sequence(reading: Reading, matches: Sequence[ConceptMatch]) -> SequenceMatch | None:
    """Find that a clause asks which of two things came first, values aside.

    Args:
        reading: The clause, with its concepts covered.
        matches: These concepts.
    """
    text = reading.open
    places = {(match.start, match.end) for match in matches}
    measured = any(set(match.concept.kinds) <= _MEASURED for match in matches)
    if len(places) not in (0, 2) or measured:
        return None
    either = _EITHER.search(text)
    if either is not None and places:
        return SequenceMatch(*either.span(), "which")
    first = _FIRST.search(text)
    if first is not None and (_CHOICE.search(text) or _alternatives(text)):
        return SequenceMatch(*first.span(), "which")
    before = _ONE_BEFORE.search(text)
    if before is None or not places:
        return None
    return SequenceMatch(*before.span("word"), "after" if before["word"] in _AFTER else "before")


def things_in_order(reading: Reading, topics: tuple[Topic, ...]) -> tuple[Topic, ...]:
    """The two things of which the order is asked; of words that nobody knows, each with what is said of both (`sprain`)."""
    if len(topics) != 1 or topics[0].concepts:
        return topics
    choice = _ALTERNATIVES.search(reading.folded)
    either = choice.groups() if choice else ()
    shared = tuple(term for term in topics[0].terms if term not in either)
    return tuple(Topic(terms=(*shared, word), surface=" ".join((*shared, word))) for word in either) or topics


def _alternatives(text: str) -> bool:
    choice = _ALTERNATIVES.search(text)
    return choice is not None and not any(map(is_filler, choice.groups()))
