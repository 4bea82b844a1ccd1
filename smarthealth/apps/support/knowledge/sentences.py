"""The sentences of a passage, and those of them that are to the point."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

MOST_SENTENCES: Final = 3
FEWEST_WORDS: Final = 5
"""Of a sentence; a path through menus, or a word like "Danger!", is not one."""
LONGEST: Final = 420
"""Characters of what is quoted of running text; one sentence may be longer."""
_STEP: Final = re.compile(r"\n(?=\d{1,2}[.)] |[-*] )")
_END: Final = re.compile(r"(?<!^\d\.)(?<!^\d\d\.)(?<=[.!?])\s+(?=[\"“A-ZÁÉÍÓÚÑ¿¡\d])")


def sentences_of(text: str) -> list[str]:
    """Sentences and steps of a passage, each on one line; what is too short to be told alone begins the next one."""
    found: list[str] = []
    opening = ""
    for line in _STEP.split(text):
        for sentence in _END.split(" ".join(line.split())):
            opening = f"{opening} {sentence}".strip()
            if len(opening.split()) >= FEWEST_WORDS:
                found.append(opening)
                opening = ""
    return [*found, opening] if opening else found


def to_the_point(sentences: Sequence[str], scores: Sequence[float]) -> str:
    """The sentence of the highest score and those around it, as many as are quoted.

    Args:
        sentences: Of a passage, in order.
        scores: Of each, how much it tells of what is asked.
    """
    first = last = max(range(len(sentences)), key=scores.__getitem__, default=-1)
    if first < 0:
        return ""
    while last - first + 1 < MOST_SENTENCES:
        # of the two neighbours the better one, the one behind where they are equal: what follows explains
        around = [at for at in (last + 1, first - 1) if 0 <= at < len(sentences)]
        around = [at for at in around if len(" ".join(sentences[min(first, at) : max(last, at) + 1])) <= LONGEST]
        if not around:
            break
        best = max(around, key=scores.__getitem__)
        first, last = min(first, best), max(last, best)
    return " ".join(sentences[first : last + 1])
