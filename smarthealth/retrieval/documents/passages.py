"""Blocks into passages: what is searched, shown and cited.

A table is one passage, whole, and each of its rows is one more, told with the header: so a figure is found by the name of its
row and its column, and the whole table is there to be read. Running text under one heading is joined up to a size.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, Literal

import attrs

from .blocks import Block, DocumentError, Heading, Paragraph, Table

PASSAGE_SIZE: Final = 1000
"""Characters of running text in a passage."""
TABLE_SIZE: Final = 6000
"""Characters of a table in one passage; a longer one is parted between rows, its header repeated."""
MOST_PASSAGES: Final = 10_000
"""Passages of one document."""
BETWEEN: Final = " › "
BETWEEN_CELLS: Final = " | "

Kind = Literal["text", "table", "row"]


@attrs.frozen(kw_only=True)
class Passage:
    """A piece of a document."""

    section: str
    """The headings above it, outermost first, apart by `BETWEEN`."""
    kind: Kind
    text: str
    """A table as lines of cells apart by `BETWEEN_CELLS`; a row as `name: column value; column value`."""


@attrs.frozen(kw_only=True)
class Document:
    """A document in passages."""

    title: str
    passages: tuple[Passage, ...]


def make_document(blocks: Iterable[Block], name: str) -> Document:
    """Cut blocks into passages.

    Args:
        blocks: In order.
        name: Title of a document that has none.

    Raises:
        DocumentError: There is nothing in it, or too much.
    """
    blocks = list(blocks)
    headings = [block for block in blocks if isinstance(block, Heading) and block.text]
    highest = [heading for heading in headings if heading.level == 1]
    title = highest[0].text if len(highest) == 1 and highest[0] is headings[0] else name
    passages: list[Passage] = []
    for passage in _passages(blocks, title):
        passages.append(passage)
        if len(passages) > MOST_PASSAGES:
            raise DocumentError(f"it makes more than {MOST_PASSAGES} passages")
    if not passages:
        raise DocumentError("there is no text in it")
    return Document(title=title, passages=tuple(passages))


def _passages(blocks: list[Block], title: str) -> Iterator[Passage]:
    above: list[Heading] = []
    texts: list[str] = []

    def section() -> str:
        return BETWEEN.join(heading.text for heading in above if heading.text and heading.text != title) or title

    for block in blocks:
        if isinstance(block, Paragraph):
            texts.append(block.text)
            continue
        yield from _joined(texts, section())
        texts = []
        if isinstance(block, Heading):
            above = [*(heading for heading in above if heading.level < block.level), block]
        else:
            yield from _of_table(block, section())
    yield from _joined(texts, section())


def _joined(texts: list[str], section: str) -> Iterator[Passage]:
    open_text = ""
    for piece in (piece for text in texts for piece in _pieces(text)):
        if open_text and len(open_text) + len(piece) + 1 > PASSAGE_SIZE:
            yield Passage(section=section, kind="text", text=open_text)
            open_text = ""
        open_text = f"{open_text}\n{piece}" if open_text else piece
    if open_text:
        yield Passage(section=section, kind="text", text=open_text)


def _pieces(text: str) -> Iterator[str]:
    while len(text) > PASSAGE_SIZE:
        half = PASSAGE_SIZE // 2
        ends = (
            text.rfind(mark, half, PASSAGE_SIZE) + len(mark)
            for mark in ("\n", ". ", " ")
            if mark in text[half:PASSAGE_SIZE]
        )
        end = next(ends, PASSAGE_SIZE)
        yield text[:end].strip()
        text = text[end:]
    if text.strip():
        yield text.strip()


def _of_table(table: Table, section: str) -> Iterator[Passage]:
    header = BETWEEN_CELLS.join(table.header) if any(table.header) else ""
    lines: list[str] = []
    size = 0
    for row in table.rows:
        line = BETWEEN_CELLS.join(row)
        if lines and size + len(line) > TABLE_SIZE:
            yield Passage(section=section, kind="table", text="\n".join([header, *lines] if header else lines))
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    yield Passage(section=section, kind="table", text="\n".join([header, *lines] if header else lines))
    for row in table.rows:
        yield Passage(section=section, kind="row", text=row_text(table.header, row))


def row_text(header: tuple[str, ...], row: tuple[str, ...]) -> str:
    """A row told with its header: the first cell names it, every other one is told with its column."""
    told = [f"{name}: {cell}" if name else cell for name, cell in zip(header[1:], row[1:], strict=True) if cell]
    first = row[0] if not header[0] else f"{header[0]} {row[0]}".strip()
    return f"{first}; {'; '.join(told)}" if told else first
