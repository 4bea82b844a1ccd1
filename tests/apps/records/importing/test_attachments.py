"""Texts come out of attachments, whatever they are wrapped in."""

from __future__ import annotations

import base64

import pytest

from smarthealth.apps.records.importing.attachments import attached_text, unread_types
from smarthealth.apps.records.importing.errors import Malformed
from smarthealth.apps.records.importing.nodes import Node


def attachment(raw: bytes, content_type: str | None = "text/plain") -> Node:
    """An attachment as FHIR has it."""
    data = base64.b64encode(raw).decode()
    return {"data": data} if content_type is None else {"contentType": content_type, "data": data}


@pytest.mark.parametrize(
    ("raw", "content_type", "text"),
    [
        ("Niño".encode(), "text/plain", "Niño"),
        ("Niño".encode(), "text/plain; charset=utf-8", "Niño"),
        ("\ufeffNiño".encode(), "text/plain; charset=UTF-8", "Niño"),
        ("Niño".encode("latin-1"), "text/plain; charset=iso-8859-1", "Niño"),
        ("Niño".encode("cp1252"), "text/plain", "Niño"),
        ("Niño".encode("utf-16"), 'text/plain; charset="utf-16"', "Niño"),
        (b" a\r\nb\rc ", "text/plain", "a\nb\nc"),
        ("Niño".encode("latin-1"), "TEXT/Plain ;format=flowed; Charset='latin-1'", "Niño"),
        ("Niño".encode(), "text/plain; charset=ñ", "Niño"),
        (b"", "text/plain", None),
        (b"%PDF", "application/pdf", None),
        (b"text", None, None),
    ],
)
def test_texts_are_decoded(raw: bytes, content_type: str | None, text: str | None) -> None:
    """A text comes in its character set, or in UTF-8 or else Windows-1252 where none is named; other types give none."""
    assert attached_text([attachment(raw, content_type)]) == text


def test_html_loses_its_tags() -> None:
    """Markup leaves its words, a line for each block, and nothing of scripts and styles."""
    markup = (
        b"<html><head><title>x</title></head><body><h1>Nota</h1><p>Dolor  de\n <b>cabeza</b> &amp; tos</p>"
        b"<style>p {}</style><ul><li>uno<li>dos</ul></script></body></html>"
    )
    assert attached_text([attachment(markup, "text/html")]) == "Nota\n\nDolor de cabeza & tos\n\nuno\ndos"


def test_plain_text_is_taken_alone() -> None:
    """Of several formats plain text is taken; of several plain texts all are."""
    html = attachment(b"<p>same</p>", "text/html")
    assert attached_text([html, attachment(b"same")]) == "same"
    assert attached_text([attachment(b"one"), attachment(b"two")]) == "one\n\ntwo"
    assert attached_text([html]) == "same"
    assert attached_text([]) is None


def test_base64_may_have_line_breaks() -> None:
    """White space within the data is no part of it."""
    assert attached_text([{"contentType": "text/plain", "data": "aGVs\r\nbG8="}]) == "hello"
    assert attached_text([{"contentType": "text/plain", "url": "Binary/1"}]) is None


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ({"contentType": "text/plain", "data": "@@@@"}, "not base64"),
        ({"contentType": "text/plain", "data": "é"}, "not base64"),
        ({"contentType": "text/plain", "data": "aGVsbG8"}, "not base64"),
        (attachment(b"a\0b"), "NUL"),
        (attachment(b"a", "text/plain; charset=klingon"), "unknown character set"),
        (attachment(b"\xff", "text/plain; charset=utf-8"), "not a text"),
        (attachment(b"\x81", "text/plain"), "not a text"),
    ],
)
def test_broken_texts_are_malformed(found: Node, reason: str) -> None:
    """What is no base64, or no text in its character set, is refused."""
    with pytest.raises(Malformed, match=reason):
        attached_text([found])


def test_types_of_what_is_not_read() -> None:
    """What is not read is named by its types."""
    assert unread_types([attachment(b"", "application/pdf"), {}]) == "application/pdf, unknown type"
    assert unread_types([]) is None
