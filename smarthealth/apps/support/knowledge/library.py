"""All passages that there are: those of the manual, and those of imported documents."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

import attrs

from smarthealth.retrieval.documents.markdown import markdown_blocks
from smarthealth.retrieval.documents.passages import BETWEEN, make_document
from smarthealth.storage.documents import StoredDocument, StoredPassage

from .asked import SUFFIX, placed, read_asked
from .car import any_of, load_car

MANUAL: Final = "manual"
MOST_PASSAGES = 50_000
"""Passages that are searched; what is imported beyond is left out, and the log says so."""


@attrs.frozen(kw_only=True)
class Source:
    """A passage, as it is searched and cited."""

    id: str
    file: str
    """As answers cite it."""
    title: str
    """Of its document."""
    section: str
    kind: str
    """text, table or row."""
    text: str
    table: str = ""
    """Id of the table that a row is of."""
    name: str = ""
    """Of a row: its first cell, and where other rows of the table have the same, the next ones that tell it from them."""
    asked: tuple[tuple[str, ...], ...] = ()
    """In which words customers ask for each thing that it says."""

    def is_like(self, other: Source) -> bool:
        """Whether two rows of a table are alike but for further cells, or for the car that they are of."""
        return self.table != "" and self.table == other.table and _first(self) == _first(other)

    @property
    def heading(self) -> str:
        """The innermost heading above it."""
        return self.section.rpartition(BETWEEN)[2]


@cache
def manual_sources() -> tuple[Source, ...]:
    """The shipped manual."""
    folder = files("smarthealth.apps.support").joinpath(MANUAL)
    chapters = sorted((file for file in folder.iterdir() if file.name.endswith(".md")), key=lambda file: file.name)
    return tuple(source for file in chapters for source in _chapter(folder, file))


def _chapter(folder: Traversable, file: Traversable) -> Iterable[Source]:
    document = make_document(markdown_blocks(file.read_text(encoding="utf-8")), file.name)
    asked = folder.joinpath(file.name.removesuffix(".md") + SUFFIX)
    questions, _ = placed(read_asked(asked.read_bytes()) if asked.is_file() else (), document.passages)
    passages = [
        StoredPassage(section=one.section, kind=one.kind, text=one.text, asked=asked_for)
        for one, asked_for in zip(document.passages, questions, strict=True)
    ]
    return _sources(f"{MANUAL}/{file.name}", file.name, document.title, passages)


def imported_sources(documents: Sequence[StoredDocument]) -> list[Source]:
    """Those of imported documents."""
    return [
        source
        for document in documents
        for source in _sources(document.path, document.name, document.title, document.passages)
    ]


def digest_of(sources: Iterable[Source]) -> str:
    """Identity of a set of passages."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(repr((source.id, source.section, source.text, source.asked)).encode())
    return digest.hexdigest()


def _sources(path: str, file: str, title: str, passages: Sequence[StoredPassage]) -> Iterable[Source]:
    table = ""
    names = _names(passages)
    for number, passage in enumerate(passages, start=1):
        identity = f"{path}#{number}"
        if passage.kind == "table":
            table = identity
        yield Source(
            id=identity,
            file=file,
            title=title,
            section=passage.section,
            kind=passage.kind,
            text=passage.text,
            table=table if passage.kind == "row" else "",
            name=names.get(number, ""),
            asked=passage.asked,
        )


def _first(row: Source) -> str:
    return _of_version().sub("", row.name.partition("; ")[0])


@cache
def _of_version() -> re.Pattern[str]:
    return re.compile(rf", (?:{any_of(re.escape(version.row) for version in load_car().versions)})$")


def _names(passages: Sequence[StoredPassage]) -> dict[int, str]:
    """By number of a row, its name."""
    tables: dict[int, list[tuple[int, list[str]]]] = {}
    table = 0
    for number, passage in enumerate(passages, start=1):
        if passage.kind == "table":
            table = number
        elif passage.kind == "row":
            tables.setdefault(table, []).append((number, passage.text.split("; ")))
    return {number: name for rows in tables.values() for number, name in _told_apart(rows)}


def _told_apart(rows: Sequence[tuple[int, list[str]]]) -> Iterator[tuple[int, str]]:
    """Of each row as many cells as no other row begins with; one of a row that is alone with its first."""
    alike: dict[str, list[tuple[int, list[str]]]] = {}
    for number, cells in rows:
        alike.setdefault(cells[0], []).append((number, cells))
    for same in alike.values():
        size = 1
        while len({tuple(cells[:size]) for _, cells in same}) < len(same) and size < max(
            len(cells) for _, cells in same
        ):
            size += 1
        yield from ((number, "; ".join(cells[:size])) for number, cells in same)
