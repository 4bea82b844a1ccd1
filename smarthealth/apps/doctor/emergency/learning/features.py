"""What the classifier sees of a message: hashed words, their neighbours, pieces of words, and the signs of the rules.

A word that the context takes back (denied, past, of the family, asked about, a figure of speech) is seen as another word:
`NEG_fever` says nothing of `fever`. So the examples teach what a denial is worth, and where it is part of the emergency
(`no respira`). The three kinds of features weigh the same together, however many there are of each.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations
from typing import Final
from zlib import crc32

import attrs
import numpy as np
from numpy.typing import NDArray

from smarthealth.apps.doctor.emergency.sight import Sight

SIZE: Final = 1 << 17
"""Places that features are hashed to; a power of two."""
CHUNK: Final = 60
"""Words that are judged at once; of a longer message every chunk is, and the gravest one counts."""
_STEP: Final = 30
_LENGTHS: Final = (3, 4, 5)
"""Letters of a piece of a word."""
_MOST_SIGNS: Final = 12
"""Signs of one chunk that are paired."""
_WORDS_REMEMBERED: Final = 20_000
_NUMBER: Final = "<number>"


@attrs.frozen(eq=False)
class Vector:
    """A sparse vector."""

    places: NDArray[np.int32]
    values: NDArray[np.float32]


def vectors(sight: Sight) -> Iterator[Vector]:
    """One vector for each chunk of what was seen; at least one."""
    last = len(sight.words)
    for start in range(0, max(1, last - _STEP), _STEP) if last > CHUNK else (0,):
        end = start + CHUNK
        signs = {sign.label for sign in sight.told if start <= sign.start < end}
        yield vector(sight.words[start:end], sight.marks[start:end], signs, asks=sight.asks)


def vector(words: Sequence[str], marks: Sequence[str], signs: Iterable[str], *, asks: bool) -> Vector:
    """The features of a chunk.

    Args:
        words: Its words, folded and written out.
        marks: For each word how the context takes it back; nothing where it does not.
        signs: Labels of its signs, marked alike.
        asks: Whether there is a question mark.
    """
    seen = [mark + (_NUMBER if word[0].isdigit() else word) for word, mark in zip(words, marks, strict=True)]
    pieces = set[int]().union(*map(_pieces, set(seen)))
    told = sorted(signs)
    found = {_hash(f"g {sign}") for sign in told}
    found |= {_hash(f"g {one} {two}") for one, two in combinations(told[:_MOST_SIGNS], 2)}
    blocks = (_of_words(seen, asks=asks), pieces, found)
    return Vector(
        np.array([place for block in blocks for place in sorted(block)], dtype=np.int32),
        np.concatenate([np.full(len(block), max(1, len(block)) ** -0.5, dtype=np.float32) for block in blocks]),
    )


def _of_words(seen: Sequence[str], *, asks: bool) -> set[int]:
    texts = [f"w {word}" for word in seen]
    texts += [f"p {one} {two}" for one, two in zip(("^", *seen), (*seen, "$"), strict=True)]
    texts += [f"s {one} {two}" for one, two in zip(seen, seen[2:], strict=False)]
    texts += [f"t {one} {two} {three}" for one, two, three in zip(seen, seen[1:], seen[2:], strict=False)]
    if asks:
        texts.append("?")
    return set(map(_hash, texts))


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _pieces(word: str) -> tuple[int, ...]:
    mark, _, bare = word.rpartition("_")
    framed = f"<{bare}>"
    return tuple(
        _hash(f"c {mark} {framed[start : start + length]}")
        for length in _LENGTHS
        for start in range(len(framed) - length + 1)
    )


def _hash(text: str) -> int:
    return crc32(text.encode()) & (SIZE - 1)
