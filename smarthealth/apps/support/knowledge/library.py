"""All passages that there are: those of the manual, and those of imported documents."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

import attrs

from smarthealth.retrieval.documents.markdown import markdown_blocks
from smarthealth.retrieval.documents.passages import BETWEEN, make_document
from smarthealth.storage.documents import StoredDocument

MANUAL = "manual"
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

    @property
    def heading(self) -> str:
        """The innermost heading above it."""
        return self.section.rpartition(BETWEEN)[2]


@cache
def manual_sources() -> tuple[Source, ...]:
    """The shipped manual."""
    found: list[Source] = []
    folder = files("smarthealth.apps.support").joinpath(MANUAL)
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        document = make_document(markdown_blocks(file.read_text(encoding="utf-8")), file.name)
        passages = ((one.section, one.kind, one.text) for one in document.passages)
        found.extend(_sources(f"{MANUAL}/{file.name}", file.name, document.title, passages))
    return tuple(found)


def imported_sources(documents: Sequence[StoredDocument]) -> list[Source]:
    """Those of imported documents."""
    return [
        source
        for document in documents
        for source in _sources(
            document.path,
            document.name,
            document.title,
            ((passage.section, passage.kind, passage.text) for passage in document.passages),
        )
    ]


def digest_of(sources: Iterable[Source]) -> str:
    """Identity of a set of passages."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(repr((source.id, source.section, source.text)).encode())
    return digest.hexdigest()


def _sources(path: str, file: str, title: str, passages: Iterable[tuple[str, str, str]]) -> Iterable[Source]:
    table = ""
    for number, (section, kind, text) in enumerate(passages, start=1):
        identity = f"{path}#{number}"
        if kind == "table":
            table = identity
        yield Source(
            id=identity,
            file=file,
            title=title,
            section=section,
            kind=kind,
            text=text,
            table=table if kind == "row" else "",
        )
