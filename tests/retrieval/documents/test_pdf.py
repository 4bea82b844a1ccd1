"""PDF into blocks."""

from __future__ import annotations

import io

import pypdf
import pytest

from smarthealth.retrieval.documents import pdf
from smarthealth.retrieval.documents.blocks import DocumentError, Heading, Table
from smarthealth.retrieval.documents.pdf import pdf_blocks
from tests.retrieval.documents.conftest import MakePdf

ROWS = [[(72, "Joint"), (300, "Torque")], [(72, "Wheel bolts"), (300, "120 Nm")], [(72, "Drain plug"), (300, "35 Nm")]]


def test_pages_headings_and_tables_are_found(make_pdf: MakePdf) -> None:
    """A page is a heading, capitals are one below it, and cells at the same places are a table."""
    blocks = pdf_blocks(make_pdf(["TORQUES", "", *ROWS], [], ["Nothing else."]))
    assert blocks[:2] == [Heading(1, "page 1"), Heading(2, "TORQUES")]
    assert Table(("Joint", "Torque"), (("Wheel bolts", "120 Nm"), ("Drain plug", "35 Nm"))) in blocks
    assert [block for block in blocks if isinstance(block, Heading)][-1] == Heading(1, "page 3")


def locked(make_pdf: MakePdf) -> bytes:
    """A PDF with a password."""
    writer = pypdf.PdfWriter(io.BytesIO(make_pdf(["secret"])))
    writer.encrypt("password", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_what_cannot_be_read_says_why(make_pdf: MakePdf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Damage, a lock, a scan, and whatever passes a bound."""
    for data, reason in ((b"%PDF-1.4 nonsense", "damaged"), (locked(make_pdf), "locked"), (make_pdf([]), "no text")):
        with pytest.raises(DocumentError, match=reason):
            pdf_blocks(data)
    monkeypatch.setattr(pdf, "LONGEST_TEXT", 3)
    with pytest.raises(DocumentError, match="more than 3 characters"):
        pdf_blocks(make_pdf(["four"]))
    monkeypatch.setattr(pdf, "MOST_PAGES", 1)
    with pytest.raises(DocumentError, match="more than 1 pages"):
        pdf_blocks(make_pdf(["a"], ["b"]))
