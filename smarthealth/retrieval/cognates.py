"""Spanish medical words and their English cognates, brought to one spelling.

Both languages took their medical words from Greek and Latin and spell them by rule: `ph`/`f`, `th`/`t`, `y`/`i`,
`-tion`/`-ción`, `-pathy`/`-patía`, `-in`/`-ina`. A skeleton is what is left of a word when the rules are undone, so
`metotrexato` and `methotrexate` have the same one. No dictionary is needed, which is what makes record entries findable
that no glossary foresaw.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"^es(?=[bcdfgklmnpqtv])", "s"),  # estenosis, stenosis
        (r"^(?:p(?=[ns])|h)", ""),  # pneumonia, neumonia; hemoglobina, emoglobina
        (r"(?:tions?|ciones|cion)$", "cion"),
        (r"(?:sions?|siones)$", "sion"),
        (r"(?:ities|ity|idad|idades)$", "it"),
        (r"ph", "f"),
        (r"th", "t"),
        (r"rh", "r"),
        (r"[yj]", "i"),
        (r"sch|ch|qu|k", "c"),
        (r"[ao]e", "e"),
        (r"ou", "u"),
        (r"z", "c"),
        (r"v", "b"),
        (r"h", ""),
        (r"ct|pt", "t"),
        (r"mn", "n"),
        (r"nm", "m"),
        (r"(.)\1+", r"\1"),
    )
)
_ENDING = re.compile(r"(?:es|as|os|is|s|a|e|o)$")
_SHORTEST = 4
SHARED_PREFIX = 5
"""Two words that share no beginning of this length are not taken for cognates."""


@lru_cache(maxsize=65536)
def skeleton(word: str) -> str:
    """Bring a folded word to the spelling that it shares with its cognate in the other language."""
    if len(word) < _SHORTEST or not word.isalpha():
        return word
    for pattern, replacement in _RULES:
        word = pattern.sub(replacement, word)
    shorter = _ENDING.sub("", word)
    return shorter if len(shorter) >= _SHORTEST - 1 else word


@lru_cache(maxsize=65536)
def _trigrams(text: str) -> frozenset[str]:
    padded = f"^{text}$"
    return frozenset(padded[start : start + 3] for start in range(len(padded) - 2))


def likeness(one: str, other: str) -> float:
    """How alike two skeletons are.

    Returns:
        1.0 for the same, 0.0 for words that are not taken for cognates, between them the share of common trigrams.
    """
    if one == other:
        return 1.0
    if min(len(one), len(other)) < SHARED_PREFIX or one[:SHARED_PREFIX] != other[:SHARED_PREFIX]:
        return 0.0
    mine, theirs = _trigrams(one), _trigrams(other)
    return 2 * len(mine & theirs) / (len(mine) + len(theirs))


def best_likeness(word: str, others: frozenset[str], like: Callable[[str, str], float] = likeness) -> float:
    """The likeness of a skeleton to the nearest of several."""
    return 1.0 if word in others else max((like(word, other) for other in others), default=0.0)
