"""Whether what was found is what was asked for: how much is told by a number, why by a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence

from smarthealth.apps.records.understanding.folding import fold_letters

from .facts import Fact

_QUANTITY = re.compile(
    r"\b(?:cuant[oa]s?|how\s+(?:much|many|big|large|long|far|tall|often)|de\s+que\s+tamano|what\s+(?:size|dose|ratio))\b"
)
_WHY = re.compile(
    r"\b(?:por\s+que|why|what\s+(?:caused|triggered|made|led)|que\s+(?:desencaden|provoc|caus)\w*|a\s+que\s+se\s+deb\w+)\b"
)
_DETAIL = re.compile(
    r"\b(?:que\s+(?:mostro|encontr|revel|hall|dijo|dice)\w*|what\s+did\b[^?]*\b(?:show|find|say|reveal)|como\s+(?:salio|le\s+fue)|how\s+did\b[^?]*\bgo)\b"
)
_NUMBER = re.compile(
    r"\d|\b(?:un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|media|medio|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|half|once|twice)\b"
)
_BECAUSE = re.compile(
    r"\b(?:por|porque|debido|tras|despues|para|because|due|since|after|for|from|by|to|secondary|secundari[oa]|caus\w+|desencaden\w+|provoc\w+|trigger\w+|precipit\w+)\b"
)
_BARE = frozenset({"exists", "list", "when", "who", "where"})
"""What is said of entries that are only there."""
_QUOTED = frozenset({"mentioned", "note"})


def asks_for_amount(text: str) -> bool:
    """Whether a question asks how much, how many or how large."""
    return _QUANTITY.search(fold_letters(text)) is not None


def asks_for_another(text: str, facts: Sequence[Fact]) -> bool:
    """Whether a question asks for an amount, a cause or a finding, and nothing that was found tells one.

    Args:
        text: The question.
        facts: What was found, without what is told beside it.
    """
    folded = fold_letters(text)
    bare = bool(facts) and all(fact.say in _BARE for fact in facts)
    quotes = [item.note or "" for fact in facts if fact.say in _QUOTED for item in fact.items]
    only_quoted = bool(facts) and all(fact.say in _QUOTED for fact in facts)
    if _QUANTITY.search(folded):
        return bare or (only_quoted and not any(_NUMBER.search(fold_letters(quote)) for quote in quotes))
    if _WHY.search(folded):
        return bare or (only_quoted and not any(_BECAUSE.search(fold_letters(quote)) for quote in quotes))
    return bare and _DETAIL.search(folded) is not None
