"""Plain text into blocks."""

from __future__ import annotations

import pytest

from smarthealth.retrieval.documents.blocks import Block, Heading, Paragraph, Table
from smarthealth.retrieval.documents.plain_text import plain_text_blocks

CASES: list[tuple[str, list[Block]]] = [
    (
        "Oil\n===\nuse it\n\nGrade\n-----\n0W-20",
        [Heading(1, "Oil"), Paragraph("use it"), Heading(2, "Grade"), Paragraph("0W-20")],
    ),
    ("FLUIDS\n\ntext", [Heading(1, "FLUIDS"), Paragraph("text")]),
    (
        "1.2 Fluids\n\ntext\n\n3 litres of oil.\n",
        [Heading(2, "1.2 Fluids"), Paragraph("text"), Paragraph("3 litres of oil.")],
    ),
    ("text\nNOT A HEADING\nmore", [Paragraph("text\nNOT A HEADING\nmore")]),
    ("4 Brakes", [Heading(1, "4 Brakes")]),
    ("OK\n\na" + "b" * 100, [Paragraph("OK"), Paragraph("a" + "b" * 100)]),
    ("a\tb\n1\t2\n3\t4\n", [Table(("a", "b"), (("1", "2"), ("3", "4")))]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_text_is_read(text: str, expected: list[Block]) -> None:
    """Headings are underlined, numbered, or in capitals, on a line of their own; all else is text or tables."""
    assert plain_text_blocks(text) == expected
