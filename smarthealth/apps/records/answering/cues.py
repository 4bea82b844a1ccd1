"""What a question asks by certain words, and by which others a record tells it: tables of pairs of patterns."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs


@attrs.frozen
class Cue:
    """Beginnings of words by which something is asked, and of those by which it is told; both of folded text."""

    asked: re.Pattern[str]
    told: re.Pattern[str]


def compile_cues(pairs: Iterable[tuple[str, str]]) -> tuple[Cue, ...]:
    """Compile a table of alternatives, each side of a pair."""
    return tuple(Cue(re.compile(rf"\b(?:{asked})"), re.compile(rf"\b(?:{told})")) for asked, told in pairs)
