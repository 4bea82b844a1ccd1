"""HTML into blocks, forgiving as browsers are; what is not shown is not read."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

from .blocks import Block, Paragraph, make_heading, make_table

_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_HIDDEN: Final = frozenset({"script", "style", "template", "noscript", "nav", "svg", "head"})
_BREAKING: Final = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "li",
        "ul",
        "ol",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "pre",
        "main",
        "header",
        "footer",
        "aside",
        "figure",
        "figcaption",
        "tr",
        "form",
        "hr",
        "br",
        "caption",
    ]
)


def html_blocks(text: str) -> list[Block]:
    """Read HTML; its title is the highest heading where it has no other."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.finished()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._blocks: list[Block] = []
        self._text: list[str] = []
        self._hidden: list[str] = []
        self._title: list[str] = []
        self._in_title = False
        self._rows: list[list[list[str]]] | None = None
        self._has_header = False
        self._tables = 0
        """How many tables are open; those within another are text of its cells."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title":
            self._in_title = True
        elif tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag == "table":
            self._tables += 1
            if self._tables == 1:
                self._close()
                self._rows, self._has_header = [], False
        elif self._rows is not None and self._tables == 1 and tag in ("tr", "td", "th"):
            self._open_cell(tag)
        elif tag in _HEADINGS or tag in _BREAKING:
            self._break()

    def handle_endtag(self, tag: str) -> None:
        if tag == "title":
            self._in_title = False
        elif self._hidden and tag == self._hidden[-1]:
            self._hidden.pop()
        elif tag == "table" and self._tables:
            self._tables -= 1
            if not self._tables:
                self._end_table()
        elif tag in _HEADINGS and self._rows is None:
            heading = make_heading(int(tag[1]), "".join(self._text))
            self._text = []
            if heading.text:
                self._blocks.append(heading)
        elif tag in _BREAKING:
            self._break()

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self._title.append(data)
        elif not self._hidden:
            self._sink().append(data)

    def finished(self) -> list[Block]:
        if self._rows is not None:
            self._end_table()
        self._close()
        title = make_heading(1, "".join(self._title))
        if title.text and not any(getattr(block, "level", 0) == 1 for block in self._blocks):
            self._blocks.insert(0, title)
        return self._blocks

    def _sink(self) -> list[str]:
        if self._rows is None:
            return self._text
        if not self._rows or not self._rows[-1]:
            return []  # text between the cells of a table is shown by nobody
        return self._rows[-1][-1]

    def _open_cell(self, tag: str) -> None:
        assert self._rows is not None
        if tag == "tr":
            self._rows.append([])
            return
        if not self._rows:
            self._rows.append([])
        if tag == "th" and len(self._rows) == 1:
            self._has_header = True
        self._rows[-1].append([])

    def _end_table(self) -> None:
        rows = [["".join(cell) for cell in row] for row in self._rows or ()]
        self._rows, self._tables = None, 0
        table = make_table(rows, has_header=self._has_header)
        if table is not None:
            self._blocks.append(table)

    def _break(self) -> None:
        if self._rows is None:
            self._close()
        else:
            self._sink().append(" ")

    def _close(self) -> None:
        text = " ".join("".join(self._text).split())
        self._text = []
        if text:
            self._blocks.append(Paragraph(text))
