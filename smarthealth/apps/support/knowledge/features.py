"""What a text is found by: its words, the things of a car that it names, and what its everyday words mean.

Things and meanings are the same in both languages, so a Spanish question meets an English manual.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final

from smarthealth.retrieval.cognates import skeleton
from smarthealth.retrieval.words import STOP_WORDS, folded_words, stem, words

from .everyday import load_everyday
from .lexicon import concepts_in, generic_words, load_lexicon

WORD, THING, MEANING = "~", "#", "="
"""First letters of features, by kind."""
_RIM: Final = re.compile(r"r\d\d")
_THOUSANDS: Final = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
REMEMBERED: Final = 2048


@lru_cache(maxsize=REMEMBERED)
def features(text: str) -> frozenset[str]:
    """What a text is found by."""
    return frozenset(_named(text))


def _named(text: str) -> Iterator[str]:
    for word in folded_words(_THOUSANDS.sub("", text)):
        yield f"{WORD}{form(word)}"
        if _RIM.fullmatch(word):  # the size of a rim is printed with an R and asked for without
            yield f"{WORD}{word[1:]}"
        yield from load_everyday().of(word)
    for thing in concepts_in(text):
        yield f"{THING}{thing}"


def form(word: str) -> str:
    """A folded word as it is looked for, whatever its number, gender or language."""
    return skeleton(stem(word.replace(",", ".")))


@cache
def _nameless() -> frozenset[str]:
    """Words that name nothing, as they are looked for."""
    return frozenset(map(form, STOP_WORDS | generic_words()))


def naming_words(text: str) -> list[tuple[str, frozenset[str]]]:
    """The words of a text that name something: the spelling of each, and all that it may be found by."""
    plain = _THOUSANDS.sub("", text)
    named = [(match.start, match.end, concepts_in(match.surface)) for match in load_lexicon().concepts(plain)]
    found: list[tuple[str, frozenset[str]]] = []
    nameless = _nameless()
    for word in words(plain):
        if form(word.folded) in nameless:
            continue
        things = frozenset(f"{THING}{one}" for start, end, ids in named if start <= word.start < end for one in ids)
        spelling = f"{WORD}{form(word.folded)}"
        found.append((spelling, things | load_everyday().of(word.folded) | {spelling}))
    return found
