"""What a question names, word by word: its concepts by any of their names, its other words by their senses."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence, Set
from functools import cached_property, lru_cache

import attrs

from smarthealth.apps.records.understanding.calendar_words import MONTHS
from smarthealth.apps.records.understanding.concepts import find_concepts
from smarthealth.apps.records.understanding.fillers import is_filler
from smarthealth.apps.records.understanding.folding import OTHER, Reading
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import forms, is_meant, root, roots_of, senses
from smarthealth.retrieval.words import STOP_WORDS, folded_words, set_of

_LONGEST_STEM = 6
"""Letters of a word by which the database looks for it: endings differ."""
_SHORTEST_NAME, _SHORTEST_STEM = 3, 4
_QUESTIONS_KEPT = 64
"""Questions whose terms are remembered: three parts of a turn ask for them."""
_NAMES_KEPT = 8192
"""Names whose patterns are remembered, 0.5 kB each: those of the vocabulary, and words of questions."""
_SMALL = roots_of("a an and by de del el en for in la of on para por the to with y")
_ASKED_FOR = re.compile(
    r"\bhow\s+(?:long|often|much|many|big|old|tall|far|large|wide|deep|high|low|heavy|fast|soon|bad|well|severe|is|was|did|does)\b|\bque\s+tan(?:to)?\s+\w+"
)
"""Words of asking that name nothing."""
_DEED = re.compile(
    r"\b(?:le|les|se|la|lo)\s+(\w+(?:aron|ieron|yeron))\b|\bse\s+(?:le|les|la|lo)\s+([a-z]+)\b|\b(?:did|was|were)\s+(?:s?he|they)\s+(?:ever\s+)?([a-z]+)\b"
)
_ENCLITIC = re.compile(r"^(\w{2,}[aei]r)(?:se)?(?:l[aeo]s?|se)$")
"""Pronouns behind a verb: `curarlo`."""
_TAKES = re.compile(r"(?:toma|tomaba|tomo|usa|usaba|consume|consumia|bebe|bebia|tiene|takes?|took|uses?|used|drinks?)$")
"""Verbs beside a thing that say nothing of it."""
_MOST_NARROWER = 30
"""Narrower concepts by whose names a note is looked for."""
_LIVELIHOOD = re.compile(r"\b(?:does|do|did)\b[^?]*\bfor\s+a\s+living\b")
_WORK = "occupation"
_OF_WORK = frozenset({"employment", "occupation", "employment-status-survey"})
_OCCUPATIONS = set_of(
    "farmer seamstress tailor chef cook librarian teacher nurse driver builder bricklayer carpenter plumber electrician mechanic "
    "engineer accountant lawyer secretary clerk cleaner housewife homemaker waiter waitress baker butcher fisherman miner soldier "
    "musician painter student shopkeeper salesman saleswoman hairdresser gardener journalist architect "
    "agricultor agricultora campesino campesina costurera modista sastre cocinero cocinera bibliotecario bibliotecaria profesor "
    "profesora maestro maestra enfermero enfermera conductor conductora albanil carpintero plomero electricista mecanico ingeniero "
    "ingeniera contador contadora abogado abogada secretaria secretario aseadora comerciante vendedor vendedora mesero mesera "
    "panadero panadera carnicero pescador minero soldado musico pintor pintora estudiante peluquero peluquera jardinero periodista "
    "arquitecto arquitecta vigilante pilot captain sailor dentist physician vet veterinarian pharmacist barber programmer analyst manager "
    "tester developer consultant technician supervisor coordinator assistant miner porter pastor nun priest firefighter policeman policewoman cashier receptionist electrician welder painter porter caretaker janitor civil servant "
    "piloto capitan marinero dentista veterinario farmaceuta peluquera barbero programador analista gerente administrador administradora "
    "bombero policia cajero cajera recepcionista soldador portero conserje funcionario funcionaria ama contratista taxista camionero "
    "retired jubilado jubilada pensionado pensionada unemployed desempleado desempleada"
)
"""What a note may say in place of the word for one's work."""
_SPELT = {"a": "[aá]", "e": "[eé]", "i": "[ií]", "o": "[oó]", "u": "[uúü]", "n": "[nñ]"}
_COMMON = set_of("home house day days night week weeks family live lives patient left right side hour hours")
_CALENDAR = set_of("recent recently years year ago hoy today ayer")


@attrs.frozen(kw_only=True, cache_hash=True)
class Term:
    """One thing that a question names: a concept by its place, or a word."""

    word: str
    concepts: tuple[Concept, ...] = ()
    is_deed: bool = False
    """Whether it is what somebody did, of which a note may speak in any words: `le lesionaron el nervio`."""

    @property
    def is_everyday(self) -> bool:
        """Whether it is a word of plain talk, which a note may have replaced by another."""
        return not self.concepts and (self.is_deed or len(forms(self.word)) > 1)

    @property
    def is_common(self) -> bool:
        """Whether it stands in notes so often that it tells little: the home, a day."""
        return not self.concepts and not _COMMON.isdisjoint(forms(self.word))

    @property
    def names(self) -> tuple[str, ...]:
        """What a note may call it."""
        if self.concepts:
            named = (name for concept in self.concepts for name in concept.names)
            return (*named, *(sorted(_OCCUPATIONS) if self._is_work else ()))
        return tuple(dict.fromkeys((*forms(self.word), *(sorted(_OCCUPATIONS) if self._is_work else ()))))

    @cached_property
    def _is_work(self) -> bool:
        return _WORK in forms(self.word) or any(concept.id in _OF_WORK for concept in self.concepts)

    @cached_property
    def _senses(self) -> list[frozenset[str]]:
        """Of each of its words that says something, all that the word may mean."""
        return [senses(word) for word in folded_words(self.word) if word not in STOP_WORDS and not _TAKES.match(word)]

    @cached_property
    def _wordings(self) -> frozenset[frozenset[str]]:
        """Of each name of its concepts the roots of its words, small ones aside."""
        # abbreviations are found by the glossary alone, which heeds how they are written: `HAS` is no `has`
        return frozenset().union(*(_words_of(concept.english + concept.spanish) for concept in self.concepts))

    def is_told_by(self, line: str) -> bool:
        """Whether a line holds it in so many words."""
        if self._is_work and not _OCCUPATIONS.isdisjoint(folded_words(line)):
            return True
        held = roots_of(line)
        if not self.concepts:
            return is_meant(self.word, held)
        if self._senses and not any(map(held.isdisjoint, self._senses)):
            return True
        return any(map(held.issuperset, self._wordings))

    def is_among(self, named: Set[str], glossary: Glossary) -> bool:
        """Whether one of its concepts, or a kind of it, is among those that a text names."""
        return any(named & glossary.family(concept.id) for concept in self.concepts)


@lru_cache(maxsize=1024)
def _words_of(names: tuple[str, ...]) -> frozenset[frozenset[str]]:
    """Of each name the roots of its words, small ones aside."""
    return frozenset(words for name in names if (words := roots_of(name) - _SMALL))


@lru_cache(maxsize=_QUESTIONS_KEPT)
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
    deeds = {match.span(match.lastindex or 0) for match in _DEED.finditer(reading.folded)}
    words = [
        Term(word=_ENCLITIC.sub(r"\1", word), is_deed=(start, end) in deeds)
        for word, start, end in reading.words_left()
        if not is_filler(word) and word not in MONTHS and word not in _CALENDAR
    ]
    return tuple(dict.fromkeys((*named, *words)))


def held_in(terms: Sequence[Term], text: str, glossary: Glossary, *, needed: Collection[Term] = ()) -> frozenset[Term]:
    """What of all that a question names stands in a text; nothing where something of it that is needed does not."""
    return _held(terms, (text,), glossary, needed)


def share_held(terms: Sequence[Term], texts: Sequence[str], glossary: Glossary) -> float:
    """How much of what a question names stands in some texts together, in [0, 1]; all of nothing."""
    return len(_held(terms, texts, glossary)) / len(terms) if terms else 1.0


def _held(
    terms: Sequence[Term], texts: Sequence[str], glossary: Glossary, needed: Collection[Term] = ()
) -> frozenset[Term]:
    whole = " ; ".join(texts)
    held = {term for term in terms if term.is_told_by(whole)}
    lacking = [term for term in needed if term not in held]
    left = [term for term in terms if term.concepts and term not in held]
    if left and all(term.concepts for term in lacking):  # which concepts a text names takes longest to find
        named = {match.concept.id for text in texts for match in glossary.concepts(text) if not match.corrected}
        held.update(term for term in left if term.is_among(named, glossary))
    return frozenset(held) if held.issuperset(lacking) else frozenset()


def patterns(terms: Sequence[Term], glossary: Glossary) -> list[str]:
    """For each term that a note must hold, a regular expression of PostgreSQL that finds its names."""
    needed = (
        [term for term in terms if not term.is_everyday] or [term for term in terms if not term.is_deed] or list(terms)
    )
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


@lru_cache(maxsize=_NAMES_KEPT)
def _pattern(name: str) -> str:
    words = [word for word in folded_words(name) if len(word) >= _SHORTEST_NAME] or [name.lower()]
    stems = (
        word[: max(_SHORTEST_NAME, min(_LONGEST_STEM, len(word) - 2, max(_SHORTEST_STEM, len(root(word)))))]
        for word in words
    )
    return r".{0,30}".join("".join(_SPELT.get(letter) or re.escape(letter) for letter in stem) for stem in stems)
