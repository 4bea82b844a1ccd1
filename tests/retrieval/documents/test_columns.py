"""Tables in plain text."""

from __future__ import annotations

from smarthealth.retrieval.documents.blocks import Paragraph, Table
from smarthealth.retrieval.documents.columns import text_blocks


def read(text: str) -> list[object]:
    """The blocks of a text."""
    return list(text_blocks(text.split("\n")))


def test_lines_in_columns_are_a_table() -> None:
    """Apart by two blanks or by tabs; a rule below the header is no row."""
    expected = Table(("Item", "Torque"), (("Wheel bolts", "120"), ("Plug", "35")))
    assert read("Item         Torque\n----         ------\nWheel bolts  120\nPlug         35") == [expected]
    assert read("Item\tTorque\nWheel bolts\t120\nPlug\t35") == [expected]


def test_prose_is_cut_at_empty_lines() -> None:
    """And before a table begins."""
    text = "One\n two.\n\nThree.\na  b\n1  2\n3  4"
    assert read(text) == [Paragraph("One\ntwo."), Paragraph("Three."), Table(("a", "b"), (("1", "2"), ("3", "4")))]


def test_two_lines_in_columns_are_prose() -> None:
    """A single gap may be a slip."""
    assert read("a  b\n1  2\nend") == [Paragraph("a  b\n1  2\nend")]
    assert read("") == []
