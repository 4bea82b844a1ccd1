"""A labelled file: tab separated, with a heading `id lang label text`, one message on each line."""

from __future__ import annotations

from pathlib import Path
from typing import Final, cast, get_args

import attrs

from smarthealth.apps.support.routing.classes import Label

COLUMNS: Final = ("id", "lang", "label", "text")
MOST_LINES: Final = 100_000


class LabelledFileError(Exception):
    """The file is not as it must be; says where."""


@attrs.frozen(kw_only=True)
class Labelled:
    """One message and what it is for."""

    id: str
    language: str
    label: Label
    text: str


def read_labelled(path: Path) -> list[Labelled]:
    """Read a labelled file; columns besides the four are left alone.

    Raises:
        LabelledFileError: It cannot be read or used.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LabelledFileError(f"{path} cannot be read: {error}") from None
    if len(lines) > MOST_LINES:
        raise LabelledFileError(f"{path} has more than {MOST_LINES} lines")
    heading = lines[0].split("\t") if lines else []
    if not set(COLUMNS) <= set(heading):
        raise LabelledFileError(f"{path} must begin with a line that names {', '.join(COLUMNS)}, apart by tabs")
    places = [heading.index(column) for column in COLUMNS]
    found = [_read(path, number, line.split("\t"), places) for number, line in enumerate(lines[1:], 2) if line.strip()]
    if not found:
        raise LabelledFileError(f"{path} holds no message")
    return found


def _read(path: Path, number: int, cells: list[str], places: list[int]) -> Labelled:
    if len(cells) <= max(places):
        raise LabelledFileError(f"{path}, line {number}: too few columns")
    identity, language, label, text = (cells[place].strip() for place in places)
    if label not in get_args(Label):
        raise LabelledFileError(f"{path}, line {number}: label {label!r} is none of {', '.join(get_args(Label))}")
    if not text:
        raise LabelledFileError(f"{path}, line {number}: there is no text")
    return Labelled(id=identity, language=language, label=cast("Label", label), text=text)
