"""The age and the weeks of pregnancy that a message tells: whose complaint it is may be somebody else's than the profile's."""

from __future__ import annotations

import re
from typing import Final

MONTHS_IN_YEAR: Final = 12
WEEKS_IN_YEAR: Final = 52
DAYS_IN_YEAR: Final = 365
NEWBORN: Final = 0.02
"""Years; of somebody who is called a newborn."""
OLDEST: Final = 130
"""Years; a higher number is no age."""

_WORDS: Final = {
    word: number
    for number, words in enumerate(
        ("", "a un una one", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete",
         "eight ocho", "nine nueve", "ten diez", "eleven once", "twelve doce")
    )
    for word in words.split()
}  # fmt: skip
_NUMBER: Final = rf"(?P<number>\d{{1,3}}|{'|'.join(_WORDS)})"
_UNIT: Final = r"(?P<unit>day|week|month|year|dia|semana|mes|ano|anito|mesecito)(?:s|es)?"
_SOMEBODY: Final = (
    r"(?:hij[oa]|bebe|nin(?:it)?[oa]|nen[eao]|niet[oa]|sobrin[oa]|chiquit[oa]|much?ach[oa]|joven|mama|papa|madre|padre|abuel[oa]|abuelit[oa]|"
    r"senora?|hombre|mujer|paciente|espos[oa]|herman[oa]|amig[oa])"
)
_AGES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\b{_NUMBER}[ -](?:and a half )?{_UNIT}[ -]?old\b",
        rf"\b{_NUMBER} ?(?P<unit>yo|y o|mo|m o)\b",
        r"\b(?:i am|i'm|i m|he is|he's|she is|she's|aged?|who is)\s(?P<number>\d{1,3})(?=\s*(?:$|[.,;!?)](?!\d)|and\b|years?\b))(?P<unit>)",
        rf"\b{_SOMEBODY}\b(?:\s\w+){{0,2}}?\s(?:de|tiene)\s{_NUMBER} {_UNIT}\b(?! de evolucion| con | seguid)",
        r"\b(?:tengo|tiene|cumplio|soy de|edad:?|edad de)\s(?P<number>\d{1,3}) (?P<unit>ano|anito)s?\b(?! con\b| de\b| sin\b| seguid)",
        r"\bde (?P<number>\d{1,3}) (?P<unit>ano|anito)s? de edad\b",
    )
)
_PAST: Final = re.compile(r"\b(?:when|since|cuando|desde)\b(?:\s\w+){0,3}\s*$")
"""Before an age: somebody's age at another time."""
_NEWBORN: Final = re.compile(r"\b(?:newborn|new born|recien nacid[oa])\b")
_PREGNANCY: Final = re.compile(
    r"\b\d{1,2} (?:weeks?|months?|semanas?|mes(?:es)?) (?:pregnant|along|of pregnancy|into my pregnancy|de embarazo|de gestacion|de embarazada|embarazada)\b"
    r"|\b(?:pregnant|embarazada|embarazo|gestacion)(?:\s\w+)?(?: de| at|,)? \d{1,2} (?:weeks?|months?|semanas?|mes(?:es)?)\b"
    r"|\b(?:estoy|voy|tengo) (?:de|en la semana|en las) \d{1,2}(?: semanas)?\b"
)


def told_years(message: str) -> float | None:
    """The age that a folded message tells, in years; the youngest where it tells several, as that is who is at risk."""
    found = [years for match in _ages_in(message) if (years := _years_of(match)) <= OLDEST]
    if _NEWBORN.search(message):
        found.append(NEWBORN)
    return min(found, default=None)


def tells_pregnancy(message: str) -> bool:
    """Whether a folded message tells weeks or months of a pregnancy."""
    return bool(_PREGNANCY.search(message))


def without_ages(message: str) -> str:
    """A folded message without ages and weeks of pregnancy: what is left of spans of time is how long something lasts."""
    for match in (*_ages_in(message), *_PREGNANCY.finditer(message)):
        message = message.replace(match[0], " ")
    return message


def _ages_in(message: str) -> list[re.Match[str]]:
    matches = (match for pattern in _AGES for match in pattern.finditer(message))
    return [match for match in matches if not _PAST.search(message[: match.start()])]


def _years_of(match: re.Match[str]) -> float:
    number = float(_WORDS.get(match["number"]) or match["number"])
    unit = match["unit"]
    if unit.startswith("m"):
        return number / MONTHS_IN_YEAR
    if unit in ("week", "semana"):
        return number / WEEKS_IN_YEAR
    return number / DAYS_IN_YEAR if unit in ("day", "dia") else number
