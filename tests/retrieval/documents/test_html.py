"""HTML into blocks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from smarthealth.retrieval.documents.blocks import Block, Heading, Paragraph, Table
from smarthealth.retrieval.documents.html import html_blocks

TABLE = Table(("Fuse", "A"), (("F1", "40"), ("F2", "60")))
CASES: list[tuple[str, list[Block]]] = [
    (
        "<html><head><title>Car</title><style>p{}</style></head><body><nav>menu</nav><h2>Oil</h2><p>Use <b>0W-20</b>.</p>"
        "<ul><li>a</li><li>b</li></ul></body></html>",
        [Heading(1, "Car"), Heading(2, "Oil"), Paragraph("Use 0W-20."), Paragraph("a"), Paragraph("b")],
    ),
    ("<title>Car</title><h1>Book</h1>x", [Heading(1, "Book"), Paragraph("x")]),
    (
        "<h1>F</h1><table><caption>c</caption><tr><th>Fuse</th><th>A</th></tr><tr><td>F1<br></td><td><p>40</p></td></tr>"
        "<tr><td>F2</td><td>60</td></tr></table>after",
        [Heading(1, "F"), TABLE, Paragraph("after")],
    ),
    ("<table><td>lone</td></table>", [Table(("",), (("lone",),))]),
    ("<table><tr><td>a<table><tr><td>in</td></tr></table></td></tr></table>", [Table(("",), (("a in",),))]),
    ("<table><tr><th>a</th></tr></table>", []),
    ("<table>lost<tr>lost<td>open", [Table(("",), (("open",),))]),
    ("</table><h3></h3><script>x<y</script>&eacute;&amp;", [Paragraph("é&")]),
    ("<table><tr><td><h2>in a cell</h2></td></tr></table>", [Table(("",), (("in a cell",),))]),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_html_is_read(text: str, expected: list[Block]) -> None:
    """What is shown, in order; what is hidden is not read, and what is not closed is forgiven."""
    assert html_blocks(text) == expected


TAGS = st.sampled_from(
    [
        "<h1>",
        "</h1>",
        "<table>",
        "</table>",
        "<tr>",
        "<td>",
        "</td>",
        "<th>",
        "<p>",
        "<script>",
        "</script>",
        "<title>",
        "a",
        "&",
        "<",
    ]
)


@given(st.lists(TAGS, max_size=25))
def test_any_tags_are_read(tags: list[str]) -> None:
    """In whatever order they come."""
    for block in html_blocks("".join(tags)):
        assert isinstance(block, Heading | Paragraph | Table)
