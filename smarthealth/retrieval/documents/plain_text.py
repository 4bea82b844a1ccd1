"""Plain text into blocks: headings by their look, tables by their columns."""

from __future__ import annotations

import re
from typing import Final

from .blocks import Block, make_heading
from .columns import text_blocks

_UNDERLINE: Final = re.compile(r"\s*(={3,}|-{3,}|~{3,})\s*")
_NUMBERED: Final = re.compile(r"(\d+(?:\.\d+)*)\.?\s+(\S.*)")
_LONGEST: Final = 80
"""Characters of a line that may be a heading."""
_DEEPEST: Final = 6


def plain_text_blocks(text: str) -> list[Block]:
    """Read plain text."""
    lines = text.replace("\f", "\n").splitlines()
    blocks: list[Block] = []
    start = 0
    for number, line in enumerate(lines):
        level = _level_of(lines, number)
        if level:
            blocks.extend(text_blocks(lines[start:number]))
            blocks.append(make_heading(level, line))
            start = number + (2 if _underlined(lines, number) else 1)
    blocks.extend(text_blocks(lines[start:]))
    return blocks


def _level_of(lines: list[str], number: int) -> int:
    """The level of a line that is a heading, 0 for any other."""
    line = lines[number].strip()
    if not line or len(line) > _LONGEST or (number and lines[number - 1].strip() and not _is_rule(lines[number - 1])):
        return 0
    if _underlined(lines, number):
        return 1 if lines[number + 1].strip()[0] == "=" else 2
    letters = [character for character in line if character.isalpha()]
    if len(letters) > 2 and line == line.upper() and "  " not in line:
        return 1
    numbered = _NUMBERED.fullmatch(line)
    alone = number + 1 == len(lines) or not lines[number + 1].strip()
    if numbered is not None and alone and line[-1] not in ".;:,":
        return min(numbered[1].count(".") + 1, _DEEPEST)
    return 0


def _underlined(lines: list[str], number: int) -> bool:
    return number + 1 < len(lines) and "  " not in lines[number].strip() and _is_rule(lines[number + 1])


def _is_rule(line: str) -> bool:
    return _UNDERLINE.fullmatch(line) is not None
