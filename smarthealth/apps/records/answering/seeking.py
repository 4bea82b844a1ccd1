"""The sentence of a note that holds what a question names.

Before something is said to be absent, the notes are looked through for all that the question names: its concepts by any of
their names, its other words by their roots, translations and synonyms. A sentence counts when, with its heading, it holds
every concept and every word that is no everyday one, and most of the rest. What a note says of a relative is said of
nobody else.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from itertools import takewhile

import attrs

from smarthealth.apps.records.understanding.folding import Reading, fold_letters
from smarthealth.apps.records.understanding.question import Kin
from smarthealth.apps.records.understanding.relatives import is_other_sex, kin_spans, names_kin, parts_by_kin
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import roots_of
from smarthealth.retrieval.words import STOP_WORDS, folded_words

from .entries import Entry
from .passages import Section, quotable, sections_of
from .qualifiers import bears_the_opposite, has_qualifier
from .terms import Term, find_terms, held_in

_ENOUGH, _ENOUGH_OF_EVERYDAY = 0.5, 0.6
"""Share of what is named that a sentence must hold, and where all of it is everyday words."""
_RELATIVES = roots_of(
    "mother mom father dad brother sister sibling aunt uncle grandmother grandfather cousin son daughter wife husband "
    "madre mama padre papa hermano hermana tia tio abuela abuelo primo prima hijo hija esposo esposa"
)
_WHO = re.compile(r"\b(?:quien(?:es)?|who|whom|whose)\b")
_CLAUSES = re.compile(r";\s+")
_PARTS = re.compile(r"(?=[,;]\s|\s(?:y|and|e|but|pero|desde\s+que|since|because|porque|after|cuando|when)\s)")
"""Before each part of a sentence."""
_RESULT = re.compile(
    r"\b(?:resultados?|mostr[oa]|mostraron|niveles|nivel|valor|results?|shows?|showed|levels?|values?|findings?|hallazgos?)\b"
)
_INTENDED = re.compile(
    r"\b(?:to\s+be|will\s+be|repeat\w*|order(?:ed)?|pending|planned|request\w*|pendientes?|solicit\w+|repetir|se\s+pide|programad[oa]s?|ordena\w*)\b"
)
_PLANS = frozenset({"plan", "plan de manejo", "management plan"})
"""Headings under which stands what is to come."""
_OF_MEDICINES = frozenset({"medications", "medicamentos", "medicacion"})
_SCREENED = re.compile(r"\b(?:screening|screened|tamizaje|tamizacion|assessment\s+using|test\s+for)\b")
_WORK_UP = re.compile(r"\bwork[\s-]?ups?\b", re.IGNORECASE)
"""No work of anybody's."""
_SHORT_NOTE = 2500
"""Characters of a note that is about one thing."""
_QUANTITY = re.compile(
    r"\b(?:cuant[oa]s?|how\s+(?:much|many|big|long|often|large|far|old|tall|wide|deep)|dosis|dose|cada\s+cuanto)\b"
)


def _is_measured(term: Term) -> bool:
    """Whether a term is nothing but something measured."""
    return bool(term.concepts) and all(concept.kinds == ("observation",) for concept in term.concepts)


def _is_given(term: Term) -> bool:
    """Whether a term is a medicine."""
    return any("medication" in concept.kinds for concept in term.concepts)


def best_sentence(
    entries: Sequence[Entry],
    text: str,
    glossary: Glossary,
    *,
    by_heading: bool = False,
    wholly: bool = False,
    needed: Collection[Term] = (),
) -> tuple[Entry, str] | None:
    """The sentence of some notes that holds most of what a question names; of equal ones that of the first note.

    Args:
        entries: The notes, with their texts.
        text: The question.
        glossary: Clinical vocabulary.
        by_heading: Only what stands under a heading that says it all, as for `allergies?`.
        wholly: Only a sentence that, with what its note is about, holds all that the question names.
        needed: Of what the question names, that which the sentence itself must hold.
    """
    asked = _Asked(text, find_terms(text, glossary), needed)
    lines = [
        line
        for entry in entries
        for line in _lines_of(entry, asked, glossary, by_heading=by_heading)
        if not (wholly and not _holds_all(line, asked.terms))
    ]
    met = Counter(term for line in lines for term in line.held)
    scored = [(_score(line, asked, met), -number, line) for number, line in enumerate(lines)]
    best = max(scored, key=lambda one: one[:2], default=None)
    if best is None or not best[0]:
        return None
    line = best[2]
    told = line.text if by_heading or wholly else _with_the_next(line, asked)
    return line.entry, f"{line.heading}: {told}" if line.heading else told


def _with_the_next(line: _Line, asked: _Asked) -> str:
    """A short sentence with the one after it, which often says why, how much or what came of it."""
    following = line.next
    if (
        following
        and len(line.text) + len(following) <= _LONGEST_PAIR
        and _of_the_patient(following, asked) == following
    ):
        return f"{line.text} {following}"
    return line.text


_LONGEST_PAIR = 280
"""Characters of two sentences that are quoted together."""


@attrs.frozen(kw_only=True)
class _Line:
    """A sentence of a note."""

    entry: Entry
    heading: str
    text: str
    next: str | None
    """The sentence after it under the same heading."""
    held: frozenset[Term]
    """What of the question it holds, with its heading."""
    around: frozenset[Term]
    """What of the question the note is about as a whole."""


@attrs.frozen
class _Asked:
    """What a question asks of a sentence: read once, and held against many."""

    text: str
    terms: Sequence[Term]
    """What it names."""
    needed: Collection[Term]
    """What of that the sentence itself must hold; the rest was found otherwise."""

    @cached_property
    def folded(self) -> str:
        """Its text, folded."""
        return fold_letters(self.text)

    @cached_property
    def result(self) -> bool:
        """Whether it asks how something turned out."""
        return asks_for_result(self.text)

    @cached_property
    def relatives(self) -> bool:
        """Whether it names relatives, or asks for somebody (`who cares for him`)."""
        return _names_relatives(self.text) or _WHO.search(self.folded) is not None

    @cached_property
    def screening(self) -> bool:
        """Whether it asks for a screening."""
        return _SCREENED.search(self.folded) is not None

    @cached_property
    def unsaid(self) -> frozenset[Term]:
        """What it names and the sentence need not."""
        return frozenset(self.terms).difference(self.needed) if self.needed else frozenset()


def _lines_of(entry: Entry, asked: _Asked, glossary: Glossary, *, by_heading: bool) -> list[_Line]:
    """The sentences of a note that may answer."""
    found: list[tuple[str, str, str | None, frozenset[Term]]] = []
    for section in sections_of(entry.body or ""):
        said = _said(section.lines, asked)
        for line, following in zip(said, [*said[1:], None], strict=True):
            told = "" if by_heading else _of_the_patient(line, asked)
            if not told and not by_heading:
                continue
            held = _held(f"{section.heading}. {told}", asked.terms, glossary, asked.needed)
            if held and not _is_beside_the_point(told, section.heading, asked):
                found.append((section.heading, line, following, held))
    around = _elsewhere(entry, asked.terms, glossary) if found and not by_heading else frozenset[Term]()
    return [
        _Line(entry=entry, heading=heading, text=line, next=following, held=held, around=around)
        for heading, line, following, held in found
    ]


def _held(whole: str, terms: Sequence[Term], glossary: Glossary, needed: Collection[Term] = ()) -> frozenset[Term]:
    """What of a question stands in a line; nothing where it lacks what is needed."""
    return held_in(terms, _WORK_UP.sub(" ", whole), glossary, needed=needed)


def _holds_all(line: _Line, terms: Sequence[Term]) -> bool:
    """Whether a line holds every term that its note does not name elsewhere, and one such at least."""
    own = {term for term in terms if not (term.concepts and term in line.around)} or set(terms)
    return own <= line.held


def _elsewhere(entry: Entry, terms: Sequence[Term], glossary: Glossary) -> frozenset[Term]:
    """What a short note speaks of as a whole: its sentences need not name it again, as a report on an operation the operation."""
    body = entry.body or ""
    if len(body) > _SHORT_NOTE:
        return frozenset()
    return _held(f"{entry.display}. {body}", terms, glossary)


def sentence_about(entries: Sequence[Entry], text: str, kin: Kin, glossary: Glossary) -> tuple[Entry, str] | None:
    """The words of some notes that speak of a relative and hold what a question names; where it names nothing, all of them.

    Args:
        entries: The notes, with their texts.
        text: The question.
        kin: Whom it is about.
        glossary: Clinical vocabulary.
    """
    asked = text
    plain = Reading(text)
    for start, end in kin_spans(plain.folded, text):
        text = text[:start] + "," * (end - start) + text[end:]
    terms = find_terms(text, glossary)
    best: tuple[float, Entry, str] | None = None
    for entry in entries:
        told: list[str] = []
        for section in sections_of(entry.body or ""):
            for part in _about_kin(section, kin):
                if is_other_sex(asked, part):
                    continue
                told.append(part)
                score = _share(part, section.heading, terms, glossary)
                if terms and score and (best is None or score > best[0]):
                    best = score, entry, f"{section.heading}: {part}" if section.heading else part
        if told and all(term.is_common for term in terms):
            return entry, quotable(told)
    return None if best is None else best[1:]


def _about_kin(section: Section, kin: Kin) -> list[str]:
    """The parts of a section that speak of a relative: under a heading on the family, all that name nobody else."""
    of_family = names_kin(section.heading, Kin.FAMILY)
    if kin is Kin.FAMILY and of_family:
        return list(section.lines)
    parts = [part for line in section.lines for part in parts_by_kin(line)]
    return [part for part in parts if names_kin(part, kin)]


def _share(line: str, heading: str, terms: Sequence[Term], glossary: Glossary) -> float:
    """How much of what is named a line holds with its heading; nothing where something that is no everyday word is missing."""
    held = _held(f"{heading}. {line}", terms, glossary)
    if any(not term.is_everyday for term in terms if term not in held) or len(held) < _ENOUGH * len(terms):
        return 0.0
    return len(held) / (len(terms) or 1)


def asks_for_result(text: str) -> bool:
    """Whether a question asks how something turned out."""
    return _RESULT.search(fold_letters(text)) is not None


def is_intended(heading: str, line: str) -> bool:
    """Whether a line of a note, under a heading, speaks of what is yet to be done."""
    return fold_letters(heading) in _PLANS or _INTENDED.search(fold_letters(line)) is not None


def _said(lines: Sequence[str], asked: _Asked) -> list[str]:
    """The lines that may answer: of one that speaks of a relative among other things, its clauses."""
    pieces = [piece for line in lines for piece in (_CLAUSES.split(line) if _names_relatives(line) else (line,))]
    return [piece for piece in pieces if not is_intended("", piece)] if asked.result else pieces


def _names_relatives(text: str) -> bool:
    return not _RELATIVES.isdisjoint(roots_of(text))


def _of_the_patient(line: str, asked: _Asked) -> str:
    """What a line says before it comes to a relative, whom the question neither names nor asks for."""
    if asked.relatives or not _names_relatives(line):
        return line
    return "".join(takewhile(lambda part: not _names_relatives(part), _PARTS.split(line)))


def _is_beside_the_point(line: str, heading: str, asked: _Asked) -> bool:
    """Whether a line, though it may hold what a question names, tells of somebody or something else."""
    if has_qualifier(asked.text) and bears_the_opposite(asked.text, line):
        return True
    if asked.result and is_intended(heading, line):
        return True  # what is planned has no result yet
    if fold_letters(heading) in _OF_MEDICINES and any(_is_measured(term) for term in asked.terms):
        return True  # a salt of a medicine is no value
    # who was screened for something need not have it
    return not asked.screening and _SCREENED.search(fold_letters(f"{heading}. {line}")) is not None


def _score(line: _Line, asked: _Asked, met: Mapping[Term, int]) -> float:
    """How much of what a question names a line holds, and a little for its very words and for a number that is asked for.

    Args:
        line: The sentence.
        asked: The question.
        met: In how many sentences each of what it names stands.
    """
    terms, question, told = asked.terms, asked.folded, fold_letters(line.text)
    there = line.held | line.around | asked.unsaid
    if any(term not in there and not term.is_everyday for term in terms) and not offers_a_choice(asked.text):
        return 0.0
    share = len(line.held) / len(terms)
    rarest = min((met[term] for term in terms if met[term]), default=0)
    # of plain words most must be there, or half with the one that is said most seldom
    everyday = all(term.is_everyday for term in terms) and not any(met[term] == rarest for term in line.held)
    if share < (_ENOUGH_OF_EVERYDAY if everyday else _ENOUGH):
        return 0.0
    amount = AMOUNT.search(told) is not None
    if not amount and _VALUE_ASKED.search(question) and any(map(_is_given, terms)):
        return 0.0  # that a medicine is spoken of tells no level of it
    spelt = {word for term in line.held for word in folded_words(term.word)} & set(folded_words(line.text)) - STOP_WORDS
    common = sum(term.is_common for term in line.held)
    because = _WHY.search(question) is not None and _BECAUSE.search(told) is not None
    ends = _ENDS.search(question) is not None and _ENDS.search(told) is not None
    return (
        share
        + _FOR_RARITY * max(1 / met[term] for term in line.held)
        + _FORAMOUNTS * (amount and _QUANTITY.search(question) is not None)
        + _FOR_REASONS * (because + ends)
        + _FOR_WORDS * (len(spelt) - common)
    )


def offers_a_choice(text: str) -> bool:
    """Whether a question asks for one thing or another: either of them answers."""
    return _EITHER.search(fold_letters(text)) is not None


_FORAMOUNTS, _FOR_REASONS, _FOR_RARITY, _FOR_WORDS = 0.4, 0.4, 0.1, 0.05
_ENDS = re.compile(r"\b(?:stop\w*|quit\w*|discontinu\w*|withdr\w+|dej[oa]\w*|suspend\w*|retir\w+|gave\s+up)\b")
_WHY = re.compile(r"\b(?:por\s+que|why|how\s+come|a\s+que\s+se\s+debe|motivo|razon|reason)\b")
_BECAUSE = re.compile(
    r"\b(?:porque|ya\s+que|debido|por\s+lo\s+que|a\s+causa|because|due\s+to|since|owing|after|as\s+(?:s?he|they)|por)\b"
)
_VALUE_ASKED = re.compile(r"\b(?:nivel(?:es)?|levels?|valor(?:es)?|values?|concentracion|concentration|trough)\b")
AMOUNT = re.compile(
    r"(?<![a-z])\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|half|dozen|mile|hour|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|medi[oa]|docena|cuadra|hora)s?\b"
)
_EITHER = re.compile(r"\b(?:o|u|or)\b(?!\s+(?:no|not)\b)")
