"""Where one message asks for several things: its parts, each as long as it makes sense alone."""

from __future__ import annotations

import re
from typing import Final

import attrs

FEWEST_WORDS: Final = 2
"""Of a part; shorter ones belong to the part before."""
MOST_PARTS: Final = 4
_BREAK: Final = re.compile(
    r"(?<=[.?!;])\s+|\s*;\s*|(?<!by the way)(?<!de paso)(?<!por cierto),\s*(?=(?:and|y|but|pero|also|ademas|además|tambien|también|plus|what|how|when|cu[aá]nto|qu[eé]|me)\b|¿)"
    r"|\s+(?=(?:and also|and|by the way|y|además|ademas|de paso|por cierto)\b)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_LEADS_ON: Final = re.compile(
    r"^\W*(?:if|since|because|after|before|while|once|although|when (?:i|you|we|it|he|she|they|the|my|our)|"
    r"si|porque|desde que|despues de|después de|antes de|mientras|aunque|como|al \w+[aei]r|\w+[aie]ndo)\b[^.?!;]*$",
    re.IGNORECASE,
)
"""A clause that says nothing by itself: its sentence goes on after it."""
_JOINT: Final = re.compile(
    r"^¿?(?:(?:oh|ah)[\s,]+)?(?P<adds>and also|and|also|plus|by the way|y|además|ademas|también|tambien|de paso|por cierto|oh|ah)\b[\s,:]*"
    r"|^(?:but|pero)\b[\s,:]*",
    re.IGNORECASE,
)


@attrs.frozen(kw_only=True)
class Piece:
    """A part of a message."""

    text: str
    adds: bool = False
    """Whether a word before it says that it is said besides: and, also, by the way."""


def parts_of(message: str) -> list[Piece]:
    """The parts of a message; one that cannot be parted is its own only part."""
    return [_piece(part) for part in _split(message)] or [Piece(text=message)]


def _piece(part: str) -> Piece:
    joint = _JOINT.match(part)
    if joint is None:
        return Piece(text=part)
    return Piece(text=part[joint.end() :] or part, adds=joint["adds"] is not None)


def _split(message: str) -> list[str]:
    found: list[str] = []
    for piece in _BREAK.split(message):
        text = piece.strip()
        if not text:
            continue
        is_short = len(_WORD.findall(_JOINT.sub("", text))) < FEWEST_WORDS
        if found and (is_short or len(found) == MOST_PARTS or _LEADS_ON.match(found[-1])):
            found[-1] = f"{found[-1]} {text}"
        else:
            found.append(text)
    if len(found) > 1 and len(_WORD.findall(found[0])) < FEWEST_WORDS:
        found[:2] = [f"{found[0]} {found[1]}"]
    return found
