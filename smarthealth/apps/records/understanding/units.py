"""The unit in which a value is to be told: in pounds, en pies, in mmol/L."""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

_WORDS: Mapping[str, str] = {
    "kg": r"kg|kilos?|kilogramos?|kilograms?",
    "lb": r"lbs?|libras?|pounds?",
    "g": r"gramos|grams",
    "cm": r"cms?|centimetros?|centimet(?:er|re)s?",
    "m": r"metros?|met(?:er|re)s?",
    "[ft_i]": r"ft|feet|foot|pies?(?:\s+y\s+pulgadas)?|feet\s+and\s+inches",
    "[in_i]": r"inch(?:es)?|pulgadas?",
    "mmol/L": r"mmol\s*/\s*l(?:itro)?|milimol(?:es)?(?:\s+por\s+litro|/l)?|millimoles?(?:\s+per\s+lit(?:er|re))?|si\s+units|unidades\s+(?:si|internacionales)",
    "umol/L": r"[uμµ]mol\s*/\s*l(?:itro)?|micromol(?:es)?(?:\s+(?:por|per)\s+lit(?:ro|er|re)|/l)?",
    "mg/dL": r"mg\s*/\s*dl|miligramos\s+por\s+decilitro|milligrams\s+per\s+decilit(?:er|re)",
    "g/L": r"g\s*/\s*l|gramos\s+por\s+litro|grams\s+per\s+lit(?:er|re)",
    "g/dL": r"g\s*/\s*dl|gr/dl",
    "mmol/mol": r"mmol\s*/\s*mol|ifcc",
    "[degF]": r"fahrenheit|\u00b0?\s*f(?=\W*$)",
    "Cel": r"celsius|centigrados?|grados\s+c",
    "kPa": r"kpa|kilopascal(?:es|s)?",
}
"""Words for each unit, by its name in UCUM."""
_SPELT_OUT = frozenset({"mmol/L", "umol/L", "mg/dL", "g/L", "g/dL", "mmol/mol", "[degF]", "Cel"})
"""Units whose words mean nothing else, so that none need go before them."""
_LED = r"(?:expresad[oa]s?\s+)?(?:en|in|into|to|as)\s+(?:unidades\s+de\s+)?(?:grados\s+|degrees\s+)?"
_MANY = r"(?:cuant[oa]s|how\s+many)\s+"
_OF_THE_FOOT = r"\s+(?:exams?|examinations?|checks?|x-?rays?|screenings?|surger(?:y|ies)|visits?|ulcers?|infections?|diabetic[oa]s?)\b"
"""What follows a foot that is no measure."""
_CHANGED = re.compile(r"\b(?:perdi|gan[oa]|sub|baj|aument|engord|adelgaz|crec|lost?|lose|gain|put\s+on|drop|grow|grew)")
_PATTERNS = tuple(
    (
        unit,
        re.compile(
            rf"(?<![\w/])(?:{_LED if unit not in _SPELT_OUT else f'(?:{_LED})?'}(?:{words})|{_MANY}(?:{words})(?!{_OF_THE_FOOT}))(?![\w/])"
        ),
    )
    for unit, words in _WORDS.items()
)
_AFTER_A_NUMBER = re.compile(r"\d\s*$")


@attrs.frozen
class UnitMatch:
    """A unit asked for, and where."""

    start: int
    end: int
    unit: str


def find_unit(folded: str) -> UnitMatch | None:
    """Find the unit in which a value is asked for; a unit after a number belongs to that number."""
    for unit, pattern in _PATTERNS:
        match = pattern.search(folded)
        if match is None or _AFTER_A_NUMBER.search(folded[: match.start()]):
            continue
        if re.match(_MANY, match[0]) and _CHANGED.search(folded[match.end() :]):
            continue  # `how many kilos has she lost` asks for a difference
        return UnitMatch(match.start(), match.end(), unit)
    return None
