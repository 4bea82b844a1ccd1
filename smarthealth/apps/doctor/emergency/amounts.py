"""Which amounts of a medicine that somebody took are ordinary: `I took 2 paracetamol` tells of no overdose.

A pattern meets any number; this looks at how great it is. Only what is certainly ordinary is taken back: one or two pieces, and
milligrams up to what one dose of a common medicine has (product information of the EMA and of INVIMA). Of other medicines every
number of milligrams stays, and so does anything that comes in boxes, bottles or strips.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Final

from .files import read_toml
from .patterns import Match
from .text import Token

OVERDOSE: Final = "overdose"
"""The sign that is looked at."""
MOST_PIECES: Final = 2
_PIECES: Final = frozenset(
    [
        "paracetamol",
        "acetaminofen",
        "acetaminophen",
        "ibuprofen",
        "ibuprofeno",
        "aspirin",
        "aspirina",
        "naproxen",
        "naproxeno",
        "tylenol",
        "advil",
        "dolex",
    ]
)
_ANYTHING: Final = frozenset(
    [
        "pill",
        "pills",
        "tablet",
        "tablets",
        "capsule",
        "capsules",
        "pastilla",
        "pastillas",
        "tableta",
        "tabletas",
        "capsula",
        "capsulas",
        "pasta",
        "pastas",
    ]
)
"""Pieces of whatever it may be: where it is said of what (`2 pills of …`), ordinary only of a medicine that is known."""
_OF: Final = frozenset({"of", "de"})
_ONE_DOSE: Final[Mapping[str, float]] = {
    **dict.fromkeys(
        ["paracetamol", "acetaminofen", "acetaminophen", "metformin", "metformina", "amoxicillin", "amoxicilina"], 1000
    ),
    **dict.fromkeys(["ibuprofen", "ibuprofeno"], 800),
    **dict.fromkeys(["aspirin", "aspirina", "naproxen", "naproxeno"], 500),
    **dict.fromkeys(["losartan", "sertraline", "sertralina"], 100),
    **dict.fromkeys(["atorvastatin", "atorvastatina"], 80),
    **dict.fromkeys(["enalapril", "lisinopril", "omeprazole", "omeprazol", "fluoxetine", "fluoxetina"], 40),
    **dict.fromkeys(["amlodipine", "amlodipino", "loratadine", "loratadina", "cetirizine", "cetirizina"], 10),
}
"""Milligrams that one dose for a grown person has at the most."""
_AGES: Final = frozenset(
    ["year", "years", "month", "months", "week", "weeks", "ano", "anos", "mes", "meses", "semana", "semanas"]
)
_NEAR: Final = 3
"""Words between the amount and the medicine."""


def is_ordinary(tokens: Sequence[Token], sign: Match) -> bool:
    """Whether a sign of an overdose tells of one ordinary dose.

    Args:
        tokens: All words.
        sign: What was found among them.
    """
    if any(token.text in _AGES or token.text in _children() for token in tokens):
        return False
    numbers = [place for place in range(sign.start, sign.end) if tokens[place].text[0].isdigit()]
    if len(numbers) != 1 or numbers[0] + 1 >= len(tokens):
        return False
    place = numbers[0]
    value = tokens[place].text.replace(",", ".")
    if not value.replace(".", "", 1).isdigit():
        return False  # a fraction
    unit = tokens[place + 1].text
    named = [token.text for token in tokens[place + 2 : place + 2 + _NEAR]]
    if unit == "mg":
        return float(value) <= max((_ONE_DOSE.get(name, 0.0) for name in named), default=0.0)
    is_unknown = not _OF.isdisjoint(named[:1]) and _ONE_DOSE.keys().isdisjoint(named)
    is_piece = unit in _PIECES or (unit in _ANYTHING and not is_unknown)
    return is_piece and float(value) <= MOST_PIECES


@cache
def _children() -> frozenset[str]:
    """Words for children."""
    lists = read_toml("lists.toml")
    return frozenset(f"{lists['child']} {lists['infant']}".replace("=", "").split())
