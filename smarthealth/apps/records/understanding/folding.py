"""A question's text, folded letter by letter, with the parts that were understood covered up.

Everything that reads a question works on one folded text of the same length as the original, so that a span found by one
reader means the same to all. Covering a span stops later readers from taking it for something else: the `2015` of a date
is no threshold, the `history of` of a condition asks for no summary.
"""

from __future__ import annotations

import re
import unicodedata

CONCEPT = "§"
"""Covers a concept of the glossary."""
PERIOD = "¤"
"""Covers a time."""
OTHER = "·"
"""Covers what else was understood."""

MOST_FOLDS = 1024
"""Letters whose folding is kept."""

_WORD = re.compile(r"[a-z0-9]+(?:[.,]\d+)?")


def fold_letters(text: str) -> str:
    """Drop case and accents, keeping every letter at its place.

    Returns:
        A text as long as the one given.
    """
    return text.lower() if text.isascii() else text.translate(_FOLDS)


class _Folds(dict[int, str]):
    """What letters become, found when they are first seen."""

    def __missing__(self, point: int) -> str:
        """Fold a letter, and keep it, unless somebody is sending all there are."""
        folded = _fold_letter(chr(point))
        if len(self) < MOST_FOLDS:
            self[point] = folded
        return folded


_FOLDS = _Folds()


def _fold_letter(letter: str) -> str:
    if letter in "¿¡":
        return " "
    base = unicodedata.normalize("NFKD", letter.casefold())[:1].lower()
    return base if base.isascii() and base.isprintable() and base else " "


class Reading:
    """A question being read: its folded text, what of it is covered, and how much of it was understood."""

    def __init__(self, text: str) -> None:
        self.text = text
        """As written."""
        self.folded = fold_letters(text)
        """Folded, never covered."""
        self._open = list(self.folded)

    @property
    def open(self) -> str:
        """The folded text with what was covered replaced by marks of the same length."""
        return "".join(self._open)

    def cover(self, start: int, end: int, mark: str = OTHER) -> None:
        """Cover a span with a mark."""
        self._open[start:end] = mark * (end - start)

    def words_left(self) -> list[tuple[str, int, int]]:
        """The words that nobody has covered, with their spans."""
        return [(match.group(), match.start(), match.end()) for match in _WORD.finditer(self.open)]
