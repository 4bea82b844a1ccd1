"""Everyday words that mean alike, in both languages: to fire up and to start, `prender` and `encender`.

What is said around the things of a car. A word is known by its beginning, since Spanish verbs have fifty forms; what a word
may mean is each of its groups, and which one was meant is told by the words beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from smarthealth.retrieval.words import stem

SHORTEST: Final = 3
"""Letters of a beginning that other words share."""
REMEMBERED: Final = 8192
"""Words of which it is remembered what they mean; documents repeat theirs."""


class Everyday:
    """Groups of words that mean alike.

    Args:
        groups: Of each, words apart by white space; `save*` stands for every word that begins so.
    """

    def __init__(self, groups: Iterable[str]) -> None:
        self._words: dict[str, set[str]] = defaultdict(set)
        self._beginnings: dict[str, set[str]] = defaultdict(set)
        for number, group in enumerate(groups):
            for word in group.split():
                begins = word.endswith("*")
                known = self._beginnings[word[:-1]] if begins else self._words[stem(word)]
                known.add(f"={number}")
        self.of = lru_cache(maxsize=REMEMBERED)(self._of)

    def _of(self, word: str) -> frozenset[str]:
        """Ids of the groups of a folded word."""
        return frozenset(self._found(word))

    def _found(self, word: str) -> Iterator[str]:
        yield from self._words.get(stem(word), ())
        for size in range(SHORTEST, len(word) + 1):
            yield from self._beginnings.get(word[:size], ())


@cache
def load_everyday() -> Everyday:
    """The shipped groups."""
    text = files("smarthealth.apps.support").joinpath("data/everyday.tsv").read_text(encoding="utf-8")
    return Everyday(line for line in text.splitlines() if line and not line.startswith("#"))
