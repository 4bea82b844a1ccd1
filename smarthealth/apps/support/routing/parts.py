"""Where one message asks for several things: its parts, each as long as it makes sense alone."""

from __future__ import annotations

import re
from typing import Final

FEWEST_WORDS: Final = 2
"""Of a part; shorter ones belong to the part before."""
MOST_PARTS: Final = 4
_BREAK: Final = re.compile(
    r"(?<=[.?!;])\s+|\s*;\s*|(?<!by the way)(?<!de paso)(?<!por cierto),\s*(?=(?:and|y|but|pero|also|ademas|además|tambien|también|plus|what|how|when|cu[aá]nto|qu[eé]|me)\b|¿)"
    r"|\s+(?=(?:and also|and|by the way|y|además|ademas|de paso|por cierto)\b)",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"\w+")
_JOINT: Final = re.compile(
    r"^(?:oh|ah|and also|and|also|but|plus|by the way|y|pero|además|ademas|también|tambien|de paso|por cierto)\b[\s,:]*",
    re.IGNORECASE,
)


def parts_of(message: str) -> list[str]:
    """The parts of a message; one that cannot be parted is its own only part."""
    found: list[str] = []
    for piece in _BREAK.split(message):
        text = piece.strip()
        if not text:
            continue
        if found and (len(_WORD.findall(_JOINT.sub("", text))) < FEWEST_WORDS or len(found) == MOST_PARTS):
            found[-1] = f"{found[-1]} {text}"
        else:
            found.append(text)
    if len(found) > 1 and len(_WORD.findall(found[0])) < FEWEST_WORDS:
        found[:2] = [f"{found[0]} {found[1]}"]
    return [_JOINT.sub("", part) or part for part in found] or [message]
