"""What the model sees of a message: its words, things, groups, rules and what comes together, each hashed to a place.

Words come with their pieces, pairs and spelling; groups are of words that tell the same; rules are the specialists' own.
The hash is CRC-32: the same on every machine and in every process. Things count the same in both languages, which is
what lets a Spanish example teach about an English question.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Set
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations, pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from smarthealth.apps.support.folding import plain_text
from smarthealth.apps.support.knowledge.lexicon import concepts_in
from smarthealth.apps.support.maintenance.moments import read_moment
from smarthealth.apps.support.maintenance.wishes import NO_WISH, read_wish
from smarthealth.apps.support.maintenance.workshop import load_plan
from smarthealth.apps.support.troubleshooting.trees import find_tree
from smarthealth.retrieval.cognates import skeleton

PLACES: Final = 32768
_TOKEN: Final = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[:.,]\d+)?")
_CLOCK: Final = re.compile(r"\d{1,2}[:.]\d\d")
_PIECE: Final = 4
"""Letters."""
LONGEST: Final = 600
"""Characters of a message that are read; what somebody wants stands in them."""
_WORD, _SPELLING, _PAIR, _PIECES, _THING, _SHAPE = 0.8, 0.5, 0.6, 0.3, 0.8, 0.6
_GROUP, _FAINT_GROUP, _RULE, _FORM, _TOGETHER = 1.2, 0.5, 0.8, 0.8, 0.5
"""Weights of a feature, by its kind."""
_ABSENT: Final = frozenset({"no tree", "wish None"})
SHORTEST_STEM: Final = 4
"""Letters of a beginning that other words may share."""
_ANY_DAY: Final = date(2026, 1, 5)
"""What is read is whether a day is said, not which."""
_OF_HERE: Final = frozenset(
    "day visit money workdone change symptom person grievance contact carpart quantity mean document".split()  # noqa: SIM905 # read more easily
)
_FORMS: Final = frozenset({"what", "howmuch", "howto", "where", "may", "have"})
"""Groups that tell of a question when its first word is of them."""
_FAINT: Final = _FORMS | {"suddenly", "asks"}
"""Groups that are in nearly every message and tell little alone."""
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
    """Places, ascending, and weights of a message; the weights are of unit length."""
    seen: dict[int, float] = {}
    for name, weight in _named(message[:LONGEST]):
        place = zlib.crc32(name.encode()) % PLACES
        seen[place] = max(weight, seen.get(place, 0.0))
    places = np.array(sorted(seen), dtype=np.int64)  # names come in the order of sets, sums must not
    weights = np.array([seen[place] for place in places.tolist()], dtype=np.float32)
    length = float(np.sqrt(weights @ weights))
    return places, weights / np.float32(length or 1.0)


def tokens(message: str) -> list[str]:
    """Words of a message, folded; numbers become their kind."""
    folded = plain_text(message).replace("n't", " not").replace("wo not", "will not")
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
    yield from _of_words(words)
    things = concepts_in(message)
    for thing in things:
        yield f"t {thing}", _THING
    yield f"s things {min(len(things), 3)}", _SHAPE
    yield f"s words {min(len(words), 12) // 3}", _SHAPE / 2
    groups = {group for word in words for group in load_groups().of(word)}
    for group in groups:
        yield f"g {group}", _FAINT_GROUP if group in _FAINT else _GROUP
    if not groups & _OF_HERE:
        yield "g none of here", _SHAPE
    rules = set(_read_by_rules(message))
    for rule in rules:
        yield f"r {rule}", _RULE
    forms = _forms(message, words, rules)
    if things:
        forms.add("thing")
    for form in forms:
        yield f"f {form}", _FORM
    if not things:
        forms |= {"nothing", "nocar"} if "carpart" not in groups else {"nothing"}
    for first, second in combinations(sorted(groups | forms), 2):
        yield f"x {first} {second}", _TOGETHER


def _of_words(words: list[str]) -> Iterator[tuple[str, float]]:
    for word in words:
        yield f"w {word}", _WORD
        yield f"k {skeleton(word)}", _SPELLING
        padded = f"_{word}_"
        for start in range(len(padded) - _PIECE + 1):
            yield f"p {padded[start : start + _PIECE]}", _PIECES
    for first, second in pairwise(["^", *words, "$"]):
        yield f"b {first} {second}", _PAIR


def _forms(message: str, words: list[str], rules: Set[str]) -> set[str]:
    """What kind of sentence it is, and what the rules read of it: what tells more together with other things than alone."""
    forms = {rule for rule in rules if rule not in _ABSENT}
    if "?" in message:
        forms.add("?")
    if words:
        forms |= {f"1{group}" for group in load_groups().of(words[0]) if group in _FORMS}
    return forms
