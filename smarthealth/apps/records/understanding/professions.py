"""Whether somebody is asked for by a profession: `which urologist did he see`, `¿cómo se llama la reumatóloga?`."""

from __future__ import annotations

import re

_PROFESSION = (
    r"(?:[a-z]+(?:olog[oa]|iatra|ologist|iatrist|(?:rici|etici|techni)an|anesthetist|anista|cionista|pedista|ternista|patologo|terapeuta|therapist)"
    r"|cirujan[oa]|surgeon|nurse|enfermer[oa]|partera|midwife|dentista|dentist|matrona|instrumentador[oa]?|medic[oa]|doctora?|physician|sonographer|counsel+or|pharmacist|farmaceuta)"
)
_ASKED = re.compile(
    rf"\b(?:que|cual|con\s+que|a\s+que|which|what)\s+(?P<a>{_PROFESSION})s?\b"
    rf"|\b(?:como\s+se\s+llama(?:n|ba)?|cual\s+(?:es|era)\s+el\s+nombre\s+de|nombre\s+de|quien(?:es)?\s+(?:es|era|fue|fueron|son)|who(?:'s|\s+(?:is|was|were|are))|(?:what\s+is\s+the\s+)?name\s+of)\s*"
    rf"(?:(?:el|la|l|los|las|su|sus|the|his|her|their)\s+)*(?P<b>{_PROFESSION})s?\b"
    r"|\b(?:quien|who)\s+(?:le\s+|la\s+|lo\s+)?(?:dio|puso|administro|aplico|gave|did|administered)\s+(?:(?:the|la|her|his)\s+)?(?P<d>anestesia|an(?:a)?esthe(?:tic|sia))\b"
    rf"|\b(?:who's|whose|his|her|the)\s+(?P<c>{_PROFESSION})(?:'s)\s+name\b"
)


def find_profession(folded: str) -> tuple[int, int] | None:
    """Where the profession stands by which somebody is asked for, in a folded text."""
    match = _ASKED.search(folded)
    return None if match is None else next(match.span(group) for group in ("a", "b", "c", "d") if match[group])
