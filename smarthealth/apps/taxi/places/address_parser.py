"""Finds street addresses in what people say or type.

    address  = road [sign] number [letter] [bis [letter]] [quadrant]
               [(sign | con) [road] number [letter] [bis] [quadrant]]
               [[dash] plate [quadrant]] complement*

The road's kind may be missing where a sign `#` stands, and all of the road where only `43-25` is told, as in an answer to
"which number?". Numbers may be words, so their borders are found by grammar: "setenta y dos cuarenta y tres veinticinco" is
72, 43, 25.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from .address import CROSSED_BY, Address, Road
from .numbers import is_number, read_number
from .roads import (
    COMPLEMENTS,
    CROSSING,
    DASHES,
    DOUBTFUL_LETTERS,
    LETTERS,
    NAMED_ROADS,
    NUMBER_SIGNS,
    QUADRANTS,
    ROADS,
    SHORT_ROADS,
)
from .words import Word, words_of

LARGEST_ROAD: Final = 250
"""No city has a road of a greater number."""
LARGEST_PLATE: Final = 999
_ARTICLES: Final = frozenset({"la", "el", "los", "las"})
_LONGEST_NAME: Final = 3
_AFTER_BARE_NUMBER: Final = (NUMBER_SIGNS | {"con"}) - {"no", "n"}
"""What makes a number without a road's kind one of a road."""
_BARE_ROADS: Final = frozenset(
    {(lead, "la") for lead in ("a", "en", "para", "pa", "por", "hasta", "sobre", "hacia", "es")}
)


@attrs.frozen
class FoundAddress:
    """An address, and where it stands in the text."""

    address: Address
    start: int
    end: int


def find_addresses(text: str, *, fragments: bool = True) -> tuple[FoundAddress, ...]:
    """Every address of a text, in order.

    Args:
        text: What was said.
        fragments: Whether `43-25` alone is part of an address.
    """
    words = words_of(text)
    texts = tuple(word.text for word in words)
    found, at = [], 0
    while at < len(words):
        reader = _Reader(texts, words, at)
        address = reader.read(fragments)
        if address is None:
            at += 1
            continue
        found.append(FoundAddress(address, words[at].start, words[reader.at - 1].end))
        at = reader.at
    return tuple(found)


class _Reader:
    """Reads one address from a word on; `at` is then the index after it."""

    def __init__(self, texts: Sequence[str], words: Sequence[Word], at: int) -> None:
        self._texts = texts
        self._words = words
        self.at = at

    def read(self, fragments: bool) -> Address | None:
        start = self.at
        kind = self._road_kind()
        address = self._with_kind(kind) if kind is not None else self._named() or self._without_kind(fragments)
        if address is None:
            self.at = start
            return self._complement_alone()
        return attrs.evolve(address, complement=self._complements())

    # Roads

    def _word(self, ahead: int = 0) -> str:
        at = self.at + ahead
        return self._texts[at] if 0 <= at < len(self._texts) else ""

    def _road_kind(self) -> str | None:
        word = self._word()
        kind = ROADS.get(word)
        if kind is None:
            kind = SHORT_ROADS.get(word) if self._word(1).isdecimal() or self._word(2).isdecimal() else None
        if kind is None:
            return None
        mark = self.at
        self.at += 1
        self._skip({"."})
        self._skip({"es", "la", "el"} if self._word() == "es" else set())  # "la carrera es la 8"
        if kind == "Avenida" and self._word() in ROADS:
            kind = ROADS[self._word()]  # "avenida calle 26"
            self.at += 1
            self._skip({"."})
        if not self._begins_number() and self._word() not in NUMBER_SIGNS and not self._name():
            self.at = mark
            return None
        return kind

    def _name(self) -> str | None:
        """The named road that begins here."""
        skip = 1 if self._word() in _ARTICLES else 0
        for length in range(_LONGEST_NAME, 0, -1):
            name = " ".join(self._texts[self.at + skip : self.at + skip + length])
            if name in NAMED_ROADS:
                return name
        return None

    def _named(self) -> Address | None:
        """A road that people call by name, with a number behind it; the name alone may be anything."""
        name = self._name() if self._word() not in _ARTICLES else None
        mark = self.at
        if name is None:
            return None
        road = self._take_name(name)
        address = self._crossed(road)
        if address.cross is None:
            self.at = mark
            return None
        return address

    def _take_name(self, name: str) -> Road:
        self._skip(_ARTICLES)
        self.at += len(name.split())
        kind, number, own = NAMED_ROADS[name]
        return Road(kind=kind, number=number, name=own)

    def _with_kind(self, kind: str) -> Address | None:
        name = self._name()
        if name is not None:
            return self._crossed(self._take_name(name))
        self._skip(NUMBER_SIGNS | {"."})
        road = self._road(kind)
        return None if road is None else self._crossed(road)

    def _road(self, kind: str | None) -> Road | None:
        number = self._number(LARGEST_ROAD)
        if number is None:
            return None
        letters = self._letter()
        bis: str | None = None
        if self._word() == "bis":
            self.at += 1
            bis = self._letter()
        return Road(kind=kind, number=number, letters=letters, bis=bis, quadrant=self._quadrant())

    def _crossed(self, main: Road) -> Address:
        """The address on a road, as far as it goes on."""
        mark = self.at
        self._skip({","})
        crossing = self._word() in CROSSING
        signed = crossing or self._word() in NUMBER_SIGNS | DASHES
        if signed:
            self.at += 1
        self._skip(_ARTICLES | {".", "el"} if signed else set())
        self._skip(NUMBER_SIGNS | {"."} if signed else set())
        kind = self._road_kind() if signed else None
        if not signed and self._texts[mark : mark + 1] == (",",):
            self.at = mark  # "calle 72, 2 personas": behind a comma a number needs its sign
            return Address(main=main)
        name = self._name() if crossing else None
        if name is not None:
            return Address(main=main, cross=self._take_name(name))
        split = self._run_together()
        if split is not None:
            return Address(main=main, cross=Road(number=split[0]), plate=split[1])
        cross = self._road(kind)
        if cross is None:
            self.at = mark
            return Address(main=main)
        plate, quadrant = self._plate()
        if plate is None and crossing and cross.kind is None:
            cross = attrs.evolve(cross, kind=CROSSED_BY.get(main.kind or ""))
        return Address(main=main, cross=cross, plate=plate, plate_quadrant=quadrant)

    def _run_together(self) -> tuple[int, int] | None:
        """`4325`, as a transcription writes 43-25."""
        digits = self._word()
        if not digits.isdecimal() or len(digits) not in (4, 5) or self._word(1) in DASHES:
            return None
        self.at += 1
        return int(digits[:2]), int(digits[2:])

    def _plate(self) -> tuple[int | None, str | None]:
        mark = self.at
        dashed = self._word() in DASHES
        if dashed:
            self.at += 1
        elif self._word() in NUMBER_SIGNS:
            self.at += 1
            self._skip({"."})
        if not self._begins_number():
            self.at = mark
            return None, None
        number = self._number(LARGEST_PLATE)
        if number is None:
            self.at = mark
            return None, None
        return number, self._quadrant()

    # Addresses that lack something

    def _without_kind(self, fragments: bool) -> Address | None:
        mark = self.at
        if fragments and self._word() in NUMBER_SIGNS and self._begins_number(1, after=frozenset(".")):
            self.at += 1
            self._skip({"."})
            return self._fragment()
        if fragments and self._word() == "con" and self.at == 0:
            self.at += 1  # "con 51", asked for the road that crosses
            cross = self._road(None)
            return None if cross is None else Address(cross=cross)
        if not self._begins_number() or not self._is_start():
            return None
        road = self._road(None)
        if road is not None and fragments and self._is_bare_road(mark):
            return Address(main=road)
        if road is not None and self._word() in _AFTER_BARE_NUMBER:
            address = self._crossed(road)
            if address.cross is not None:
                # "la 38 con Murillo": the road that crosses tells the kind of this one
                told = CROSSED_BY.get(address.cross.kind or "") if address.plate is None else None
                return attrs.evolve(address, main=attrs.evolve(road, kind=told))
        self.at = mark
        return self._fragment(dashed=True) if fragments else None

    def _is_bare_road(self, mark: int) -> bool:
        """Whether a number is a road's that people know: "a la 84", which ends what is said."""
        before = self._texts[max(0, mark - 2) : mark]
        is_led = tuple(before) in _BARE_ROADS or before == ("la",)
        return is_led and self._word() in ("", ",", ".", "y") and self._texts[mark].isdecimal()

    def _fragment(self, *, dashed: bool = False) -> Address | None:
        split = self._run_together() if not dashed else None
        if split is not None:
            return Address(cross=Road(number=split[0]), plate=split[1])
        cross = self._road(None)
        if cross is None or (dashed and self._word() not in DASHES):
            return None
        plate, quadrant = self._plate()
        return None if plate is None else Address(cross=cross, plate=plate, plate_quadrant=quadrant)

    # Complements

    def _complement_alone(self) -> Address | None:
        """`manzana 5 casa 12`, an address of its own in some neighbourhoods, or an answer's `apto 501`."""
        found = self._complements(separated=False)
        return Address(complement=found) if found else None

    def _complements(self, *, separated: bool = True) -> tuple[str, ...]:
        found: list[str] = []
        while True:
            mark = self.at
            if separated or found:
                self._skip({",", ".", "-", "en", "el", "la", "y"}, most=2)
            kind = COMPLEMENTS.get(self._word())
            self.at += 1
            self._skip(NUMBER_SIGNS | {"."})
            value = self._unit() if kind is not None else None
            if value is None:
                self.at = mark
                return tuple(found)
            found.append(f"{kind} {value}")

    def _unit(self) -> str | None:
        """The number of a flat, with its letter, or a letter alone."""
        word = self._word()
        if self._begins_number():
            number = self._number(99_999)
            return None if number is None else f"{number}{self._letter()}"
        if len(word) == 1 and word.isalpha() and word not in "yoe":
            self.at += 1
            return word.upper()
        return None

    # Words

    def _begins_number(self, ahead: int = 0, after: frozenset[str] = frozenset()) -> bool:
        if self._word(ahead) in after:
            ahead += 1
        return is_number(self._word(ahead))

    def _is_start(self) -> bool:
        """Whether the word here begins a number, rather than going on with one."""
        return not (self._word(-1) in DASHES | {"."} or is_number(self._word(-1)))

    def _number(self, most: int) -> int | None:
        found = read_number(self._texts, self.at) if self._begins_number() else None
        if found is None or found[0] > most:
            return None
        self.at = found[1]
        return found[0]

    def _letter(self) -> str:
        word = self._word()
        if len(word) == 2 and word[0] in LETTERS and word[1] in LETTERS and self._is_attached():
            self.at += 1
            return word.upper()
        if word not in LETTERS:
            return ""
        if word in DOUBTFUL_LETTERS and not self._is_attached() and not self._goes_on(1):
            return ""
        self.at += 1
        return word.upper()

    def _is_attached(self) -> bool:
        return self._words[self.at - 1].end == self._words[self.at].start

    def _goes_on(self, ahead: int) -> bool:
        """Whether an address goes on behind a letter."""
        word = self._word(ahead)
        return word in {"#", "-", "bis", "sur", "numero", "con"} or is_number(word)

    def _quadrant(self) -> str | None:
        found = QUADRANTS.get(self._word())
        if found is not None:
            self.at += 1
        return found

    def _skip(self, words: set[str] | frozenset[str], most: int = 2) -> None:
        for _ in range(most):
            if self._word() not in words:
                return
            self.at += 1
