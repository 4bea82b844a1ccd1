"""Correction of one spelling mistake in a clinical word."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import lru_cache

_SHORTEST = 6
"""Letters of a word that may be corrected: shorter ones have too many neighbours."""
_CONFUSED_FIRST = {"b": "v", "v": "b", "c": "sz", "s": "cz", "z": "sc", "g": "j", "j": "g", "y": "i", "i": "y"}
"""First letters that Spanish spelling confuses; any other first letter must be right, a silent `h` aside."""


class SpellingCorrector:
    """Finds the one word of a vocabulary that is one edit away: a letter left out, put in, changed, or two swapped."""

    def __init__(self, vocabulary: Collection[str], *, known: Collection[str] = ()) -> None:
        """Args hold stems: those to correct to, and those that are right as they are."""
        self._vocabulary = frozenset(vocabulary)
        self._known = frozenset(known)
        self._alike: dict[tuple[str, int], list[str]] = {}
        for stem in sorted(self._vocabulary):
            if len(stem) >= _SHORTEST - 1 and stem.isalpha():
                self._alike.setdefault((stem[0], len(stem)), []).append(stem)
        self.correct = lru_cache(maxsize=4096)(self._correct)

    def _correct(self, word: str, stem: str) -> str | None:
        """The vocabulary's stem for a misspelt word; None when it is right, too short, or nothing is near."""
        if len(word) < _SHORTEST or stem in self._vocabulary or stem in self._known or not word.isalpha():
            return None
        return next(
            (
                candidate
                for candidate in self._candidates(stem)
                if max(len(stem), len(candidate)) >= _SHORTEST and one_edit_apart(stem, candidate)
            ),
            None,
        )

    def _candidates(self, stem: str) -> Iterator[str]:
        for first in stem[0] + _CONFUSED_FIRST.get(stem[0], ""):
            for length in (len(stem), len(stem) + 1, len(stem) - 1):
                yield from self._alike.get((first, length), ())
        yield from (candidate for candidate in self._alike.get(("h", len(stem) + 1), ()) if candidate[1:] == stem)
        if stem[0] == "h":
            yield from (
                candidate for candidate in self._alike.get((stem[1], len(stem) - 1), ()) if candidate == stem[1:]
            )


def one_edit_apart(one: str, other: str) -> bool:
    """True when one letter inserted, deleted, changed, or two neighbours swapped make one word of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    place = next((place for place, letter in enumerate(one) if letter != other[place]), len(one))
    if len(one) < len(other):
        return one[place:] == other[place + 1 :]
    swapped = one[place : place + 2] == other[place : place + 2][::-1] and one[place + 2 :] == other[place + 2 :]
    return swapped or one[place + 1 :] == other[place + 1 :]
