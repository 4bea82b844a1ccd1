"""Times told by a stay in hospital or a visit: at admission, on discharge, during the last visit, after the hospitalisation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import attrs

from smarthealth.retrieval.concepts import ConceptMatch

from .directions import direction_spans
from .folding import CONCEPT, Reading
from .kinds import CONDITION, ENCOUNTER, find_kinds
from .question import Anchor, Order, Pick, Relation, Topic

_ARTICLE = r"(?:(?:el|la|los|las|su|sus|un|una|the|his|her|their|a|an)\s+)?"
_LAST_WORDS = r"ultim[oa]|mas\s+reciente|last|latest|most\s+recent"
_FIRST_WORDS = r"primer[oa]?|first"
_VISIT = (
    r"(?:consulta|visita|cita|atencion|control|chequeo|encuentro|visit|appointment|encounter|consultation|check-?up)"
    r"(?:\s+(?:medic[oa]|clinic[oa]))?(?:\s+(?:a|de|en|por)\s+urgencias|\s+to\s+the\s+(?:er|ed|emergency\s+(?:room|department)))?"
)
_STAY = (
    r"(?:(?:re)?ingres(?:o|ar)(?:\s+(?:hospitalario|al\s+hospital))?|admision|hospitalizacion|internacion|internamiento|estancia(?:\s+hospitalaria)?"
    r"|(?:hospital\s+)?admission|hospitali[sz]ation|(?:hospital\s+|inpatient\s+)?stay|urgencias|emergency\s+(?:visit|room)|er\s+visit)"
)
_LEAVING = r"(?:alta(?:\s+(?:medica|hospitalaria))?|egres(?:o|ar)(?:\s+hospitalario)?|discharge)"
_ADMITTED = r"(?:s?he|the\s+patient|they)\s+(?:was|were|got)\s+(?:last\s+|first\s+)?(?:admitted|hospitali[sz]ed)|admitted|(?:el\s+|la\s+)?(?:paciente\s+)?(?:ingreso|fue\s+(?:ingresad[oa]|hospitalizad[oa]|internad[oa])|(?:lo|la)\s+(?:hospitalizaron|internaron|ingresaron))"
_DISCHARGED = r"(?:s?he|the\s+patient|they)\s+(?:was|were|got)\s+(?:last\s+)?discharged|discharged|(?:(?:le|lo|la)\s+dieron\s+(?:de\s+|el\s+)?alta|fue\s+dad[oa]\s+de\s+alta|egreso)"
_WHEN = r"(?:cuando|when|(?:el\s+)?dia\s+(?:en\s+)?que|(?:on\s+)?the\s+day(?:\s+that)?|al\s+momento\s+de(?:l)?|at\s+the\s+time\s+of|el\s+dia\s+de(?:l)?|on\s+the\s+day\s+of)\s+"
_MOMENT = r"(?:(?:el\s+)?momento\s+de(?:l)?\s+|(?:the\s+)?time\s+of\s+|la\s+epoca\s+de(?:l)?\s+)?"

_RELATIONS: tuple[tuple[Relation, str], ...] = (
    ("before", r"(?:antes|previ[oa]s?|previamente|anterior(?:es)?|before|prior|preceding)(?:\s+(?:de|del|a|al|to))?"),
    ("after", r"(?:despues|tras|posterior(?:es|mente)?|a\s+partir|desde|after|following|since)(?:\s+(?:de|del|a|al))?"),
    (
        "during",
        r"(?:de|del|en|al|a|durante|alrededor\s+del?|cerca\s+del?|por|at|from|during|in|of|on|upon|around|near|throughout)",
    ),
)
_PATTERNS = tuple(
    (
        relation,
        re.compile(
            rf"\b{words}\s+{_MOMENT}{_ARTICLE}(?:(?P<last>{_LAST_WORDS})\s+|(?P<first>{_FIRST_WORDS})\s+)?"
            rf"(?:(?P<leaving>{_LEAVING})|(?P<stay>{_STAY})|(?P<visit>{_VISIT}))(?P<latest>\s+mas\s+reciente)?\b"
            rf"(?P<reason>\s+(?:por|de|del|for|with|con|due\s+to)\s+{_ARTICLE}{CONCEPT}+)?"
        ),
    )
    for relation, words in _RELATIONS
)
_CLAUSE = re.compile(
    rf"\b{_WHEN}(?:(?P<leaving>{_DISCHARGED})|(?P<stay>{_ADMITTED}))\b(?:\s+(?:(?:por|la)\s+)*ultima\s+vez|\s+(?:the\s+)?last\s+time)?(?P<reason>\s+(?:por|de|for|with|con|due\s+to)\s+{_ARTICLE}{CONCEPT}+)?"
)
_SEEN = re.compile(
    rf"\b(?:cuando|when)\s+(?:(?:el|la|lo|le|se|fue|paciente|the|patient|s?he|they|was|were|first|last)\s+)*(?:consult(?:o|aba|ed)|acudio|vino|asistio|present(?:o|ed)|vieron|atendid[oa]|atendieron|seen|came(?:\s+in)?|attended|visited)"
    rf"(?:\s+(?:a|to)\s+(?:the\s+|la\s+)?(?:urgencias|emergency(?:\s+room)?|er|ed|clinic|clinica))?(?P<leaving>(?!))?(?P<stay>(?!))?(?P<reason>\s+(?:por|de|con|for|with)\s+{_ARTICLE}{CONCEPT}+)"
)
"""A visit told by what it was for: `when she was seen for covid`."""
# `Hb ingreso`, `con qué hemoglobina ingresó`; `discharge Hb`.
_BESIDE = (
    re.compile(
        rf"(?<={CONCEPT})\s+(?:(?P<leaving>alta|egreso|discharge)|(?P<stay>ingreso|admission))\b(?P<reason>\s+(?:por|for)\s+{CONCEPT}+)?"
    ),
    re.compile(rf"\b(?:(?P<leaving>discharge)|(?P<stay>admission))\s+(?={CONCEPT})(?P<reason>(?!))?"),
)
_OF_TIME = re.compile(
    r"\b(?:tiempo|dias|duracion|time|days|long|length|duration|edad|age|old|motivo|reason|por\s+que|why)\b"
)


@attrs.frozen
class StayMatch:
    """A time told by a stay or a visit, with its span."""

    start: int
    end: int
    anchor: Anchor


def find_stay(reading: Reading, matches: Sequence[ConceptMatch]) -> StayMatch | None:
    """Find a time told by a stay or a visit, where the clause is about something other than visits.

    Args:
        reading: The clause, with its concepts covered.
        matches: These concepts.
    """
    text = reading.open
    for relation, found in _found(text):
        reasons = [match for match in matches if found.start("reason") <= match.start < found.end("reason")]
        rest = text[: found.start()] + " " + text[found.end() :]
        others = any(
            not found.start() <= match.start < found.end()
            and (
                found.groupdict().get("visit")
                or set(match.concept.kinds) != {CONDITION}
                or _is_inside(text, match, found)
            )
            for match in matches
        )
        if not _OF_TIME.search(rest) and (others or _names_others(rest)):
            return StayMatch(found.start(), found.end(), _anchor(relation, found, _reason(reading, reasons)))
    return None


def _is_inside(text: str, match: ConceptMatch, found: re.Match[str]) -> bool:
    """Whether a disease goes before the stay in which it is looked for: `fever during the admission`."""
    return match.end <= found.start() and _WITHIN.match(text[found.start() :]) is not None


_WITHIN = re.compile(r"(?:en|durante|in|during)\s")


def _found(text: str) -> Iterator[tuple[Relation, re.Match[str]]]:
    clause = _CLAUSE.search(text)
    if clause is not None and text[: clause.start()].strip(" ¿"):
        yield "during", clause
    seen = _SEEN.search(text)
    if seen is not None and text[: seen.start()].strip(" ¿"):
        yield "during", seen
    for pattern in _BESIDE:
        beside = pattern.search(text)
        if beside is not None:
            yield "during", beside
    for relation, pattern in _PATTERNS:
        match = pattern.search(text)
        if match is None or (match["visit"] and not (match["last"] or match["first"] or match["latest"])):
            continue
        if relation == "after" and match["visit"] and direction_spans(text):
            continue  # `has it fallen since the last visit` compares two values
        yield relation, match


def _names_others(rest: str) -> bool:
    """Whether something other than visits is spoken of."""
    return any(kind.is_noun and ENCOUNTER not in kind.kinds for kind in find_kinds(rest))


def _reason(reading: Reading, matches: Sequence[ConceptMatch]) -> Topic | None:
    if not matches:
        return None
    surface = reading.text[matches[0].start : matches[-1].end]
    return Topic(concepts=tuple(match.concept for match in matches), surface=surface)


def _anchor(relation: Relation, found: re.Match[str], reason: Topic | None) -> Anchor:
    groups = found.groupdict()
    kind = next(iter(find_kinds(found[0])), None)
    category = kind.category if kind else None
    if groups["leaving"] or (groups["stay"] and category != "emergency"):
        category = "inpatient"
    return Anchor(
        relation=relation,
        topic=Topic(kinds=frozenset({ENCOUNTER}), category=category, surface=found[0]),
        pick=Pick(order=Order.FIRST if groups.get("first") else Order.LATEST),
        is_end=bool(groups["leaving"]) or (relation == "after" and category == "inpatient"),
        reason=reason,
    )
