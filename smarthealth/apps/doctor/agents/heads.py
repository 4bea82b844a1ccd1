"""An agent's answer in two parts: a JSON object, its structured result, and after a line `---` the prose for the person.

The head comes first, so that the result is known before a word of prose is shown. A model that forgets the head, or writes
prose at once, is still understood: what does not begin with `{`, in a code fence or not, is prose. The head may go over
several lines, as many models lay JSON out; it ends with its last brace, or, where a brace is missing, before the line `---`.
"""

from __future__ import annotations

import re
from typing import Final

import attrs

LONGEST_HEAD: Final = 8000
"""Characters; an object that does not end by then is no head."""
_FENCE: Final = "```json"
_BETWEEN: Final = re.compile(r"\s*(?:```\s*)?(?:-{3,}\s*)?")
_BETWEEN_SIGNS: Final = "`- \t\r\n"
_INSIDE: Final = re.compile(r'"(?:[^"\\\n]|\\.)*+"?|[{}]|\n---')
"""What tells where an object ends: texts are passed over whole, and one that has only begun as far as it goes."""


@attrs.define(eq=False)
class HeadReader:
    """Splits a stream of text, however it is cut; sans-IO."""

    head: str | None = attrs.field(default=None, init=False)
    """The JSON text, once it is whole; None when there is none."""
    is_read: bool = attrs.field(default=False, init=False)
    """Whether it is known if there is a head."""
    _held: str = attrs.field(default="", init=False)
    _in_prose: bool = attrs.field(default=False, init=False)

    def feed(self, text: str) -> str:
        """Take the next piece; returns what of it is prose."""
        if self._in_prose:
            return text
        self._held += text
        if not self.is_read:
            self._look_for_head()
        # signs alone may still turn out to be the rule between head and prose
        if self.is_read and self._held.strip(_BETWEEN_SIGNS):
            return self._begin_prose()
        return ""

    def finish(self) -> str:
        """The stream has ended: what was held back and turned out to be prose."""
        if not self.is_read:
            self.is_read = True
            text = _without_fence(self._held)
            if text is not None and text.startswith("{"):
                self.head, self._held = text.strip(), ""
        return "" if self._in_prose else self._begin_prose()

    def _look_for_head(self) -> None:
        text = _without_fence(self._held)
        if not text:
            return
        end = _end_of_object(text[:LONGEST_HEAD]) if text.startswith("{") else None
        if end is not None:
            self.head, self._held, self.is_read = text[:end].strip(), text[end:], True
        elif not text.startswith("{") or len(text) >= LONGEST_HEAD:
            self.is_read = True

    def _begin_prose(self) -> str:
        between = _BETWEEN.match(self._held)
        assert between is not None  # it matches nothing, too
        prose, self._held, self._in_prose = self._held[between.end() :], "", True
        return prose


def _end_of_object(text: str) -> int | None:
    """Where the object that a text begins with is over, None while it goes on."""
    depth = 0
    for found in _INSIDE.finditer(text):
        sign = found[0]
        if sign == "\n---":
            return found.start()
        depth += {"{": 1, "}": -1}.get(sign, 0)
        if depth == 0:
            return found.end()
    return None


def _without_fence(text: str) -> str | None:
    """The text after white space and a code fence's opening, None while that may still be coming."""
    text = text.lstrip()
    if _FENCE.startswith(text):
        return None
    if text.startswith("```"):
        text = text.removeprefix("```").removeprefix("json").lstrip()
    return text
