"""Which of the things that a record holds a topic means.

A record's own words go first: a question that spells a display out means just that. Then the glossary: what the entry is
(by its code, else by the names in its display) against what the question names, narrower concepts included. Words that the
glossary lacks are compared with the displays themselves.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

import attrs

from smarthealth.apps.records.understanding.concepts import is_clinical, looks_clinical
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.apps.records.understanding.question import Topic
from smarthealth.retrieval.concepts import Concept
from smarthealth.retrieval.displays import match_displays
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import roots_of, translations

from .entries import Known
from .qualifiers import bears_letter, bears_the_opposite, has_qualifier, is_acronym, letter_after


class Quality(enum.Enum):
    """How a topic was matched, the surest first."""

    LITERAL = "literal"
    """The question spells the entry's name out."""
    CONCEPT = "concept"
    """The entry is what the question names."""
    NARROWER = "narrower"
    """The entry is a kind of what the question names."""
    KIND = "kind"
    """All entries of a kind were asked for."""
    WORDS = "words"
    """The entry's words are like the question's."""
    PASSAGE = "passage"
    """A sentence of a note holds what the question names."""
    NARROWED = "narrowed"
    """It is there, but not with the further words of the question."""
    NONE = "none"


@attrs.frozen(kw_only=True)
class Matched:
    """What a topic means in one record."""

    core: tuple[Known, ...]
    """Just that."""
    related: tuple[Known, ...] = ()
    """Narrower, following from it, or suspected only: worth mentioning, not to be counted."""
    quality: Quality = Quality.NONE

    def __bool__(self) -> bool:
        return bool(self.core)

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of what is meant."""
        return frozenset(known.kind for known in self.core)


_NOTHING = Matched(core=())

_TAG = re.compile(r"\s*\((?:finding|disorder|procedure|situation|substance|organism|regime/therapy|physical object|environment|person|event|record artifact|morphologic abnormality|product|qualifier value|observable entity)\)\s*$", re.IGNORECASE)  # fmt: skip
_BESIDE = re.compile(
    r"\b(?:due to|caused by|secondary to|associated with|complication|history of|suspected|awaiting|screening|at risk)\b",
    re.IGNORECASE,
)
_SURGICAL = re.compile(
    r"ectomy|otomy|ostomy|plasty|ablation|graft|transplant|excision|repair|bypass|removal|extraction|ligation|suture|amputation"
    r"|cesarean|arthroscop|implant|replacement|insertion|resection|catheteri|intervention|decompress|fixation|lithotrip|reconstruct"
    r"|debridement|drainage|open reduction|osteosynth|ectom[ií]a|otom[ií]a|ostom[ií]a|plast[ií]a|injerto|trasplante|escisi|reparaci"
    r"|extracci|ligadura|sutura|amputaci|ces[aá]rea|artroscop|reemplazo|inserci|resecci|litotric|descompres|fijaci|osteos[ií]ntesis"
    r"|reducci[oó]n abierta|cirug|drenaje|desbrid"
)
_SHORTEST_LITERAL = 4
_TELLING = 5
"""Letters of a root that stands for the thing alone."""
_MEASURED = frozenset({"observation", "report"})
_SMALL = roots_of("a an and by de del el en for in la of on para por the to with y")
_SAYS_LITTLE = roots_of("resultado resultados result results prueba test examen exam nivel level valor value")
_RESULTS = frozenset({"observation", "report", "procedure"})
"""Kinds of entry by any of which the outcome of a test may be told."""
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_DISPLAYS_KEPT = 8192
"""Displays of which each of three things is remembered, 0.5 kB each: many records call the same things by the same names."""

_CATEGORIES = {
    "emergency": ("emergency-visit", frozenset({"emergency"})),
    "inpatient": ("hospitalization", frozenset({"inpatient", "short stay", "acute inpatient", "non-acute inpatient"})),
    "ambulatory": ("outpatient-visit", frozenset({"ambulatory", "outpatient"})),
    "wellness": ("check-up", frozenset({"wellness"})),
    "vital-signs": ("vital-signs", frozenset({"vital-signs", "vital signs"})),
    "surgery": ("surgery", frozenset({"surgical procedure", "surgery"})),
    "laboratory": ("laboratory-test", frozenset({"laboratory", "lab"})),
}
"""Concept and values of the column `category` that a narrower kind stands for."""


@lru_cache(maxsize=_DISPLAYS_KEPT)
def bare_display(display: str) -> str:
    """A display without the tag that says what sort of thing it is in its terminology."""
    return _TAG.sub("", display)


class Matcher:
    """Matches the topics of one question against what one record holds."""

    def __init__(self, text: str, known: Sequence[Known], glossary: Glossary) -> None:
        self._known = known
        self._text = text
        self._glossary = glossary
        self._literals = _literals(text, known)

    def match(self, topic: Topic) -> Matched:
        """What a topic means in this record."""
        candidates = self._of_kind(topic)
        if topic.is_specific:
            candidates = self._without_siblings(topic, candidates)
        literal = self._literal(topic, candidates)
        if literal:
            return Matched(core=tuple(literal), quality=Quality.LITERAL)
        if topic.concepts:
            found = self._by_concept(topic, candidates) or self._by_own_words(topic, candidates)
        elif topic.terms:
            return self._by_words(topic.terms, candidates)
        else:
            wholes = [known for known in candidates if not known.is_part]
            return Matched(core=tuple(wholes), quality=Quality.KIND if wholes else Quality.NONE)
        if not topic.terms or not found.core:
            return found
        narrowed = self._by_words(topic.terms, found.core)
        if not narrowed.core and not any(self._tells_apart(term, topic) for term in topic.terms):
            # they tell how or when it was: `perímetro cefálico al nacer`, `latest glucose with units`
            return attrs.evolve(found, quality=Quality.NARROWED)
        if not narrowed.core:
            return Matched(core=(), quality=Quality.NARROWED)
        return attrs.evolve(found, core=narrowed.core, related=())

    def reasons(self, topic: Topic, reasons: Sequence[str]) -> tuple[str, ...]:
        """Those of the reasons given in a record that a topic means."""
        as_known = [
            Known(kind="condition", code=None, display=reason, category=None, is_part=False, count=1)
            for reason in reasons
        ]
        matched = Matcher(topic.surface, as_known, self._glossary).match(attrs.evolve(topic, kinds=frozenset()))
        return tuple(known.display for known in (*matched.core, *matched.related))

    def names_of(self, known: Known) -> tuple[Concept, ...]:
        """What an entry is, by the glossary."""
        return self._glossary.classify(known.kind, known.display, known.code)

    def _of_kind(self, topic: Topic) -> Sequence[Known]:
        of_kind = [known for known in self._known if known.kind in topic.kinds] if topic.kinds else self._known
        category = topic.category
        return of_kind if category is None else [known for known in of_kind if self._is_of_category(known, category)]

    def _is_of_category(self, known: Known, category: str) -> bool:
        concept, values = _CATEGORIES[category]
        if (known.category or "").lower() in values:
            return True
        family = self._glossary.family(concept) if concept in self._glossary else frozenset[str]()
        folded = known.display.lower()
        if category == "surgery" and _SURGICAL.search(folded):
            return True
        return category in folded or any(found.id in family for found in self.names_of(known))

    def _tells_apart(self, term: str, topic: Topic) -> bool:
        """Whether a word is one of which clinical names are made; of what is measured a few such say how it is asked for."""
        if topic.is_measured:
            return bool(translations(term)) or looks_clinical(term)
        return is_clinical(term, self._glossary)

    def _without_siblings(self, topic: Topic, candidates: Sequence[Known]) -> list[Known]:
        """Entries that are not the other one of two that share a name with what is asked for."""
        left = list(candidates)
        if has_qualifier(self._text):
            left = [known for known in left if not bears_the_opposite(self._text, known.display)]
        letter = letter_after(self._text, topic.surface)
        return left if letter is None else [known for known in left if self._bears(letter, known)]

    def _bears(self, letter: str, known: Known) -> bool:
        names = [name for concept in self.names_of(known) for name in concept.names]
        return bears_letter(letter, known.display, names)

    def _literal(self, topic: Topic, candidates: Sequence[Known]) -> list[Known]:
        if not topic.is_specific or not self._literals:
            return []
        surface = _squeezed(" ".join((topic.surface, *(() if topic.concepts else topic.terms))))
        return [
            known
            for known in candidates
            if (name := _squeezed_display(known.display)) in self._literals and f" {surface} " in f" {name} "
        ]

    def _by_concept(self, topic: Topic, candidates: Sequence[Known]) -> Matched:
        asked = {concept.id for concept in topic.concepts}
        family = asked.union(*map(self._glossary.family, asked))
        glossary = self._glossary
        meant = [
            (known, own)
            for known in candidates
            if (own := _identities(known.kind, known.display, known.code, known.category, glossary)) & family
        ]
        if not meant:
            return self._named_in_display(topic, candidates)
        direct = [known for known, own in meant if own & asked]
        narrower = [known for known, own in meant if not own & asked]
        plainly = [known for known in direct if not _BESIDE.search(known.display)]
        if plainly:
            narrower += [known for known in direct if known not in plainly]
            direct = plainly
        wholes = [known for known in direct if not known.is_part]
        beside = [known for known in narrower if _BESIDE.search(known.display)]
        if direct:
            measured = any(known.kind == "observation" for known in direct)
            related = () if measured else tuple(narrower)
            return Matched(core=tuple(wholes or direct), related=related, quality=Quality.CONCEPT)
        plain = [known for known in narrower if known not in beside]
        return Matched(core=tuple(plain or beside), related=tuple(beside) if plain else (), quality=Quality.NARROWER)

    def _by_own_words(self, topic: Topic, candidates: Sequence[Known]) -> Matched:
        """Entries called just as the question calls the thing, though the glossary takes them for something else."""
        asked = roots_of(topic.surface) - _SMALL - _SAYS_LITTLE
        if topic.is_measured and not asked:
            return _NOTHING
        found = [
            known
            for known in candidates
            if known.kind in _RESULTS and roots_of(bare_display(known.display)) - _SMALL - _SAYS_LITTLE == asked
        ]
        return Matched(core=tuple(found), quality=Quality.WORDS) if found else _NOTHING

    def _named_in_display(self, topic: Topic, candidates: Sequence[Known]) -> Matched:
        """Entries whose display holds all words of a name of the concept, in either language and in any inflection.

        What the glossary knows to be another measurement is passed over: a hemoglobin A1c is no hemoglobin.
        """
        names = {roots_of(name) - _SMALL for concept in topic.concepts for name in (*concept.english, *concept.spanish)}
        names = {name for name in names if sum(map(len, name)) >= _SHORTEST_LITERAL}
        words = frozenset[str]().union(*names)
        # a short word may be another one in another kind of entry: `parto`, part-time employment
        telling = {name for name in names if len(name) > 1 or max(map(len, name)) >= _TELLING}
        found = [
            known
            for known in candidates
            if words & roots_of(bare_display(known.display)) and self._holds_a_name(known, names, topic)
        ]
        of_kind = [known for known in found if known.kind in topic.all_kinds] or [
            known
            for known in found
            # a vaccine is called after what it is against
            if not topic.is_measured and known.kind != "immunization" and self._holds_a_name(known, telling, topic)
        ]
        wholes = [known for known in of_kind if not known.is_part]
        return Matched(core=tuple(wholes or of_kind), quality=Quality.WORDS) if of_kind else _NOTHING

    def _holds_a_name(self, known: Known, names: Collection[frozenset[str]], topic: Topic) -> bool:
        held = roots_of(bare_display(known.display))
        if not any(name <= held for name in names):
            return False
        if not topic.kinds and _BESIDE.search(known.display):
            return False
        # nor is high density lipoprotein cholesterol a high cholesterol
        measured = known.kind in _MEASURED and self.names_of(known)
        return not measured or _is_spelt_in(known.display, topic)

    def _by_words(self, terms: Sequence[str], candidates: Sequence[Known]) -> Matched:
        displays = {known.display for known in candidates}
        needed = len(terms) if len(terms) <= 2 else -(-2 * len(terms) // 3)
        matches = [
            match
            for match in match_displays(" ".join(terms), displays)
            if len(set(match.words)) >= min(needed, len(set(terms)))
        ]
        if not matches:
            spelt = [known for known in candidates if len(terms) == 1 and is_acronym(terms[0], known.display)]
            return Matched(core=tuple(spelt), quality=Quality.WORDS) if spelt else _NOTHING
        best = {match.display for match in matches if match.score >= 0.75 * matches[0].score}
        return Matched(core=tuple(known for known in candidates if known.display in best), quality=Quality.WORDS)


_ALLERGY_CLASSES = {"medication": "drug-allergy", "food": "food-allergy", "environment": "environmental-allergy"}
"""The concept that each category of FHIR's allergies stands for."""


@lru_cache(maxsize=_DISPLAYS_KEPT)
def _identities(kind: str, display: str, code: str | None, category: str | None, glossary: Glossary) -> frozenset[str]:
    """Ids of the concepts that an entry is, by its code and its name; of an allergy, of its class by its category, too."""
    classes = (category or "").split(", ") if kind == "allergy" else ()
    own = {concept.id for concept in glossary.classify(kind, display, code)}
    return frozenset(own.union(_ALLERGY_CLASSES[name] for name in classes if name in _ALLERGY_CLASSES))


def _is_spelt_in(display: str, topic: Topic) -> bool:
    """Whether a display spells out a name of a concept of another kind: a smoking status tells of smoking."""
    names = (_squeezed(name) for concept in topic.concepts for name in concept.names)
    spelt = f" {_squeezed(display)} "
    measured = any("observation" in concept.kinds for concept in topic.concepts)
    return not measured and any(f" {name} " in spelt for name in names if name)


def _squeezed(text: str) -> str:
    return _NOT_WORD.sub(" ", fold_letters(text)).strip()


@lru_cache(maxsize=_DISPLAYS_KEPT)
def _squeezed_display(display: str) -> str:
    return _squeezed(bare_display(display))


def _literals(text: str, known: Sequence[Known]) -> frozenset[str]:
    """Displays that a text spells out, squeezed, without those inside longer ones."""
    squeezed = f" {_squeezed(text)} "
    within = {name for entry in known if (name := _squeezed_display(entry.display)) in squeezed}
    found = [name for name in within if len(name) >= _SHORTEST_LITERAL and f" {name} " in squeezed]
    return frozenset(
        name for name in found if not any(name != other and f" {name} " in f" {other} " for other in found)
    )
