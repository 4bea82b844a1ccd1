"""The concepts that a question names, freed of those that its small words only resemble."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import attrs

from smarthealth.retrieval.concepts import ConceptMatch
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.senses import translations
from smarthealth.retrieval.vocabulary_files import read_known_words, read_word_pairs
from smarthealth.retrieval.words import set_of, stem, words

from .demographics import DEMOGRAPHIC_PATTERNS, find_fields
from .directions import measured_by_verb, verb_spans
from .fillers import FILLERS
from .folding import fold_letters
from .kinds import KIND_PATTERNS, find_kinds
from .operations import OPERATION_PATTERNS
from .phrases import compile_phrases
from .refusals import REFUSAL_PATTERNS
from .relatives import homonym_spans

GENERIC = set_of(
    "patient-encounter check-up emergency-visit outpatient-procedure hospitalization clinical-note emergency-department-note "
    "diagnostic-report laboratory-test vital-signs chief-complaint social-history care-plan care-plan-activity pathology-report income-survey history-of-present-illness biologic surgery "
    "death family-history medical-history patient-discharge symptom no-known-allergies"
)
"""Concepts that are no more than a kind of entry, or a word that another reader reads."""

_MEASURED_BY_NAME = frozenset({"mide", "media"})
"""Fillers that are the very name of a measurement after `cuánto`."""
_AFTER_HOW_MUCH = re.compile(r"\bcuanto\s+$")
_CLINICAL_KINDS = frozenset({"observation", "condition", "medication", "allergy", "procedure", "immunization"})
_SHORTEST_CLINICAL = 4
# Words of comparison and amount that would make a concept of what stands beside them: `la presión más alta` asks for a
# maximum of the pressure, not for hypertension (`presión alta`); `cuánto bajó el peso` is no low weight (`bajo peso`).
_COMPARED = compile_phrases(
    r"""
    mas (?:alt|baj|elevad|grand|pequen)[a-z]+(?: valor)?|(?:highest|lowest|maximum|minimum)(?: value)?|all[ -]time (?:high|low)
    cuanto (?:ha |le |se )*(?:subi|baj|perdi|gan)(?:o|do|ado)(?: de)?(?: (?:o|y) (?:subio|bajo))?|(?:subi|baj)(?:o|ado|do) (?:o|u|y) (?:subi|baj)(?:o|ado|do)
    cuanto(?= [a-z]+ (?:ha )?(?:perdi|gan|subi|baj)(?:o|do|ado)\b)~
    rx(?= (?:for|list)\b)|(?:active|current|what|which) rx
    (?:aplicaci(?:on|ones)|dosis|refuerzos?|doses?|shots?)(?= (?:de|of)\b)
    """
)
_LOOKS_CLINICAL = re.compile(
    r"(?:olog(?:y|ia|ist|o|a)|iatr(?:y|ia|ics|a)|itis|osis|ectom(?:y|ia)|scop(?:y|ia)|plast(?:y|ia)|gra(?:phy|fia|m|ma)|oma|emia|uria"
    r"|algia|path(?:y|ia)|patia|mycin|micina|cillin|cilina|prazol(?:e)?|statin(?:a)?|pril|sartan|olol)s?$"
)
"""How words of medicine end, in both languages, that no list holds."""
_DIED_OF = re.compile(r"\b(?:de\s+que\s+(?:murio|fallecio|ha\s+muerto)|what\s+did\b[^?]*\bdie\s+(?:of|from))\b")
_LETTER_AND_NUMBER = re.compile(r"[a-z]\d{1,3}")
"""As in vitamin K2: never a word of a question."""
_PIECE = re.compile(r"[a-z]{4,}")
_WORD = re.compile(r"[a-z0-9]+")
_TREATMENT = re.compile(
    r"(?:tratamientos?|medicamentos?|medicinas?|medicacion|pastillas?|remedios?|farmacos?|drugs?|medications?|medicines?|treatments?|pills?)"
    r"\s+(?:de|del|para|contra|por|for|of)\s+(?:(?:el|la|los|las|su|the|his|her)\s+)?"
)
"""Before a disease: what is asked for is what was given for it, not a class of medicines."""
_JOINED = re.compile(r"\s+(?:y|e|and|&)\s+(?:(?:el|la|los|las|su|sus|the|his|her)\s+)?|\s*,\s*")


_CLASS = (
    r"(?:(?:algun|alguna|ningun|any|some|a|al|to|los|las|other|otr[oa]s?)\s+)*"
    r"(?:medicamentos?|medicinas?|farmacos?|alimentos?|comidas?|drugs?|medicines?|medications?|foods?|sustancias?|substances?|ambiente|environment\w*)"
)
_CLASSES = re.compile(
    rf"\b(?:alergic[oa]s?|alergias?|allerg(?:y|ies|ic))(?P<all>\s+(?:a|al|de|to)\s+{_CLASS}(?:\s*(?:,|\b(?:o|u|y|ni|or|and)\b)\s*{_CLASS})+)"
)


def classes_of_allergies(text: str) -> tuple[int, int] | None:
    """Where several classes of allergies are named at once (`to drugs or foods`): together they narrow nothing."""
    match = _CLASSES.search(fold_letters(text))
    return match.span("all") if match else None


def find_concepts(text: str, glossary: Glossary) -> list[ConceptMatch]:
    """The concepts that a text names, by place; several of one place where a name is ambiguous."""
    plain, compared = _COMPARED.subn(lambda match: "," * len(match[0]), fold_letters(text))
    if compared:
        text = "".join("," if mark == "," else letter for letter, mark in zip(text, plain, strict=True))
    classes = classes_of_allergies(text)
    if classes is not None:
        text = text[: classes[0]] + "," * (classes[1] - classes[0]) + text[classes[1] :]
    text = _without_relatives(text)
    asked = find_fields(fold_letters(text))
    found: list[ConceptMatch] = []
    for match in _beside_verbs(text, glossary):
        if match.surface and _names_nothing(match, text):
            continue
        if any(match.start < field.end and field.start < match.end for field in asked):
            continue
        found.extend(_taken_apart(match, text, glossary))
    dying = _DIED_OF.search(fold_letters(text))
    if dying is not None and "cause-of-death" in glossary:
        cause = glossary["cause-of-death"]
        found = [match for match in found if match.end <= dying.start() or dying.end() <= match.start]
        found.append(
            ConceptMatch(concept=cause, start=dying.start(), end=dying.end(), surface=text[dying.start() : dying.end()])
        )
    return found


def find_stated_concepts(text: str, glossary: Glossary) -> list[ConceptMatch]:
    """The concepts that a sentence of an answer names, none of them by a misspelt word.

    As `find_concepts`, without what only a question has: the patient's own data asked for, comparisons, verbs that measure.
    Looking for those takes most of its time, and an answer has a hundred times the words of a question.
    """
    text = _without_relatives(text)
    return [
        part
        for match in glossary.concepts(text)
        if not match.corrected and not _names_nothing(match, text)
        for part in _taken_apart(match, text, glossary)
    ]


def _without_relatives(text: str) -> str:
    for start, end in homonym_spans(fold_letters(text), text):
        text = text[:start] + "," * (end - start) + text[end:]
    return text


def _names_nothing(match: ConceptMatch, text: str) -> bool:
    return match.concept.id in GENERIC or _is_small(match, text)


def _beside_verbs(text: str, glossary: Glossary) -> list[ConceptMatch]:
    """Concepts of a text whose verbs of rising and falling name nothing where something measured is spoken of."""
    verbs = verb_spans(text)
    if not verbs:
        return _named(text, glossary)
    plain = text
    for start, end in verbs:
        plain = plain[:start] + "," * (end - start) + plain[end:]
    matches = _named(plain, glossary)
    if any("observation" in match.concept.kinds for match in matches):
        return matches
    by_verb = measured_by_verb(text)
    if by_verb is None:
        return _named(text, glossary)
    concept, start = by_verb
    # of no width, so that the verb stays to be read
    return [*matches, ConceptMatch(concept=glossary[concept], start=start, end=start, surface="")]


def _named(text: str, glossary: Glossary) -> list[ConceptMatch]:
    """Concepts of a text; where a word of a cue was corrected into one, the text is read again without that word."""
    matches = glossary.concepts(text)
    cues = [
        (match.start + word.start, match.start + word.end)
        for match in matches
        if match.corrected and _is_small(match, text)
        for word in words(match.surface)
        if is_cue(word.folded)
    ]
    for start, end in cues:
        text = text[:start] + "," * (end - start) + text[end:]
    return _named(text, glossary) if cues else matches


@cache
def clinical_words(glossary: Glossary) -> frozenset[str]:
    """Stems of all words of which the names of clinical things are made: a word among them narrows what it stands by."""
    return frozenset(
        stem(word.folded)
        for concept in glossary.all
        if _CLINICAL_KINDS.intersection(concept.kinds)
        for name in (*concept.spanish, *concept.english)
        for word in words(name)
        if len(word.folded) >= _SHORTEST_CLINICAL
    )


@cache
def known_words(glossary: Glossary) -> frozenset[str]:
    """Words, folded, that are right as they are: those of all names, of asking, and of everyday talk."""
    named = frozenset(word.folded for concept in glossary.all for name in concept.names for word in words(name))
    spoken = frozenset(fold_letters(word) for pair in ("words", "everyday") for word in _either(pair))
    return named | spoken | FILLERS | read_known_words()


def _either(name: str) -> Iterator[str]:
    for pair in read_word_pairs(name):
        yield from pair


def is_clinical(word: str, glossary: Glossary) -> bool:
    """Whether a folded word is one of which clinical names are made."""
    return (
        stem(word) in clinical_words(glossary)
        or bool(translations(word))
        or looks_clinical(word)
        or _LETTER_AND_NUMBER.fullmatch(word) is not None
    )


def looks_clinical(word: str) -> bool:
    """Whether a folded word ends as words of medicine do."""
    return _LOOKS_CLINICAL.search(word) is not None


def _is_small(match: ConceptMatch, text: str) -> bool:
    surface = fold_letters(match.surface)
    own = _WORD.findall(surface)
    if own and own[-1] in _MEASURED_BY_NAME and all(word in FILLERS or word in _MEASURED_BY_NAME for word in own):
        return "cuanto" not in own and _AFTER_HOW_MUCH.search(fold_letters(text[: match.start])) is None
    if match.surface.isupper() and len(surface) > 1:
        return False
    if match.corrected and any(is_cue(word) for word in own):
        return True
    if len(own) > 1 and len(_beside_kinds(surface)) > 1:
        return False  # `blood group`, `T-score`: together the small words are a name
    return all(word in FILLERS for word in own)


def _beside_kinds(surface: str) -> list[str]:
    """The words of a surface that are no words for a kind of entry."""
    for kind in find_kinds(surface):
        surface = surface[: kind.start] + " " * (kind.end - kind.start) + surface[kind.end :]
    return _WORD.findall(surface)


def is_cue(word: str) -> bool:
    """Whether a folded word is one of those that the readers of phrases know."""
    pieces = _cue_pieces()
    return word in FILLERS or word.startswith(pieces) or any(piece.startswith(word) for piece in pieces)


@cache
def _cue_pieces() -> tuple[str, ...]:
    """The beginnings of all words that the readers of phrases know."""
    patterns = (*OPERATION_PATTERNS, *KIND_PATTERNS, *REFUSAL_PATTERNS, *DEMOGRAPHIC_PATTERNS)
    return tuple(
        {piece for pattern in patterns for piece in _PIECE.findall(pattern.replace("\\b", " ").replace("\\s", " "))}
    )


def _taken_apart(match: ConceptMatch, text: str, glossary: Glossary) -> list[ConceptMatch]:
    """`peso y talla` are two measurements, though one (weight for height) has nearly that name."""
    treated = _TREATMENT.match(fold_letters(match.surface))
    if treated is not None and "medication" in match.concept.kinds:
        start = match.start + treated.end()
        diseases = glossary.concepts(text[start : match.end], kinds={"condition"})
        if diseases:
            return [_moved(disease, start) for disease in diseases]
    cut = _JOINED.search(fold_letters(match.surface))
    listed = _lists(match)
    if cut is None or not (listed or "observation" in match.concept.kinds):
        return [match]
    start, middle, end = match.start, match.start + cut.start(), match.start + cut.end()
    parts = glossary.concepts(text[start:middle]), glossary.concepts(text[end : match.end])
    if not all(parts) and not listed:
        return [match]
    return [_moved(part, offset) for offset, side in ((start, parts[0]), (end, parts[1])) for part in side]


def _lists(match: ConceptMatch) -> bool:
    """Whether a comma or an `and` stands between words that are joined in no name of the concept."""
    surface, names = fold_letters(match.surface), fold_letters(" ".join(match.concept.names))
    return any(mark in surface and mark not in names for mark in (",", " y ", " and "))


def _moved(match: ConceptMatch, offset: int) -> ConceptMatch:
    return attrs.evolve(match, start=match.start + offset, end=match.end + offset)
