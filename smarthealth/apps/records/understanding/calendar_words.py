"""Words that name months, numbers and lengths of time, in Spanish and English, folded."""

from __future__ import annotations

from collections.abc import Mapping

MONTHS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "enero january jan ene",
            "febrero february feb",
            "marzo march mar",
            "abril april apr abr",
            "mayo may",
            "junio june jun",
            "julio july jul",
            "agosto august aug ago",
            "septiembre setiembre september sept sep set",
            "octubre october oct",
            "noviembre november nov",
            "diciembre december dec dic",
        ),
        start=1,
    )
    for name in names.split()
}

NUMBERS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "un una uno one a an",
            "dos two",
            "tres three",
            "cuatro four",
            "cinco five",
            "seis six",
            "siete seven",
            "ocho eight",
            "nueve nine",
            "diez ten",
            "once eleven",
            "doce twelve",
        ),
        start=1,
    )
    for name in names.split()
} | {"quince": 15, "fifteen": 15, "veinte": 20, "twenty": 20, "treinta": 30, "thirty": 30, "couple": 2, "par": 2}

UNIT_DAYS: Mapping[str, float] = {
    "dia": 1,
    "day": 1,
    "semana": 7,
    "week": 7,
    "mes": 30.4375,
    "month": 30.4375,
    "trimestre": 91.3125,
    "quarter": 91.3125,
    "semestre": 182.625,
    "ano": 365.25,
    "year": 365.25,
    "lustro": 1826.25,
    "decada": 3652.5,
    "decade": 3652.5,
}

DECADES: Mapping[str, int] = {
    "cincuenta": 1950,
    "sesenta": 1960,
    "setenta": 1970,
    "ochenta": 1980,
    "noventa": 1990,
    "fifties": 1950,
    "sixties": 1960,
    "seventies": 1970,
    "eighties": 1980,
    "nineties": 1990,
}


def alternatives(words: Mapping[str, object]) -> str:
    """A pattern that matches any of the words, longer ones first."""
    return "|".join(sorted(words, key=len, reverse=True))


def number_of(text: str) -> int:
    """Read a small number written in digits or in words."""
    return int(text) if text.isdigit() else NUMBERS[text]
