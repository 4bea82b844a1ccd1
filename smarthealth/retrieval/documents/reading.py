"""A file into a document, by its kind; every bound that a file must keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from .blocks import Block, DocumentError, bounded
from .html import html_blocks
from .markdown import markdown_blocks
from .passages import Document, make_document
from .pdf import pdf_blocks
from .plain_text import plain_text_blocks

LARGEST_FILE: Final = 32 * 1024 * 1024
"""Bytes of a PDF."""
LARGEST_TEXT: Final = 8 * 1024 * 1024
"""Bytes of a file of another kind."""
_TEXTS: Final[Mapping[str, Callable[[str], list[Block]]]] = {
    ".md": markdown_blocks,
    ".markdown": markdown_blocks,
    ".html": html_blocks,
    ".htm": html_blocks,
    ".txt": plain_text_blocks,
    ".text": plain_text_blocks,
}
PDF: Final = ".pdf"
KINDS: Final = (*_TEXTS, PDF)
"""Endings of the names of files that are read."""


def read_document(path: Path) -> tuple[bytes, Document]:
    """Read a file.

    Returns:
        Its bytes and its document.

    Raises:
        DocumentError: It cannot be taken.
    """
    data = read_bytes(path)
    return data, document_of(path.name, data)


def read_bytes(path: Path) -> bytes:
    """Read a file of bounded size.

    Raises:
        DocumentError: It cannot be read, is of no known kind, or too large.
    """
    kind = path.suffix.lower()
    if kind not in KINDS:
        raise DocumentError(f"its name ends with none of {' '.join(KINDS)}")
    largest = LARGEST_FILE if kind == PDF else LARGEST_TEXT
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise DocumentError(f"it cannot be read: {error.strerror}") from error
    if len(data) > largest:
        raise DocumentError(f"it is larger than {largest} bytes")
    return data


def document_of(name: str, data: bytes) -> Document:
    """Read the bytes of a file of that name.

    Raises:
        DocumentError: They cannot be taken.
    """
    kind = Path(name).suffix.lower()
    blocks = pdf_blocks(data) if kind == PDF else _TEXTS[kind](decode(data))
    return make_document(bounded(blocks), Path(name).stem)


def decode(data: bytes) -> str:
    """Text of UTF-8, UTF-16 with its mark, or else of Western European bytes.

    Raises:
        DocumentError: It is no text.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if "\0" in text:
        raise DocumentError("it is no text")
    return text.replace("\r\n", "\n").replace("\r", "\n")
