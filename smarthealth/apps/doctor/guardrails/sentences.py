"""Cuts a stream of text into sentences, so that each can be looked at before it is shown."""

from __future__ import annotations

import re
from typing import Final

import attrs

LONGEST_SENTENCE: Final = 600
"""Characters; a longer one is cut at a space, since nobody waits for its end."""
LOOK_AHEAD: Final = 8
"""Characters after a sentence of that length which tell whether it ends there."""
_END: Final = re.compile(r"(?:(?<![.!?…])[.!?…]++[\"'»”)\]]*(?:\s*\[\d{1,3}\])*(?=\s)|\n)\s*")
_NO_END: Final = re.compile(
    r"(?:\b(?:dr|dra|sr|sra|srta|mr|mrs|ms|prof|st|vs|etc|ej|p|e\.g|i\.e|aprox|approx|min|max|no|num|fig|tel)|\b\w|^\s*\d+)\.$",
    re.IGNORECASE,
)
_MARK_BEGUN: Final = re.compile(r"\[(?:\d{0,3}|\d{1,3}\])")


@attrs.define(eq=False)
class SentenceCutter:
    """Sans-IO; what comes out, joined, is what went in, and the cuts do not depend on how it came."""

    _held: str = attrs.field(default="", init=False)

    def feed(self, text: str) -> list[str]:
        """Take the next piece; returns the sentences that are whole now, with the white space after them."""
        self._held += text
        sentences: list[str] = []
        start = 0
        while (end := _end_of_sentence(self._held[start : start + LONGEST_SENTENCE + LOOK_AHEAD])) is not None:
            sentences.append(self._held[start : start + end])
            start += end
        self._held = self._held[start:]
        return sentences

    def finish(self) -> list[str]:
        """The text has ended: what is left."""
        rest, self._held = self._held, ""
        return [rest] if rest else []


def _end_of_sentence(window: str) -> int | None:
    """Where the first sentence is over, None while that is not certain.

    Args:
        window: As much of the text as there is, up to the longest sentence and what tells whether it ends there. More is
            not looked at, so that the answer is the same however much has come.
    """
    is_full = len(window) == LONGEST_SENTENCE + LOOK_AHEAD
    for match in _END.finditer(window):
        if match.end() > LONGEST_SENTENCE:
            break
        # white space at the end may go on in the next piece, and a mark that has begun may belong to this sentence
        rest = window[match.end() :]
        if not is_full and (not rest or _MARK_BEGUN.fullmatch(rest)):
            return None
        if not _NO_END.search(window[: match.start() + 1].rstrip()):
            return match.end()
    return window.rfind(" ", 0, LONGEST_SENTENCE) + 1 or LONGEST_SENTENCE if is_full else None
