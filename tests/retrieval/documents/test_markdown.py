"""Markdown into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.documents.blocks import Block, Heading, Paragraph, Table
from smarthealth.retrieval.documents.markdown import markdown_blocks, plain

CASES: list[tuple[str, list[Block]]] = [
    (
        "# A\n\ntext\nmore\n\n## B ##\nend",
        [Heading(1, "A"), Paragraph("text\nmore"), Heading(2, "B"), Paragraph("end")],
    ),
    (
        "Title\n=====\nintro\n\nPart\n----\nx",
        [Heading(1, "Title"), Paragraph("intro"), Heading(2, "Part"), Paragraph("x")],
    ),
    ("before\nPart\n---", [Paragraph("before"), Heading(2, "Part")]),
    (
        "| a | b |\n|---|:-:|\n| 1 | x\\|y |\n| 2 |\n\nend",
        [Table(("a", "b"), (("1", "x|y"), ("2", ""))), Paragraph("end")],
    ),
    ("a | b\n--- | ---\n1 | 2", [Table(("a", "b"), (("1", "2"),))]),
    ("| a | b |\n|---|---|\n\nend", [Paragraph("end")]),
    ("```sh\n# no heading\n```\nend", [Paragraph("# no heading"), Paragraph("end")]),
    ("~~~\n~~~\n* * *\nend", [Paragraph("end")]),
    ("```\nopen", [Paragraph("open")]),
    ("---\ntitle: x\n---\n<!-- hidden\n# x -->\ntext", [Paragraph("text")]),
    ("#\n\n#5 is no heading", [Heading(1, ""), Paragraph("#5 is no heading")]),
    ("a | b without a table", [Paragraph("a | b without a table")]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_markdown_is_read(text: str, expected: list[Block]) -> None:
    """Each kind of block, and what only looks like one."""
    assert markdown_blocks(text) == expected


def test_marks_are_left_out() -> None:
    """Links and images leave their texts, emphasis its words; a product of numbers is left alone."""
    assert plain("> **Oil** see [the `plan`](plan.md) ![car](car.png) and [x][y]") == "Oil see the plan car and x"
    assert plain("2 * 3 * 4 = 24") == "2 * 3 * 4 = 24"


@given(st.text(alphabet="#|-=`~*_ \nab1[]()\\<!>", max_size=200))
def test_any_text_is_read(text: str) -> None:
    """Whatever it is, and rows are as long as their header."""
    for block in markdown_blocks(text):
        if isinstance(block, Table):
            assert all(len(row) == len(block.header) for row in block.rows)
