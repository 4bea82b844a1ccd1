"""Long texts into passages: by section and paragraph where the text has them, else by sentence, else by size."""

from __future__ import annotations

import re
from collections.abc import Iterator

import attrs

PASSAGE_SIZE = 1000
"""Characters of a passage, at most."""
OVERLAP = 120
"""Characters that a passage repeats of the one before when a paragraph had to be cut."""
MOST_PASSAGES = 200
"""Passages of one text; what follows is left out, which is 200 kB of text."""
_HEADING = re.compile(
    r"^(?:#{1,6}\s+(?P<marked>\S.*?)\s*#*|(?P<capital>[A-ZÁÉÍÓÚÑ][A-ZÁÉÍÓÚÑ ,/&-]{3,60}):?|(?P<colon>[A-ZÁÉÍÓÚÑ][\w ,/&-]{2,40}):)\s*$"
)
_PARAGRAPH = re.compile(r"\n\s*\n")
_BREAKS = ("\n", ". ", "; ", ", ", " ")
"""Where a paragraph too long is cut, the best place first."""


@attrs.frozen(kw_only=True)
class Passage:
    """A piece of a long text."""

    section: str
    """The heading it stands under, empty for none; several, parted by ` · `, where short sections were joined."""
    text: str


def split_text(text: str) -> list[Passage]:
    """Split a text into passages of bounded size; short neighbours are joined."""
    passages: list[Passage] = []
    for section, body in _sections(text):
        for piece in _pieces(body):
            last = passages[-1] if passages else None
            if last is not None and len(last.text) + len(piece) + len(section) + 2 <= PASSAGE_SIZE:
                passages[-1] = _joined(last, section, piece)
            elif len(passages) == MOST_PASSAGES:
                return passages
            else:
                passages.append(Passage(section=section, text=piece))
    return passages


def _joined(last: Passage, section: str, piece: str) -> Passage:
    if section == last.section.rpartition(" · ")[2]:
        return Passage(section=last.section, text=f"{last.text}\n{piece}")
    heading = f"{last.section} · {section}".strip(" ·")
    return Passage(section=heading, text=f"{last.text}\n{section}: {piece}" if section else f"{last.text}\n{piece}")


def _sections(text: str) -> Iterator[tuple[str, str]]:
    section, lines = "", list[str]()
    for line in text.splitlines():
        heading = _HEADING.match(line.strip())
        if heading is None:
            lines.append(line.rstrip())
            continue
        yield section, "\n".join(lines)
        section, lines = next(filter(None, heading.groups()))[: PASSAGE_SIZE // 4], []
    yield section, "\n".join(lines)


def _pieces(body: str) -> Iterator[str]:
    for paragraph in _PARAGRAPH.split(body):
        rest = paragraph.strip()
        while len(rest) > PASSAGE_SIZE:
            end = _cut(rest)
            yield rest[:end].strip()
            rest = rest[max(end - OVERLAP, 1) :].lstrip() if end > 2 * OVERLAP else rest[end:].lstrip()
        if rest:
            yield rest


def _cut(text: str) -> int:
    half = PASSAGE_SIZE // 2
    for mark in _BREAKS:
        place = text.rfind(mark, half, PASSAGE_SIZE)
        if place >= 0:
            return place + len(mark)
    return PASSAGE_SIZE
