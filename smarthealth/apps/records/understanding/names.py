"""Words written like names of people or places."""

from __future__ import annotations

import re

_NAME = r"[A-ZÁÉÍÓÚÑ][A-Za-zÁÉÍÓÚÜÑáéíóúüñ'’.-]*[a-záéíóúüñ]\d*"
"""A word that begins with a capital and has small letters; generated records glue digits to it."""
_NAMES = rf"{_NAME}(?:\s+(?:(?:de|la|del|of|the)\s+)*{_NAME})*"

_FORMS = (
    re.compile(rf"\b((?:[Dd]ra?\.?|[Dd]octora?|DRA?\.?)\s+{_NAMES})"),
    re.compile(rf"\b(?:paciente|patient|se[ñn]ora?|sra?\.?|do[ñn]a|don|[Mm]rs?\.?|[Mm]s\.?)\s+({_NAMES})"),
    re.compile(
        rf"\b((?:[Hh]ospital|[Cc]l[ií]nica|[Cc]linic|[Cc]entro(?:\s+[Mm][ée]dico)?|[Mm]edical\s+[Cc]enter)\s+(?:(?:de|del|la)\s+)*{_NAMES})"
    ),
    # A single word in capitals may well be a medicine; two are a person or a place.
    re.compile(rf"(?<![.?!¿¡]\s)(?<!^)(?<![¿¡«\"'])\b({_NAME}(?:\s+(?:(?:de|la|del|of|the)\s+)*{_NAME})+)"),
)


def find_names(text: str) -> list[tuple[int, int, str]]:
    """Words written like names of people or places, with their spans; those after a title first."""
    found: list[tuple[int, int, str]] = []
    for pattern in _FORMS:
        for match in pattern.finditer(text):
            start, end = match.span(1)
            if not any(start < other_end and other_start < end for other_start, other_end, _ in found):
                found.append((start, end, match[1]))
    return found
