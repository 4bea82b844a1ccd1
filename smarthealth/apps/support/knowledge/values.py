"""Which kind of value a question asks for, and whether a passage holds one: litres, an interval, a time, a torque, a colour, a count.

"How much oil" is not answered by how often it is changed, nor "how often" by a torque. A kind is known in a question by its words, and in
a passage by how such values are printed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from smarthealth.retrieval.words import fold

from .car import any_of, load_car

_FLUID: Final = r"(?:oil|coolant|fluid|washer|antifreeze|refrigerant|fuel|petrol|gasoline|aceite|refrigerante|liquido|anticongelante|gasolina|combustible)"
_SMALL: Final = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_TIME: Final = r"(?:milliseconds?|seconds?|minutes?|hours?|days?|weeks?|months?|years?)"
_COUNTED: Final = r"(?:how many|cuant[oa]s|in|en)"
_UNITS: Final[Mapping[str, tuple[str, str]]] = {
    "litres": (rf"{_COUNTED} lit(?:re|er|ro)s?", r"\d ?(?:litres?|ml)\b|\blitre\b|\bconsumption\b"),
    "pressure": (r"psi|(?:many|what) bars?|bares|libras", r"\b(?:bar|psi)\b"),
    "current": (r"(?:many|what) amps?|amperes?|amperios?|amperaje|amperage", r"\d ?a(?:h)?\b"),
    "power": (r"watts?|vatios?|wattage|kilowatts?|kilovatios?|kw|caballos|horses|horsepower|hp|ps", r"\d ?(?:k?w|ps|hp)\b"),
    "voltage": (r"(?<!high )(?<!high-)(?<!alto )(?:volts?|voltios?|voltage|voltaje)", r"\d ?v\b"),
    "torque": (r"torque|newton\w*|nm|par de apriete", r"\d n\Wm\b"),
    "speed": (r"rpm|revolutions|revoluciones", r"\drpm|\d rpm"),
    "noise": (r"decibel\w*|db", r"\d ?db"),
    "inches": (rf"{_COUNTED} (?:inch(?:es)?|pulgadas)", r"\binches\b|\d\s?×\s?\d\d|\br\d\d\b"),
    "weight": (rf"{_COUNTED} (?:kilos|kilogram\w*|kg|pounds|lbs)", r"\d ?k?g\b"),
    "degrees": (rf"{_COUNTED} (?:degrees|grados)", r"\d ?\W?c\b|\d\W\d\d'|\bdegrees\b"),
    "length": (rf"mm|cm|millimet\w+|milimetros|centimet\w+|{_COUNTED} (?:metros|met(?:er|re)s|kilomet\w+|km)", r"\d ?k?m?m\b"),
    "pixels": (r"pixel\w*|megapixel\w*|resolution|resolucion", r"\bpixels?\b|\dp\b"),
    "lumens": (r"lumens?|lumenes|lux", r"\blumens?\b|\d ?(?:lm|lx)\b"),
    "money": (r"dollars|dolares|pesos", r"\bdollars?\b"),
}  # fmt: skip
"""Units by which values are asked for, without a number before them, and how they are printed."""
_ASKED: Final[Mapping[str, str]] = {
    "interval": (
        r"how often|how frequently|every how|cada cuant\w+|con que frecuencia|intervals?|intervalos?|"
        r"how many (?:km|kilomet\w+|miles|months|years) (?:between|until|before)|cada cuantos"
    ),
    "colour": r"(?:what|which) colou?rs?|(?:de )?que color(?:es)?|colou?r of|color del?",
    "kind": rf"(?:what|which|que|cual) (?:\w+ (?:of |de )?)?(?:{_FLUID}(?! (?:level|change|light|lamp|filter|pump|pressure|cap|tank)))\b",
    "time": (
        rf"how long (?:do|does|will|can|should|must|until|before|after|have)|how many {_TIME}|"
        r"(?:por )?cuanto (?:tiempo|rato|dura\w*|demora\w*|tarda\w*)|cuant[oa]s (?:segundos|minutos|horas|dias|semanas|meses|anos)|cuanto se (?:demora|tarda)"
    ),
}  # fmt: skip
_TOLD: Final[Mapping[str, str]] = {
    "interval": rf"\bevery\b|\b(?:monthly|yearly|weekly|daily)\b|\bwhen needed\b|\b(?:after|at) \d[\d,]* (?:years|km)|\d {_TIME} or\b|\b(?:once a|each) \w+|\blasts?\b",
    "colour": r"\b(?:red|amber|yellow|orange|green|blue|violet|purple|white|black|gr[ae]y|brown|silver|colou?r)\b",
    "kind": r"\b(?:kind|grade|specification)\b|\b(?:fluid:|fuel[:;])|\b(?:sae|ron|dot)\b",
    "time": rf"\b(?:\d+|{_SMALL}|an?|half an) (?:and a half )?(?:working )?{_TIME}\b|\d s\b",
    "count": rf"(?<![\w.,/-])\d{{1,2}}(?! to \d)(?![\w.,]|\W{{0,2}}c\b|\s?(?:%|:|×|k?m\b|mm\b|n\Wm|bar|a\b|v\b|k?w\b|kg\b|g\b|litres?\b|{_TIME}\b))|\b\d\.\d (?!litres?\b|{_TIME}\b)[a-z]{{4,}}|\b{_SMALL}\b|\btwice\b",
}  # fmt: skip
_NO_AMOUNT: Final = r"(?:cuesta|vale|cobra\w*|sale|tiempo|cost|costs|price|precio|often|last|left|burn\w*|consum\w*|gasta|sin|without|with|con)\b"
_LITRES: Final = re.compile(
    rf"(?<!at )\b(?:how much|cuant[oa])\b(?: (?!{_NO_AMOUNT})\w+){{0,4}} {_FLUID}\b|"
    rf"\b{_FLUID}\b.*\b(?:how much (?:do|does|should|goes|to|is|of)|how much\W*$|cuant[oa](?: (?:se )?le (?:echo|pongo|meto|cabe)| (?:lleva|cabe|echo|pongo|usa|necesita)|\W*$))|"
    rf"\b(?:capacity|capacidad)\b.*\b(?:{_FLUID}|tank|tanque|sump|carter)\b|\b(?:{_FLUID}|tank|sump)(?: \w+)? capacity\b"
)
_UNIT_ASKED: Final = {kind: re.compile(rf"(?<!\d )(?<!\d)\b(?:{asked})\b") for kind, (asked, _) in _UNITS.items()}
_KIND_ASKED: Final = {kind: re.compile(rf"\b(?:{asked})\b") for kind, asked in _ASKED.items()}
_COUNT_ASKED: Final = re.compile(
    rf"\b(?:how many|cuant[oa]s) (?!(?:lit(?:re|er|ro)s?|kilo\w*|{_TIME}|miles|veces|times)\b)\w"
)
KINDS: Final = (*_TOLD, *_UNITS)
"""Kinds of values that a passage may hold."""


def kind_asked(question: str) -> str | None:
    """The kind of value that a question asks for; None where it asks for none in particular."""
    plain = fold(question)
    for kind, pattern in _KIND_ASKED.items():
        if kind != "kind" and pattern.search(plain):
            return kind
    for kind, pattern in _UNIT_ASKED.items():
        if pattern.search(plain):
            return kind
    if _LITRES.search(plain):
        return "litres"
    if _COUNT_ASKED.search(plain):
        return "count"
    return "kind" if _KIND_ASKED["kind"].search(plain) else None


def holds(text: str, kind: str) -> bool:
    """Whether a text holds a value of a kind."""
    return _told()[kind].search(fold(text)) is not None


@cache
def _told() -> Mapping[str, re.Pattern[str]]:
    """By kind, how its values are printed, folded: in any manual, and in that of the car."""
    ways = {**_TOLD, **{kind: told for kind, (_, told) in _UNITS.items()}}
    for kind, words in load_car().printed.items():
        ways[kind] += rf"|\b(?:{any_of(map(re.escape, words))})\b"
    return {kind: re.compile(way) for kind, way in ways.items()}
