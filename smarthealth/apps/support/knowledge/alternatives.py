"""What excludes each other: versions and trims of a car, sizes of rims, a lamp that flashes or is steady, few people or a full load.

Rows that are alike but for one of these are told apart by it: who asks for one is told nothing of another. What a row is of stands in
its name (`library.Source.name`); what is asked for is told in more ways.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from smarthealth.retrieval.words import fold

from .car import any_of, load_car
from .features import THING, WORD, features, form

_FLASHES: Final = r"(?:flash|blink|wink|flicker|pulsat|parpade|titil|destell|guin)\w*"
_NOT: Final = r"(?:not|never|without|no|sin|n't)(?: \w+)? "
_ASKED: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "lamp": {
        "flashing": re.compile(rf"(?<!not )(?<!n't )(?<!without )(?<!sin )(?<!no )\b{_FLASHES}"),
        "steady": re.compile(
            rf"\b(?:steady|steadily|constant\w*|solid|permanent\w*|stays? (?:on|lit)|fij[ao]s?|{_NOT}{_FLASHES})\b"
        ),
    },
    "load": {
        "few": re.compile(
            r"\b(?:alone|by myself|on my own|(?:just|only) (?:me|the driver|us two)|(?:one|two|three|[123]) (?:people|persons?|adults|passengers|aboard|of us|on board)|"
            r"empty|unladen|lightly|daily|everyday|commut\w+|(?:voy|ando|viajo|manejo|conduzco|yendo) sol[oa]|sol[ao] yo|solit[oa]|poca gente|sin (?:peso|carga|equipaje|maletas)|"
            r"(?:un|una|dos|tres|[123]) (?:personas?|adultos|pasajeros|ocupantes)|(?:los|las|somos|vamos|yendo) (?:dos|tres)|vaci[oa]|diario)\b"
        ),
        "full": re.compile(
            r"\b(?:(?<!without )(?:luggage|suitcases?|baggage|bags)|full(?:y)?|loaded|laden|packed|crammed|whole family|every(?:one|body)|(?:four|five|[45]) (?:people|persons|adults|passengers|aboard|of us|on board)|"
            r"holidays?|vacation|(?:max\w*|full|heavy) (?:load|weight)|trip|(?<!sin )(?:maletas|equipaje)|carga(?:do|da|dos) |carga completa|llen[oa]s?|reple\w+|(?:toda la |en )familia|familia completa|"
            r"(?:cuatro|cinco|[45]) (?:personas|adultos|pasajeros|ocupantes)|(?:los|las|somos|vamos|yendo) (?:cuatro|cinco)|todos|vacaciones|viaje|paseo|a tope)\b"
        ),
    },
}  # fmt: skip
_TOLD: Final[Mapping[str, Mapping[str, re.Pattern[str]]]] = {
    "lamp": {"flashing": re.compile(r"\bflashing\b"), "steady": re.compile(r"\bsteady\b")},
    "load": {"few": re.compile(r"\bup to \d people\b"), "full": re.compile(r"\bfull load\b")},
}
_RIM_ASKED: Final = re.compile(
    r"\b(?:r ?|rin(?:es)? (?:de )?|aros? (?:de )?|las de |on )?(1[4-9]|2[0-2])(?:s\b|\"|”|''|[ -]?inch\w*| ?pulgadas)"
    r"|\b(?:r ?|rin(?:es)? (?:de )?|aros? (?:de )?|las de )(1[4-9]|2[0-2])\b"
)
_RIM_TOLD: Final = re.compile(r"\br(1[4-9]|2[0-2])\b")
_WITH: Final = re.compile(r"\b(with|without) (\w+)")
_WITHOUT: Final = re.compile(
    r"\b(?:without|sin|excluding|(?:not|n't|no) (?:\w+ )?(?:chang|replac|touch|cambi|toc|toqu|reempl)\w*|leav(?:e|ing)|keep(?:ing)?|(?:old|same|existing) filter|"
    r"dej(?:o|ar|ando)|mismo filtro|filtro viejo|(?:only|just|solo|solamente|unicamente)(?: \w+){0,3} (?:oil|aceite))\b"
)

Sides = Mapping[str, str]
"""By what differs, which it is."""


def told_by(name: str) -> Sides:
    """What a row is of, by its name."""
    return dict(_only(_told(name)))


def asked_for(question: str) -> Sides:
    """What a question is of; where it names several, or none, it is of any."""
    return dict(_only(_asked(question)))


def excluded(told: Sides, asked: Sides, question: frozenset[str]) -> bool:
    """Whether a row is of another than is asked for.

    Args:
        told: Of the row.
        asked: Of the question.
        question: Its features.
    """
    for what, side in told.items():
        if what.startswith("with ") and features(what[5:]) & question:
            if side != asked["with"]:
                return True
        elif side != asked.get(what, side):
            return True
    return False


def _only(sides: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    found: dict[str, dict[str, None]] = {}
    for what, side in sides:
        found.setdefault(what, {})[side] = None
    return ((what, side) for what, (side, *others) in found.items() if not others)


def _told(name: str) -> Iterator[tuple[str, str]]:
    plain = fold(name)
    yield from _common(name)
    for what, ways in _TOLD.items():
        yield from ((what, side) for side, pattern in ways.items() if pattern.search(plain))
    yield from (("rim", size) for size in _RIM_TOLD.findall(plain))
    yield from ((f"with {thing}", side) for side, thing in _WITH.findall(plain))


def _asked(question: str) -> Iterator[tuple[str, str]]:
    plain = fold(question)
    yield from _common(question)
    for what, ways in _ASKED.items():
        yield from ((what, side) for side, pattern in ways.items() if pattern.search(plain))
    yield from (("rim", first or second) for first, second in _RIM_ASKED.findall(plain))
    yield "with", "without" if _WITHOUT.search(plain) else "with"


def _common(text: str) -> Iterator[tuple[str, str]]:
    versions = _versions()
    yield from (("version", versions[one]) for one in features(text) & versions.keys())
    yield from (("trim", trim.lower()) for trim in _trim().findall(text))


@cache
def _versions() -> Mapping[str, str]:
    """By the feature that names it, each version of the car."""
    return {f"{THING}{one.thing}" if one.thing else f"{WORD}{form(one.word)}": one.name for one in load_car().versions}


@cache
def _trim() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{any_of(trim.pattern for trim in load_car().trims)})\b")
