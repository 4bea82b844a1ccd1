"""Words that say which of the entries is meant: the last, the second, the three most recent, the highest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from .calendar_words import NUMBERS, alternatives, number_of
from .question import Order, Pick, Threshold

_NUMBER = rf"(?P<n>\d{{1,2}}|{alternatives(NUMBERS)})"

ORDINALS: Mapping[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "segund[oa]s? second 2nd 2a 2da 2do",
            "tercer[oa]? third 3rd 3a 3ra 3er",
            "cuart[oa] fourth 4th 4a 4ta",
            "quint[oa] fifth 5th 5a 5ta",
            "sext[oa] sixth 6th",
            "septim[oa] seventh 7th",
            "octav[oa] eighth 8th",
            "noven[oa] ninth 9th",
            "decim[oa] tenth 10th",
        ),
        start=2,
    )
    for name in names.split()
}
_ORDINAL = "|".join(ORDINALS)


def _ordinal(text: str) -> int:
    return next(number for pattern, number in ORDINALS.items() if re.fullmatch(pattern, text))


@attrs.frozen
class PickMatch:
    """A pick found in a text."""

    start: int
    end: int
    pick: Pick


def _some(order: Order) -> Callable[[re.Match[str]], Pick]:
    return lambda match: Pick(order=order, count=number_of(match["n"]))


def _one(order: Order, nth: int = 1) -> Callable[[re.Match[str]], Pick]:
    return lambda match: Pick(order=order, nth=nth)


_LAST = r"ultim[oa]s|(?:mas\s+)?recientes|last|latest|most\s+recent|newest"
_FIRST = r"primer[oa]s|first|earliest|oldest|mas\s+antigu[oa]s"
_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Pick]], ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"\bantepenultim[oa]s?\b|\bthird[\s-](?:to[\s-]last|most\s+recent|last)\b", _one(Order.LATEST, 3)),
        (
            r"\bpenultim[oa]s?\b|\bsecond[\s-](?:to[\s-]last|most\s+recent|last|latest)\b|\bnext[\s-]to[\s-]last\b|\bthe\s+one\s+before\s+the\s+last\b",
            _one(Order.LATEST, 2),
        ),
        (rf"\b{_NUMBER}\s+(?:{_LAST})\b(?!\s+(?:value|one)\b)", _some(Order.LATEST)),
        (rf"\b(?:{_LAST})\s+(?!(?:un|una|uno|one|a|an)\b){_NUMBER}\b", _some(Order.LATEST)),
        (rf"\b(?!(?:un|una|uno|one|a|an)\b){_NUMBER}\s+(?:§+|[a-z]+)\s+mas\s+recientes\b", _some(Order.LATEST)),
        (rf"\b{_NUMBER}\s+(?:{_FIRST})\b", _some(Order.FIRST)),
        (rf"\b(?:{_FIRST})\s+(?!(?:un|una|uno|one|a|an)\b){_NUMBER}\b", _some(Order.FIRST)),
        (
            r"\b(?:(?:el|la|los|las)\s+)?(?:mas\s+(?:frecuentes?|comun(?:es)?|habitual(?:es)?|repetid[oa]s?)|que\s+mas\s+(?:se\s+(?:repite|ha\s+repetido)|veces)|mas\s+veces|con\s+(?:mas|mayor)\s+frecuencia)"
            r"|\bmost\s+(?:frequent(?:ly)?|common(?:ly)?|often|times|repeated)\b",
            _one(Order.FREQUENT),
        ),
        (
            r"\b(?:el\s+|la\s+)?(?:valor(?:es)?\s+)?(?:mas\s+(?:alt(?:ic?it)?[oa]s?|elevad[oa]s?|grandes?|fuertes?|intens[oa]s?)|maxim[oa]s?|mayor(?:es)?(?!\s+(?:de|que|a)\s+\d)(?!\s+de\s+edad)|picos?|tope)(?![a-z])|\ball[\s-]time\s+high\b"
            r"|\b(?:highest|maximum|max|peak|greatest|largest|heaviest|tallest|top)\b(?!\s+\d)|\bpes(?:o|aba|ado)\s+mas\b(?!\s+de\s+\d)",
            _one(Order.HIGHEST),
        ),
        (
            r"\b(?:mas\s+(?:baj(?:it)?[oa]s?|pequen[oa]s?|leves?)|minim[oa]s?|menor(?:es)?(?!\s+(?:de|que|a)\s+\d)(?!\s+de\s+edad)|bajon)(?![a-z])|\ball[\s-]time\s+low\b|\b(?:lowest|minimum|min|smallest|least|lightest)\b",
            _one(Order.LOWEST),
        ),
        (r"\b(?:el\s+|la\s+)?peor(?:es)?\b|\bworst\b", _one(Order.HIGHEST)),
        (r"\b(?:el\s+|la\s+)?mejor(?:es)?\b|\bbest\b", _one(Order.LOWEST)),
        (
            r"\b(?:ultim[oa]s?(?:\s+vez)?|mas\s+(?:recientes?|actual(?:es)?|nuev[oa]s?)|recientemente|recientes?|recien|mas\s+cerca|latest|most\s+(?:recent(?:ly)?|current)|newest|last(?:\s+time)?|recent(?:ly)?|final)\b"
            r"|\b(?:valor(?:es)?\s+|nivel(?:es)?\s+)?actual(?:es)?\b(?=\s*(?:de|del|§|\?|$))|\bcurrent\b(?=\s+(?:§|value|level))",
            _one(Order.LATEST),
        ),
        (
            r"\b(?:(?:por\s+)?primer[oa]?s?(?:\s+vez)?|mas\s+(?:antigu[oa]s?|viej[oa]s?|tempran[oa]s?)|inicial(?:es)?|inicialmente|al\s+principio|de\s+entrada|de\s+partida|basal(?:es)?|arranc(?:o|aba)|empez(?:o|aron|aba)|comenz(?:o|aron|aba)|first(?:\s+time)?|earliest|oldest|initial(?:ly)?|original(?:ly)?|baseline|start(?:ed)?(?:\s+(?:at|out|from))|began)\b",
            _one(Order.FIRST),
        ),
    )
)
_NTH = re.compile(rf"\b(?:el|la|the)\s+(?P<o>{_ORDINAL})\b|\b(?P<p>{_ORDINAL})\s+(?=§|[a-z])")
_NOT_AN_ORDINAL = re.compile(r"\bsegundos\b")

_ABOVE = r"(?:mayor(?:es)?|superior(?:es)?|por\s+encima|mas(?:\s+alt[oa]s?)?|above|over|greater|higher|more|exceed(?:s|ed|ing)?|super(?:a|o|e|aba|ado|aron)?|sobrepas(?:a|o|ado)|rebas(?:a|o|ado)|sobre|(?:por\s+)?(?:arriba|encima)|past|pas(?:o|ado)|>=?|at\s+least|al\s+menos)"
_BELOW = r"(?:menor(?:es)?|inferior(?:es)?|por\s+debajo|menos|mas\s+baj[oa]s?|(?:por\s+)?debajo|bajo|below|under|less|lower|smaller|<=?|at\s+most|como\s+maximo)"
_THAN = r"(?:\s*(?:or\s+equal\s+to|o\s+igual(?:es)?\s+a|de\s+los|de|que|a|than|los|las))*\s*"
_VALUE = r"(?P<v>\d{1,5}(?:[.,]\d+)?)(?!\s*(?:veces|times|anos|years|meses|months|dias|days|semanas|weeks))"
_THRESHOLDS = (
    (re.compile(rf"(?:\b|(?<=\s)){_ABOVE}{_THAN}{_VALUE}"), True),
    (re.compile(rf"(?:\b|(?<=\s)){_BELOW}{_THAN}{_VALUE}"), False),
)


@attrs.frozen
class ThresholdMatch:
    """A threshold found in a text."""

    start: int
    end: int
    threshold: Threshold


def find_threshold(folded: str) -> ThresholdMatch | None:
    """Find a number that values must lie above or below."""
    for pattern, above in _THRESHOLDS:
        match = pattern.search(folded)
        if match is not None:
            value = float(match["v"].replace(",", "."))
            return ThresholdMatch(match.start(), match.end(), Threshold(above=above, value=value))
    return None


def find_pick(folded: str) -> PickMatch | None:
    """Find which of the entries is meant, in a folded text whose times are covered."""
    for pattern, make in _FORMS[:2]:
        match = pattern.search(folded)
        if match is not None:
            return PickMatch(match.start(), match.end(), make(match))
    found = _find_ordinal(folded)
    if found is not None:
        return found
    for pattern, make in _FORMS[2:]:
        match = pattern.search(folded)
        if match is not None:
            return PickMatch(match.start(), match.end(), make(match))
    return None


def _find_ordinal(folded: str) -> PickMatch | None:
    match = _NTH.search(folded)
    if match is None or _NOT_AN_ORDINAL.search(folded):
        return None
    return PickMatch(match.start(), match.end(), Pick(order=Order.FIRST, nth=_ordinal(match["o"] or match["p"])))
