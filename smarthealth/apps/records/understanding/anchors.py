"""Times told by something in the record: before the appendectomy, since he was diagnosed with diabetes."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from smarthealth.retrieval.concepts import ConceptMatch

from .fillers import is_filler
from .folding import CONCEPT, Reading
from .kinds import CONDITION, PROCEDURE, find_kinds
from .question import Anchor, Order, Pick, Relation, Topic
from .stays import find_stay

_EVENT_WORDS = (
    r"(?:(?:de|del|que|a|al|la|el|los|las|su|sus|un|una|se|le|lo|fue|fuera|fuese|haber|habia|sido|ser|hacerse|tener|tuvo|tuviera|empezar|empezara|comenzar|iniciar|inicio|comienzo|"
    r"diagnostic\w*|operac\w*|operar\w*|operad[oa]|cirugia|intervencion|procedimiento|realiz\w*|recet\w*|prescri\w*|vacun\w*|tratamiento|tomar|primer[oa]?|con|por|"
    r"the|his|her|their|being|been|was|were|had|having|s?he|they|patient|diagnos\w*|with|of|surgery|operation|procedure|started?|starting|getting|got|received|receiving|taking|prescri\w*|onset|first|a|an|to)\s+)*"
)
_RELATION_WORDS: tuple[tuple[Relation, str], ...] = (
    ("before", r"antes|previ[oa]s?|previamente|anterior(?:es)?|before|prior|preceding"),
    ("after", r"despues|tras|luego|posterior(?:es|mente)?|a\s+partir|desde|after|following|since"),
    (
        "during",
        r"durante|mientras|during|while|throughout|en\s+el(?=\s+(?:ultimo\s+|primer\s+)?"
        + CONCEPT
        + r")|in(?=\s+(?:the\s+|her\s+)?"
        + CONCEPT
        + r")",
    ),
    (
        "at",
        r"cuando|en\s+el\s+momento|al\s+momento|el\s+dia|en\s+la\s+fecha|al\s+(?:ser|recibir)|when|at\s+the\s+time|on\s+the\s+day",
    ),
)
_RELATIONS = tuple(
    (relation, re.compile(rf"\b(?:{words})\s+{_EVENT_WORDS}{CONCEPT}+")) for relation, words in _RELATION_WORDS
)
_TIME_BETWEEN = re.compile(r"\b(?:tiempo|dias|meses|anos|semanas|time|days|months|years|weeks|long|edad|age|old)\b")
_SINCE_WHEN = re.compile(r"\b(?:desde\s+cuando|since\s+when|hace\s+cuanto)\b")


@attrs.frozen
class AnchorMatch:
    """A time told by a concept, with its span."""

    start: int
    end: int
    anchor: Anchor


def find_anchor(reading: Reading, matches: Sequence[ConceptMatch]) -> AnchorMatch | None:
    """Find a time told by one of the concepts, where the clause is about something else beside it."""
    text = reading.open
    if _SINCE_WHEN.search(text):
        return None
    stay = find_stay(reading, matches)
    if stay is not None:
        return AnchorMatch(stay.start, stay.end, stay.anchor)
    for relation, pattern in _RELATIONS:
        found = pattern.search(text)
        if found is None:
            continue
        if relation == "at" and not text[: found.start()].strip(" ¿"):
            continue  # the question itself: `when was the vaccine last given`
        if relation == "during" and not _lasts(found, matches):
            continue
        concepts = tuple(match.concept for match in matches if found.start() <= match.start < found.end())
        others = [match for match in matches if not found.start() <= match.start < found.end()]
        if not concepts or not _is_about_something_else(text, found, bool(others)):
            continue
        surface = reading.text[found.start() : found.end()]
        return AnchorMatch(
            found.start(), found.end(), Anchor(relation=relation, topic=Topic(concepts=concepts, surface=surface))
        )
    return _of_an_operation(reading)


_OPERATION = re.compile(
    r"\b(?:(?P<before>antes|previ[oa]s?|before|prior|preceding)|(?P<after>despues|tras|luego|desde|after|following|since))\s+"
    r"(?:(?:de|del|a|al|la|el|su|to|the|his|her|their)\s+)*(?:cirugia|operacion|intervencion|surgery|operation)\b(?!\s+(?:de|del|of|for|on|por|para)\b)"
)


def _of_an_operation(reading: Reading) -> AnchorMatch | None:
    """A time told by an operation without a name, where something else is spoken of by its own words."""
    found = _OPERATION.search(reading.open)
    if found is None or CONCEPT in reading.open:
        return None
    words = [word for word, start, _ in reading.words_left() if not found.start() <= start < found.end()]
    if all(map(is_filler, words)) or _TIME_BETWEEN.search(reading.open):
        return None
    topic = Topic(kinds=frozenset({PROCEDURE}), category="surgery", surface=found[0])
    relation: Relation = "before" if found["before"] else "after"
    return AnchorMatch(*found.span(), Anchor(relation=relation, topic=topic, pick=Pick(order=Order.LATEST)))


def _lasts(found: re.Match[str], matches: Sequence[ConceptMatch]) -> bool:
    """Whether what is named is something during which other things happen: a pregnancy, a stay."""
    inside = [match for match in matches if found.start() <= match.start < found.end()]
    if _WHILE.match(found[0]) and all(CONDITION in match.concept.kinds for match in inside[:1]):
        return True
    return any(match.concept.id in _LASTING for match in inside)


_WHILE = re.compile(r"(?:durante|mientras|during|while|throughout)\b")
"""Words after which a disease is a time, too."""
_LASTING = frozenset({"pregnancy", "normal-pregnancy", "hospitalization", "childbirth"})


def _is_about_something_else(text: str, found: re.Match[str], has_other_concepts: bool) -> bool:
    rest = text[: found.start()] + " " + text[found.end() :]
    if _TIME_BETWEEN.search(rest):
        return False
    return has_other_concepts or any(kind.is_noun for kind in find_kinds(rest))
