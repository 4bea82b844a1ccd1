"""English, as visitors ask for a taxi in it, put into the Spanish that is read; addresses and names stay as they are."""

from __future__ import annotations

import re
from typing import Final

from smarthealth.apps.taxi.places.folding import fold

ENOUGH: Final = 2
"""English words that make a message English."""
_MARKS: Final = frozenset(
    [
        "the",
        "to",
        "from",
        "i",
        "im",
        "need",
        "want",
        "would",
        "like",
        "please",
        "you",
        "can",
        "my",
        "at",
        "am",
        "is",
        "pick",
        "going",
        "how",
        "much",
        "where",
        "and",
        "with",
        "cash",
        "card",
        "airport",
        "cab",
        "ride",
        "send",
        "me",
        "tomorrow",
        "cancel",
        "speak",
        "person",
        "pay",
        "by",
    ]
)
_SPANISH: Final = frozenset({"me", "cancel"})
"""Of them, those that may be Spanish, or half a Spanish word."""
_PHRASES: Final = tuple(
    (re.compile(pattern, re.IGNORECASE), spanish)
    for pattern, spanish in (
        (r"\bpick (?:me|us) up (?:at|from|in|on)\b", "recógeme en"),
        (r"\b(?:i'?m|i am|we'?re|we are) (?:at|in|on)\b", "estoy en"),
        (r"\b(?:need|want|would like|send me|get me|book) an? (?:taxi|cab|ride|car)\b", "necesito un taxi"),
        (r"\bhow much\b(?: (?:is|does|will|would|it|cost|be|the|ride|a))*", "cuánto cuesta"),
        (r"\bwhere(?: is|'s) my (?:taxi|cab|ride|driver)\b", "dónde viene mi taxi"),
        (r"\bcancel (?:(?:the|my) )?(?:taxi|cab|ride|booking|order|it)\b", "cancela el taxi"),
        (r"\b(?:speak|talk) (?:to|with) (?:an? )?(?:person|human|agent|someone|operator)\b", "hablar con una persona"),
        (r"\b(?:in|by|with) cash\b", "en efectivo"),
        (r"\b(?:by|with) (?:a )?(?:credit |debit )?card\b", "con tarjeta"),
        (r"\btomorrow at\b", "mañana a las"),
        (r"\btomorrow\b", "mañana"),
        (r"\bairport\b", "aeropuerto"),
        (r"\bbus (?:station|terminal)\b", "terminal de transportes"),
        (r"\bdowntown\b", "centro"),
        (r"\b(?:i'?m |i am |we are )?going to(?: the)?\b", "voy a"),
        (r"\bto the\b", "al"),
        (r"\bfrom(?: the)?\b", "desde"),
        (r"\bto\b", "a"),
        (r"\bplease\b", "por favor"),
        (r"\band\b", "y"),
        (r"\bthe\b", "el"),
    )
)


def in_spanish(text: str) -> str:
    """A text in English as it would be asked for in Spanish; any other text as it is."""
    words = set(re.findall(r"[a-z]+", fold(text).replace("'", "")))
    if len(words & _MARKS - _SPANISH) < ENOUGH:
        return text
    for pattern, spanish in _PHRASES:
        text = pattern.sub(spanish, text)
    return text
