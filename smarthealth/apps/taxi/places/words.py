"""A text cut into words that know where they stand."""

from __future__ import annotations

import re
from typing import Final

import attrs

from .folding import fold

# a number with its letter ("43b"), letters, or a sign that means something in an address
_WORD: Final = re.compile(r"\d+|[a-z]+|[#\-,;.?!/()]")


@attrs.frozen
class Word:
    """One word, folded."""

    text: str
    start: int
    end: int


def words_of(text: str) -> tuple[Word, ...]:
    """The words of a text, with their places in it."""
    return tuple(Word(match.group(), match.start(), match.end()) for match in _WORD.finditer(fold(text)))
