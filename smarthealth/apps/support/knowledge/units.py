"""What can be found on its own: each row, each table, each thing that a passage is asked for, and each passage that nobody asked for.

A passage that is asked for in several ways says several things: each is a unit, its point the sentences that say it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import attrs

from .features import features
from .library import MOST_PASSAGES, Source
from .sentences import sentences_of, to_the_point

SHORT: Final = 20
"""Features of a short sentence; longer ones tell of more by chance."""


@attrs.frozen(kw_only=True, eq=False)
class Unit:
    """Something that is found on its own."""

    source: Source
    point: str
    """Of running text, the sentences that say it, as far as that is known; empty for all of it."""
    asked: Mapping[str, int]
    """By feature, in how many of its questions."""
    text: frozenset[str]
    """Features of what it says."""
    name: frozenset[str] = frozenset()
    """Of the first cell of a row."""
    heading: frozenset[str]
    """Of what stands above it."""

    @property
    def features(self) -> frozenset[str]:
        """All of them."""
        return self.text | self.heading | frozenset(self.asked)


@lru_cache(maxsize=MOST_PASSAGES)
def units_of(source: Source) -> tuple[Unit, ...]:
    """The units of a passage; it is remembered, since documents change one at a time."""
    text, heading = features(source.text), features(f"{source.title} {source.section}")
    if source.kind != "text" or not source.asked:
        asked = Counter(one for questions in source.asked for question in questions for one in features(question))
        name = features(source.name or source.text.partition(";")[0]) if source.kind == "row" else frozenset[str]()
        return (Unit(source=source, point="", asked=asked, text=text, name=name, heading=heading),)
    return tuple(_of_fact(source, questions, heading) for questions in source.asked)


def _of_fact(source: Source, questions: tuple[str, ...], heading: frozenset[str]) -> Unit:
    asked = Counter(one for question in questions for one in features(question))
    point = point_of(source.text, asked)
    return Unit(source=source, point=point, asked=asked, text=features(source.text), heading=heading)


def point_of(text: str, asked: Mapping[str, float]) -> str:
    """The sentences of a text that tell most of what is asked: of what other sentences tell too, less.

    Args:
        text: Running text.
        asked: Features of what is asked, and how much each counts.
    """
    sentences = sentences_of(text)
    told = [features(sentence) for sentence in sentences]
    among = Counter(one for sentence in told for one in sentence)
    scores = [
        sum(asked[one] / among[one] ** 2 for one in sentence if one in asked) / (len(sentence) + SHORT) ** 0.5
        for sentence in told
    ]
    return to_the_point(sentences, scores)
