"""Blocks into passages."""

from __future__ import annotations

import pytest

from smarthealth.retrieval.documents import passages
from smarthealth.retrieval.documents.blocks import Block, DocumentError, Heading, Paragraph, Table
from smarthealth.retrieval.documents.passages import PASSAGE_SIZE, Passage, make_document, row_text

TABLE = Table(("Tyre", "Front", "Rear"), (("205/55 R16", "2.3", "2.2"), ("215/50 R17", "2.3", "")))


def test_passages_stand_under_their_headings() -> None:
    """The one highest heading at the top is the title, and is not repeated."""
    blocks: list[Block] = [
        Heading(1, "Car"),
        Paragraph("intro"),
        Heading(2, "Oil"),
        Heading(3, "Grade"),
        Paragraph("a"),
        Paragraph("b"),
        Heading(2, "Fuel"),
        Paragraph("c"),
    ]
    document = make_document(blocks, "car")
    assert document.title == "Car"
    assert [(one.section, one.text) for one in document.passages] == [
        ("Car", "intro"),
        ("Oil › Grade", "a\nb"),
        ("Fuel", "c"),
    ]


def test_a_document_of_several_parts_is_called_by_its_file() -> None:
    """Each part is then a section."""
    document = make_document([Heading(1, "A"), Paragraph("a"), Heading(1, "B"), Paragraph("b")], "file")
    assert (document.title, [one.section for one in document.passages]) == ("file", ["A", "B"])


def test_a_table_is_kept_whole_and_its_rows_are_told_with_the_header() -> None:
    """So each figure can be found by the names of its row and its column."""
    found = make_document([Heading(1, "T"), Paragraph("before"), TABLE], "t").passages
    assert found[1] == Passage(
        section="T", kind="table", text="Tyre | Front | Rear\n205/55 R16 | 2.3 | 2.2\n215/50 R17 | 2.3 | "
    )
    assert [one.text for one in found[2:]] == ["Tyre 205/55 R16; Front: 2.3; Rear: 2.2", "Tyre 215/50 R17; Front: 2.3"]


def test_rows_without_a_header_are_told_as_they_are() -> None:
    """And a row of one cell is that cell."""
    assert row_text(("", ""), ("a", "b")) == "a; b"
    assert row_text(("Name",), ("x",)) == "Name x"


def test_a_long_table_is_parted_between_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its header stands above each part."""
    monkeypatch.setattr(passages, "TABLE_SIZE", 20)
    found = make_document([TABLE], "t").passages
    assert [one.text for one in found if one.kind == "table"] == [
        "Tyre | Front | Rear\n205/55 R16 | 2.3 | 2.2",
        "Tyre | Front | Rear\n215/50 R17 | 2.3 | ",
    ]
    bare = make_document([Table(("", ""), (("a", "b"), ("c" * 20, "d")))], "t").passages
    assert [one.text for one in bare if one.kind == "table"] == ["a | b", f"{'c' * 20} | d"]


def test_long_text_is_cut_where_it_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between sentences if there are any; nothing is lost."""
    text = "A sentence of some words. " * 100
    found = make_document([Paragraph(text), Paragraph("x" * PASSAGE_SIZE + " ")], "t").passages
    assert all(len(one.text) <= PASSAGE_SIZE for one in found)
    assert "".join(one.text for one in found).replace(" ", "").replace("\n", "") == (text + "x" * PASSAGE_SIZE).replace(
        " ", ""
    )
    assert found[0].text.endswith(".")


def test_a_document_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """None is empty, and none has more passages than may be."""
    with pytest.raises(DocumentError, match="no text"):
        make_document([Heading(1, "alone")], "t")
    monkeypatch.setattr(passages, "MOST_PASSAGES", 1)
    with pytest.raises(DocumentError, match="more than 1 passages"):
        make_document([TABLE], "t")
