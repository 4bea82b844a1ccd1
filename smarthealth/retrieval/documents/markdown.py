"""Markdown into blocks: headings of both kinds, pipe tables, and everything else as text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .blocks import Block, Paragraph, make_heading, make_table

_ATX: Final = re.compile(r" {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*")
_SETEXT: Final = re.compile(r" {0,3}(=+|-{2,})\s*")
_FENCE: Final = re.compile(r" {0,3}(```+|~~~+)")
_DIVIDER: Final = re.compile(r"\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*")
_RULE: Final = re.compile(r" {0,3}([-*_])(\s*\1){2,}\s*")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_IMAGE: Final = re.compile(r"!\[([^\]]*)\]\([^)]*\)")
_LINK: Final = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_STRONG: Final = re.compile(r"(\*\*|__|\*|`)(?=\S)(.+?)(?<=\S)\1")
_COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
_FRONT_MATTER: Final = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def markdown_blocks(text: str) -> list[Block]:
    """Read Markdown."""
    lines = _COMMENT.sub("", _FRONT_MATTER.sub("", text)).splitlines()
    return _Reader(lines).read()


class _Reader:
    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._at = 0
        self._blocks: list[Block] = []
        self._open: list[str] = []

    def read(self) -> list[Block]:
        while self._at < len(self._lines):
            line = self._lines[self._at]
            self._at += 1
            if (fence := _FENCE.match(line)) is not None:
                self._read_fence(fence[1])
            elif (heading := _ATX.fullmatch(line)) is not None:
                self._close()
                self._blocks.append(make_heading(len(heading[1]), plain(heading[2] or "")))
            elif self._open and (underline := _SETEXT.fullmatch(line)) is not None:
                title = self._open.pop()
                self._close()
                self._blocks.append(make_heading(1 if underline[1][0] == "=" else 2, plain(title)))
            elif "|" in line and self._at < len(self._lines) and _DIVIDER.fullmatch(self._lines[self._at]):
                self._read_table(line)
            elif not line.strip() or _RULE.fullmatch(line):
                self._close()
            else:
                self._open.append(line)
        self._close()
        return self._blocks

    def _close(self) -> None:
        text = "\n".join(plain(line) for line in self._open).strip()
        if text:
            self._blocks.append(Paragraph(text))
        self._open = []

    def _read_fence(self, mark: str) -> None:
        """Code is text as it stands, whatever it looks like."""
        self._close()
        start = self._at
        while self._at < len(self._lines) and not self._lines[self._at].lstrip().startswith(mark):
            self._at += 1
        code = "\n".join(self._lines[start : self._at]).strip("\n")
        self._at += 1
        if code.strip():
            self._blocks.append(Paragraph(code))

    def _read_table(self, header: str) -> None:
        self._close()
        rows = [header]
        self._at += 1
        while self._at < len(self._lines) and "|" in self._lines[self._at]:
            rows.append(self._lines[self._at])
            self._at += 1
        table = make_table(([plain(cell) for cell in _cells(row)] for row in rows), has_header=True)
        if table is not None:
            self._blocks.append(table)


def _cells(row: str) -> list[str]:
    return [cell.replace("\\|", "|") for cell in _PIPE.split(row.strip().removeprefix("|").removesuffix("|"))]


def plain(text: str) -> str:
    """A line without the marks of links, images, emphasis and quotation."""
    text = _LINK.sub(r"\1", _IMAGE.sub(r"\1", text))
    return _STRONG.sub(r"\2", text).removeprefix("> ").rstrip()
