"""How rules read what somebody says."""

from __future__ import annotations

from typing import Final

from smarthealth.retrieval.words import fold

_APOSTROPHES: Final = str.maketrans(dict.fromkeys("\u2018\u2019\u02bc", "'"))
"""As telephones write them; folding would make spaces of them."""


def plain_text(message: str) -> str:
    """A message as patterns look at it: folded, with straight apostrophes."""
    return fold(message.translate(_APOSTROPHES))
