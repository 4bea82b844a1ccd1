"""What a clause is about: concepts, kinds of entry and unknown words brought together.

An unknown word beside a kind or a concept narrows it (`vacuna contra la fiebre amarilla`, `hip surgery`): an entry must
match it too. A kind beside a concept of another kind relates the two: `medicamentos para la hipertensión` are medicines
given for that reason, `alergia a la penicilina` is an allergy and no prescription.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import attrs

from smarthealth.retrieval.concepts import Concept, ConceptMatch
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.words import set_of

from .concepts import is_clinical, looks_clinical
from .fillers import is_filler
from .folding import Reading
from .kinds import (
    ALLERGY,
    CAREPLAN,
    CONDITION,
    DOCUMENT,
    ENCOUNTER,
    IMMUNIZATION,
    LEVEL,
    MEDICATION,
    OBSERVATION,
    PROCEDURE,
    REPORT,
    KindCue,
)
from .question import Topic

_SMALL = (
    r"(?:(?:de|del|a|al|contra|para|por|en|con|of|for|against|to|in|with|from|la|las|el|los|un|una|lo|su|sus|the|his|her|any|some|"
    r"algun|alguna|tipo|type|y|o|and|or)\s+)"
)
_LINK = re.compile(rf"^\s*{_SMALL}*$")
_OBJECT = re.compile(rf"^\s*(?:de|del|a|al|contra|para|con|of|against|to|for)\s+{_SMALL}*$")
_DIRECT_OBJECT = re.compile(r"^\s*(?:(?:el|la|los|las|su|sus|the|his|her|any|some|algun|alguna)\s+)?$")
"""Between a verb and what is taken: `toma la mesalamina`, `take Harvoni`."""
_DOSE_OF = re.compile(
    r"\b(?:dosis|refuerzos?|aplicaci(?:on|ones)|doses?|shots?|jabs?|boosters?)\s+(?:(?:de|del|contra|of|for|against)\s+)?(?:(?:el|la|the)\s+)?$"
    r"|\b(?:puso|aplico|aplicaron|gave)\s+(?:(?:her|him|them)\s+)?(?:(?:el|la|the)\s+)?$"
)
"""Before what may be a disease or the vaccine against it: the vaccine."""
_COUNTS_DOSES = re.compile(
    r"\b(?:cuant[oa]s|how\s+many)\s+(?:\w+[\s-]+){0,3}(?:dosis|refuerzos|doses|shots|jabs|boosters)\b|\b(?:dosis|refuerzos?|doses|shots?|jabs?|boosters?)\W*$"
)
"""Anywhere beside such a name: doses that are counted are of the vaccine."""
_BESIDE = re.compile(r"^[\s-]*$")

_GIVEN_FOR = frozenset({MEDICATION, ENCOUNTER, PROCEDURE, CAREPLAN, REPORT})
"""Kinds of entry that are given or done for a reason."""
_TESTS = frozenset({OBSERVATION, REPORT, PROCEDURE})
"""What `test` and `prueba` may mean: beside a disease, a test for it."""
_ANY_OF = frozenset({OBSERVATION, REPORT})
"""Kinds whose nouns (`medición`, `prueba`, `resultado`) say little beside a concept."""


@attrs.frozen(kw_only=True)
class Subject:
    """The topics of a clause, and what else its words say of them."""

    topics: tuple[Topic, ...]
    reason: Topic | None
    unknown: tuple[str, ...]
    """Words that belong to no topic."""


@attrs.frozen
class _Span:
    start: int
    end: int


@attrs.frozen
class _Group:
    """Unknown words that stand together."""

    start: int
    end: int
    words: tuple[str, ...]
    is_clinical: bool
    """Whether one of them is a word of which clinical names are made."""


def find_subject(
    reading: Reading, matches: Sequence[ConceptMatch], kinds: Sequence[KindCue], glossary: Glossary
) -> Subject:
    """Bring together the concepts, kinds and unknown words of a clause.

    Args:
        reading: The clause, with everything covered that was understood.
        matches: Its concepts.
        kinds: The kinds of entry that it names.
        glossary: Clinical vocabulary.
    """
    groups = _groups(reading, glossary)
    places = _by_place(matches)
    nouns, verbs = [kind for kind in kinds if kind.is_noun], [kind for kind in kinds if not kind.is_noun]
    leading = _leading(nouns, verbs, bool(places))
    topics: list[Topic] = []
    reason: Topic | None = None
    attached: set[_Group] = set()
    for place, concepts in places:
        terms = _attached(reading, place, groups, attached)
        topic, is_reason = _relate(reading, place, concepts, terms, leading, glossary)
        if is_reason:
            reason = topic
        else:
            topics.append(topic)
    if not topics:
        topics.extend(_kind_topics(reading, nouns or verbs, groups, attached, reason))
    left = [group for group in groups if group not in attached]
    learned = [group for group in left if any(looks_clinical(word) for word in group.words)]
    if len(topics) == 1 and not topics[0].is_specific and learned:
        # `who saw her in ophthalmology`: a word of medicine somewhere in the clause still narrows a mere kind
        topics = [attrs.evolve(topics[0], terms=tuple(word for group in learned for word in group.words))]
        left = [group for group in left if group not in learned]
    if not topics and left and reason is None:
        words = tuple(word for group in left for word in group.words)
        topics.append(Topic(terms=words, surface=_named_surface(reading, left[0].start, left[-1].end)))
        left = []
    return Subject(topics=tuple(topics), reason=reason, unknown=tuple(word for group in left for word in group.words))


def _groups(reading: Reading, glossary: Glossary) -> list[_Group]:
    found: list[_Group] = []
    for word, start, end in reading.words_left():
        if is_filler(word):
            continue
        clinical = is_clinical(word, glossary)
        if found and found[-1].is_clinical == clinical and _stand_together(reading, found[-1].end, start):
            found[-1] = _Group(found[-1].start, end, (*found[-1].words, word), clinical)
        else:
            found.append(_Group(start, end, (word,), clinical))
    return found


_HEADS = set_of(
    "estado tipo nivel numero color grupo marca lugar nombre fecha talla signo equipo number type level status name"
)
_LAST_WORD = re.compile(r"([a-z]+)\s+(?:(?:de|del|of|la|el|the)\s+)*$")


def _named_surface(reading: Reading, start: int, end: int) -> str:
    """The words of an unknown thing, with the plain noun that they qualify (`estado civil`)."""
    before = _LAST_WORD.search(reading.folded[:start])
    return reading.text[before.start() if before and before[1] in _HEADS else start : end]


def _stand_together(reading: Reading, end: int, start: int) -> bool:
    between = reading.open[end:start]
    return between.isascii() and _LINK.match(f"{between} ") is not None


def _by_place(matches: Iterable[ConceptMatch]) -> list[tuple[_Span, tuple[Concept, ...]]]:
    places: dict[_Span, list[Concept]] = {}
    for match in matches:
        places.setdefault(_Span(match.start, match.end), []).append(match.concept)
    return [(place, tuple(concepts)) for place, concepts in places.items()]


def _leading(nouns: Sequence[KindCue], verbs: Sequence[KindCue], has_concepts: bool) -> KindCue | None:
    """The kind that governs the clause: its first noun, else beside concepts its first verb."""
    if nouns:
        return nouns[0]
    return verbs[0] if verbs and has_concepts else None


def _attached(
    reading: Reading,
    place: _Span,
    groups: Sequence[_Group],
    attached: set[_Group],
    *,
    needs_clinical: bool = True,
    is_verb: bool = False,
) -> tuple[str, ...]:
    """The unknown words beside a place that narrow it.

    A word that no clinical name is made of narrows nothing, but for what follows `contra`, `a`, `for` after kinds of
    which anything may be the object: allergies, vaccines.
    """
    words: tuple[str, ...] = ()
    for group in groups:
        if group in attached:
            continue
        if group.start >= place.end:
            between = reading.folded[place.end : group.start]
            names = not needs_clinical and (_OBJECT.match(between) or (is_verb and _DIRECT_OBJECT.match(between)))
            touches = _LINK.match(between) and (group.is_clinical or names)
        else:
            touches = _BESIDE.match(reading.folded[group.end : place.start]) and (
                group.is_clinical or not (needs_clinical or is_verb)
            )
        if touches:
            attached.add(group)
            words += group.words
    return words


def _relate(
    reading: Reading,
    place: _Span,
    concepts: tuple[Concept, ...],
    terms: tuple[str, ...],
    leading: KindCue | None,
    glossary: Glossary,
) -> tuple[Topic, bool]:
    """The topic of a concept, and whether it is rather the reason of what is asked for."""
    surface = reading.text[place.start : place.end]
    plain = Topic(concepts=concepts, terms=terms, surface=surface)
    if leading is None:
        # A disease and the vaccine against it often share a name: without a word for vaccines the disease is meant.
        vaccines = tuple(concept for concept in concepts if set(concept.kinds) == {IMMUNIZATION})
        doses = _DOSE_OF.search(reading.folded[: place.start]) or _COUNTS_DOSES.search(reading.folded)
        if vaccines and doses:
            return attrs.evolve(plain, concepts=vaccines, kinds=frozenset({IMMUNIZATION})), False
        others = tuple(concept for concept in concepts if set(concept.kinds) != {IMMUNIZATION})
        return attrs.evolve(plain, concepts=others or concepts), False
    agreeing = tuple(concept for concept in concepts if leading.kinds.intersection(concept.kinds))
    if agreeing:
        says_little = leading.kinds & _ANY_OF or (leading.kinds == {ENCOUNTER} and not leading.is_noun)
        kinds = frozenset[str]() if says_little else leading.kinds
        return attrs.evolve(
            plain, concepts=agreeing, kinds=kinds, category=_category(leading) if kinds else None
        ), False
    (only, *more) = sorted(leading.kinds)
    if leading.category == LEVEL or (leading.is_noun and leading.kinds == _TESTS):
        return attrs.evolve(plain, kinds=leading.kinds), False
    if more or only in _ANY_OF or (only == CONDITION and not leading.is_noun):
        return plain, False
    if only in _GIVEN_FOR and any(CONDITION in concept.kinds for concept in concepts):
        return plain, True
    named = _named_as(only, surface, glossary)
    if named:
        return attrs.evolve(plain, concepts=named, kinds=leading.kinds), False
    if only in (ALLERGY, IMMUNIZATION, DOCUMENT) and leading.is_noun:
        return attrs.evolve(plain, kinds=leading.kinds, category=_category(leading)), False
    return plain, False


def _named_as(kind: str, surface: str, glossary: Glossary) -> tuple[Concept, ...]:
    """The vaccine, or the allergy, that is named by what it is against."""
    if kind not in _NAMED_BY_OBJECT:
        return ()
    for pattern in _NAMED_BY_OBJECT[kind]:
        matches = glossary.concepts(pattern.format(surface), kinds={kind})
        found = tuple(match.concept for match in matches if len(match.surface) > len(surface))
        if found:
            return found
    return ()


_NAMED_BY_OBJECT = {
    IMMUNIZATION: ("vacuna {}", "{} vaccine"),
    ALLERGY: ("alergia a {}", "{} allergy"),
}


def _kind_topics(
    reading: Reading, kinds: Sequence[KindCue], groups: Sequence[_Group], attached: set[_Group], reason: Topic | None
) -> list[Topic]:
    topics: list[Topic] = []
    for kind in _without_repetition(kinds, reading.folded):
        takes = kind.kinds == {MEDICATION} and not kind.is_noun
        has_object = takes or kind.kinds <= {ALLERGY, IMMUNIZATION}
        terms = _attached(
            reading,
            _Span(kind.start, kind.end),
            groups,
            attached,
            needs_clinical=not has_object,
            is_verb=takes,
        )
        if reason is not None and topics:
            break
        named = [group for group in groups if set(group.words) <= set(terms)] if not kind.is_noun else []
        start, end = (named[0].start, named[-1].end) if named else (kind.start, kind.end)
        topics.append(Topic(kinds=kind.kinds, category=_category(kind), terms=terms, surface=reading.text[start:end]))
    return topics


def _category(kind: KindCue) -> str | None:
    return None if kind.category == LEVEL else kind.category


def _are_joined(known: KindCue, kind: KindCue, text: str) -> bool:
    """Whether two narrower cues of one kind stand side by side: admissions or visits to the emergency room."""
    narrower = known.category is not None and kind.category is not None and known.category != kind.category
    return narrower and _JOINED.fullmatch(text[known.end : kind.start]) is not None


_JOINED = re.compile(
    r"\s*(?:,\s*)?(?:y/o|and/or|y|e|o|u|and|or|ni|nor)\s+(?:(?:las?|los|the|any|a|an|sus?|his|her)\s+)*"
)


def _is_apter(kind: KindCue, known: KindCue) -> bool:
    """Of two cues for one kind: of visits the narrower one, of procedures and surgery the wider one."""
    if kind.kinds == {PROCEDURE}:
        return kind.category is None
    return known.category is None and kind.category is not None


def _without_repetition(kinds: Sequence[KindCue], text: str) -> list[KindCue]:
    seen: dict[frozenset[str], KindCue] = {}
    both: list[KindCue] = []
    for kind in sorted(kinds, key=lambda cue: cue.start):
        known = seen.get(kind.kinds)
        if known is not None and _are_joined(known, kind, text):
            both.append(kind)
            continue
        if known is None or _is_apter(kind, known):
            seen[kind.kinds] = kind
    return sorted((*seen.values(), *both), key=lambda cue: cue.start)
