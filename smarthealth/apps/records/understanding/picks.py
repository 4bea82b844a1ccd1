"""Words that say which of the entries is meant: the last, the second, the three most recent, the highest."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

import attrs

from .calendar_words import NUMBERS, alternatives, number_of
from .phrases import compile_phrases
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


_LAST = r"(?:ultim[oa]s|(?:mas )?recientes|last|latest|most recent|newest)"
_FIRST = r"(?:primer[oa]s|first|earliest|oldest|mas antigu[oa]s)"
_NOT_ONE = r"(?!(?:un|una|uno|one|a|an)\b)"

# Tried before the ordinals: `second to last` is no second.
_FROM_THE_END: tuple[tuple[str, Callable[[re.Match[str]], Pick]], ...] = (
    (r"antepenultim[oa]s?|third[ -](?:to[ -]last|most recent|last)", _one(Order.LATEST, 3)),
    (
        r"penultim(?:[oa]s?|ate)|second[ -](?:to[ -]last|most recent|last|latest)|next[ -]to[ -]last|last but one|the one before the last",
        _one(Order.LATEST, 2),
    ),
)
_TABLE: tuple[tuple[str, Callable[[re.Match[str]], Pick]], ...] = (
    (rf"{_NUMBER} {_LAST}(?! (?:value|one)\b)", _some(Order.LATEST)),
    (rf"{_LAST} {_NOT_ONE}{_NUMBER}", _some(Order.LATEST)),
    (rf"{_NOT_ONE}{_NUMBER} (?:§+|[a-z]+) mas recientes", _some(Order.LATEST)),
    (rf"{_NUMBER} {_FIRST}", _some(Order.FIRST)),
    (rf"{_FIRST} {_NOT_ONE}{_NUMBER}", _some(Order.FIRST)),
    (
        r"""
        (?:(?:el|la|los|las) )?mas (?:frecuentes?|comun(?:es)?|habitual(?:es)?|repetid[oa]s?)|mas veces
        que mas (?:se (?:repite|ha repetido)|veces)|con (?:mas|mayor) frecuencia
        most (?:frequent(?:ly)?|common(?:ly)?|often|times|repeated)
        """,
        _one(Order.FREQUENT),
    ),
    (
        r"""
        (?:el |la )?(?:valor(?:es)? )?mas (?:alt(?:ic?it)?[oa]s?|elevad[oa]s?|grandes?|fuertes?|intens[oa]s?)
        (?:el |la )?(?:valor(?:es)? )?(?:maxim[oa]s?|picos?|tope)|mayor(?:es)?(?! (?:de|que|a) \d)(?! de edad)
        record(?= (?:historico |maximo )?(?:de )?§)|how high (?:did|has|have)|hasta cuanto (?:le )?(?:ha )?(?:llego a |llegado a )?(?:sub|aument|elev)\w+|all[ -]time high|(?:highest|maximum|max|peak|greatest|largest|heaviest|tallest|fastest|top)(?! \d)|pes(?:o|aba|ado) mas(?! de \d)
        """,
        _one(Order.HIGHEST),
    ),
    (
        r"""
        mas (?:baj(?:it)?[oa]s?|pequen[oa]s?|leves?)|minim[oa]s?|bajon|menor(?:es)?(?! (?:de|que|a) \d)(?! de edad)
        nadir|how low (?:did|has|have)|hasta cuanto (?:le )?(?:ha )?(?:llego a |llegado a )?(?:baj|dismin|descen)\w+|all[ -]time low|lowest|minimum|min|smallest|least|lightest|slowest
        """,
        _one(Order.LOWEST),
    ),
    (r"(?:el |la )?peor(?:es)?|worst", _one(Order.HIGHEST)),
    (r"(?:el |la )?mejor(?:es)?|best", _one(Order.LOWEST)),
    (
        r"""
        ultim[oa]s?(?: vez)?|mas (?:recientes?|actual(?:es)?|nuev[oa]s?|cerca)|recientemente|recientes?|recien
        (?:valor(?:es)? |nivel(?:es)? )?actual(?:es)?(?=\s*(?:de|del|§|\?|$))
        latest|most (?:recent(?:ly)?|current)|newest|last(?: time)?|recent(?:ly)?|final|current(?= (?:value|level)| §)
        """,
        _one(Order.LATEST),
    ),
    (
        r"""
        (?:por )?primer[oa]?s?(?: vez)?|mas (?:antigu[oa]s?|viej[oa]s?|tempran[oa]s?)|inicial(?:es|mente)?|al (?:principio|inicio|comienzo)
        de (?:entrada|partida)|basal(?:es)?|arranc(?:o|aba)|empez(?:o|aron|aba)|comenz(?:o|aron|aba)
        first(?: time)?|earliest|oldest|initial(?:ly)?|original(?:ly)?|baseline|at (?:first|the (?:start|beginning|outset))|start(?:ed)?(?: (?:at|out|from))|began
        """,
        _one(Order.FIRST),
    ),
)
_COMPILED_FROM_THE_END = tuple((compile_phrases(phrases), make) for phrases, make in _FROM_THE_END)
_COMPILED = tuple((compile_phrases(phrases), make) for phrases, make in _TABLE)
_NTH = re.compile(rf"\b(?:el|la|the)\s+(?P<o>{_ORDINAL})\b|\b(?P<p>{_ORDINAL})\s+(?=§|[a-z])")
_NOT_THAT = re.compile(
    r"\b(?:not|no)\s+(?:the\s+|el\s+|la\s+)?(?:last|latest|most\s+recent|first|ultim[oa]|primer[oa])\b"
)
_NOT_AN_ORDINAL = re.compile(r"\bsegundos\b")

_THAN = r"(?:\s*(?:or equal to|o igual(?:es)? a|de los|de|que|a|than|los|las))*\s*"
_VALUE = r"(?P<v>\d{1,5}(?:[.,]\d+)?)(?!\s*(?:veces|times|anos|years|meses|months|dias|days|semanas|weeks))"
_ABOVE = (
    r"(?:mayor(?:es)?|superior(?:es)?|por encima|mas(?: alt[oa]s?)?|super(?:a|o|e|aba|ado|aron)?|sobrepas(?:a|o|ado)|rebas(?:a|o|ado)|sobre"
    r"|(?:por )?(?:arriba|encima)|pas(?:o|ado)|al menos|above|over|greater|higher|more|exceed(?:s|ed|ing)?|past|at least)"
)
_BELOW = r"(?:menor(?:es)?|inferior(?:es)?|menos|mas baj[oa]s?|(?:por )?debajo|bajo|como maximo|below|under|less|lower|smaller|at most)"
_THRESHOLDS = (
    (compile_phrases(rf"~(?:\b{_ABOVE}|>=?){_THAN}{_VALUE}~"), True),
    (compile_phrases(rf"~(?:\b{_BELOW}|<=?){_THAN}{_VALUE}~"), False),
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
    folded = _NOT_THAT.sub(lambda match: " " * len(match[0]), folded)
    for pattern, make in _COMPILED_FROM_THE_END:
        match = pattern.search(folded)
        if match is not None:
            return PickMatch(match.start(), match.end(), make(match))
    found = _find_ordinal(folded)
    if found is not None:
        return found
    for pattern, make in _COMPILED:
        match = pattern.search(folded)
        if match is not None:
            return PickMatch(match.start(), match.end(), make(match))
    return None


def _find_ordinal(folded: str) -> PickMatch | None:
    match = _NTH.search(folded)
    if match is None or _NOT_AN_ORDINAL.search(folded):
        return None
    return PickMatch(match.start(), match.end(), Pick(order=Order.FIRST, nth=_ordinal(match["o"] or match["p"])))
