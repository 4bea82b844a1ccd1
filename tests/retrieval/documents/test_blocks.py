"""Headings, paragraphs and tables."""

from __future__ import annotations

import pytest

from smarthealth.retrieval.documents import blocks
from smarthealth.retrieval.documents.blocks import (
    DocumentError,
    Heading,
    Paragraph,
    Table,
    bounded,
    make_heading,
    make_table,
)


def test_a_heading_is_one_line_of_bounded_length() -> None:
    """White space is single, and what is too long is cut."""
    assert make_heading(1, "  a \n b ") == Heading(1, "a b")
    assert len(make_heading(1, "x" * 999).text) == blocks.LONGEST_TITLE


def test_rows_are_made_even() -> None:
    """Short ones are filled up, empty ones left out."""
    assert make_table([["a", "b"], ["1"], ["", ""]], has_header=True) == Table(("a", "b"), (("1", ""),))
    assert make_table([["1", "2"]], has_header=False) == Table(("", ""), (("1", "2"),))


@pytest.mark.parametrize(("rows", "has_header"), [([], False), ([["", " "]], False), ([["a"]], True)])
def test_nothing_is_no_table(rows: list[list[str]], has_header: bool) -> None:
    """Nor is a header without rows."""
    assert make_table(rows, has_header=has_header) is None


def test_a_document_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of too many parts is refused."""
    monkeypatch.setattr(blocks, "MOST_BLOCKS", 1)
    assert bounded([Paragraph("a")]) == [Paragraph("a")]
    with pytest.raises(DocumentError, match="more than 1 parts"):
        bounded([Paragraph("a"), Paragraph("b")])
