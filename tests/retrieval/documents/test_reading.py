"""A file into a document."""

from __future__ import annotations

from pathlib import Path

import pytest

from smarthealth.retrieval.documents import reading
from smarthealth.retrieval.documents.blocks import DocumentError
from smarthealth.retrieval.documents.reading import decode, document_of, read_document
from tests.retrieval.documents.conftest import MakePdf


def test_each_kind_is_read_by_its_name(tmp_path: Path, make_pdf: MakePdf) -> None:
    """Markdown, HTML, text and PDF, in small letters or capitals."""
    texts = {"a.md": b"# T\nx", "b.HTML": b"<h1>T</h1>x", "c.txt": b"T\n=\n\nx", "d.pdf": make_pdf(["x"])}
    texts["c.txt"] = b"T\n===\nx"
    for name, data in texts.items():
        (tmp_path / name).write_bytes(data)
        read, document = read_document(tmp_path / name)
        assert read == data
        assert document.passages[-1].text == "x"


def test_bytes_become_text() -> None:
    """UTF-8 with or without its mark, UTF-16 with it, else Western European; line ends are of one kind."""
    assert [decode(data) for data in ("é\r\n".encode(), b"\xef\xbb\xbfa\r", "ñ".encode("utf-16"), b"\xe9")] == [
        "é\n",
        "a\n",
        "ñ",
        "é",
    ]
    with pytest.raises(DocumentError, match="no text"):
        decode(b"a\0b")


def test_what_cannot_be_taken_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kinds that nobody knows, files that are not there, and such as are too large."""
    (tmp_path / "a.md").write_bytes(b"12345")
    with pytest.raises(DocumentError, match=r"none of \.md"):
        read_document(tmp_path / "a.docx")
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read_document(tmp_path / "b.md")
    monkeypatch.setattr(reading, "LARGEST_TEXT", 4)
    with pytest.raises(DocumentError, match="larger than 4 bytes"):
        read_document(tmp_path / "a.md")
    assert document_of("x.md", b"text").title == "x"
