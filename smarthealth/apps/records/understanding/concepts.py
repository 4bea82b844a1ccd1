"""The concepts that a question names, freed of those that its small words only resemble."""

from __future__ import annotations

import re
from functools import cache

from smarthealth.retrieval.concepts import ConceptMatch
from smarthealth.retrieval.glossary import Glossary
from smarthealth.retrieval.words import set_of

from .demographics import DEMOGRAPHIC_PATTERNS
from .fillers import FILLERS
from .folding import fold_letters
from .kinds import KIND_PATTERNS
from .operations import OPERATION_PATTERNS
from .refusals import REFUSAL_PATTERNS

GENERIC = set_of(
    "patient-encounter check-up emergency-visit hospitalization clinical-note emergency-department-note "
    "diagnostic-report laboratory-test vital-signs care-plan care-plan-activity pathology-report income-survey "
    "death medical-history"
)
"""Concepts that are no more than a kind of entry, or a word that another reader reads."""

_MEASURED_BY_NAME = frozenset({"mide", "medida", "media"})
"""Fillers that are the very name of a measurement beside `cuánto`."""
_PIECE = re.compile(r"[a-z]{5,}")
_WORD = re.compile(r"[a-z0-9]+")
_JOINED = re.compile(r"\s+(?:y|e|and|&)\s+(?:(?:el|la|los|las|su|sus|the|his|her)\s+)?|\s*[,/]\s*")


def find_concepts(text: str, glossary: Glossary) -> list[ConceptMatch]:
    """The concepts that a text names, by place; several of one place where a name is ambiguous."""
    found: list[ConceptMatch] = []
    for match in glossary.concepts(text):
        if match.concept.id not in GENERIC and not _is_small(match):
            found.extend(_taken_apart(match, text, glossary))
    return found


def _is_small(match: ConceptMatch) -> bool:
    surface = fold_letters(match.surface)
    words = _WORD.findall(surface)
    if match.surface.isupper() and len(surface) > 1:
        return False
    if match.corrected and any(_is_cue(word) for word in words):
        return True
    return all(word in FILLERS for word in words) and surface not in _MEASURED_BY_NAME


def _is_cue(word: str) -> bool:
    return word in FILLERS or word.startswith(_cue_pieces())


@cache
def _cue_pieces() -> tuple[str, ...]:
    """The beginnings of all words that the readers of phrases know."""
    patterns = (*OPERATION_PATTERNS, *KIND_PATTERNS, *REFUSAL_PATTERNS, *DEMOGRAPHIC_PATTERNS)
    return tuple(
        {piece for pattern in patterns for piece in _PIECE.findall(pattern.replace("\\b", " ").replace("\\s", " "))}
    )


def _taken_apart(match: ConceptMatch, text: str, glossary: Glossary) -> list[ConceptMatch]:
    """`peso y talla` are two measurements, though one (weight for height) has nearly that name."""
    cut = _JOINED.search(fold_letters(match.surface))
    if cut is None or "observation" not in match.concept.kinds:
        return [match]
    start, middle, end = match.start, match.start + cut.start(), match.start + cut.end()
    parts = glossary.concepts(text[start:middle]), glossary.concepts(text[end : match.end])
    if not all(parts):
        return [match]
    return [
        ConceptMatch(
            concept=part.concept,
            start=part.start + offset,
            end=part.end + offset,
            surface=part.surface,
            corrected=part.corrected,
        )
        for offset, side in ((start, parts[0]), (end, parts[1]))
        for part in side
    ]
