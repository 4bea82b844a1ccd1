"""Lets a text that is being written through sentence by sentence, so that speech begins with the first one.

Theory of operation. A mark ends a sentence when white space follows, and for a full stop when what stands around it says so:
not after an abbreviation (`Cra. 43`, `la Dra. Ruiz`), after an initial or the number of a list's item, nor before a small letter.
`$29.500`, `20-15` and `3.5` have no white space after their marks. So one character after the white space must be known before
a sentence goes; what comes out does not depend on the pieces that the text came in, and joined it is the text.

A text without ends is cut at `longest` characters: after a clause if there is one, else at a space, else right there.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

LONGEST_SENTENCE: Final = 240
"""Characters: some fifteen seconds of speech."""
LOOK_AHEAD: Final = 8
"""Characters after a sentence of that length, which tell whether it ends there."""
_SHORTEST_CLAUSE: Final = 40
"""Characters before a comma at which a sentence that is too long may be cut."""

_END: Final = re.compile(r"(?:[.!?…]+[\"'»”’)\]*_]*(?=\s)|\n)\s*")
_CLAUSE: Final = re.compile(r"[,;:—–]\s+")
# Never the end of a sentence when a word or number follows.
_ABBREVIATION: Final = re.compile(
    r"(?:^|[\s(¿¡\"'«“#])(?:"
    # people
    r"sr|sra|sres|srta|sto|sta|dr|dra|don|d|prof|lic|ing|arq|gral|mr|mrs|ms|st|"
    # streets and what is in them
    r"cra|cr|kr|kra|cl|cll|clle|av|avda|ave|dg|diag|tv|trans|transv|circ|urb|mz|"
    r"apto|apt|ap|of|int|bl|bq|torre|ed|edif|conj|blvd|"
    # amounts and references
    r"núm|num|nº|n°|nro|tel|cel|ext|km|kms|min|mins|seg|hr|hrs|aprox|máx|mín|pág|pag|p|art|cap|fig|vs|ej|ref"
    r")\.$",
    re.IGNORECASE,
)
# Abbreviations before a number, words otherwise: "No. 20" but "No. Gracias".
_BEFORE_NUMBERS: Final = re.compile(r"(?:^|[\s(¿¡\"'«“#])(?:no|n|local|piso|casa|pto|etc)\.$", re.IGNORECASE)
_INITIAL: Final = re.compile(r"(?:^|[\s.(])[^\W\d_]\.$")
_HOUR: Final = re.compile(r"\b[ap]\. ?m\.$", re.IGNORECASE)
_ITEM: Final = re.compile(r"^\s*(?:\d{1,3}|[a-z])[.)]+$")
_OPENERS: Final = "\"'«“‘([¿¡*_-—–#"


@attrs.define(eq=False)
class SentenceGate:
    """Sans-IO: pieces of text in, sentences out, each with the white space after it."""

    longest: int = attrs.field(default=LONGEST_SENTENCE, validator=attrs.validators.ge(2))
    """Characters of a sentence, the white space after it included."""
    _held: str = attrs.field(default="", init=False)

    def feed(self, text: str) -> list[str]:
        """Take the next piece; returns the sentences that are whole now."""
        self._held += text
        sentences: list[str] = []
        start = 0
        while (end := self._end_of_sentence(start)) is not None:
            sentences.append(self._held[start:end])
            start = end
        self._held = self._held[start:]
        return sentences

    def finish(self) -> list[str]:
        """The text has ended: what is left."""
        rest, self._held = self._held, ""
        return [rest] if rest else []

    def _end_of_sentence(self, start: int) -> int | None:
        """Where the sentence that begins at `start` is over, its white space included; None while that is open."""
        # More than this is not looked at, so that the answer is the same however much has come.
        window = self._held[start : start + self.longest + LOOK_AHEAD]
        is_full = len(window) == self.longest + LOOK_AHEAD
        begun = len(window) - len(window.lstrip())
        for match in _END.finditer(window, begun):
            end = match.end()
            if end > self.longest:
                break
            if end == len(window):
                return None
            if _ends_here(window[: end - _space(match[0])], match[0], window[end]):
                return start + end
        return start + _cut(window[: self.longest], begun) if is_full else None


def _cut(text: str, begun: int) -> int:
    """Where a text without an end is cut, its words beginning at `begun`."""
    clauses = [match.end() for match in _CLAUSE.finditer(text, begun)]
    if clauses and clauses[-1] >= _SHORTEST_CLAUSE:
        return clauses[-1]
    return text.rfind(" ", begun) + 1 or len(text)


def _space(mark: str) -> int:
    return len(mark) - len(mark.rstrip())


def _ends_here(sentence: str, mark: str, following: str) -> bool:
    """Whether a mark ends a sentence.

    Args:
        sentence: Up to the mark, the mark included.
        mark: The mark and the white space after it.
        following: The first character after that.
    """
    if "\n" in mark:
        return True
    signs = mark.rstrip().rstrip("\"'»”’)]*_")
    if signs != ".":
        # "¿…? preguntó" goes on, and so does an ellipsis
        return not following.islower()
    if following in "¿¡":
        return True
    if following.islower() or _ABBREVIATION.search(sentence) or _ITEM.match(sentence):
        return False
    if _BEFORE_NUMBERS.search(sentence):
        return not (following.isdigit() or following == "#")
    if _HOUR.search(sentence):
        return following.isupper() or following in _OPENERS
    return not _INITIAL.search(sentence)
