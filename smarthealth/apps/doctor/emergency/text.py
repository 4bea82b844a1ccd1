"""The words of a message, folded, with where they stood.

Spelling that carries no meaning here is dropped: case, accents, invisible characters, letters held down (`ayudaaa`). What people
shorten on a phone is written out (`xq`, `can't`, `n`), so that each pattern is written once. Offsets stay those of the message.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from enum import IntEnum
from functools import cache, lru_cache

import attrs

from .files import read_toml

MOST_CHARACTERS = 8_000
"""Of a message; what comes after is not read. The protocol takes fewer."""
_CHARACTERS_REMEMBERED = 4096
_WORDS_REMEMBERED = 20_000
_TOKEN = re.compile(
    r"(?P<word>spo2|sao2|o2\b|[a-z]+(?:'[a-z]+)*)"
    r"|(?P<number>\d+(?:[.,]\d+)?(?:/\d+(?:[.,]\d+)?)?)"
    r"|(?P<sign>%)"
    r"|(?P<pause>\.{2,}|[-_*]+)"
    r"|(?P<stop>[.!?;]+|\n\s*\n)"
    r"|(?P<comma>[,:()\n/\"]+)"
)
_HELD = re.compile(r"([a-z])\1{2,}")


class Border(IntEnum):
    """What stands between a word and the one before it."""

    NONE = 0
    SOFT = 1
    """A comma, a colon, a bracket, a new line."""
    HARD = 2
    """The end of a sentence."""


@attrs.frozen
class Token:
    """One word or number."""

    text: str
    start: int
    end: int
    border: Border = Border.NONE


@attrs.frozen(kw_only=True)
class Spelling:
    """What is written out, and how."""

    written_out: Mapping[str, tuple[str, ...]]


@cache
def load_spelling() -> Spelling:
    """Read the abbreviations and contractions of both languages."""
    table = read_toml("spelling.toml")
    return Spelling(
        written_out={short: tuple(str(long).split()) for section in table.values() for short, long in section.items()}
    )


def tokenize(message: str) -> tuple[Token, ...]:
    """The words of a message in order; takes time in proportion to its length."""
    folded, places = _fold(message[:MOST_CHARACTERS])
    tokens: list[Token] = []
    border = Border.HARD
    for found in _TOKEN.finditer(folded):
        kind = found.lastgroup
        if kind == "stop":
            border = Border.HARD
        elif kind == "comma":
            border = max(border, Border.SOFT)
        elif kind != "pause":
            start, end = places[found.start()], places[found.end() - 1] + 1
            for text in _written(found.group()):
                tokens.append(Token(text, start, end, border))
                border = Border.NONE
    return tuple(tokens)


@lru_cache(maxsize=_WORDS_REMEMBERED)
def _written(word: str) -> tuple[str, ...]:
    written_out = load_spelling().written_out
    if word in written_out:
        return written_out[word]
    bare = word.replace("'", "")
    if bare in written_out:
        return written_out[bare]
    if bare.endswith("nt") and word.endswith("n't"):
        return (bare[:-2], "not")
    if "'" in word:
        return tuple(part for part in word.split("'") if len(part) > 1 or part in {"i", "d", "l"})
    held = _HELD.sub(r"\1", word)
    return written_out.get(held, (held,)) if held != word else (word,)


def _fold(message: str) -> tuple[str, list[int]]:
    """The message without case and accents, and where each of its characters came from."""
    if message.isascii():
        return message.lower(), list(range(len(message)))
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(message):
        folded = _folded_character(character)
        letters.append(folded)
        places.extend([place] * len(folded))
    return "".join(letters), places


@lru_cache(maxsize=_CHARACTERS_REMEMBERED)
def _folded_character(character: str) -> str:
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    if unicodedata.category(character) == "Cf":
        return ""
    return "".join(_kept(unicodedata.normalize("NFKD", character).lower()))


def _kept(characters: str) -> Iterator[str]:
    for character in characters:
        if not unicodedata.combining(character):
            yield character if character.isascii() else " "


_SPECIAL = {
    "’": "'",
    "‘": "'",
    "´": "'",
    "`": "'",
    "°": " ",
    "º": " ",
    "ª": " ",
    "…": "...",
    "ı": "i",
    "ø": "o",
    "ß": "ss",
}
_SPECIAL |= {"\U0001f198": " sos ", "¿": " ", "¡": " ", "、": ",", "。": "."}
