"""Reads files of labelled messages: tab-separated, with a heading: id, lang, label, category, note, text."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import attrs

_NEEDED: Final = ("lang", "label", "text")
_YES: Final = frozenset(
    [
        "emergency",
        "emergencia",
        "urgent",
        "urgente",
        "critical",
        "1",
        "yes",
        "y",
        "si",
        "sí",
        "true",
        "t",
        "positive",
        "pos",
        "alarm",
    ]
)
_NO: Final = frozenset(
    [
        "not",
        "no",
        "n",
        "0",
        "false",
        "f",
        "negative",
        "neg",
        "none",
        "non-emergency",
        "non_emergency",
        "nonemergency",
        "not_emergency",
        "not-emergency",
        "routine",
        "ok",
        "normal",
    ]
)


class LabelledFileError(ValueError):
    """A file of labelled messages cannot be read; says why, and in which line."""


@attrs.frozen(kw_only=True)
class Labelled:
    """A message and whether it tells of an emergency."""

    id: str
    lang: str
    is_emergency: bool
    category: str
    note: str
    text: str


def read_labelled(path: Path) -> tuple[Labelled, ...]:
    """Read a file.

    Args:
        path: A UTF-8 file; the columns may stand in any order, and others beside them.

    Raises:
        LabelledFileError: There is no such file, it is no UTF-8, a column is missing, a label is none of those known, or
            there is no message.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledFileError(f"{path} cannot be read as UTF-8 text") from error
    heading = [name.strip().lower() for name in lines[0].split("\t")] if lines else []
    missing = [name for name in _NEEDED if name not in heading]
    if missing:
        raise LabelledFileError(f"{path}: line 1 does not name {', '.join(missing)}")
    found = tuple(_row(path, number, heading, line) for number, line in enumerate(lines[1:], start=2) if line.strip())
    if not found:
        raise LabelledFileError(f"{path}: there is no message")
    return found


def _row(path: Path, number: int, heading: list[str], line: str) -> Labelled:
    cells = dict(zip(heading, (cell.strip() for cell in line.split("\t")), strict=False))
    label = cells.get("label", "").lower()
    if label not in _YES | _NO or not cells.get("text"):
        raise LabelledFileError(f"{path}: line {number} has no label or no text that is understood")
    return Labelled(
        id=cells.get("id") or str(number - 1),
        lang=cells["lang"].lower()[:2],
        is_emergency=label in _YES,
        category=cells.get("category") or "-",
        note=cells.get("note", ""),
        text=cells["text"],
    )
