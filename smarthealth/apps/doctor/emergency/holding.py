"""Which rules hold, given what was seen of a message and what is known besides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import attrs

from .rules import Rule, Rules
from .sight import Sight


@attrs.frozen(kw_only=True)
class Reading:
    """What was found in one message."""

    present: frozenset[str]
    """Signs that hold."""
    open: frozenset[str]
    """Those of them that are not over."""


def read_signs(sights: Sequence[Sight]) -> Reading:
    """The signs that hold in all pieces of a message together."""
    present: set[str] = set()
    still: set[str] = set()
    for sight in sights:
        for sign in sight.signs:
            if sign.label not in still and not sight.context.excludes(sign):
                present.add(sign.label)
                if not sight.context.is_over(sign):
                    still.add(sign.label)
    return Reading(present=frozenset(present), open=frozenset(still))


def held_rules(rules: Rules, sights: Sequence[Sight], known: frozenset[str]) -> tuple[Rule, ...]:
    """The rules that hold, gravest first.

    Args:
        rules: All of them.
        sights: What was seen of the message, piece by piece.
        known: Signs of the profile and of what was said before.
    """
    reading = read_signs(sights)
    return tuple(rule for rule in rules.rules if _holds(rule, reading, known))


def _holds(rule: Rule, reading: Reading, known: frozenset[str]) -> bool:
    """Whether all signs of one way were told, one of them in the present message."""
    told = _widened(reading.open if rule.resolved == "cancels" else reading.present)
    every = _widened(told | known)
    return any(way & told and way <= every for way in rule.when)


def _widened(signs: frozenset[str]) -> frozenset[str]:
    """The signs with what follows from them."""
    more = set(signs)
    for sign, others in _FOLLOWS.items():
        if sign in signs:
            more.update(others)
    if "age-infant" in more and "fever-measured" in more:
        more.add("infant-fever")
    return frozenset(more)


_FOLLOWS: Final = {
    "age-infant": ("child",),
    "age-child": ("child",),
    "infant-word": ("child",),
    "age-elder": ("elder",),
    "infant-fever": ("fever", "child"),
    "fever-measured": ("fever",),
    "keeps-vomiting": ("vomiting",),
    "late-pregnancy": ("pregnant",),
    "severe-belly": ("belly-pain",),
    "worst-headache": ("headache",),
    "heavy-bleeding": ("bleeding-any",),
    "very-high-fever": ("fever-measured",),
}
