"""Whether a question asks that something went one way: `did the LDL fall`, `¿le ha subido la creatinina?`, `has he grown`.

The verbs of rising and falling name nothing: `did she gain weight` asks for her weights, not for a diagnosis of weight gain.
Some of them say by themselves what was measured: who has grown has another height, `adelgazado` speaks of the weight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from .folding import fold_letters
from .question import Toward

_UP = (
    r"subi(?:o|do|endo|eron)|suben?|aument(?:o|ado|ando|aron|an?)|increment(?:o|ado|ando|aron)|crec(?:io|ido|iendo|ieron|e)"
    r"|ascendi(?:o|do)|engord(?:o|ado|ando)|gan(?:o|ado|ando)(?=\s+(?:algo\s+de\s+|mucho\s+)?(?:peso|kilos|§))|(?:ha|han|se)\s+elevado"
    r"|ris(?:e|en|ing)|rose|increas(?:e|ed|ing)|(?:go|goes|gone|going|went)\s+up|climb(?:ed|ing)?|grow(?:n|ing)?|grew|taller|heavier"
    r"|gain(?:ed|ing)?|trending\s+up|(?:creeping|creep|crept)\s+up|upwards?|(?:para|hacia)\s+arriba|(?:aumento|incremento|subida|elevacion)(?=\s+(?:de|en|del)\b)|put\s+on(?=\s+(?:weight|§))"
)
_DOWN = (
    r"bajado|bajando|bajaron|bajan|disminu(?:yo|ido|yendo|yeron)|descendi(?:o|do)|reduj(?:o|eron)|reducido|cay(?:o|eron)|caido|adelgaz(?:o|ado|ando)"
    r"|perdi(?:o|do|endo)(?=\s+(?:algo\s+de\s+|mucho\s+)?(?:peso|kilos|§))"
    r"|fall(?:en|ing)?|fell|drop(?:ped|ping)?|decreas(?:e|ed|ing)|declin(?:e|ed|ing)|(?:go|goes|gone|going|went|come|came|coming)\s+down"
    r"|thinner|trending\s+down|downwards?|(?:para|hacia)\s+abajo|(?:disminucion|descenso|reduccion|caida|bajada)(?=\s+(?:de|en|del)\b)|(?:logro|consiguio|pudo)\s+(?:bajar|reducir)|(?:managed?|able)\s+to\s+(?:lower|reduce)|(?:lost|lose|losing)(?=\s+(?:any\s+|some\s+|much\s+)?(?:weight|§))|shrunk"
)
# `bajo` and `baja` are verbs only at the beginning, after a pronoun, or with the accent that folding took away.
_SPANISH_DOWN = r"(?:^\W*(?:y\s+)?|\b(?:se|le|si|no)\s+)(?:ya\s+)?baj[oa]\b(?!\s+(?:peso|riesgo|talla))(?=\s+(?:de\b|el\b|la\b|los\b|las\b|su\b|algo\b|§))"
_HIGHER = r"(?:mas\s+(?:alt[oa]s?|elevad[oa]s?)|mayor(?:es)?|higher|greater|up|peor)"
_LOWER = r"(?:mas\s+baj[oa]s?|menor(?:es)?|lower|smaller|down|mejor)"
_THAN_BEFORE = (
    r"\s+(?:que|than|from)\s+(?:(?:en\s+)?(?:el|la|the)\s+)?(?:(?:vez|valor|control|consulta|time|visit|value)\s+)?"
    r"(?:antes|anterior|pasad[oa]|previ[oa]|before|previously|previous(?:\s+(?:one|value|visit))?|last\s+(?:time|visit|one|value))\b"
)
_THAN_AT_FIRST = (
    r"(?:\s+(?:now|ahora|hoy|today))?(?:\s+§+)?\s+(?:que|than|from)\s+(?:(?:al|en|a|at|in)\s+)?(?:(?:el|la|the)\s+)?"
    r"(?:principio|comienzo|inicio|primer[oa]?|start|beginning|outset|first|baseline)\b"
)
_PATTERNS: Mapping[Toward, re.Pattern[str]] = {
    "up": re.compile(rf"\b(?:{_UP})\b|\b{_HIGHER}(?:{_THAN_BEFORE}|{_THAN_AT_FIRST})"),
    "down": re.compile(rf"\b(?:{_DOWN})\b|{_SPANISH_DOWN}|\b{_LOWER}(?:{_THAN_BEFORE}|{_THAN_AT_FIRST})"),
}
_EITHER = re.compile(
    r"\b(?:o|u|or)\s+(?:(?:se|le|ha|has|gone|going)\s+)*(?:down|up|lower|higher|baj\w+|sub\w+|fall\w*|fell|ris\w+|rose|decreas\w+|increas\w+|dismin\w+|aument\w+)"
)
_ACCENTED = re.compile(r"\bbajó\b", re.IGNORECASE)
_FROM_THE_LAST = re.compile(
    r"\b(?:desde|respecto\s+(?:al?|de)|comparad[oa]\s+con|frente\s+a|con\s+respecto\s+al?|since|compared\s+(?:to|with)|from|vs\.?)\s+"
    r"(?:(?:el|la|su|the|his|her)\s+)?(?:(?:vez|valor|control|consulta|visita|medicion)\s+(?:anterior|pasad[oa]|previ[oa])|ultim[oa]\s+(?:vez|valor|control|consulta|visita|medicion)"
    r"|anterior|previ[oa]|(?:last|previous|prior)(?:\s+(?:time|visit|value|check|one|measurement|reading|result))?)\b"
)
_OF_ITSELF: Mapping[str, re.Pattern[str]] = {
    "body-height": re.compile(
        r"(?<!\bque )\b(?:crec(?:io|ido|iendo)|(?<!\bwhat )(?:grow(?:n|ing)?|grew)|taller|tallest|shrunk)\b(?! (?:in|out|on|from|en)\b)"
    ),
    "body-weight": re.compile(
        r"\b(?:adelgaz(?:o|ado|ando)|engord(?:o|ado|ando)|heavier|heaviest|thinner|(?:perdi|gana)do\s+kilos)\b"
    ),
}
"""Measurements by the verbs that say what was measured."""
_VERBS = re.compile(rf"\b(?:{_UP}|{_DOWN}|bajo(?=\s+de\s+peso)|heaviest|tallest)\b|{_SPANISH_DOWN}")


def find_direction(text: str, visible: str) -> Toward | None:
    """Which way somebody asks whether something went; None where none or either is meant.

    Args:
        text: The clause as written, since an accent may tell a verb.
        visible: The clause folded, with its concepts covered.
    """
    if _EITHER.search(visible):
        return None
    found = [toward for toward, pattern in _PATTERNS.items() if pattern.search(visible)]
    if _ACCENTED.search(text) and "down" not in found:
        found.append("down")
    return found[0] if len(found) == 1 else None


_BETTER: Mapping[Literal["better", "worse"], re.Pattern[str]] = {
    "better": re.compile(
        r"\b(?:mejor(?:o|ado|ando|aron|a)|improv(?:e|ed|es|ing)|(?:get|gets|got|gotten|getting)\s+better)\b"
    ),
    "worse": re.compile(
        r"\b(?:empeor(?:o|ado|ando|aron|a)|worsen(?:ed|ing)?|deteriorat(?:e|ed|ing)|(?:get|gets|got|gotten|getting)\s+worse)\b"
    ),
}


def find_improvement(visible: str) -> Literal["better", "worse"] | None:
    """Whether somebody asks if something got better, or worse; None where either is meant."""
    found = [way for way, pattern in _BETTER.items() if pattern.search(visible)]
    return found[0] if len(found) == 1 and not _BETTER_OR.search(visible) else None


_BETTER_OR = re.compile(r"\b(?:o|u|or)\s+(?:(?:se|le|ha|has)\s+)*(?:mejor|peor|empeor|better|worse)\w*")


def verb_spans(text: str) -> list[tuple[int, int]]:
    """Where a text, as written, has verbs of rising and falling, which name nothing."""
    return [match.span() for match in (*_VERBS.finditer(fold_letters(text)), *_ACCENTED.finditer(text))]


def direction_spans(visible: str) -> list[tuple[int, int]]:
    """Where a clause speaks of rising, falling, or of being higher or lower than before."""
    return [match.span() for pattern in _PATTERNS.values() for match in pattern.finditer(visible)]


def compares_with_the_last(visible: str) -> bool:
    """Whether the last value is to be compared with the one before it, not with the first."""
    return re.search(_THAN_BEFORE, visible) is not None or _FROM_THE_LAST.search(visible) is not None


def measured_by_verb(text: str) -> tuple[str, int] | None:
    """The measurement of which a verb speaks by itself, and where it stands."""
    folded = fold_letters(text)
    for concept, pattern in _OF_ITSELF.items():
        match = pattern.search(folded)
        if match is not None:
            return concept, match.start()
    return None
