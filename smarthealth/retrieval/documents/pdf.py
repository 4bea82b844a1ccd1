"""PDF into blocks, page by page; tables by the places of their cells, headings by their look.

A PDF holds letters and places, no structure: what is a heading or a table is inferred, each page is a heading of its own
where nothing else is found, and a scanned page has no text at all.
"""

from __future__ import annotations

import io
import re
from typing import Final

from .blocks import Block, DocumentError, make_heading
from .plain_text import plain_text_blocks

MOST_PAGES: Final = 1_000
LONGEST_TEXT: Final = 5_000_000
"""Characters of all pages."""
_WIDE: Final = re.compile(r" {2,}")
_BLANK: Final = re.compile(r"\n\s*\n\s*\n+")


def pdf_blocks(data: bytes) -> list[Block]:
    """Read a PDF.

    Raises:
        DocumentError: It is damaged, locked, too long, or holds no text.
    """
    import pypdf  # takes a tenth of a second, and few need it

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise DocumentError("it is locked with a password")
        if len(reader.pages) > MOST_PAGES:
            raise DocumentError(f"it has more than {MOST_PAGES} pages")
        pages = _texts(reader)
    except DocumentError:
        raise
    except Exception as error:  # pypdf meets damaged files with errors of any kind
        raise DocumentError("it is damaged, or no PDF") from error
    blocks: list[Block] = []
    for number, text in enumerate(pages, start=1):
        found = plain_text_blocks(text)
        if found:
            blocks.append(make_heading(1, f"page {number}"))
            blocks.extend(_below(block) for block in found)
    if not blocks:
        raise DocumentError("it holds no text; a scan must be recognised first")
    return blocks


def _texts(reader: object) -> list[str]:
    pages, length = [], 0
    for page in reader.pages:  # type: ignore[attr-defined] # its class is not imported before it is needed
        text = page.extract_text(extraction_mode="layout", layout_mode_space_vertically=False)
        length += len(text)
        if length > LONGEST_TEXT:
            raise DocumentError(f"it holds more than {LONGEST_TEXT} characters")
        pages.append(_even(text))
    return pages


def _even(text: str) -> str:
    """A page without the blanks that pad it: a line with one gap is prose, one with more is a row."""
    return _BLANK.sub("\n\n", "\n".join(_WIDE.sub("  ", line.strip()) for line in text.splitlines()))


def _below(block: Block) -> Block:
    """A block of a page: its headings stand under the page."""
    level = getattr(block, "level", None)
    return block if level is None else make_heading(level + 1, block.text)  # type: ignore[union-attr] # only headings have one
