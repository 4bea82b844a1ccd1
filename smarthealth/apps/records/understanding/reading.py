"""Reading one clause: what in it is understood, before clauses and earlier questions are brought together."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import attrs

from smarthealth.retrieval.concepts import ConceptMatch
from smarthealth.retrieval.glossary import Glossary

from .anchors import find_anchor
from .aspects import find_aspect
from .attributes import find_attributes
from .comparing import Comparison, find_comparison
from .concepts import classes_of_allergies, find_concepts, is_clinical, is_cue
from .demographics import find_fields
from .directions import direction_spans, find_direction, find_improvement
from .facets import FacetCue, find_facet, may_have
from .fillers import is_filler
from .folding import CONCEPT, PERIOD, Reading, fold_letters
from .further_times import find_further
from .kinds import KindCue, find_kinds, team_spans
from .modifiers import (
    asks_for_different,
    asks_what_is_written,
    find_section,
    find_status,
    find_verification,
    status_spans,
)
from .names import find_names
from .operations import OperationCue, find_operations
from .picks import find_pick, find_threshold
from .professions import find_profession
from .question import (
    Compared,
    Facet,
    Field,
    InOrder,
    Kin,
    Operation,
    Period,
    Pick,
    Refusal,
    Status,
    Threshold,
    Topic,
    Toward,
)
from .refusals import find_refusal
from .relatives import find_kin, kin_spans
from .sequences import find_sequence, things_in_order
from .timerange import find_period
from .topics import find_subject
from .units import find_unit

_SHORT_CUE = 15
"""Characters of a phrase that spans no words but its own."""
_PERSON_ASKED_FOR = 99
"""Weight of a cue that says that somebody is asked for, whatever else is said of the person."""
_TITLED = re.compile(r"(?:dra?|doctora?|doctor|mrs?|ms|nurse|enfermer[oa])\b")
_WORD = re.compile(r"[a-z0-9']+")


@attrs.frozen(kw_only=True)
class Clause:
    """What one clause says, as far as it goes."""

    text: str
    visible: str
    """Its folded text with concepts and times covered."""
    cues: tuple[OperationCue, ...]
    topics: tuple[Topic, ...] = ()
    reason: Topic | None = None
    kinds: tuple[KindCue, ...]
    pick: Pick | None
    period: Period | None
    further: tuple[Period, ...]
    """Times beside the first one, each asked for by itself."""
    compared: Comparison | None
    """What is compared with the value of another time."""
    sequence: InOrder | None
    """How two things are asked to lie in time."""
    status: Status | None
    threshold: Threshold | None
    toward: Toward | None
    """Which way something is asked to have gone."""
    improved: Compared | None
    """Whether it is asked to have got better, or worse."""
    fields: tuple[Field, ...]
    """The patient's own data that are asked for."""
    refusal: Refusal | None
    section: str | None
    distinct: bool
    detailed: bool
    """Whether severity or reactions are asked for beside a list."""
    reads: bool
    """Whether it asks what is written."""
    people: tuple[str, ...] = ()
    kin: Kin | None = None
    """The relative whom it is about."""
    unit: str | None = None
    """The unit in which a value is asked for."""
    facet: Facet | None = None
    """What is asked of what the topics name."""
    aspect: str | None
    """What is asked of them by a word of its own."""
    profession: str | None
    """By which somebody is asked for."""
    verification: str | None
    """How sure the diagnoses must be that are asked for."""
    unknown: tuple[str, ...] = ()
    """Words that nobody understood and that belong to no topic."""
    words: int
    corrected: bool = False
    """Whether a spelling mistake was corrected."""


def read_clause(text: str, glossary: Glossary, today: date) -> Clause:
    """Read one clause."""
    asked = find_facet(fold_letters(text))
    if asked is not None:
        clause = _read(text, asked, glossary, today)
        if may_have(clause.topics, asked.facet):
            return clause
    return _read(text, None, glossary, today)


def _read(text: str, asked: FacetCue | None, glossary: Glossary, today: date) -> Clause:
    """Read a clause of which a facet of something may be asked."""
    reading = Reading(text)
    text, unit = _read_unit(reading)
    for start, end in asked.spans if asked else ():
        reading.cover(start, end)
        text = text[:start] + "," * (end - start) + text[end:]
    matches = _read_concepts(reading, text, glossary)
    kin = _read_kin(reading)
    times = _read_times(reading, matches, today)
    words = _read_words(reading, times)
    people = _people(reading, glossary)
    # whatever verb it is asked by, what came first is what is named
    kinds = tuple(kind for kind in words.kinds if kind.is_noun) if times.sequence else words.kinds
    subject = find_subject(reading, times.matches, kinds, glossary)
    return attrs.evolve(
        _clause_of(text, reading, times, words),
        topics=things_in_order(reading, subject.topics) if times.sequence else subject.topics,
        reason=subject.reason,
        unknown=subject.unknown,
        people=people,
        kin=kin,
        unit=unit,
        facet=asked.facet if asked else None,
        corrected=any(match.corrected for match in matches),
    )


def _clause_of(text: str, reading: Reading, times: _Times, words: _Words) -> Clause:
    """What the phrases of a clause say; what it is about is not told yet."""
    visible = words.visible
    return Clause(
        text=text,
        visible=visible,
        cues=words.cues,
        kinds=words.kinds,
        pick=words.pick,
        period=times.period,
        further=times.further,
        compared=times.compared,
        sequence=times.sequence,
        status=find_status(visible),
        threshold=words.threshold,
        toward=None if times.compared else find_direction(text, visible),
        improved=None if times.compared else find_improvement(visible),
        fields=words.fields,
        refusal=find_refusal(reading.folded, visible, text),
        section=find_section(visible),
        distinct=asks_for_different(visible),
        detailed=words.detailed,
        reads=asks_what_is_written(visible),
        profession=words.profession,
        verification=find_verification(visible),
        aspect=find_aspect(reading, visible),
        words=len(Reading(text).words_left()),
    )


@attrs.frozen(kw_only=True)
class _Words:
    """What the phrases of a clause name, once its concepts and times are covered."""

    visible: str
    cues: tuple[OperationCue, ...]
    kinds: tuple[KindCue, ...]
    fields: tuple[Field, ...]
    pick: Pick | None
    threshold: Threshold | None
    profession: str | None
    detailed: bool


def _read_words(reading: Reading, times: _Times) -> _Words:
    """Find the phrases of a clause, and cover them."""
    threshold = None if times.compared else find_threshold(reading.open)
    if threshold is not None:
        reading.cover(threshold.start, threshold.end)
    visible = reading.open
    cues, kinds, fields = find_operations(visible), list(find_kinds(visible)), find_fields(reading.folded)
    pick, profession = find_pick(visible), find_profession(reading.folded)
    if profession is not None:
        cues.insert(0, OperationCue(*profession, Operation.WHO, _PERSON_ASKED_FOR))
    for cue in cues:
        _cover_cue(reading, cue)
    named = [(cue.start, cue.end) for cue in kinds] + [(field.start, field.end) for field in fields]
    named += [(pick.start, pick.end)] if pick else []
    for start, end in (*status_spans(visible), *direction_spans(visible), *named):
        _cover_ascii(reading, start, _word_end(visible, end))
    return _Words(
        visible=visible,
        cues=tuple(cues),
        kinds=tuple(kinds),
        fields=tuple(field.field for field in fields),
        pick=pick.pick if pick else None,
        threshold=threshold.threshold if threshold else None,
        profession=reading.folded[slice(*profession)] if profession else None,
        detailed=_cover_attributes(reading, visible, kinds),
    )


@attrs.frozen(kw_only=True)
class _Times:
    """The times of a clause, and its concepts without those that only tell a time."""

    matches: Sequence[ConceptMatch]
    period: Period | None
    further: tuple[Period, ...] = ()
    compared: Comparison | None = None
    sequence: InOrder | None = None


def _read_unit(reading: Reading) -> tuple[str, str | None]:
    """The text without the unit in which a value is asked for, and the unit."""
    text, unit = reading.text, find_unit(reading.folded)
    if unit is None:
        return text, None
    reading.cover(unit.start, unit.end)
    return text[: unit.start] + "," * (unit.end - unit.start) + text[unit.end :], unit.unit


def _read_concepts(reading: Reading, text: str, glossary: Glossary) -> list[ConceptMatch]:
    for start, end in team_spans(reading.folded):
        text = text[:start] + "," * (end - start) + text[end:]
    matches = find_concepts(text, glossary)
    for match in matches:
        reading.cover(match.start, match.end, CONCEPT)
    classes = classes_of_allergies(text)
    if classes is not None:
        reading.cover(*classes)
    return matches


def _read_kin(reading: Reading) -> Kin | None:
    kin = find_kin(reading.open, reading.text)
    if kin is not None:
        for start, end in kin_spans(reading.open, reading.text):
            reading.cover(start, end)
    return kin


def _read_times(reading: Reading, matches: list[ConceptMatch], today: date) -> _Times:
    found = find_period(reading.open, today)
    if found is not None:
        reading.cover(found.start, found.end, PERIOD)
    sequence = find_sequence(reading, matches)
    if sequence is not None:
        reading.cover(sequence.start, sequence.end)
        return _Times(matches=matches, period=found.period if found else None, sequence=sequence.asked)
    anchored = find_anchor(reading, matches)
    if anchored is not None:
        matches = [match for match in matches if not anchored.start <= match.start < anchored.end]
        reading.cover(anchored.start, anchored.end, PERIOD)
    period = found.period if found else anchored.anchor if anchored else None
    compared = find_comparison(reading.folded, reading.open, period, today)
    if compared is not None:
        for start, end in compared.spans:
            _cover_ascii(reading, start, end)
        return _Times(matches=_measured_of(matches, compared), period=compared.period, compared=compared)
    further = find_further(reading.folded, found, today) if found is not None else []
    for other in further:
        reading.cover(other.start, other.end)
    return _Times(matches=matches, period=period, further=tuple(other.period for other in further))


def _measured_of(matches: Sequence[ConceptMatch], compared: Comparison) -> Sequence[ConceptMatch]:
    """What is compared, without what only tells the second time: `higher in November than at delivery, in September`."""
    told = [
        match
        for match in matches
        if "observation" not in match.concept.kinds
        and any(start <= match.start and match.end <= end for start, end in compared.spans)
    ]
    return [match for match in matches if match not in told]


def _cover_attributes(reading: Reading, visible: str, kinds: list[KindCue]) -> bool:
    """Cover what is asked of the entries of a kind, and tell whether a plain list leaves it out."""
    noun = next((kind for kind in kinds if kind.is_noun), None)
    found = find_attributes(visible, noun.start, _word_end(visible, noun.end)) if noun is not None else []
    for attribute in found:
        _cover_ascii(reading, attribute.start, attribute.end)
    return any(attribute.is_detail for attribute in found)


def _cover_cue(reading: Reading, cue: OperationCue) -> None:
    """Cover a phrase, but for the words that it merely spans: `was ··· stopped` says nothing of what was stopped."""
    end = _word_end(reading.open, cue.end)
    for word in _WORD.finditer(reading.open, cue.start, end):
        if cue.end - cue.start <= _SHORT_CUE or is_cue(word[0]):
            _cover_ascii(reading, word.start(), word.end())


def _word_end(text: str, end: int) -> int:
    """Where the word ends in which a phrase ended: `evolucion` was read, `ado` is no word of its own."""
    while 0 < end < len(text) and text[end - 1].isascii() and text[end - 1].isalpha() and "a" <= text[end] <= "z":
        end += 1
    return end


def _cover_ascii(reading: Reading, start: int, end: int) -> None:
    """Cover a span but for the marks already in it: a concept within a phrase stays a concept."""
    for place, letter in enumerate(reading.open[start:end], start=start):
        if letter.isascii():
            reading.cover(place, place + 1)


def _people(reading: Reading, glossary: Glossary) -> tuple[str, ...]:
    found: list[str] = []
    for start, end, name in find_names(reading.text):
        left = reading.open[start:end]
        words = [word for word in fold_letters(name).split() if not is_filler(word.strip(".,'"))]
        is_name = _TITLED.match(fold_letters(name)) or not all(is_clinical(word, glossary) for word in words)
        if left.isascii() and "·" not in left and words and is_name:
            found.append(name)
            reading.cover(start, end)
    return tuple(found)
