"""What the model sees of a message: words, pairs of words, pieces of words and things of a car, each hashed to a place.

The hash is CRC-32: the same on every machine and in every process. Things count the same in both languages, which is
what lets a Spanish example teach about an English question.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from smarthealth.apps.support.knowledge.lexicon import concepts_in
from smarthealth.apps.support.maintenance.moments import read_moment
from smarthealth.apps.support.maintenance.wishes import NO_WISH, read_wish
from smarthealth.apps.support.maintenance.workshop import load_plan
from smarthealth.apps.support.troubleshooting.trees import find_tree
from smarthealth.retrieval.words import fold

PLACES: Final = 8192
_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[:.,]\d+)?")
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d\d")
_PIECE: Final = 4
"""Letters."""
LONGEST: Final = 600
"""Characters of a message that are read; what somebody wants stands in them."""
_WORD, _PAIR, _PIECES, _THING, _SHAPE, _GROUP = 0.8, 0.6, 0.3, 0.8, 0.6, 1.6
"""Weights of a feature, by its kind."""
SHORTEST_STEM: Final = 4
"""Letters of a beginning that other words may share."""
_ANY_DAY: Final = date(2026, 1, 5)
"""What is read is whether a day is said, not which."""
_OF_HERE: Final = frozenset(
    {"day", "visit", "money", "workdone", "change", "symptom", "notdo", "person", "grievance", "asks"}
)
_SHORT_FORMS: Final = {
    "won't": "will not",
    "can't": "can not",
    "cannot": "can not",
    "dont": "do not",
    "wont": "will not",
}


class Groups:
    """Which groups a word is of, by its beginning.

    Args:
        groups: By name, beginnings of words; one of three letters or fewer is a whole word.
    """

    def __init__(self, groups: Mapping[str, str]) -> None:
        self._by_stem: dict[str, list[str]] = {}
        for name, stems in groups.items():
            for stem in stems.split():
                self._by_stem.setdefault(stem, []).append(name)
        self._longest = max(map(len, self._by_stem))

    def of(self, word: str) -> Iterator[str]:
        """Names of the groups of a folded word, the longest beginning alone counting."""
        for size in range(min(len(word), self._longest), 0, -1):
            names = self._by_stem.get(word[:size])
            if names is not None and (size == len(word) or size >= SHORTEST_STEM):
                yield from names
                return


@cache
def load_groups() -> Groups:
    """The shipped groups."""
    text = files("smarthealth.apps.support").joinpath("routing/groups.toml").read_text(encoding="utf-8")
    return Groups(tomllib.loads(text))


def features(message: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Places and weights of a message; the weights are of unit length."""
    seen: dict[int, float] = {}
    for name, weight in _named(message[:LONGEST]):
        place = zlib.crc32(name.encode()) % PLACES
        seen[place] = max(weight, seen.get(place, 0.0))
    places = np.fromiter(seen, dtype=np.int64, count=len(seen))
    weights = np.fromiter(seen.values(), dtype=np.float32, count=len(seen))
    length = float(np.sqrt(weights @ weights))
    return places, weights / np.float32(length or 1.0)


def tokens(message: str) -> list[str]:
    """Words of a message, folded; numbers become their kind."""
    folded = fold(message).replace("\u2019", "'").replace("n't", " not").replace("wo not", "will not")
    found = (_SHORT_FORMS.get(token, token) for token in _TOKEN.findall(folded))
    return [_number(word) for token in found for word in token.split(" ")]


def _number(word: str) -> str:
    if not word[0].isdigit():
        return word
    return "#clock" if _CLOCK.fullmatch(word) else "#number"


def _read_by_rules(message: str) -> Iterator[str]:
    """What the specialists' own rules read: a fault that has a tree, a moment, a wish for the workshop."""
    tree = find_tree(message)
    yield "no tree" if tree is None else "tree"
    if tree is not None and tree.warning:
        yield "danger"
    moment = read_moment(message, _ANY_DAY)
    if moment.day is not None:
        yield "day"
    if moment.at is not None:
        yield "hour"
    plan = load_plan()
    wish = read_wish(message, NO_WISH, _ANY_DAY, plan)
    yield f"wish {wish.intent}"
    if wish.service is not None:
        yield "service"


def _named(message: str) -> Iterator[tuple[str, float]]:
    words = tokens(message)
    for word in words:
        yield f"w {word}", _WORD
        padded = f"_{word}_"
        for start in range(len(padded) - _PIECE + 1):
            yield f"p {padded[start : start + _PIECE]}", _PIECES
    for first, second in zip(["^", *words], [*words, "$"], strict=True):
        yield f"b {first} {second}", _PAIR
    groups = {group for word in words for group in load_groups().of(word)}
    for group in sorted(groups):
        yield f"g {group}", _GROUP
    if not groups & _OF_HERE:
        yield "g none of here", _SHAPE
    for read in _read_by_rules(message):
        yield f"r {read}", _GROUP
    things = concepts_in(message)
    for thing in things:
        yield f"t {thing}", _THING
    yield f"s things {min(len(things), 3)}", _SHAPE
    yield f"s words {min(len(words), 12) // 3}", _SHAPE / 2
