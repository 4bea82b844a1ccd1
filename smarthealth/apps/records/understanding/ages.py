"""Times told by the patient's age: before she was 18, at the age of 20, in childhood."""

from __future__ import annotations

import re
from collections.abc import Callable

import attrs

from .phrases import compile_phrases
from .question import AgeRange

_LAST_OF_CHILDHOOD, _FIRST_OF_YOUTH, _MAJORITY = 12, 13, 18
_YEARS = r"(?P<n>\d{1,3})(?P<unit> (?:anos|years?)(?:[ -]olds?)?(?: (?:de edad|of age))?)?"
_SHE = r"(?:s?he|they|the patient)"


@attrs.frozen
class AgeMatch:
    """An age found in a text."""

    start: int
    end: int
    ages: AgeRange


def _between(match: re.Match[str]) -> AgeRange:
    return AgeRange(since=int(match["m"]), until=int(match["n"]))


def _before(match: re.Match[str]) -> AgeRange:
    return AgeRange(until=int(match["n"]) - 1)


def _since(match: re.Match[str]) -> AgeRange:
    return AgeRange(since=int(match["n"]))


def _at(match: re.Match[str]) -> AgeRange:
    return AgeRange(since=int(match["n"]), until=int(match["n"]))


def _always(ages: AgeRange) -> Callable[[re.Match[str]], AgeRange]:
    return lambda _match: ages


# The phrases of a row, and whether a number of theirs must be followed by "years": `before 18` may be anything else.
_TABLE: tuple[tuple[str, bool, Callable[[re.Match[str]], AgeRange]], ...] = (
    (rf"(?:entre|between) (?:los |las |the )?(?:ages (?:of )?)?(?P<m>\d{{1,3}})(?: anos)? (?:y|and) (?:los )?{_YEARS}", True, _between),
    (r"between (?:the )?ages (?:of )?(?P<m>\d{1,3}) and (?P<n>\d{1,3})", False, _between),
    (rf"antes de (?:los|cumplir|cumplir los|tener) {_YEARS}", False, _before),
    (rf"before (?:(?:the )?age(?: of)?|turning|{_SHE} (?:was|were|turned)) {_YEARS}", False, _before),
    (rf"(?:despues de|desde|a partir de) (?:los|cumplir|cumplir los) {_YEARS}", True, _since),
    (rf"(?:after|since|from) (?:(?:the )?age(?: of)?|turning|{_SHE} (?:was|were|turned)) {_YEARS}", False, _since),
    (rf"(?:a los|con|cuando (?:tenia|tuvo|contaba con|cumplio)|teniendo|a la edad de) {_YEARS}", True, _at),
    (rf"(?:at|when) (?:{_SHE} (?:was|were) )?{_YEARS}", True, _at),
    (rf"(?:at (?:the )?age (?:of )?|when {_SHE} (?:was|were) |aged ){_YEARS}", False, _at),
    (
        r"""
        (?:en|durante) (?:la|su) (?:infancia|ninez)|(?:de|cuando era|siendo) (?:muy )?nin[oa]
        as a (?:small )?child|(?:in|during) (?:his |her |their )?childhood
        """,
        False,
        _always(AgeRange(until=_LAST_OF_CHILDHOOD)),
    ),
    (
        r"""
        (?:en|durante) (?:la|su) adolescencia|(?:de|cuando era|siendo) adolescente
        as a teen(?:ager)?|(?:in|during) (?:his |her |their )?(?:adolescence|teens)
        """,
        False,
        _always(AgeRange(since=_FIRST_OF_YOUTH, until=_MAJORITY - 1)),
    ),
    (
        r"(?:siendo|cuando era) menor(?: de edad)?|as a minor",
        False,
        _always(AgeRange(until=_MAJORITY - 1)),
    ),
    (
        r"(?:en|durante) (?:la|su) (?:edad adulta|adultez)|(?:de|siendo) adult[oa]|as an adult|in adulthood",
        False,
        _always(AgeRange(since=_MAJORITY)),
    ),
)  # fmt: skip
_COMPILED = tuple((compile_phrases(phrases), needs_years, make) for phrases, needs_years, make in _TABLE)


def find_ages(folded: str) -> AgeMatch | None:
    """Find the age by which a folded text tells a time."""
    for pattern, needs_years, make in _COMPILED:
        match = pattern.search(folded)
        if match is not None and not (needs_years and match["unit"] is None):
            return AgeMatch(match.start(), match.end(), make(match))
    return None
