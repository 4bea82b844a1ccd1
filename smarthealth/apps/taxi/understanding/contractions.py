"""Contractions of the coast, written out: "pal aeropuerto" is "para el aeropuerto", "pa' Soledad" is "para Soledad"."""

from __future__ import annotations

import re
from typing import Final

_MARK: Final = r"['’‘´`]"
_PARA_EL: Final = re.compile(rf"\bp{_MARK}?a{_MARK}?l\b(?!{_MARK})", re.IGNORECASE)
_PARA: Final = re.compile(rf"\bpa(?:{_MARK}\s*(?!l?ante\b)|\s+)(?=\w)", re.IGNORECASE)


def expand(text: str) -> str:
    """A text whose "pal", "pa'l", "pa la" and "pa" are written out; "pa'lante" is another word, and stays."""
    return _PARA.sub("para ", _PARA_EL.sub("para el", text))
