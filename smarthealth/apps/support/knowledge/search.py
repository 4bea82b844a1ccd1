"""The knowledge base: the manual and what was imported, searched by words first and by nearness in meaning where those fall short.

PostgreSQL holds the documents; from them and the manual everything here is made, in memory and in an index of its own, and made
anew when their revision moves. Each version of the index has a folder named by its digest, written whole before it is used:
a search sees the old one or the new one. Several processes that write it at once write the same.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final, Protocol, TypeVar

import structlog
import trio

from smarthealth.actors import Context
from smarthealth.llm.errors import ModelError
from smarthealth.retrieval.errors import RetrievalError
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.remembering import Remembered
from smarthealth.storage.documents import StoredDocument
from smarthealth.storage.errors import StorageError

from .lexicon import concepts_in
from .library import MOST_PASSAGES, Source, digest_of, imported_sources, manual_sources
from .matching import Found, Matcher

T = TypeVar("T")

SHELF: Final = 1
"""The index knows chunks by whom they are of; all of these are of one."""
CHECK_INTERVAL: Final = 5.0
"""Seconds between two looks at the revision of the documents."""
READ_AFTER: Final = 5.0
"""Seconds from the start until the manual is read, unless it is asked sooner: reading it takes one, in which those who wait for the
server to come up would wait too."""
SURE_ENOUGH: Final = 0.6
"""Sureness of a find from which on words alone decide; the index is not asked."""
SEARCH_LIMIT: Final = 3.0
"""Seconds for the index; later words alone decide."""
NEARNESS: Final = 0.25
"""What the nearest passage earns beside its words, of all that is to be earned."""
CANDIDATES: Final = 12
REMEMBERED: Final = 512
"""Questions of which it is remembered what is near: many people ask the same."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class DocumentStore(Protocol):
    """Keeps documents: `storage.documents.Documents`."""

    async def revision(self) -> str:
        """Something that changes with every change."""
        ...

    async def load(self) -> list[StoredDocument]:
        """All of them."""
        ...


OpenIndex = Callable[[Path, str], ChunkIndex]
"""A folder and the origin of what is in it, to an index."""


class KnowledgeBase:
    """The passages and their index.

    Args:
        documents: Of imported documents.
        folder: For the index.
        open_index: Makes an index.
        interval: Seconds between two looks at the documents.
    """

    def __init__(
        self,
        documents: Callable[[], DocumentStore],
        folder: Callable[[], Path],
        open_index: OpenIndex,
        *,
        interval: float = CHECK_INTERVAL,
    ) -> None:
        self._documents = documents
        self._folder = folder
        self._open_index = open_index
        self._interval = interval
        self._wanted, self._read = trio.Event(), trio.Event()
        self._revision: str | None = None
        self._matcher = Matcher(())
        self._index: ChunkIndex | None = None
        self._near = Remembered[str, Mapping[str, float]](REMEMBERED)

    async def serve(self, context: Context) -> None:
        """Read the manual when it is wanted, or after a while, then follow the documents; ready at once."""
        context.started()
        with trio.move_on_after(READ_AFTER):
            await self._wanted.wait()
        while True:
            await self._try_to_follow()
            if not self._read.is_set():  # the documents are out of reach: the manual is told all the same
                self._matcher = await _computed(lambda: Matcher(manual_sources()))
                self._read.set()
            await trio.sleep(self._interval)

    async def follow(self) -> bool:
        """Bring passages and index up to date; False when they were.

        Raises:
            StorageError: The documents cannot be read.
            RetrievalError: The index cannot be written; words are searched all the same.
            ModelError: The embedding model failed; likewise.
        """
        revision = await self._documents().revision()
        if revision == self._revision and self._index is not None:
            return False
        documents = await self._documents().load()
        sources, matcher = await _computed(lambda: _gathered(documents))
        self._matcher, self._revision, self._index = matcher, revision, None
        self._read.set()
        self._index = await self._written(sources)
        self._near = Remembered(REMEMBERED)  # a search that is under way remembers what it finds in the former one
        return True

    async def find(self, question: str, limit: int) -> list[Found]:
        """The passages that tell most of a question, best first; waits until the manual has been read.

        Cancellation:
            Takes effect at once.
        """
        self._wanted.set()
        await self._read.wait()
        found = self._matcher.find(question, limit)
        if self._index is None or (found and found[0].sureness >= SURE_ENOUGH):
            return found
        near = self._near.get(question)
        if near is None:
            near = await self._nearness(question)
        return self._matcher.find(question, limit, bonuses=near)

    def source(self, identity: str) -> Source | None:
        """The passage of that id."""
        return self._matcher.source(identity)

    def table_of(self, row: Source) -> Source | None:
        """The table that a row is of, whole."""
        return self._matcher.source(row.table) if row.table else None

    async def _nearness(self, question: str) -> Mapping[str, float]:
        assert self._index is not None
        remembered = self._near
        with trio.move_on_after(SEARCH_LIMIT):
            try:
                result = await self._index.search(SHELF, question, limit=CANDIDATES)
            except RetrievalError as error:
                log.warning("knowledge_unavailable", error=type(error).__name__)
                return {}
            near = {hit.chunk.id: NEARNESS * max(0.0, hit.similarity or 0.0) for hit in result.hits}
            remembered.put(question, near)
            return near
        return {}

    async def _try_to_follow(self) -> None:
        try:
            if await self.follow():
                log.info("knowledge_read", passages=len(self._matcher), revision=self._revision)
        except (StorageError, RetrievalError, ModelError) as error:
            log.warning("knowledge_not_followed", error=type(error).__name__)

    async def _written(self, sources: Sequence[Source]) -> ChunkIndex:
        """The index of these passages, written unless it is there."""
        digest = await _computed(lambda: digest_of(sources))
        folder = self._folder() / digest[:16]
        index = self._open_index(folder, digest)
        await index.reopen()
        if index.needs_rebuild or await index.is_empty():
            await index.reset()
            await index.replace_patient(SHELF, await _computed(lambda: _chunks(sources)))
            await index.compact()
        await trio.to_thread.run_sync(_tidy, folder)
        return index


async def _computed(compute: Callable[[], T]) -> T:
    """What a thread makes of passages in a second or so; who is cancelled does not wait for it."""
    return await trio.to_thread.run_sync(compute, abandon_on_cancel=True)


def _gathered(documents: Sequence[StoredDocument]) -> tuple[list[Source], Matcher]:
    sources = [*manual_sources(), *imported_sources(documents)]
    if len(sources) > MOST_PASSAGES:
        log.error("passages_left_out", passages=len(sources) - MOST_PASSAGES)
        sources = sources[:MOST_PASSAGES]
    return sources, Matcher(sources)


def _chunks(sources: Sequence[Source]) -> list[Chunk]:
    return [
        Chunk(
            id=source.id,
            patient_id=SHELF,
            record_id=number,
            kind=source.kind,
            date=None,
            text=f"{source.title}. {source.section}: {source.text}",
            names="; ".join(question for questions in source.asked for question in questions),
            concepts=tuple(sorted(concepts_in(f"{source.section} {source.text}"))),
            topic=source.table,
        )
        for number, source in enumerate(sources, start=1)
    ]


def _tidy(current: Path) -> None:
    """Remove the versions before the last one, which another process may still be reading."""
    others = sorted(
        (path for path in current.parent.iterdir() if path.is_dir() and path != current),
        key=lambda path: path.stat().st_mtime,
    )
    for path in others[:-1]:
        shutil.rmtree(path, ignore_errors=True)
