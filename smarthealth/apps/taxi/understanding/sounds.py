"""Sounds between words that say nothing: "mmm", "ehh", "este…"; and the words of a dispatcher as transcriptions misspell them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Final

from smarthealth.apps.taxi.places.folding import fold

_SOUND: Final = re.compile(
    r"\b(?:m{2,}h*|h+m+|mh+m*|e+h+m*|e{2,}m*|e+m+|u+h+m*|u+m+|a{2,}h*|a+h+|o+h+|um+)\b[\s,.…]*"
    r"|^\W*este(?=\s*(?:\.{2,}|,))[\s,.…]*|\bo sea\b[\s,.…]*"
)
_WORD: Final = re.compile(r"[^\W\d_]{4,}")
_DRAWN_OUT: Final = re.compile(r"(?<=[^\W\d_])([aeiou])\1{2,}", re.IGNORECASE)
"""Vowels that somebody draws out: "centrooo"."""
_ALIKE: Final = 0.84
_WORDS: Final = (
    "efectivo",
    "transferencia",
    "tarjeta",
    "daviplata",
    "aeropuerto",
    "diagonal",
    "transversal",
    "apartamento",
)
_SPELT: Final = {
    "caye": "calle",
    "kalle": "calle",
    "kaye": "calle",
    "cayle": "calle",
    "karrera": "carrera",
    "carreda": "carrera",
    "tasi": "taxi",
    "tazi": "taxi",
    "tacsi": "taxi",
    "taxy": "taxi",
    "nesesito": "necesito",
    "necesitoo": "necesito",
    "nequy": "nequi",
    "nekui": "nequi",
}
"""Misspellings that are further from their word than chance."""


def without_sounds(text: str) -> str:
    """A text without what only fills pauses; empty where there is nothing else."""
    folded = fold(text)
    kept: list[str] = []
    end = 0
    for match in _SOUND.finditer(folded):
        kept.append(text[end : match.start()])
        end = match.end()
    rest = "".join([*kept, text[end:]])
    return rest if end == 0 or any(letter.isalnum() for letter in rest) else ""


def spelt(text: str) -> str:
    """A text whose words for paying and for roads are spelt right where they nearly are."""
    return _WORD.sub(lambda match: _right(match.group()), _DRAWN_OUT.sub(r"\1", text))


def _right(word: str) -> str:
    said = fold(word)
    if said in _SPELT:
        return _SPELT[said]
    close = get_close_matches(said, _WORDS, n=1, cutoff=_ALIKE)
    # a plural, or the word itself in any case, is no mistake
    return close[0] if close and not said.startswith(close[0]) else word
