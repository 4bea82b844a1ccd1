"""Which of a patient's own entries a question names, though no glossary knows them.

The words of a question are compared with the words of each entry's display: as they are, as cognates
(`metotrexato`, methotrexate), and through a small dictionary of general words (`rodilla`, knee). What many of the patient's
entries share (`tablet`, `procedure`) says little and weighs little.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from functools import lru_cache

import attrs

from .cognates import best_likeness
from .senses import LIKE_ENOUGH, clinical_senses, root
from .words import QUESTION_WORDS, STOP_WORDS, content_words, folded_words


@attrs.frozen(kw_only=True)
class DisplayMatch:
    """A display that a question names."""

    display: str
    score: float
    """In (0, 1]: the share of the display's weight that the question's words cover, times that of the question's."""
    words: tuple[str, ...]
    """The question's words that were recognised in it, folded."""


def match_displays(question: str, displays: Iterable[str], *, least: float = 0.2) -> list[DisplayMatch]:
    """Rank the displays that a question names.

    Args:
        question: In Spanish or English.
        displays: Of one patient's entries; repetitions are taken together.
        least: Score below which a display is left out.

    Returns:
        Best first; empty when the question has no word that could name an entry.
    """
    asked = {word.folded: clinical_senses(word.folded) for word in content_words(question)}
    worded = {display: _display_words(display) for display in displays}
    rarity = _rarity(worded)
    matches = (_match(display, held, asked, rarity) for display, held in worded.items())
    return sorted((match for match in matches if match.score >= least), key=lambda match: (-match.score, match.display))


def _match(
    display: str, held: frozenset[str], asked: Mapping[str, frozenset[str]], rarity: Mapping[str, float]
) -> DisplayMatch:
    recognised: list[str] = []
    covered: dict[str, float] = {}
    for word, meant in asked.items():
        best, likeness = max(
            ((own, best_likeness(own, meant)) for own in held), key=lambda pair: (pair[1], pair[0]), default=("", 0.0)
        )
        if likeness >= LIKE_ENOUGH:
            recognised.append(word)
            covered[best] = max(covered.get(best, 0.0), likeness)
    weight = sum(rarity[own] for own in held)
    if not covered or not weight:
        return DisplayMatch(display=display, score=0.0, words=())
    of_display = sum(rarity[own] * likeness for own, likeness in covered.items()) / weight
    of_question = len(recognised) / len(asked)
    return DisplayMatch(display=display, score=math.sqrt(of_display * of_question), words=tuple(recognised))


def _rarity(worded: Mapping[str, frozenset[str]]) -> dict[str, float]:
    counts: dict[str, int] = {}
    for held in worded.values():
        for word in held:
            counts[word] = counts.get(word, 0) + 1
    return {word: math.log(1 + len(worded) / count) for word, count in counts.items()}


@lru_cache(maxsize=8192)
def _display_words(display: str) -> frozenset[str]:
    return frozenset(
        root(word)
        for word in folded_words(display)
        if word not in STOP_WORDS and word not in QUESTION_WORDS and len(word) > 1 and word.isalpha()
    )
