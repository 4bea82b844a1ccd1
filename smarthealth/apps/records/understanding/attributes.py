"""What is asked beside a kind of entry: allergies *with their severity*, diagnoses *and their status*.

Such words name no entry of their own: `allergies with severity` are all allergies, each with how severe it is.
"""

from __future__ import annotations

import re

import attrs

_DETAIL = (
    r"severity|severities|criticality|seriousness|reactions?|reaction\s+types?|types?\s+of\s+reactions?|manifestations?|symptoms\s+of\s+each|"
    r"gravedad(?:es)?|severidad(?:es)?|criticidad(?:es)?|reacci(?:on|ones)|tipos?\s+de\s+reacci(?:on|ones)|manifestaci(?:on|ones)|grados?"
)
"""What severity and reactions are called: what a plain list leaves out."""
_SHOWN = (
    r"status(?:es)?|states?|dates?|(?:onset|start|end|diagnosis|recorded)\s+dates?|years?|"
    r"estados?|fechas?(?:\s+de\s+(?:inicio|diagnostico|registro|fin))?|anos?"
)
"""What every list shows."""
_LEADING = (
    r"(?:\b(?:with|including|plus|and|or|con|incluyendo|incluid[ao]s?|mas|y|e|o|junto\s+con)\b|[,/&+:(-])\s*"
    r"(?:(?:also|tambien|respective|respectiv[oa]s?|recorded|registrad[oa]s?|corresponding|current|actual(?:es)?|"
    r"the|their|its|his|her|each|every|all|la|las|el|los|su|sus|cada|cual|una?|an|a|of|de|del|tipo|type)\s+)*"
)
_ATTRIBUTE = re.compile(
    rf"{_LEADING}(?:(?P<detail>{_DETAIL})|(?:{_SHOWN}))\b(?!\s+(?:(?:to|a|al|del|with|con|is|was)\b|(?:de|of)\b(?!\s+(?:cada|each))|\d))"
    r"(?:\s+(?:of\s+each(?:\s+one)?|de\s+cada\s+un[oa]|for\s+each|registrad[oa]s?|recorded|levels?))?"
)
_BEFORE = re.compile(
    rf"\b(?P<detail>{_DETAIL})\s+(?:of|for|de|para)\s+(?:(?:all|each|every|tod[oa]s|cada|una|of|de|the|her|his|their|las?|los|el|sus?)\s+)+$"
)


@attrs.frozen
class AttributeMatch:
    """Words that ask for an attribute of what is listed."""

    start: int
    end: int
    is_detail: bool
    """Whether it is one that a plain list leaves out."""


def find_attributes(visible: str, start: int, end: int) -> list[AttributeMatch]:
    """Find what is asked of the entries of a kind.

    Args:
        visible: The folded clause, with concepts and times covered.
        start: Where the noun of the kind begins.
        end: Where it ends.
    """
    before = _BEFORE.search(visible[:start])
    found = [AttributeMatch(before.start(), before.end(), is_detail=True)] if before else []
    return found + [
        AttributeMatch(match.start(), match.end(), match["detail"] is not None)
        for match in _ATTRIBUTE.finditer(visible, end)
    ]
