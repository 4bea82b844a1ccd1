"""The bilingual clinical glossary: from words of a question, or of a record, to concepts.

Theory of operation. Each name of each concept is reduced to a key: its words folded, stemmed, and freed of the small words
between them (`cáncer de la mama` and `cáncer mama` have one key). All keys stand in one table. A text is reduced the same
way; at each of its words the longest key that starts there is looked up, longer finds win over shorter ones that overlap
them, and so `hemoglobina glicosilada` is never also `hemoglobina`. A word that occurs in no key may be a misspelt one that
does: it is corrected by one edit when it has six letters or more.

A key may belong to several concepts (`hepatitis B` is a disease and a vaccine): all are returned, for the same place, in the
order of the vocabulary files. What the question wants is for the caller to decide, by kind.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache, cached_property, lru_cache
from itertools import compress

import attrs

from .concepts import Concept, ConceptMatch
from .language import Names
from .spelling import SpellingCorrector
from .vocabulary_files import read_concepts, read_known_words, read_purposes
from .words import QUESTION_WORDS, STOP_WORDS, Word, fold, folded_words, set_of, stem, words

_SMALL_WORDS = set_of(
    "a al an and as contra against de del e el en for from in la las lo los mi of on para por su sus the to un una y"
)
_LETTERED = set_of(
    "hepatitis hep vitamina vitamin influenza gripe hemofilia inmunoglobulina immunoglobulin grupo group tipo type "
    "hemoglobina hemoglobin apolipoproteina apolipoprotein lipoproteina lipoprotein"
)
"""After these words a single `a` or `e` is a letter of the name, not a small word."""
_CAPITALS_UP_TO = 2
"""Abbreviations of so few letters are found in small letters only when they are in `_SMALL_LETTERS`."""
_CAPITALS_MOSTLY_UP_TO = 3
"""Words of so few letters are mostly abbreviations, which tell no language."""
_SMALL_LETTERS = set_of("pa ta hb fc fr tg dm rx bp hr cr ef rr hf t4 t3 ct tb bk e2 lh")
_CAPITALS_ONLY = set_of(
    "ace act add aff all ana ani arm cad can cap car col cor das ear eco eos esp eva fit hat ira mac mal map mor mos par "
    "pet rice sal sol sua tie top tot van var ver via"
)
"""Longer abbreviations that are also words or names."""
_SEMANTIC_TAG = re.compile(
    r"\((?:finding|disorder|procedure|situation|substance|organism|regime/therapy|physical object|environment|person|event"
    r"|record artifact|morphologic abnormality|product|qualifier value|observable entity)\)",
    re.IGNORECASE,
)
_LOINC_PROPERTY = re.compile(
    r"\[(?:[^\]]*[/#][^\]]*|presence|type|ratio|percentile|score|interpretation|class|identifier|(?:[a-z ]+ )?fraction"
    r"|pressure|time|length|color|appearance|titer|ph)\]",
    re.IGNORECASE,
)
_FOR = re.compile(
    r"\b(?:toma\w*|us[ao]\w*|recet\w+|formul\w+|prescri\w+|medic[ai]\w+|pastill?a\w*|remedio\w*|tratamiento\w*|tratad[oa]"
    r"|farmaco\w*|droga\w*|recib\w+|tak(?:e|es|en|ing)|medicine\w*|pills?|drugs?|treatment|treated)\b[^.?!;]{0,60}"
    r"\b(?:para|for)\s+(?:el|la|los|las|su|sus|the|his|her|un|una)?\s*$"
)
"""What precedes a concept for which something is given."""
_PLURAL = re.compile(r"[A-Z]{2,5}s|[a-z]{3,5}s|[A-Z]{3,5}S")
"""How the plural of an abbreviation may be written."""
_ENDS = ("", ".", "?", "!", ":", "\n")
"""What stands before the first word of a sentence."""
_BEFORE = 90
"""Characters before a concept that are read for it."""
_TEXTS_KEPT, _LONGEST_KEPT = 1024, 1000
"""Texts whose concepts are remembered, and their characters (3 kB each): parts of a turn read one question, turns one passage."""
_MEASURED = frozenset({"observation", "report"})
_HISTORY = "history-of-"
_SYSTEMS = ("loinc", "snomed", "rxnorm", "cvx")
_SUBSTANCES = frozenset({"medication", "allergy", "immunization"})
_NO_SUBSTANCES = frozenset({"condition", "observation", "procedure", "encounter", "report", "careplan", "document"})


@attrs.frozen
class _Entry:
    """A concept under one key."""

    concept: Concept
    names: list[str] = attrs.field(factory=list)
    """Folded words of the names that have the key; they are found in any inflection."""
    abbreviations: list[tuple[str, str]] = attrs.field(factory=list)
    """Folded words of those that have it, and how each must be written: `=ABC` as it is, `A` in capitals, `a` not all in
    small letters, empty anyhow."""

    def is_exactly(self, surface: str, folded: str) -> bool:
        """True when one of its names or abbreviations stands in the text as it is written."""
        return folded in self.names or any(
            folded == abbreviation and _is_written(surface, case) for abbreviation, case in self.abbreviations
        )


class Glossary:
    """Concepts by name, by code and by kinship."""

    def __init__(self, concepts: Iterable[Concept], purposes: Mapping[str, str] | None = None) -> None:
        """Args: the concepts, and for some of them the class of drugs that is given for it, by their ids."""
        self._purposes = dict(purposes or {})
        self._by_id: dict[str, Concept] = {}
        self._by_key: dict[str, list[_Entry]] = {}
        self._lengths: dict[str, set[int]] = {}  # of the keys that begin with a stem
        self._by_code: dict[str, list[Concept]] = {}
        self._children: dict[str, list[str]] = {}
        for concept in concepts:
            self._add(concept)
        self._classified = lru_cache(maxsize=8192)(self._classify)
        self._kept = lru_cache(maxsize=_TEXTS_KEPT)(lambda text: tuple(self._find(text, None)))
        self._families: dict[str, frozenset[str]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __getitem__(self, concept_id: str) -> Concept:
        return self._by_id[concept_id]

    def __contains__(self, concept_id: object) -> bool:
        return concept_id in self._by_id

    @property
    def all(self) -> tuple[Concept, ...]:
        """Every concept, in the order of the vocabulary files."""
        return tuple(self._by_id.values())

    @cached_property
    def names(self) -> Names:
        """The words of its names that tell a language."""
        spanish = {word for concept in self.all for name in concept.spanish for word in folded_words(name)}
        english = {word for concept in self.all for name in concept.english for word in folded_words(name)}
        longer = frozenset(word for word in spanish ^ english if len(word) > _CAPITALS_MOSTLY_UP_TO)
        return Names(longer & spanish, longer & english)

    def concepts(self, text: str, *, kinds: Collection[str] | None = None) -> list[ConceptMatch]:
        """Find the concepts that a text names.

        Args:
            text: A question, a display, a sentence.
            kinds: Only concepts of one of these kinds; None for all.

        Returns:
            By place; several of the same place where a name is ambiguous. Places do not overlap otherwise.
        """
        if kinds is not None or len(text) > _LONGEST_KEPT:
            return self._find(text, kinds)
        return list(self._kept(text))

    def _find(self, text: str, kinds: Collection[str] | None) -> list[ConceptMatch]:
        found = words(text)
        places = _significant([word.folded for word in found])
        stems = [self._singular(text, found[place]) for place in places]
        corrected: set[int] = set()
        for number, word_stem in enumerate(stems):
            word = found[places[number]]
            better = None if _may_be_a_name(text, word) else self._spelling.correct(word.folded, word_stem)
            if better is not None:
                stems[number] = better
                corrected.add(number)
        matches: list[ConceptMatch] = []
        for start, end, entries in self._longest_first(text, [found[place] for place in places], stems, kinds):
            first, last = found[places[start]], found[places[end - 1]]
            meant = [concept for concept in self._with_what_happened(entries) if concept.kinds]
            if _FOR.search(fold(text[max(0, first.start - _BEFORE) : first.start])):
                meant = self._or_what_is_given(meant)
            matches.extend(
                ConceptMatch(
                    concept=concept,
                    start=first.start,
                    end=last.end,
                    surface=text[first.start : last.end],
                    corrected=not corrected.isdisjoint(range(start, end)),
                )
                for concept in meant
            )
        return sorted(matches, key=lambda match: match.start)

    def _singular(self, text: str, word: Word) -> str:
        """The stem of a word; of an abbreviation in the plural (`UTIs`), the abbreviation."""
        plain = stem(word.folded)
        if word.folded[-1] != "s" or plain in self._by_key or not _PLURAL.fullmatch(text[word.start : word.end]):
            return plain
        shorter = word.folded[:-1]
        return shorter if any(entry.abbreviations for entry in self._by_key.get(shorter, ())) else plain

    def given_for(self, concept_id: str) -> Concept | None:
        """The class of drugs that is given for a concept, such as antihypertensives for hypertension."""
        drugs = self._purposes.get(concept_id)
        return None if drugs is None else self._by_id[drugs]

    def of_code(self, code: str, code_system: str | None = None) -> tuple[Concept, ...]:
        """Concepts of a code.

        Args:
            code: As the record has it.
            code_system: Its system, a URI or a short name; None tries every system.
        """
        system = next((name for name in _SYSTEMS if name in (code_system or "").lower()), None)
        systems = _SYSTEMS if code_system is None else (system,) if system else ()
        return tuple(concept for name in systems for concept in self._by_code.get(f"{name}:{code}", ()))

    def expand(self, text: str) -> list[str]:
        """Names in both languages of all that a text names, without repetition; those of narrower concepts come last."""
        direct = [match.concept for match in self.concepts(text)]
        narrower = [
            self._by_id[member] for concept in direct for member in sorted(self.family(concept.id) - {concept.id})
        ]
        return list(dict.fromkeys(name for concept in direct for name in concept.names)) + [
            concept.english_name for concept in dict.fromkeys(narrower)
        ]

    def classify(
        self, kind: str, display: str, code: str | None = None, code_system: str | None = None
    ) -> tuple[Concept, ...]:
        """Concepts of a record's entry, by its code and by the names in its display.

        What is measured goes by its code alone where that is known, since displays name specimens and methods, too.
        """
        return self._classified(kind, display, code, code_system)

    def family(self, concept_id: str) -> frozenset[str]:
        """A concept's id and those of everything that is a kind of it."""
        members = self._families.get(concept_id)
        if members is None:
            narrower = (self.family(child) for child in self._children.get(concept_id, ()))
            members = self._families[concept_id] = frozenset({concept_id}).union(*narrower)
        return members

    def ancestors(self, concept_id: str) -> frozenset[str]:
        """Ids of everything that a concept is a kind of, itself left out."""
        above = self._ancestors.get(concept_id)
        if above is None:
            parents = self._by_id[concept_id].parents
            above = self._ancestors[concept_id] = frozenset(parents).union(*map(self.ancestors, parents))
        return above

    def _classify(self, kind: str, display: str, code: str | None, code_system: str | None) -> tuple[Concept, ...]:
        by_code = self.of_code(code, code_system) if code else ()
        by_code = tuple(concept for concept in by_code if kind in concept.kinds) or by_code
        if by_code and kind in _MEASURED:
            return by_code
        text = _SEMANTIC_TAG.sub(" ", display)
        if kind in _MEASURED:
            text = _LOINC_PROPERTY.sub(" ", text)
        matches = self.concepts(text, kinds=(kind,)) or self.concepts(text, kinds=_akin(kind))
        named = (match.concept for match in matches if not match.corrected)
        return tuple(dict.fromkeys((*by_code, *named)))

    @cached_property
    def _spelling(self) -> SpellingCorrector:
        vocabulary = {part for key in self._by_key for part in key.split(" ")}
        known = STOP_WORDS | QUESTION_WORDS | read_known_words()
        return SpellingCorrector(vocabulary, known=frozenset(map(stem, known)))

    def _add(self, concept: Concept) -> None:
        if concept.id in self._by_id:
            raise ValueError(f"two concepts have the id {concept.id}")
        self._by_id[concept.id] = concept
        for code in concept.codes:
            self._by_code.setdefault(code, []).append(concept)
        for parent in concept.parents:
            self._children.setdefault(parent, []).append(concept.id)
        written_exactly = {abbreviation.lower() for abbreviation in concept.abbreviations}
        for name in concept.spanish + concept.english:
            if name not in written_exactly:
                self._index(concept, name, is_abbreviation=False)
        if "procedure" in concept.kinds:
            for turned in filter(None, map(_turned, concept.english)):
                self._index(concept, turned, is_abbreviation=False)
        for abbreviation in concept.abbreviations:
            self._index(concept, abbreviation, is_abbreviation=True)

    def _index(self, concept: Concept, name: str, *, is_abbreviation: bool) -> None:
        found = folded_words(name)
        stems = [stem(word) for word in _significant_words(found)]
        if not stems:
            return
        entries = self._by_key.setdefault(" ".join(stems), [])
        if not entries or entries[-1].concept is not concept:
            entries.append(_Entry(concept))
            self._lengths.setdefault(stems[0], set()).add(len(stems))
        folded = " ".join(_significant_words(found))
        if is_abbreviation:
            entries[-1].abbreviations.append((folded, _case_of(name)))
        else:
            entries[-1].names.append(folded)

    def _with_what_happened(self, concepts: Iterable[Concept]) -> list[Concept]:
        # Who asks for a history of infarction wants to hear of the infarction itself, too.
        meant: dict[str, Concept] = {}
        for concept in concepts:
            meant[concept.id] = concept
            if concept.id.startswith(_HISTORY):
                meant |= {parent: self._by_id[parent] for parent in concept.parents}
        return list(meant.values())

    def _or_what_is_given(self, concepts: Sequence[Concept]) -> list[Concept]:
        # `toma … para la presión`: of a measurement the drugs are meant; of a disease its reason may be, too.
        drugs = [self.given_for(concept.id) for concept in concepts if "observation" in concept.kinds]
        return [drug for drug in drugs if drug is not None] or list(concepts)

    def _longest_first(
        self, text: str, found: Sequence[Word], stems: Sequence[str], kinds: Collection[str] | None
    ) -> list[tuple[int, int, list[Concept]]]:
        candidates: list[tuple[int, int, list[Concept]]] = []
        for start, first in enumerate(stems):
            for length in self._lengths.get(first, ()):
                if start + length > len(stems):
                    continue
                entries = self._by_key.get(" ".join(stems[start : start + length]))
                concepts = entries and _admitted(entries, text, found[start : start + length], kinds)
                if concepts:
                    candidates.append((start, start + length, concepts))
        candidates.sort(key=lambda candidate: (candidate[0] - candidate[1], candidate[0]))
        taken: set[int] = set()
        chosen: list[tuple[int, int, list[Concept]]] = []
        for start, end, concepts in candidates:
            if taken.isdisjoint(range(start, end)):
                taken.update(range(start, end))
                chosen.append((start, end, concepts))
        return chosen


def _turned(name: str) -> str | None:
    """What is done to a part of the body, said the other way round: `kidney biopsy`, `biopsy of kidney`."""
    found = _significant_words(folded_words(name))
    return f"{found[1]} {found[0]}" if len(found) == 2 else None


def _may_be_a_name(text: str, word: Word) -> bool:
    """True for a word with a capital first letter within a sentence: it is spelt as its bearer spells it."""
    return (
        text[word.start].isupper()
        and not text[word.start : word.end].isupper()
        and text[: word.start].rstrip(" ¿¡\"'(").strip()[-1:] not in _ENDS
    )


def _akin(kind: str) -> frozenset[str]:
    """Kinds whose concepts may stand in for one that is missing: a substance for a substance, what is done for what is found."""
    return _SUBSTANCES if kind in _SUBSTANCES else _NO_SUBSTANCES


def _admitted(
    entries: Sequence[_Entry], text: str, found: Sequence[Word], kinds: Collection[str] | None
) -> list[Concept]:
    """The concepts of the entries that a surface may mean; where some are written exactly so, those alone."""
    surface = text[found[0].start : found[-1].end]
    folded = found[0].folded if len(found) == 1 else " ".join(word.folded for word in found)
    exactly = [entry.is_exactly(surface, folded) for entry in entries]
    if len(found) == 1 and not any(exactly) and _PLURAL.fullmatch(surface):
        exactly = [entry.is_exactly(surface[:-1], folded[:-1]) for entry in entries]
    if any(is_exact and not entry.concept.kinds for entry, is_exact in zip(entries, exactly, strict=True)):
        # An everyday word that is no concept's name: `hip` is not `hipo`, whatever kind is looked for.
        return [entry.concept for entry in entries if not entry.concept.kinds] if kinds is None else []
    wanted = [kinds is None or not set(kinds).isdisjoint(entry.concept.kinds) for entry in entries]
    exact = [entry.concept for entry, *both in zip(entries, exactly, wanted, strict=True) if all(both)]
    return exact or [entry.concept for entry in compress(entries, wanted) if entry.names]


def _is_written(surface: str, case: str) -> bool:
    if case.startswith("="):
        return surface == case[1:]
    return not case or (surface.isupper() if case == "A" else not surface.islower())


def _case_of(abbreviation: str) -> str:
    if abbreviation.startswith("="):
        return abbreviation
    folded = "".join(folded_words(abbreviation))
    short = len(folded) <= _CAPITALS_UP_TO and folded not in _SMALL_LETTERS
    if not short and folded not in _CAPITALS_ONLY and folded not in STOP_WORDS:
        return ""
    return "A" if abbreviation.isupper() else "a"


def _significant(found: Sequence[str]) -> list[int]:
    """Places of the words that count in a key."""
    return [
        place
        for place, word in enumerate(found)
        if word not in _SMALL_WORDS or (len(word) == 1 and place > 0 and _takes_a_letter(found[place - 1]))
    ]


def _significant_words(found: list[str]) -> list[str]:
    return found if _SMALL_WORDS.isdisjoint(found) else [found[place] for place in _significant(found)]


def _takes_a_letter(word: str) -> bool:
    return word in _LETTERED or (len(word) == 1 and word.isalpha() and word not in _SMALL_WORDS)


@cache
def load_glossary() -> Glossary:
    """The glossary that the package ships, read once."""
    return Glossary(read_concepts(), read_purposes())
