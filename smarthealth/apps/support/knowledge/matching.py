"""How well passages tell of what is asked.

Theory of operation. A question is held against every unit in two ways, and both are linear in the question's features, so that a
search is two sparse products.

- Coverage: of the weight of a question's features, the share that a unit's text, heading or questions name. A feature weighs
  by how few units have it. That a feature is in the questions counts by how many of them have it, and saturates.
- Likeness: the cosine between a question and what its unit is asked for on the whole, and, less of it, the unit's section and
  document: who asks for the jack says "wheel", whichever sentence tells of it.

What the figures below are was found by holding back a fifth of the manual's questions at a time; that is also how sure a
find is (`Found.sureness`).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Final

import attrs
import numpy as np
from numpy.typing import NDArray

from smarthealth.retrieval.spelling import SpellingCorrector

from .alternatives import Sides, asked_for, excluded, told_by
from .features import MEANING, THING, WORD, features, naming_words
from .library import Source
from .units import Unit, point_of, units_of
from .values import KINDS as VALUE_KINDS
from .values import holds, kind_asked

KINDS: Final[Mapping[str, float]] = {WORD: 0.5, THING: 1.0, MEANING: 0.9}
"""How much a feature of each kind counts."""
RARITY: Final = 1.5
"""Power of the rarity of a feature."""
IN_NAME: Final = 0.85
"""In the first cell of a row: what the row is about."""
NAMED: Final = 1.3
"""There in the same word."""
IN_TEXT: Final = 0.7
IN_HEADING: Final = 0.5
HALF: Final = 2.0
"""Questions of a unit that must have a feature for half of what it can count, in a unit of usual length."""
LENGTH: Final = 0.75
"""How far a unit of many questions needs more."""
LIKENESS: Final = 0.6
"""What likeness counts beside coverage."""
OWN_TEXT: Final = 0.4
"""In likeness, what a unit's text counts beside its questions."""
OF_SECTION, OF_DOCUMENT = 0.5, 0.3
"""In likeness, what they count beside the unit."""
SURE_OF_SCORE, SURE_OF_LEAD, SURE_OF_LENGTH = 2.12, 4.81, 0.57
UNSURE, UNSURE_OF_MISSING, UNSURE_OF_THINGS = 3.05, 4.07, 2.53
"""How sure a find is: a logistic curve over its score, its lead over the next one, the weight of the words that name something, their
share that is nowhere in the passage, and that of the car's things which it does not name, whatever it has that may mean the same.
Fitted to questions held back from the manual's own and to others that it does not answer."""
OF_ANOTHER: Final = 0.5
"""What a row of another car, size or load than is asked for loses."""
OF_KIND: Final = 0.2
"""What a passage earns that holds a value of the kind that is asked for."""
SURE_OF_KIND, UNSURE_OF_KIND = 0.4, 1.5
"""What it adds to the odds of a find that it holds one, instead of what that adds to its score, or takes from them that it does not; chosen."""

NEAR_OF_KIND: Final = 0.12
"""Sureness that a find keeps that holds none: it may still come nearest to what was asked."""
MOST_ALIKE: Final = 3
"""Rows that are alike, of those that are looked at."""

_Floats = NDArray[np.float32]


@attrs.frozen(kw_only=True)
class Found:
    """A passage that tells of what is asked."""

    source: Source
    coverage: float
    """Of the words of a question that name something, the share that it names too, by weight, in [0, 1]."""
    score: float
    """By which passages are ordered."""
    sureness: float = 0.0
    """How likely it is what was asked for, in [0, 1]."""
    point: str = ""
    """Of running text, the sentences that tell it."""
    table: str = ""
    """Of a row, the table that it is of, whole."""


class Matcher:
    """Passages by the things that they name; built once, then asked often.

    Args:
        sources: All passages.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._units = [unit for source in sources for unit in units_of(source)]
        self._by_id = {source.id: source for source in sources}
        held = Counter(chain.from_iterable(unit.features for unit in self._units))
        self._rarity = {one: math.log(1 + len(self._units) / (0.5 + many)) for one, many in held.items()}
        self._unheard = math.log(1 + len(self._units) / 0.5)
        self._covering = _Table(map(self._shares_of(self._units), self._units), len(self._units))
        likened = [self._unit_length(_mixed(unit)) for unit in self._units]
        sections = [(unit.source.file, unit.source.section) for unit in self._units]
        self._like = [
            (1.0, _Table(likened, len(likened)), None),
            (OF_SECTION, *self._grouped(likened, sections)),
            (OF_DOCUMENT, *self._grouped(likened, [unit.source.file for unit in self._units])),
        ]
        self._sided = self._by_sides()
        self._holding = {
            kind: np.array([holds(unit.point or unit.source.text, kind) for unit in self._units], dtype=np.float32)
            for kind in VALUE_KINDS
        }
        self._corrector = SpellingCorrector([one[1:] for one in self._rarity if one[0] == WORD])

    def __len__(self) -> int:
        return len(self._by_id)

    def source(self, identity: str) -> Source | None:
        """The passage of that id."""
        return self._by_id.get(identity)

    def find(self, question: str, limit: int, *, bonuses: Mapping[str, float] | None = None) -> list[Found]:
        """The passages that tell most of a question, best first.

        Args:
            question: In either language.
            limit: Most passages.
            bonuses: What some passages, by id, earn beside their words: nearness in meaning.
        """
        asked = self._asked(question)
        known = {one: self._weight(one) for one in asked if one in self._rarity}
        whole = sum(known.values())
        if not whole:
            return []
        covered = self._covering.product(known) / np.float32(whole)
        scores = covered + np.float32(LIKENESS) * self._likeness(known)
        if bonuses:
            scores += np.array([bonuses.get(unit.source.id, 0.0) for unit in self._units], dtype=np.float32)
        kind = kind_asked(question)
        if kind is not None:
            scores += np.float32(OF_KIND) * self._holding[kind]
        wanted = asked_for(question)
        for told, numbers in self._sided:
            if excluded(told, wanted, asked):
                scores[numbers] -= np.float32(OF_ANOTHER)
        best = self._best(scores, covered, limit + MOST_ALIKE)
        words = self._naming_words(question)
        return [
            self._found(
                self._units[number],
                asked,
                words,
                is_of_kind=None if kind is None else bool(self._holding[kind][number]),
                score=float(scores[number]),
                lead=float(scores[number]) - self._next(number, best, scores),
            )
            for number in best[:limit]
        ]

    def _next(self, number: int, best: Sequence[int], scores: _Floats) -> float:
        """Score of the best other unit; a row that is alike is told with it, and takes nothing from it."""
        source = self._units[number].source
        others = (one for one in best if one != number and not source.is_like(self._units[one].source))
        return max((float(scores[one]) for one in others), default=0.0)

    def _by_sides(self) -> list[tuple[Sides, NDArray[np.intp]]]:
        """The rows that are of one car, size or load, by what they are of."""
        found: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
        for number, unit in enumerate(self._units):
            if unit.source.kind == "row" and (told := told_by(unit.source.name or unit.source.text.partition(";")[0])):
                found[tuple(sorted(told.items()))].append(number)
        return [(dict(told), np.array(numbers, dtype=np.intp)) for told, numbers in found.items()]

    def _best(self, scores: _Floats, covered: _Floats, limit: int) -> list[int]:
        """Numbers of units, best first, of each passage the best."""
        found: dict[str, int] = {}
        for number in np.argsort(-scores, kind="stable"):
            if len(found) == limit:
                break
            if covered[number] > 0:
                found.setdefault(self._units[number].source.id, int(number))
        return list(found.values())

    def _found(
        self,
        unit: Unit,
        asked: frozenset[str],
        words: Sequence[tuple[float, frozenset[str]]],
        *,
        is_of_kind: bool | None,
        score: float,
        lead: float,
    ) -> Found:
        source, whole = unit.source, sum(weight for weight, _ in words)
        missing = sum(weight for weight, ways in words if not ways & unit.features)
        unnamed = sum(weight for weight, ways in words if _is_thing(ways) and not _exact(ways) & unit.features)
        coverage = 1 - missing / whole if whole else 1.0
        odds = SURE_OF_SCORE * score + SURE_OF_LEAD * lead + SURE_OF_LENGTH * whole - UNSURE
        if whole:
            odds -= (UNSURE_OF_MISSING * missing + UNSURE_OF_THINGS * unnamed) / whole
        if is_of_kind:
            odds += SURE_OF_KIND - SURE_OF_SCORE * OF_KIND
        sureness = _likely(odds)
        if is_of_kind is False:
            sureness = min(sureness, max(_likely(odds - UNSURE_OF_KIND), NEAR_OF_KIND))
        point = unit.point
        if source.kind == "text" and not point:
            point = point_of(source.text, {one: self._rarity.get(one, 0.0) for one in asked})
        return Found(
            source=source,
            coverage=coverage,
            score=score,
            sureness=sureness,
            point=point,
            table=self._by_id[source.table].text if source.table in self._by_id else "",
        )

    def _naming_words(self, question: str) -> list[tuple[float, frozenset[str]]]:
        """Of each word of a question that names something its weight, 1 for one that nobody has heard, and all that it is found by."""
        found: list[tuple[float, frozenset[str]]] = []
        for word, ways in naming_words(question):
            right = word if word in self._rarity else self._corrected(word)
            found.append((self._rarity.get(right, self._unheard) / self._unheard, ways | {right}))
        return found

    def _asked(self, question: str) -> frozenset[str]:
        """Features of a question, its words' spelling put right where nothing is known by them."""
        asked = features(question)
        return frozenset(one if one in self._rarity or one[0] != WORD else self._corrected(one) for one in asked)

    def _corrected(self, word: str) -> str:
        return f"{WORD}{self._corrector.correct(word[1:], word[1:]) or word[1:]}"

    def _weight(self, feature: str) -> float:
        return float(KINDS[feature[0]] * self._rarity[feature] ** RARITY)

    def _likeness(self, known: Iterable[str]) -> _Floats:
        asked = self._unit_length(dict.fromkeys(known, 1.0))
        total = np.zeros(len(self._units), dtype=np.float32)
        for share, table, of in self._like:
            product = table.product(asked)
            total += np.float32(share) * (product if of is None else product[of])
        return total

    def _shares_of(self, units: Sequence[Unit]) -> Callable[[Unit], dict[str, float]]:
        """For a unit, how far each feature is told by it."""
        lengths = [sum(unit.asked.values()) for unit in units if unit.asked]
        usual = sum(lengths) / len(lengths) if lengths else 1.0

        def shares(unit: Unit) -> dict[str, float]:
            told = dict.fromkeys(unit.heading, IN_HEADING) | dict.fromkeys(unit.text, IN_TEXT)
            told |= {one: NAMED if one[0] == WORD else IN_NAME for one in unit.name}
            half = HALF * (1 - LENGTH + LENGTH * sum(unit.asked.values()) / usual)
            for one, many in unit.asked.items():
                told[one] = max(told.get(one, 0.0), many / (many + half))
            return told

        return shares

    def _unit_length(self, weights: Mapping[str, float]) -> dict[str, float]:
        weighed = {one: weight * KINDS[one[0]] * self._rarity[one] for one, weight in weights.items()}
        length = math.sqrt(sum(weight * weight for weight in weighed.values()))
        return {one: weight / length for one, weight in weighed.items()} if length else {}

    def _grouped(
        self, units: Sequence[Mapping[str, float]], groups: Sequence[object]
    ) -> tuple[_Table, NDArray[np.intp]]:
        """The units of each group as one, and of which group each is."""
        numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
        joined: list[Counter[str]] = [Counter() for _ in numbers]
        for unit, group in zip(units, groups, strict=True):
            one = joined[numbers[group]]
            for feature, weight in unit.items():
                one[feature] += weight  # type: ignore[assignment] # a counter of weights
        return (
            _Table(map(_scaled, joined), len(joined)),
            np.array([numbers[group] for group in groups], dtype=np.intp),
        )


class _Table:
    """Rows of features, read by feature.

    Args:
        rows: Of each, the weights of its features.
        size: How many there are.
    """

    def __init__(self, rows: Iterable[Mapping[str, float]], size: int) -> None:
        places: dict[str, tuple[list[int], list[float]]] = defaultdict(lambda: ([], []))
        for number, row in enumerate(rows):
            for feature, weight in row.items():
                numbers, weights = places[feature]
                numbers.append(number)
                weights.append(weight)
        self._size = size
        self._places = {
            feature: (np.array(numbers, dtype=np.intp), np.array(weights, dtype=np.float32))
            for feature, (numbers, weights) in places.items()
        }

    def product(self, weights: Mapping[str, float]) -> _Floats:
        """For each row the sum of its weights times these."""
        total = np.zeros(self._size, dtype=np.float32)
        for feature, weight in weights.items():
            if feature in self._places:
                numbers, values = self._places[feature]
                total[numbers] += np.float32(weight) * values
        return total


def _likely(odds: float) -> float:
    """A logarithm of odds as a probability."""
    return 1 / (1 + math.exp(-odds))


def _is_thing(ways: frozenset[str]) -> bool:
    """Whether a word names a thing of the car."""
    return any(way[0] == THING for way in ways)


def _exact(ways: frozenset[str]) -> frozenset[str]:
    """Ways to find a word but by what it may mean."""
    return frozenset(way for way in ways if way[0] != MEANING)


def _mixed(unit: Unit) -> dict[str, float]:
    """What a unit is asked for, and what it says."""
    asked = math.sqrt(sum(many * many for many in unit.asked.values())) or 1.0
    mixed = {one: many / asked for one, many in unit.asked.items()}
    for one in unit.text:
        mixed[one] = mixed.get(one, 0.0) + OWN_TEXT / math.sqrt(len(unit.text))
    return mixed


def _scaled(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    return {one: weight / length for one, weight in weights.items()}
