"""What is asked of a thing by a word of its own: the *size* of a polyp, the *Ki-67* of a tumour, whether a disease got worse."""

from __future__ import annotations

import re

from .fillers import is_filler
from .folding import CONCEPT, Reading

_OWN = r"(?:(?:el|la|los|las|su|sus|the|his|her|their)\s+)*"
_OPENING = (
    r"^\W*(?:(?:y|and)\s+)?(?:(?:cual|que|what|which|dime|dame|tell\s+me|give\s+me)(?:'s)?\s+)?"
    rf"(?:(?:es|era|fue|eran|fueron|son|is|was|were|are)\s+)?{_OWN}"
)
_OF = re.compile(rf"{_OPENING}(?P<aspect>[a-z0-9-]+(?:\s+[a-z0-9-]+){{0,2}}?)\s+(?:del?|of|in|en)\s+{_OWN}{CONCEPT}")
_BESIDE = re.compile(
    rf"{_OPENING}{CONCEPT}+\s+(?P<aspect>sizes?|grades?|stages?|types?|severity|location|margins?|scores?|index|subtypes?|thickness|extent|pattern)\b"
)
_SIZE = re.compile(
    r"\b(?:de\s+)?(?:que\s+(?P<es>tamano)|(?P<en>how\s+(?:big|large|wide|thick)))\b|\b(?:what|which)\s+(?P<size>size)\b"
)
_SIZES = {"es": "tamaño", "en": "size", "size": "size"}
_WORD = re.compile(r"[a-z0-9]+")


def find_aspect(reading: Reading, visible: str) -> str | None:
    """The word by which something is asked of a concept, as it was written; None where none is.

    Args:
        reading: The clause.
        visible: Its folded text with concepts and times covered.
    """
    size = _SIZE.search(visible)
    if size is not None and size.lastgroup is not None:
        return _SIZES[size.lastgroup]
    for pattern in (_OF, _BESIDE):
        found = pattern.search(visible)
        if found is not None and not all(map(is_filler, _WORD.findall(found["aspect"]))):
            return reading.text[slice(*found.span("aspect"))]
    return None
