"""PDFs made by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

MakePdf = Callable[..., bytes]


@pytest.fixture
def make_pdf() -> MakePdf:
    """Makes a PDF of pages, each a list of lines, each a list of (x, text) or a text."""

    def make(*pages: Sequence[str | Sequence[tuple[int, str]]]) -> bytes:
        objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"", b"<< /Type /Font /Subtype /Type1 /BaseFont /Courier >>"]
        kids = []
        for lines in pages:
            stream = _stream(lines)
            objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream))
            objects.append(
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents %d 0 R"
                b" /Resources << /Font << /F1 3 0 R >> >> >>" % len(objects)
            )
            kids.append(len(objects))
        references = b" ".join(b"%d 0 R" % kid for kid in kids)
        objects[1] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (references, len(kids))
        return _file(objects)

    return make


def _stream(lines: Sequence[str | Sequence[tuple[int, str]]]) -> bytes:
    parts = []
    for number, line in enumerate(lines):
        for x, text in [(72, line)] if isinstance(line, str) else line:
            shown = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").encode("latin-1")
            parts.append(b"BT /F1 12 Tf %d %d Td (%s) Tj ET" % (x, 720 - 16 * number, shown))
    return b"\n".join(parts)


def _file(objects: Sequence[bytes]) -> bytes:
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    start = len(out)
    return (
        out
        + b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
        + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (size, start)
    )
