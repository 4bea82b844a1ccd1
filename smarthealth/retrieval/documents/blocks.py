"""What every kind of document is read into: headings, paragraphs and tables, in order.

```
Exception
└── DocumentError    a file cannot be taken; says why, for people
```
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

import attrs

LONGEST_TITLE: Final = 200
"""Characters of a heading; the rest is cut."""
LONGEST_CELL: Final = 600
"""Characters of a table's cell; the rest is cut."""
MOST_BLOCKS: Final = 50_000
"""Blocks of one document."""
_SPACE: Final = re.compile(r"\s+")


class DocumentError(Exception):
    """A file cannot be taken; its text says why, for people."""


@attrs.frozen
class Heading:
    """A heading; what follows stands under it until the next one of its level or above."""

    level: int
    """From 1, the highest."""
    text: str


@attrs.frozen
class Paragraph:
    """Running text, or a list; its lines as they stand."""

    text: str


@attrs.frozen
class Table:
    """A table; rows have as many cells as the header."""

    header: tuple[str, ...]
    """Empty texts where the document names no columns."""
    rows: tuple[tuple[str, ...], ...]


Block = Heading | Paragraph | Table


def make_heading(level: int, text: str) -> Heading:
    """A heading of bounded length, its white space made single."""
    return Heading(level, _SPACE.sub(" ", text).strip()[:LONGEST_TITLE])


def make_table(rows: Iterable[Iterable[str]], *, has_header: bool) -> Table | None:
    """A table of rows of any lengths, None when there is nothing in them."""
    cells = [tuple(_SPACE.sub(" ", cell).strip()[:LONGEST_CELL] for cell in row) for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells or (has_header and len(cells) == 1):
        return None
    width = max(map(len, cells))
    even = [row + ("",) * (width - len(row)) for row in cells]
    return Table(even[0], tuple(even[1:])) if has_header else Table(("",) * width, tuple(even))


def bounded(blocks: list[Block]) -> list[Block]:
    """The same blocks.

    Raises:
        DocumentError: There are too many.
    """
    if len(blocks) > MOST_BLOCKS:
        raise DocumentError(f"it has more than {MOST_BLOCKS} parts")
    return blocks
