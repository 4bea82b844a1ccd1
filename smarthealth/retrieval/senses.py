"""What one word may mean: its root, and the roots of what the dictionary of general words has for it.

A question has a thing as a verb (`trasplantaron`), a record as a noun (`Transplant of kidney`). The root is what is left of
a word's skeleton without the ending that makes it a verb, a participle or the noun of an action. The dictionary is followed
to the other language and back, so that `niño` meets `infantil` as well as `child`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from .cognates import SHARED_PREFIX, likeness, skeleton
from .vocabulary_files import read_word_pairs
from .words import STOP_WORDS, fold, folded_words, stem

LIKE_ENOUGH = 0.62
"""Likeness from which two words are taken for the same; found on pairs of Spanish and English names of the glossary."""
_SHORTEST_ROOT = 4
_LONGEST_NAME = 120
"""Characters. The roots of names and displays are remembered, those of longer texts only while one answer is made."""
_FEW = 64
"""Roots, as many as a sentence has: the beginnings of no more are remembered, 8 kB each with the roots at most."""
_ENDING = re.compile(
    r"(?<=.{4})(?:(?:ac|ic|c|ss?)ion|[ai]d[ao]?s?|at(?:ed|ing|i)?|it(?:ed)?|ar(?:on|se)?|ier(?:on)?|[ai]ba?n?|ando|iendo|ing|ed|er|ir|amient|imient|ment)$"
)
"""Never so much that fewer than four letters are left."""
_TRANS = re.compile(r"^trans")


@lru_cache(maxsize=65536)
def root(word: str) -> str:
    """The skeleton of a folded word without the ending of a verb, a participle or the noun of an action."""
    bare = _TRANS.sub("tras", skeleton(word))
    shorter = _ENDING.sub("", bare)
    return shorter[:-1] if shorter.endswith("t") and len(shorter) > _SHORTEST_ROOT else shorter


_ROOTS_OF_SMALL = frozenset(map(root, STOP_WORDS))
"""Roots of words that mean nothing: no translation of a word is one of them (`anda`, `and`)."""


@lru_cache(maxsize=16384)
def senses(word: str) -> frozenset[str]:
    """Roots of a folded word, of its translations, and of its synonyms in its own language."""
    return frozenset((root(word), *(own for form in forms(word) if (own := root(form)) not in _ROOTS_OF_SMALL)))


@lru_cache(maxsize=16384)
def clinical_senses(word: str) -> frozenset[str]:
    """As `senses`, by the dictionary of clinical words alone: of what notes talk about, no entry is called."""
    pairs = _pairs("words")
    others = pairs.get(stem(word), frozenset())
    synonyms = (same for other in others for same in pairs.get(stem(other), ()))
    return frozenset(root(form) for form in (word, *others, *synonyms) if form.isalnum())


@lru_cache(maxsize=16384)
def forms(word: str) -> frozenset[str]:
    """A folded word with its translations and its synonyms, each a single word."""
    pairs = _pairs("words", "everyday")
    others = pairs.get(stem(word), frozenset())
    synonyms = frozenset(same for other in others for same in pairs.get(stem(other), ()))
    return frozenset(form for form in (word, *others, *synonyms) if form.isalnum())


def translations(word: str) -> frozenset[str]:
    """What a folded word of which clinical names are made means in the other language, by the dictionary of such words."""
    return _pairs("words").get(stem(word), frozenset())


def roots_of(text: str) -> frozenset[str]:
    """Roots of all words of a text, its small words too."""
    return _roots_of_name(text) if len(text) <= _LONGEST_NAME else _roots_of_passage(text)


@lru_cache(maxsize=16384)
def _roots_of_name(text: str) -> frozenset[str]:
    return frozenset(map(root, folded_words(text)))


@lru_cache(maxsize=64)
def _roots_of_passage(text: str) -> frozenset[str]:
    return frozenset(map(root, folded_words(text)))


def is_meant(word: str, roots: frozenset[str]) -> bool:
    """Whether a folded word, by any of its senses, is among the roots of a text."""
    own = senses(word)
    if not own.isdisjoint(roots):
        return True
    beginnings = _beginnings(own)  # hardly a root begins as one of them does, and only then they may be alike
    if len(roots) <= _FEW and beginnings.isdisjoint(_beginnings(roots)):
        return False
    return any(
        likeness(mine, other) >= LIKE_ENOUGH for other in roots if other[:SHARED_PREFIX] in beginnings for mine in own
    )


@lru_cache(maxsize=4096)
def _beginnings(roots: frozenset[str]) -> frozenset[str]:
    return frozenset(one[:SHARED_PREFIX] for one in roots if len(one) >= SHARED_PREFIX)


@cache
def _pairs(*names: str) -> dict[str, frozenset[str]]:
    pairs: dict[str, set[str]] = {}
    for spanish, english in (pair for name in names for pair in read_word_pairs(name)):
        pairs.setdefault(stem(fold(spanish)), set()).add(fold(english))
        pairs.setdefault(stem(fold(english)), set()).add(fold(spanish))
    return {word: frozenset(others) for word, others in pairs.items()}
