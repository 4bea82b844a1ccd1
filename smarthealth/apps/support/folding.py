"""How rules read what somebody says."""

from __future__ import annotations

from smarthealth.retrieval.words import fold


def plain_text(message: str) -> str:
    """A message as patterns look at it: folded, with straight apostrophes as far as folding leaves any."""
    return fold(message).replace("\u2019", "'")
