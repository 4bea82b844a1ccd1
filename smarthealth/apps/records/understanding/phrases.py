"""Tables of phrases, written line by line and compiled to one pattern.

A line is a regular expression over folded text in which a space stands for any space. It matches whole words; `~` at its
beginning or end frees that side. `§` is a concept that was found, `¤` a time.
"""

from __future__ import annotations

import re


def compile_phrases(phrases: str) -> re.Pattern[str]:
    """Compile the phrases of a text; blank lines and lines beginning with `#` are passed over."""
    return re.compile("|".join(_pattern(line) for line in phrase_lines(phrases)))


def phrase_lines(phrases: str) -> list[str]:
    """The phrases of a text."""
    lines = (line.strip() for line in phrases.splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _pattern(line: str) -> str:
    start = "" if line.startswith("~") else r"\b"
    end = "" if line.endswith("~") else r"\b"
    return start + "(?:" + line.strip("~").replace(" ", r"\s+") + ")" + end
