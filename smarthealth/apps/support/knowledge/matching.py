"""How well passages tell of what is asked, by the things that both name.

Each term of a question weighs by how few passages name it. A passage earns the weight of each term that its text, its
heading or its row's table names, less of it the farther away it stands; so a table under "Engine oil" earns for "oil" in
every row. What it earns over all that there is to be earned is its coverage, in [0, 1]; long passages pay a little.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import attrs

from .lexicon import Term, keys_in, terms_of
from .library import Source

IN_TEXT: Final = 1.0
IN_NAME: Final = 1.12
"""In the first cell of a row: what the row is about."""
IN_HEADING: Final = 0.9
IN_TITLE: Final = 0.45
UNKNOWN: Final = 0.5
"""Weight of a word that is not in the lexicon: it may be a flourish, or of the other language."""
LENGTH_PRICE: Final = 0.012
"""Of the coverage, for each doubling of the length beyond a short one."""
SHORT: Final = 120
"""Characters."""
ROW_BONUS: Final = 0.02
"""A row tells a figure more precisely than the table that it is in."""


FORM_BONUS: Final = 0.16
"""For running text that tells how where how is asked, and where where that is."""
_ASKS_HOW: Final = re.compile(
    r"\bhow (?:do|can|should|would|to)\b|\bc[oó]mo\b|\bwhat (?:can|should|do) i do\b|\bqu[eé] (?:hago|debo hacer)\b|\bsteps\b|\bpasos\b",
    re.IGNORECASE,
)
_TELLS_HOW: Final = re.compile(
    r"(?:^|\. |: |\n\d\. |, )(?:press|pull|hold|push|choose|turn|open|put|stop|wait|switch|take|lift|set|enter|fill|adjust|empty|pump|"
    r"connect|settings|park|scan|unlocking|wash|slow)\b",
    re.IGNORECASE,
)
_ASKS_WHERE: Final = re.compile(r"\bwhere\b|\bd[oó]nde\b|\bwhich side\b|\bqu[eé] (?:lado|parte)\b", re.IGNORECASE)
_TELLS_WHERE: Final = re.compile(
    r"\b(?:is|are|stamped) (?:\w+ ){0,2}(?:in|on|at|under|behind|beside|below)\b", re.IGNORECASE
)


@attrs.frozen(kw_only=True)
class Found:
    """A passage that tells of what is asked."""

    source: Source
    coverage: float
    """Share of the question that it tells of, in [0, 1]."""
    score: float
    """By which passages are ordered."""


@attrs.frozen
class _Place:
    source: Source
    length_price: float


class Matcher:
    """Passages by the things that they name; built once, then asked often.

    Args:
        sources: All passages.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._places = [_Place(source, _length_price(source)) for source in sources]
        self._postings: dict[str, dict[int, float]] = defaultdict(dict)
        self._by_id = {source.id: number for number, source in enumerate(sources)}
        for number, source in enumerate(sources):
            for key, weight in _weights(source).items():
                self._postings[key][number] = weight

    def __len__(self) -> int:
        return len(self._places)

    def source(self, identity: str) -> Source | None:
        """The passage of that id."""
        number = self._by_id.get(identity)
        return None if number is None else self._places[number].source

    def find(self, question: str, limit: int, *, bonuses: Mapping[str, float] | None = None) -> list[Found]:
        """The passages that tell most of a question, best first.

        Args:
            question: In either language.
            limit: Most passages.
            bonuses: What some passages, by id, earn beside their words: nearness in meaning.
        """
        earned: dict[int, float] = defaultdict(float)
        whole = 0.0
        for term in terms_of(question):
            postings = self._of(term)
            if term.optional and not postings:
                continue
            weight = self._weight(postings, known=term.known)
            whole += weight
            for number, share in postings.items():
                earned[number] += weight * share
        if not whole:
            return []
        preferred = _preferred(question)
        for identity, bonus in (bonuses or {}).items():
            place = self._by_id.get(identity)
            if place is not None:
                earned[place] += bonus * whole
        found = [(number, self._found(number, sum_, whole, preferred)) for number, sum_ in earned.items()]
        found.sort(key=lambda pair: (-pair[1].score, pair[0]))
        return [one for _, one in found[:limit]]

    def knows(self, question: str) -> bool:
        """Whether any passage holds anything that a question asks after."""
        return any(self._of(term) for term in terms_of(question))

    def _of(self, term: Term) -> Mapping[int, float]:
        if len(term.keys) == 1:
            (key,) = term.keys
            return self._postings.get(key, {})
        joined: dict[int, float] = {}
        for key in term.keys:
            for number, weight in self._postings.get(key, {}).items():
                joined[number] = max(weight, joined.get(number, 0.0))
        return joined

    def _weight(self, postings: Mapping[int, float], *, known: bool) -> float:
        weight = math.log(1 + len(self._places) / (0.5 + len(postings)))
        return weight if known else weight * UNKNOWN

    def _found(self, number: int, earned: float, whole: float, preferred: re.Pattern[str] | None) -> Found:
        place = self._places[number]
        coverage = min(1.0, earned / whole)
        score = earned / whole - place.length_price
        if preferred is not None and place.source.kind == "text" and preferred.search(place.source.text):
            score += FORM_BONUS
        return Found(source=place.source, coverage=coverage, score=score)


def _preferred(question: str) -> re.Pattern[str] | None:
    if _ASKS_WHERE.search(question):
        return _TELLS_WHERE
    return _TELLS_HOW if _ASKS_HOW.search(question) else None


def _weights(source: Source) -> dict[str, float]:
    weights: dict[str, float] = {}

    def note(keys: Iterable[str], weight: float) -> None:
        for key in keys:
            weights[key] = max(weight, weights.get(key, 0.0))

    note(keys_in(source.title), IN_TITLE)
    note(keys_in(source.section), IN_HEADING)
    note(keys_in(source.text), IN_TEXT)
    if source.kind == "row":
        note(keys_in(source.text.partition(";")[0]), IN_NAME)
    return weights


def _length_price(source: Source) -> float:
    price = LENGTH_PRICE * max(0.0, math.log2(max(1, len(source.text)) / SHORT))
    return price - (ROW_BONUS if source.kind == "row" else 0.0)
