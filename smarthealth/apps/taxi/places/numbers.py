"""Numbers as they are said in Spanish: "setenta y dos", "ciento catorce", "primera", "43"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LARGEST_DIGITS: Final = 9
"""Digits of the longest number that is read as one."""

_UNITS: Final = {
    word: value
    for value, words in enumerate(
        [
            "cero",
            "un uno una primera primero",
            "dos segunda",
            "tres tercera tercero",
            "cuatro cuarta",
            "cinco quinta",
            "seis sexta",
            "siete septima",
            "ocho octava",
            "nueve novena",
        ]
    )
    for word in words.split()
}
_TEENS: Final = {
    word: value
    for value, words in enumerate(
        [
            "diez decima",
            "once",
            "doce",
            "trece",
            "catorce",
            "quince",
            "dieciseis",
            "diecisiete",
            "dieciocho",
            "diecinueve",
            "veinte",
            "veintiun veintiuno veintiuna",
            "veintidos",
            "veintitres",
            "veinticuatro",
            "veinticinco",
            "veintiseis",
            "veintisiete",
            "veintiocho",
            "veintinueve",
        ],
        start=10,
    )
    for word in words.split()
}
_TENS: Final = {
    word: 10 * value
    for value, word in enumerate(
        ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"], start=3
    )
}
_HUNDREDS: Final = {
    "ciento": 100,
    **{
        word: 100 * value
        for value, word in enumerate(
            [
                "doscientos",
                "trescientos",
                "cuatrocientos",
                "quinientos",
                "seiscientos",
                "setecientos",
                "ochocientos",
                "novecientos",
            ],
            start=2,
        )
    },
}
ARTICLES: Final = frozenset({"un", "una"})
"""Words that are numbers only among numbers."""


def read_number(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """Read the number that begins at a word.

    Args:
        words: Folded.
        at: Index of the first word.

    Returns:
        The number and the index after it, None when none begins there. "ochenta doce" are two numbers, as is "ochenta cinco".
    """
    if at < len(words) and words[at].isdecimal():
        return (int(words[at]), at + 1) if len(words[at]) <= LARGEST_DIGITS else None
    head = _below_thousand(words, at)
    if at < len(words) and words[at] == "mil":
        head = (1, at)
    if head is None:
        return None
    value, end = head
    if end < len(words) and words[end] == "mil" and value:
        tail = _below_thousand(words, end + 1)
        return (1000 * value + tail[0], tail[1]) if tail is not None and tail[0] else (1000 * value, end + 1)
    return head


def is_number(word: str) -> bool:
    """Whether a folded word alone is a number, articles not counted."""
    return word not in ARTICLES and read_number((word,), 0) is not None


def _below_thousand(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word = words[at] if at < len(words) else ""
    if word == "cien":
        return 100, at + 1
    if word in _HUNDREDS:
        rest = _below_hundred(words, at + 1)
        return (_HUNDREDS[word] + rest[0], rest[1]) if rest is not None and rest[0] else (_HUNDREDS[word], at + 1)
    return _below_hundred(words, at)


def _below_hundred(words: Sequence[str], at: int) -> tuple[int, int] | None:
    word = words[at] if at < len(words) else ""
    if word in _TENS:
        joined = at + 2 < len(words) and words[at + 1] == "y"
        unit = _UNITS.get(words[at + 2], 0) if joined else 0
        return (_TENS[word] + unit, at + 3) if unit else (_TENS[word], at + 1)
    value = _UNITS.get(word, _TEENS.get(word))
    return None if value is None else (value, at + 1)
