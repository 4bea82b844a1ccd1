"""Texts inside attachments: base64, character sets, HTML without its tags."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from html.parser import HTMLParser
from typing import Final

from .datatypes import joined
from .errors import Malformed
from .nodes import Node, text

_PLAIN: Final = "text/plain"
_MARKUP: Final = frozenset({"text/html", "application/xhtml+xml"})
_FALLBACK_CHARSET: Final = "cp1252"
"""What a text is written in that names no character set and is no UTF-8."""

_CHARSET: Final = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE | re.ASCII)
_BLANK_LINES: Final = re.compile(r"\n\s*\n\s*")
_BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "h5", "h6", "table", "ul", "ol"})
_SILENT: Final = frozenset({"script", "style", "head"})


def attached_text(attachments: Sequence[Node]) -> str | None:
    """What the attachments of one resource say, None when none is a text.

    The attachments of a resource are its formats as well as its parts: plain text is taken alone where there is any.

    Raises:
        Malformed: The data of a text is no base64, or no text in its character set.
    """
    for wanted in (frozenset({_PLAIN}), _MARKUP):
        found = [attachment for attachment in attachments if _content_type(attachment)[0] in wanted]
        said = joined((_decode(attachment) for attachment in found), "\n\n")
        if said:
            return said
    return None


def unread_types(attachments: Sequence[Node]) -> str | None:
    """The types of attachments that are no texts, or whose data lies elsewhere."""
    types = (_content_type(attachment)[0] or "unknown type" for attachment in attachments)
    return joined(types, ", ")


def _content_type(attachment: Node) -> tuple[str, str | None]:
    """The media type and the character set that it names."""
    written = text(attachment, "contentType") or ""
    charset = _CHARSET.search(written)
    return written.partition(";")[0].strip().lower(), charset[1] if charset else None


def _decode(attachment: Node) -> str | None:
    data = text(attachment, "data")
    if data is None:
        return None
    content_type, charset = _content_type(attachment)
    try:
        raw = base64.b64decode("".join(data.split()), validate=True)
    except (binascii.Error, ValueError):
        raise Malformed("attachment: data is not base64") from None
    written = _decode_bytes(raw, charset).replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in written:
        raise Malformed("attachment: the text holds a NUL character")
    return (_without_tags(written) if content_type in _MARKUP else written).strip() or None


def _decode_bytes(raw: bytes, charset: str | None) -> str:
    candidates = (charset,) if charset else ("utf-8", _FALLBACK_CHARSET)
    for candidate in candidates:
        try:
            # utf-8-sig is utf-8 without the byte order mark that some systems write
            return raw.decode("utf-8-sig" if candidate.lower() in ("utf-8", "utf8") else candidate)
        except LookupError:
            raise Malformed("attachment: unknown character set") from None
        except UnicodeDecodeError:
            continue
    raise Malformed("attachment: not a text in its character set")


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in _SILENT
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in _SILENT and self._silent > 0
        self.parts.append("\n" if tag in _BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self._silent else re.sub(r"\s+", " ", data))


def _without_tags(markup: str) -> str:
    parser = _Text()
    parser.feed(markup)
    parser.close()
    return _BLANK_LINES.sub("\n\n", "".join(parser.parts))
