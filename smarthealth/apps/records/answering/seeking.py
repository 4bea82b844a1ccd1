"""What a question names, word by word, and the sentence of a note that holds it.

Before something is said to be absent, the notes are looked through for all that the question names: its concepts by any of
their names, its other words by their roots, translations and synonyms. A sentence counts when, with its heading, it holds
every concept and every word that is no everyday one, and most of the rest. What a note says of a relative is said of
nobody else.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

import attrs

from smarthealth.apps.records.understanding.calendar_words import MONTHS
from smarthealth.apps.records.understanding.concepts import find_concepts
from smarthealth.apps.records.understanding.fillers import is_filler
from smarthealth.apps.records.understanding.folding import OTHER, Reading, fold_letters
from smarthealth.apps.records.understanding.question import Kin
from smarthealth.apps.records.understanding.relatives import is_other_sex, kin_spans, names_kin, parts_by_kin
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import forms, is_meant, roots_of, senses
from smarthealth.retrieval.words import STOP_WORDS, folded_words, set_of

from .entries import Entry
from .passages import Section, quotable, sections_of

_ENOUGH, _ENOUGH_OF_EVERYDAY = 0.5, 0.6
"""Share of what is named that a sentence must hold, and where all of it is everyday words."""
_LONGEST_STEM = 6
"""Letters of a word by which the database looks for it: endings differ."""
_SHORTEST_NAME = 3
_RELATIVES = roots_of(
    "mother mom father dad brother sister sibling aunt uncle grandmother grandfather cousin son daughter wife husband "
    "madre mama padre papa hermano hermana tia tio abuela abuelo primo prima hijo hija esposo esposa"
)
_SMALL = roots_of("a an and by de del el en for in la of on para por the to with y")
_ASKED_FOR = re.compile(r"\bhow\s+(?:long|often|much|many|big|old|tall|far)\b")
"""Words of asking that name nothing."""
_WHO = re.compile(r"\b(?:quien(?:es)?|who|whom|whose)\b")
_CLAUSES = re.compile(r";\s+")
_RESULT = re.compile(
    r"\b(?:resultados?|mostr[oa]|mostraron|niveles|nivel|valor|results?|shows?|showed|levels?|values?|findings?|hallazgos?)\b"
)
_INTENDED = re.compile(
    r"\b(?:to\s+be|will\s+be|repeat\w*|order(?:ed)?|pending|planned|request\w*|pendientes?|solicit\w+|repetir|se\s+pide|programad[oa]s?|ordena\w*)\b"
)
_PLANS = frozenset({"plan", "plan de manejo", "management plan"})
"""Headings under which stands what is to come."""
_TAKES = re.compile(r"(?:toma|tomaba|tomo|usa|usaba|consume|consumia|bebe|bebia|tiene|takes?|took|uses?|used|drinks?)$")
"""Verbs beside a thing that say nothing of it."""
_OF_MEDICINES = frozenset({"medications", "medicamentos", "medicacion"})
_SCREENED = re.compile(r"\b(?:screening|screened|tamizaje|tamizacion|assessment\s+using|test\s+for)\b")
_WORK_UP = re.compile(r"\bwork[\s-]?ups?\b", re.IGNORECASE)
"""No work of anybody's."""
_MOST_NARROWER = 30
"""Narrower concepts by whose names a note is looked for."""
_SHORT_NOTE = 2500
"""Characters of a note that is about one thing."""
_QUANTITY = re.compile(r"\b(?:cuant[oa]s?|how\s+(?:much|many|big|long|often)|dosis|dose|cada\s+cuanto)\b")
_LIVELIHOOD = re.compile(r"\b(?:does|do|did)\b[^?]*\bfor\s+a\s+living\b")
_WORK = "occupation"
_OCCUPATIONS = set_of(
    "farmer seamstress tailor chef cook librarian teacher nurse driver builder bricklayer carpenter plumber electrician mechanic "
    "engineer accountant lawyer secretary clerk cleaner housewife homemaker waiter waitress baker butcher fisherman miner soldier "
    "musician painter student shopkeeper salesman saleswoman hairdresser gardener journalist architect "
    "agricultor agricultora campesino campesina costurera modista sastre cocinero cocinera bibliotecario bibliotecaria profesor "
    "profesora maestro maestra enfermero enfermera conductor conductora albanil carpintero plomero electricista mecanico ingeniero "
    "ingeniera contador contadora abogado abogada secretaria secretario aseadora comerciante vendedor vendedora mesero mesera "
    "panadero panadera carnicero pescador minero soldado musico pintor pintora estudiante peluquero peluquera jardinero periodista "
    "arquitecto arquitecta vigilante"
)
"""What a note may say in place of the word for one's work."""
_SPELT = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]", "n": "[nñ]"}
_CALENDAR = set_of("recent recently years year ago hoy today ayer")


@attrs.frozen(kw_only=True)
class Term:
    """One thing that a question names: a concept by its place, or a word."""

    word: str
    concepts: tuple[Concept, ...] = ()

    @property
    def is_everyday(self) -> bool:
        """Whether it is a word of plain talk, which a note may have replaced by another."""
        return not self.concepts and len(forms(self.word)) > 1

    @property
    def names(self) -> tuple[str, ...]:
        """What a note may call it."""
        if self.concepts:
            return tuple(name for concept in self.concepts for name in concept.names)
        return tuple(dict.fromkeys((*forms(self.word), *(sorted(_OCCUPATIONS) if self._is_work else ()))))

    @property
    def _is_work(self) -> bool:
        return _WORK in forms(self.word)

    def is_in(self, line: str, named: frozenset[str], glossary: Glossary) -> bool:
        """Whether a line, or the concepts that it names, hold it."""
        family = {member for concept in self.concepts for member in glossary.family(concept.id)}
        if family & named:
            return True
        held = roots_of(line)
        if not self.concepts:
            return is_meant(self.word, held) or (self._is_work and not _OCCUPATIONS.isdisjoint(folded_words(line)))
        said = [word for word in folded_words(self.word) if word not in STOP_WORDS and not _TAKES.match(word)]
        if said and all(senses(word) & held for word in said):
            return True
        # abbreviations are found by the glossary alone, which heeds how they are written: `HAS` is no `has`
        spelt = (name for concept in self.concepts for name in (*concept.english, *concept.spanish))
        return any(words <= held for name in spelt if (words := roots_of(name) - _SMALL))


def find_terms(text: str, glossary: Glossary) -> tuple[Term, ...]:
    """What a question names, without its small words and times."""
    reading = Reading(text)
    found: dict[tuple[int, int], list[Concept]] = {}
    for match in find_concepts(text, glossary):
        found.setdefault((match.start, match.end), []).append(match.concept)
        reading.cover(match.start, match.end, OTHER)
    for asked in _ASKED_FOR.finditer(reading.folded):
        reading.cover(asked.start(), asked.end(), OTHER)
    livelihood = _LIVELIHOOD.search(reading.folded)
    if livelihood is not None:
        return (Term(word=_WORK),)
    named = [Term(word=text[start:end], concepts=tuple(concepts)) for (start, end), concepts in found.items()]
    words = [
        Term(word=word)
        for word, _, _ in reading.words_left()
        if not is_filler(word) and word not in MONTHS and word not in _CALENDAR
    ]
    return tuple(dict.fromkeys((*named, *words)))


def share_held(terms: Sequence[Term], text: str, glossary: Glossary) -> float:
    """How much of what a question names stands in a text, in [0, 1]; all of nothing."""
    named = frozenset(match.concept.id for match in glossary.concepts(text) if not match.corrected)
    return sum(term.is_in(text, named, glossary) for term in terms) / len(terms) if terms else 1.0


def _is_measured(term: Term) -> bool:
    """Whether a term is nothing but something measured."""
    return bool(term.concepts) and all(concept.kinds == ("observation",) for concept in term.concepts)


def patterns(terms: Sequence[Term], glossary: Glossary) -> list[str]:
    """For each term that a note must hold, a regular expression of PostgreSQL that finds its names."""
    needed = [term for term in terms if not term.is_everyday] or list(terms)
    return [r"\m(" + "|".join(sorted({_pattern(name) for name in _called(term, glossary)})) + ")" for term in needed]


def _called(term: Term, glossary: Glossary) -> Sequence[str]:
    """What a note may call a term: by its own names, by those of what is narrower, by its word in the other language."""
    narrower = [
        name
        for concept in term.concepts
        for member in sorted(glossary.family(concept.id) - {concept.id})[:_MOST_NARROWER]
        for name in glossary[member].names
    ]
    said = [word for word in folded_words(term.word) if not is_filler(word)]
    return (*term.names, *narrower, *(sorted(forms(said[0])) if len(said) == 1 else ()))


def _pattern(name: str) -> str:
    words = [word for word in folded_words(name) if len(word) >= _SHORTEST_NAME] or [name.lower()]
    stems = (word[: max(_SHORTEST_NAME, min(_LONGEST_STEM, len(word) - 2))] for word in words)
    return r".{0,30}".join("".join(_SPELT.get(letter, re.escape(letter)) for letter in stem) for stem in stems)


def best_sentence(
    entries: Sequence[Entry], text: str, glossary: Glossary, *, by_heading: bool = False, wholly: bool = False
) -> tuple[Entry, str] | None:
    """The sentence of some notes that holds most of what a question names; of equal ones that of the first note.

    Args:
        entries: The notes, with their texts.
        text: The question.
        glossary: Clinical vocabulary.
        by_heading: Only what stands under a heading that says it all, as for `allergies?`.
        wholly: Only a sentence that, with what its note is about, holds all that the question names.
    """
    terms = find_terms(text, glossary)
    best: tuple[float, Entry, str] | None = None
    for entry in entries:
        around = frozenset[Term]() if by_heading else _elsewhere(entry, terms, glossary)
        for section in sections_of(entry.body or ""):
            for line in _said(section.lines, text):
                score = _score("" if by_heading else line, section.heading, terms, text, glossary, around)
                if wholly and not _holds_all(f"{section.heading}. {line}", terms, around, glossary):
                    continue
                if score and (best is None or score > best[0]):
                    best = score, entry, f"{section.heading}: {line}" if section.heading else line
    return None if best is None else best[1:]


def _holds_all(whole: str, terms: Sequence[Term], around: Collection[Term], glossary: Glossary) -> bool:
    """Whether a line with its heading holds every term that its note does not name elsewhere, and one such at least."""
    named = frozenset(match.concept.id for match in glossary.concepts(whole) if not match.corrected)
    own = [term for term in terms if term not in around]
    return bool(own or terms) and all(term.is_in(whole, named, glossary) for term in own or terms)


def _elsewhere(entry: Entry, terms: Sequence[Term], glossary: Glossary) -> frozenset[Term]:
    """What a short note speaks of as a whole: its sentences need not name it again, as a report on an operation the operation."""
    body = entry.body or ""
    if len(body) > _SHORT_NOTE:
        return frozenset()
    whole = f"{entry.display}. {body}"
    named = frozenset(match.concept.id for match in glossary.concepts(whole) if not match.corrected)
    return frozenset(term for term in terms if term.concepts and term.is_in(whole, named, glossary))


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
    for start, end in kin_spans(plain.folded):
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
        if told and not terms:
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
    whole = f"{heading}. {line}"
    named = frozenset(match.concept.id for match in glossary.concepts(whole) if not match.corrected)
    held = [term for term in terms if term.is_in(whole, named, glossary)]
    if any(not term.is_everyday for term in terms if term not in held) or len(held) < _ENOUGH * len(terms):
        return 0.0
    return len(held) / (len(terms) or 1)


def asks_for_result(text: str) -> bool:
    """Whether a question asks how something turned out."""
    return _RESULT.search(fold_letters(text)) is not None


def is_intended(heading: str, line: str) -> bool:
    """Whether a line of a note, under a heading, speaks of what is yet to be done."""
    return fold_letters(heading) in _PLANS or _INTENDED.search(fold_letters(line)) is not None


def _said(lines: Sequence[str], text: str) -> list[str]:
    """The lines that may answer: of one that speaks of a relative among other things, its clauses."""
    results = asks_for_result(text)
    pieces = [piece for line in lines for piece in (_CLAUSES.split(line) if _RELATIVES & roots_of(line) else (line,))]
    return [piece for piece in pieces if not (results and is_intended("", piece))]


def _speaks_of_another(line: str, text: str) -> bool:
    """Whether a line is about a relative, whom the question neither names nor asks for (`who cares for him`)."""
    return bool(_RELATIVES & roots_of(line) and not _RELATIVES & roots_of(text) and not _WHO.search(fold_letters(text)))


def _score(
    line: str, heading: str, terms: Sequence[Term], text: str, glossary: Glossary, around: Collection[Term]
) -> float:
    whole = _WORK_UP.sub(" ", f"{heading}. {line}")
    if not terms or _speaks_of_another(line, text):
        return 0.0
    if asks_for_result(text) and is_intended(heading, line):
        return 0.0  # what is planned has no result yet
    if fold_letters(heading) in _OF_MEDICINES and any(_is_measured(term) for term in terms):
        return 0.0  # a salt of a medicine is no value
    if _SCREENED.search(fold_letters(whole)) and not _SCREENED.search(fold_letters(text)):
        return 0.0  # who was screened for something need not have it
    if not any(is_meant(word, roots_of(whole)) for term in terms for name in term.names for word in folded_words(name)):
        return 0.0
    named = frozenset(match.concept.id for match in glossary.concepts(whole) if not match.corrected)
    held = [term for term in terms if term.is_in(whole, named, glossary)]
    missing = [term for term in terms if term not in held]
    enough = _ENOUGH_OF_EVERYDAY if all(term.is_everyday for term in terms) else _ENOUGH
    if any(not term.is_everyday and term not in around for term in missing) or len(held) < enough * len(terms):
        return 0.0
    numbers = bool(_QUANTITY.search(Reading(text).folded)) and any(letter.isdigit() for letter in line)
    return len(held) / len(terms) + numbers
