"""The names of places that people say: municipalities, neighbourhoods, landmarks, and towns that are not served.

A name of one word, or one marked in the data by `barrio NAME`, may be something else ("me llamo Mercedes"): it is a place only
where a place is expected, behind a preposition, an address, a comma, or at the beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher, get_close_matches
from functools import cache
from typing import Final, Literal

import attrs

from .files import read_rows, read_toml
from .folding import fold
from .numbers import is_number
from .words import Word, words_of

Kind = Literal["zone", "neighbourhood", "landmark", "outside"]

_LEADS: Final = frozenset(
    [
        "a",
        "al",
        "ante",
        "barrio",
        "cerca",
        "ciudad",
        "city",
        "comuna",
        "de",
        "del",
        "desde",
        "diagonal",
        "digo",
        "en",
        "entre",
        "es",
        "estoy",
        "frente",
        "hacia",
        "hasta",
        "localidad",
        "mejor",
        "municipio",
        "no",
        "o",
        "pa",
        "para",
        "perdon",
        "por",
        "pueblo",
        "quiero",
        "sector",
        "si",
        "sino",
        "sobre",
        "urbanizacion",
        "urb",
        "vamos",
        "via",
        "voy",
        "ir",
        "y",
        "zona",
        "comercial",
    ]
)
"""Words behind which a name is a place's."""
_ARTICLES: Final = frozenset({"el", "la", "los", "las"})
_PUNCTUATION: Final = frozenset(",;.!?/()-#")
CLOSE_ENOUGH: Final = 0.84
"""How alike (`difflib`) a name that was misheard must be to one of the table that begins with the same letter."""
LONG: Final = 7
"""Letters of a name that two words by chance are not."""
CUT_IN: Final = 2
VERY_CLOSE: Final = 0.9
"""How alike to one that begins with another."""
_HEADS: Final = (
    "centro comercial",
    "estadio",
    "universidad",
    "clinica",
    "hospital",
    "hotel",
    "parque",
    "museo",
    "aeropuerto",
)
"""Kinds of landmarks, which people say before short names, too: "el estadio Romelio"."""


@attrs.frozen(kw_only=True)
class Spot:
    """A named place."""

    kind: Kind
    name: str
    zone: str | None = None
    """The municipality; None outside."""
    sector: str | None = None


@attrs.frozen(kw_only=True)
class FoundSpot:
    """A name in a text, and the places that may be meant."""

    spots: tuple[Spot, ...]
    start: int
    end: int

    @property
    def kind(self) -> Kind:
        """What kind of place it is."""
        return self.spots[0].kind


@attrs.frozen
class _Phrase:
    spots: tuple[Spot, ...]
    is_doubtful: bool


@attrs.frozen(kw_only=True)
class Gazetteer:
    """All names."""

    zones: Mapping[str, str]
    """Municipality to the sector of places there of which no more is known."""
    _phrases: Mapping[tuple[str, ...], _Phrase]
    _longest: int
    _run_together: Mapping[str, _Phrase]
    """Names of one long word, which transcriptions cut in two: "aero puerto"."""

    def find(self, text: str) -> tuple[FoundSpot, ...]:
        """Every place named in a text, in order; of overlapping names the longest."""
        words = words_of(text)
        texts = tuple(word.text for word in words)
        found, at = [], 0
        while at < len(words):
            length = self._match(texts, at)
            if length:
                phrase = self._phrase(texts[at : at + length]) or self._phrases["el", *texts[at : at + length]]
                found.append(FoundSpot(spots=phrase.spots, start=words[at].start, end=words[at + length - 1].end))
            at += length or 1
        return tuple(found)

    def closest(self, name: str) -> tuple[Spot, ...]:
        """The neighbourhoods of the table that are spelt about like a name that is not in it."""
        names = {
            " ".join(phrase): phrase for phrase, known in self._phrases.items() if known.spots[0].kind != "outside"
        }
        words = " ".join(word.text for word in words_of(name))
        close = get_close_matches(words, names, n=1, cutoff=CLOSE_ENOUGH)
        if not close:
            return ()
        is_close = close[0][0] == words[0] or SequenceMatcher(None, words, close[0]).ratio() >= VERY_CLOSE
        return self._phrases[names[close[0]]].spots if is_close else ()

    def _match(self, texts: tuple[str, ...], at: int) -> int:
        """Words of the longest name that begins here."""
        for length in range(min(self._longest, len(texts) - at), 0, -1):
            phrase = self._phrase(texts[at : at + length])
            # "al Viva" is "a el Viva", a name that counts only with its article
            if phrase is None and texts[at - 1 : at] in (("al",), ("del",)):
                phrase = self._phrases.get(("el", *texts[at : at + length]))
            if phrase is not None and (not phrase.is_doubtful or _is_expected(texts, at)):
                return length
        return 0

    def _phrase(self, texts: tuple[str, ...]) -> _Phrase | None:
        """The name that words are, or that one word is which was cut in two."""
        whole = self._phrases.get(texts)
        return whole if whole is not None or len(texts) != CUT_IN else self._run_together.get("".join(texts))


def _is_expected(texts: tuple[str, ...], at: int) -> bool:
    """Whether a place is expected at a word."""
    before = at - 1
    while before >= 0 and texts[before] in _ARTICLES:
        before -= 1
    return before < 0 or texts[before] in _LEADS or texts[before] in _PUNCTUATION or is_number(texts[before])


@cache
def load_gazetteer() -> Gazetteer:
    """Read the tables; they are part of the package."""
    spots: dict[tuple[str, ...], list[Spot]] = {}
    doubtful: set[tuple[str, ...]] = set()
    zones: dict[str, str] = {}

    def add(spot: Spot, names: list[str]) -> None:
        marked = {_words(name)[1:] for name in names if fold(name).startswith("barrio ")}
        for words in dict.fromkeys(_words(name) for name in names):
            listed = spots.setdefault(words, [])
            if not listed or listed[0].kind == spot.kind:
                listed.append(spot)
            if spot.kind != "zone" and (len(words) == 1 or words in marked):
                doubtful.add(words)

    for zone in read_toml("zones.toml")["zone"]:
        zones[zone["name"]] = zone["sector"][0]["name"]
        add(Spot(kind="zone", name=zone["name"], zone=zone["name"]), [zone["name"], *zone["aliases"]])
    for name, aliases, at, sector in read_rows("landmarks.tsv"):
        add(Spot(kind="landmark", name=name, zone=at, sector=sector), _with_head(name, aliases.split(",")))
    for zone in read_toml("zones.toml")["zone"]:
        for sector in zone["sector"]:
            for line in sector["neighbourhoods"]:
                names = line.split("|")
                add(Spot(kind="neighbourhood", name=names[0], zone=zone["name"], sector=sector["name"]), names)
    for names in read_rows("outside.tsv"):
        add(Spot(kind="outside", name=names[0]), names)
    phrases = {words: _Phrase(tuple(listed), words in doubtful) for words, listed in spots.items()}
    long = {words[0]: phrase for words, phrase in phrases.items() if len(words) == 1 and len(words[0]) >= LONG}
    return Gazetteer(zones=zones, phrases=phrases, longest=max(map(len, phrases)), run_together=long)


def _with_head(name: str, aliases: list[str]) -> list[str]:
    """The names of a landmark, also with what kind of place it is before the short ones."""
    head = next((head for head in _HEADS if fold(name).startswith(head)), None)
    headed = [f"{head} {alias.removeprefix('la ')}" for alias in aliases if head is not None and head not in alias]
    return [name, *aliases, *headed]


def _words(name: str) -> tuple[str, ...]:
    return tuple(word.text for word in words_of(name) if _counts(word))


def _counts(word: Word) -> bool:
    return word.text not in _PUNCTUATION
