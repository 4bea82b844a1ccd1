"""Cuts a stream of text into sentences, so that each can be looked at before it is shown."""

from __future__ import annotations

import re
from typing import Final

import attrs

LONGEST_SENTENCE: Final = 600
"""Characters; a longer one is cut at a space, since nobody waits for its end."""
_END: Final = re.compile(r"(?:[.!?…]+[\"'»”)\]]*(?:\s*\[\d+\])*(?=\s)|\n)\s*")
_NO_END: Final = re.compile(
    r"(?:\b(?:dr|dra|sr|sra|srta|mr|mrs|ms|prof|st|vs|etc|ej|p|e\.g|i\.e|aprox|approx|min|max|no|num|fig|tel)|\b\w|^\s*\d+)\.$",
    re.IGNORECASE,
)


@attrs.define(eq=False)
class SentenceCutter:
    """Sans-IO; what comes out, joined, is what went in."""

    _held: str = attrs.field(default="", init=False)

    def feed(self, text: str) -> list[str]:
        """Take the next piece; returns the sentences that are whole now, with the white space after them."""
        self._held += text
        sentences: list[str] = []
        start = 0
        for match in _END.finditer(self._held):
            # white space at the very end may go on in the next piece
            if match.end() == len(self._held) or _NO_END.search(self._held[start : match.start() + 1].rstrip()):
                continue
            sentences.append(self._held[start : match.end()])
            start = match.end()
        self._held = self._held[start:]
        while len(self._held) > LONGEST_SENTENCE:
            cut = self._held.rfind(" ", 0, LONGEST_SENTENCE) + 1 or LONGEST_SENTENCE
            sentences.append(self._held[:cut])
            self._held = self._held[cut:]
        return sentences

    def finish(self) -> list[str]:
        """The text has ended: what is left."""
        rest, self._held = self._held, ""
        return [rest] if rest else []
