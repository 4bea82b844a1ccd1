"""Tables in plain text: lines in a row whose cells are apart by a tab or by two blanks or more."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from .blocks import Block, Paragraph, Table, make_table

FEWEST_ROWS: Final = 3
"""Lines in columns that make a table, the header among them."""
FEWEST_COLUMNS: Final = 2
_GAP: Final = re.compile(r"\t+| {2,}")
_RULE: Final = re.compile(r"[-=+|\s]+")


def text_blocks(lines: Sequence[str]) -> Iterator[Block]:
    """Cut lines without headings into paragraphs and tables."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and _is_row(lines[end], lines[start]):
            end += 1
        table = _table_of(lines[start:end])
        if table is not None:
            yield table
            start = end
            continue
        end = start
        while end < len(lines) and lines[end].strip() and (end == start or not _begins_table(lines, end)):
            end += 1
        if end > start:
            yield Paragraph("\n".join(line.strip() for line in lines[start:end]))
        start = max(end, start + 1)


def _begins_table(lines: Sequence[str], start: int) -> bool:
    window = lines[start : start + FEWEST_ROWS]
    return len(window) == FEWEST_ROWS and all(_is_row(line, lines[start]) for line in window)


def _is_row(line: str, first: str) -> bool:
    cells = len(_cells(line))
    return (bool(_RULE.fullmatch(line)) and bool(line.strip())) or (
        cells >= FEWEST_COLUMNS and cells <= len(_cells(first)) + 1
    )


def _table_of(lines: Sequence[str]) -> Table | None:
    rows = [_cells(line) for line in lines if not _RULE.fullmatch(line)]
    return make_table(rows, has_header=True) if len(rows) >= FEWEST_ROWS else None


def _cells(line: str) -> list[str]:
    return [cell for cell in _GAP.split(line.strip()) if cell]
