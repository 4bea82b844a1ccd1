"""Words by which siblings are told apart: total or partial, left or right, immunoglobulin A or G.

Who asks for one of two is not answered with the other: an entry that bears the opposite qualifier, or that lacks a letter
which is part of the name, is not what was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from smarthealth.retrieval.words import folded_words

_OPPOSED: tuple[tuple[frozenset[str], ...], ...] = tuple(
    tuple(frozenset(words.split()) for words in group)
    for group in (
        ("total totales complete completa completo", "partial parcial subtotal hemi"),
        ("free libre", "total totales", "bound"),
        ("direct directa directo conjugated conjugada", "indirect indirecta indirecto unconjugated", "total"),
        ("left izquierda izquierdo", "right derecha derecho"),
        ("acute aguda agudo", "chronic cronica cronico"),
        ("upper superior alta", "lower inferior baja"),
        ("benign benigno benigna", "malignant maligno maligna"),
        ("primary primaria primario", "secondary secundaria secundario"),
        ("systolic sistolica", "diastolic diastolica"),
        ("live viva vivos", "inactivated inactivada"),
        ("anterior", "posterior"),
        ("iga", "igg", "igm", "ige"),
        ("vaginal", "cesarean cesarea caesarean"),
        ("internal interna interno", "external externa externo"),
    )
)
"""Qualifiers of which one thing bears one at most, folded."""
_LAST_LETTER = re.compile(r"\s([A-Z])$")
_ALONE = re.compile(r"(?<![\w'’])([A-Z])(?![\w'’.])")
_LETTER = re.compile(r"\s+(?:tipo\s+|type\s+|clase\s+|class\s+)?([A-Z])(?![\w'’.-])")
"""A capital letter right after a name is part of it."""


def bears_the_opposite(question: str, display: str) -> bool:
    """Whether a display has the opposite of a qualifier that a question has, and not that one."""
    held = frozenset(folded_words(display))
    return any(held & others and not held & mine for mine, others in _asked_of(question))


def has_qualifier(question: str) -> bool:
    """Whether a question has a qualifier that has an opposite; hardly one does."""
    return bool(_asked_of(question))


@lru_cache(maxsize=64)
def _asked_of(question: str) -> tuple[tuple[frozenset[str], frozenset[str]], ...]:
    """The qualifiers of a question, each with its opposites."""
    asked = frozenset(folded_words(question))
    groups = (([words for words in group if words & asked], group) for group in _OPPOSED)
    return tuple((mine[0], frozenset().union(*group) - mine[0]) for mine, group in groups if len(mine) == 1)


def letter_after(question: str, surface: str) -> str | None:
    """The letter that a question has as part of a name (`inmunoglobulina A`), folded; None where it has none."""
    within = _LAST_LETTER.search(surface)
    if within is not None:
        return within[1].lower()
    place = question.find(surface) if surface else -1
    match = _LETTER.match(question, place + len(surface)) if place >= 0 else None
    return match[1].lower() if match else None


def is_acronym(word: str, display: str) -> bool:
    """Whether a folded word is made of the first letters of words of a display that stand together: `edss`."""
    initials = "".join(part[0] for part in folded_words(display) if part not in _UNSPOKEN)
    return len(word) >= _SHORTEST_ACRONYM and word in initials


_SHORTEST_ACRONYM = 3
_UNSPOKEN = frozenset(
    [
        "a",
        "an",
        "and",
        "by",
        "con",
        "de",
        "del",
        "el",
        "en",
        "for",
        "in",
        "la",
        "las",
        "los",
        "of",
        "on",
        "para",
        "por",
        "the",
        "to",
        "with",
        "y",
    ]
)


def bears_letter(letter: str, display: str, names: Sequence[str]) -> bool:
    """Whether a thing has a letter as a word of its own, or at the end of an abbreviation (`IgA`).

    Args:
        letter: Folded.
        display: As the record calls it; where it has letters, these alone count.
        names: As the glossary calls it.
    """
    own = {match[1].lower() for match in _ALONE.finditer(display)}
    if own:
        return letter in own
    names = (display, *names)
    return any(
        letter in folded_words(name) or re.search(rf"\b[A-Z][a-zA-Z]{{0,2}}{letter.upper()}\b", name) for name in names
    )
