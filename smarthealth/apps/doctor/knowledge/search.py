"""The knowledge base, searched by the retrieval that the records have, in an index of its own.

There each chunk belongs to a patient and only one patient's are searched; here it belongs to a shelf, one for each language.
The index is derived from the articles' files: its origin is their digest, so that other articles make it anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from itertools import chain, repeat
from typing import Final

import attrs
import structlog
import trio

from smarthealth.actors import Context
from smarthealth.apps.doctor.case import Passage
from smarthealth.conversation.application import Language
from smarthealth.llm.errors import ModelError
from smarthealth.retrieval import Chunk
from smarthealth.retrieval.errors import IndexUnavailable, RetrievalError
from smarthealth.retrieval.index import ChunkIndex
from smarthealth.retrieval.model import Hit, IndexState

from .article import Article
from .loading import load_articles
from .passages import passages_of

SHELVES: Final[Mapping[Language, int]] = {"es": 1, "en": 2}
KIND: Final = "article"
_WEIGHT_OF_NAMES: Final = 3
"""How often the names are written where words are looked for, beside other words for it once."""
FIRST_RETRY: Final = 2.0
RETRY: Final = 30.0
"""Seconds until an index that could not be written is tried again, after the first time."""

log: structlog.stdlib.BoundLogger = structlog.get_logger()


class KnowledgeBase:
    """The articles and their index.

    Args:
        open_index: Makes the index, given its origin; called in `serve`, as reading the articles takes a moment.
        warm_up: What else is to be read before the first message comes; runs in a thread.
    """

    def __init__(self, open_index: Callable[[str], ChunkIndex], warm_up: Callable[[], object] = load_articles) -> None:
        self._open_index = open_index
        self._warm_up = warm_up
        self._index: ChunkIndex | None = None
        self._passages: Mapping[str, Passage] = {}

    async def serve(self, context: Context) -> None:
        """Bring the index up to date, again until it is, and stay; ready at once, since agents can do without search."""
        context.started()
        await trio.to_thread.run_sync(self._warm_up)
        waits = chain((FIRST_RETRY,), repeat(RETRY))
        while True:
            if await self._try_to_prepare():
                break
            await trio.sleep(next(waits))
        await trio.sleep_forever()

    async def prepare(self) -> None:
        """Write the index unless it holds these articles already.

        Raises:
            RetrievalError: It cannot be written.
            ModelError: The embedding model failed.
        """
        if self._index is None:
            self._passages = await trio.to_thread.run_sync(_all_passages)
            self._index = self._open_index(digest_of_articles())
        index = self._index
        await index.reopen()
        if index.needs_rebuild or await index.patients() != set(SHELVES.values()):
            await index.reset()
            await index.replace_patients({number: self._chunks(shelf) for shelf, number in SHELVES.items()})
            await index.compact()

    async def find(self, query: str, language: Language, limit: int) -> tuple[Passage, ...]:
        """The sections of articles that tell of what is asked, best first.

        Raises:
            RetrievalError: The index cannot be searched, or not yet.
        """
        if self._index is None:
            raise IndexUnavailable(IndexState.UNOPENED)
        result = await self._index.search(SHELVES[language], query, limit=limit)
        found = (self._passage(hit, result.terms) for hit in result.hits)
        return tuple(passage for passage in found if passage is not None)

    async def _try_to_prepare(self) -> bool:
        try:
            await self.prepare()
        except (RetrievalError, ModelError) as error:
            log.warning("knowledge_not_indexed", error=type(error).__name__)
            return False
        return True

    def _passage(self, hit: Hit, terms: int) -> Passage | None:
        """A hit as a passage, scored by the share of the query's terms that it holds."""
        passage = self._passages.get(hit.chunk.id)
        if passage is None or not terms:
            return None
        return attrs.evolve(passage, score=hit.matched_terms / terms)

    def _chunks(self, language: Language) -> list[Chunk]:
        articles = load_articles()
        own = [passage for passage in self._passages.values() if passage.language == language]
        return [
            Chunk(
                id=_id_of(passage),
                patient_id=SHELVES[language],
                record_id=number,
                kind=KIND,
                date=None,
                text=f"{passage.title}. {passage.heading}: {passage.text}",
                names=_names_of(articles[passage.article], language),
                topic=passage.article,
            )
            for number, passage in enumerate(own, start=1)
        ]


def _all_passages() -> Mapping[str, Passage]:
    return {
        _id_of(passage): passage
        for article in load_articles().values()
        for language in SHELVES
        for passage in passages_of(article, language)
    }


def digest_of_articles() -> str:
    """Identity of the articles as they are now: the origin of their index."""
    digest = hashlib.sha256()
    for article in load_articles().values():
        for language in SHELVES:
            for passage in passages_of(article, language):
                digest.update(
                    repr((passage.article, passage.section, passage.text, _names_of(article, language))).encode()
                )
    return digest.hexdigest()


def _names_of(article: Article, language: Language) -> str:
    """The words in which people ask for an article: its names, other words for it, and what they mention beside it."""
    foreign = _names_in(language) - set(article.names[language])
    clues = {clue for cause in article.text[language].causes for clue in cause.clues} - foreign
    return " ".join((*article.names[language] * _WEIGHT_OF_NAMES, *article.asked.get(language, ()), *sorted(clues)))


@cache
def _names_in(language: Language) -> frozenset[str]:
    """The names of all articles: beside another complaint they would lead away from their own."""
    return frozenset(name for article in load_articles().values() for name in article.names[language])


def _id_of(passage: Passage) -> str:
    return f"{passage.article}/{passage.section}/{passage.language}"
