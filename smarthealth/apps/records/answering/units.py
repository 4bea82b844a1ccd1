"""One value told in another unit: kilograms in pounds, mg/dL in mmol/L."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from smarthealth.apps.records.understanding.folding import fold_letters

from .wording import write_number, write_unit

Convert = Callable[[float], float]


def _times(factor: float) -> Convert:
    return lambda value: value * factor


_ALIASES: Mapping[str, str] = {
    "[lb_av]": "lb", "lbs": "lb", "kilogram": "kg", "centimeter": "cm", "[in_us]": "[in_i]", "in": "[in_i]", "ft": "[ft_i]",
    "mg/dl": "mg/dL", "mmol/l": "mmol/L", "umol/l": "umol/L", "µmol/l": "umol/L", "g/dl": "g/dL", "g/l": "g/L",
    "°c": "Cel", "cel": "Cel", "c": "Cel", "°f": "[degF]", "[degf]": "[degF]", "mmhg": "mm[Hg]", "mm[hg]": "mm[Hg]",
}  # fmt: skip
"""Other ways of writing a unit, in small letters, and its name in UCUM."""
_POUNDS, _FEET, _INCHES = 2.2046226, 30.48, 2.54
_PLAIN: Mapping[tuple[str, str], Convert] = {
    ("kg", "lb"): _times(_POUNDS),
    ("lb", "kg"): _times(1 / _POUNDS),
    ("kg", "g"): _times(1000),
    ("g", "kg"): _times(0.001),
    ("g", "lb"): _times(_POUNDS / 1000),
    ("cm", "m"): _times(0.01),
    ("m", "cm"): _times(100),
    ("cm", "[ft_i]"): _times(1 / _FEET),
    ("cm", "[in_i]"): _times(1 / _INCHES),
    ("[in_i]", "cm"): _times(_INCHES),
    ("[in_i]", "m"): _times(_INCHES / 100),
    ("[in_i]", "[ft_i]"): _times(1 / 12),
    ("Cel", "[degF]"): lambda value: value * 9 / 5 + 32,
    ("[degF]", "Cel"): lambda value: (value - 32) * 5 / 9,
    ("g/dL", "g/L"): _times(10),
    ("g/L", "g/dL"): _times(0.1),
    ("mm[Hg]", "kPa"): _times(0.133322),
}
_MOLAR: tuple[tuple[re.Pattern[str], float, str], ...] = tuple(
    (re.compile(pattern), factor, unit)
    for pattern, factor, unit in (
        (r"triglic|triglyc", 88.57, "mmol/L"),
        (r"colesterol|cholest|\b[hlv]?ldl\b|\bhdl\b", 38.67, "mmol/L"),
        (r"gluc|glicemi|glycemi", 18.016, "mmol/L"),
        (r"creatin", 1 / 88.42, "umol/L"),
        (r"urea nitrogen|nitrogeno ureico|\bbun\b", 2.801, "mmol/L"),
        (r"calci", 4.008, "mmol/L"),
        (r"bilirrub|bilirub", 1 / 17.104, "umol/L"),
        (r"\buric|urico|urate", 1 / 59.48, "umol/L"),
        (r"magnes", 2.4305, "mmol/L"),
    )
)
"""What is measured, how many mg/dL one unit of amount is, and that unit."""
_A1C = re.compile(r"a1c|glicosilad|glicad|glycated|glycosylated")
_FOOT = 12


def converted(value: float, unit: str | None, target: str, name: str) -> str | None:
    """A value in another unit, as it is to be read; None where it is in that unit, or cannot be told in it.

    Args:
        value: The number.
        unit: Its unit, as the record has it.
        target: The unit wanted, by its name in UCUM.
        name: What was measured: of what it is decides how much a mole weighs.
    """
    source = _ALIASES.get((unit or "").lower(), unit or "")
    change = _PLAIN.get((source, target)) or _by_amount(source, target, fold_letters(name))
    if change is None:
        return None
    number = change(value)
    if target == "[ft_i]":
        inches = round(number * _FOOT)
        return f"{inches // _FOOT} ft {inches % _FOOT} in"
    return f"{write_number(round(number, 2 if abs(number) < 10 else 1))} {write_unit(target)}"


def _by_amount(source: str, target: str, name: str) -> Convert | None:
    if _A1C.search(name):
        if (source, target) == ("%", "mmol/mol"):
            return lambda value: (value - 2.152) * 10.929
        return (lambda value: value / 10.929 + 2.152) if (source, target) == ("mmol/mol", "%") else None
    for pattern, factor, unit in _MOLAR:
        if pattern.search(name):
            if (source, target) == ("mg/dL", unit):
                return _times(1 / factor)
            if (source, target) == (unit, "mg/dL"):
                return _times(factor)
    return None
