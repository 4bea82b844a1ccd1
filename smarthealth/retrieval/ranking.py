"""From the rows of two searches to one result: checked, fused, and not filled up with the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache

import attrs

from .cognates import skeleton
from .fusion import fuse
from .glossary import Glossary
from .model import Chunk, Hit, SearchResult
from .rows import Row
from .searched import concept_word
from .senses import translations
from .words import content_words, folded_words

ALIKE = 3
"""Hits of one topic in a result, as long as there are others."""
_CHUNKS_KEPT = 2048
"""Chunks whose words are remembered, about 5 kB each: questions about a patient find the same ones."""
_SAME_SCORE = 2
"""Decimals of a BM25 score or similarity: scores equal so far are of alike chunks, and the newer comes first."""


@attrs.frozen(kw_only=True)
class Term:
    """One thing that a question asks after: a concept, or a word that names none."""

    concepts: frozenset[str] = frozenset()
    """Concepts any of which a chunk may hold, by an ambiguous name."""
    skeletons: frozenset[str] = frozenset()

    def is_held_by(self, concepts: frozenset[str], skeletons: frozenset[str]) -> bool:
        """True when a chunk with these concepts and words holds the term."""
        return not self.concepts.isdisjoint(concepts) or not self.skeletons.isdisjoint(skeletons)


@attrs.frozen(kw_only=True)
class Terms:
    """What a question asks after, and the words to search for it."""

    terms: tuple[Term, ...]
    words: str
    """For the text index: the content words, their translations, and the words of the concepts."""


def terms_of(question: str, glossary: Glossary) -> Terms:
    """Read the content terms of a question."""
    matches = glossary.concepts(question)
    places: dict[tuple[int, int], set[str]] = {}
    for match in matches:
        places.setdefault((match.start, match.end), set()).add(match.concept.id)
    terms = [Term(concepts=frozenset(ids)) for ids in places.values()]
    searched = [concept_word(concept) for ids in places.values() for concept in sorted(ids)]
    for word in content_words(question):
        searched.extend((word.folded, word.folded.removesuffix("s")))  # the index's stemmer leaves some plurals alone
        if not any(start <= word.start < end for start, end in places):
            senses = {word.folded, *translations(word.folded)}
            searched.extend(sorted(senses - {word.folded}))
            terms.append(Term(skeletons=frozenset(map(skeleton, senses))))
    return Terms(terms=tuple(terms), words=" ".join(dict.fromkeys(searched)))


def rank(
    near: Sequence[Row], worded: Sequence[Row], terms: Terms, *, limit: int, vectors_searched: bool
) -> SearchResult:
    """Fuse the rows of both searches.

    Args:
        near: By vectors.
        worded: By words.
        terms: Of the question.
        limit: Most hits.
        vectors_searched: Whether there was a vector to search with.
    """
    newest = max((row.written for row in (*near, *worded)), default=0)
    rankings = [
        _in_order((row, row.similarity or 0.0) for row in near if row.written == newest),
        _in_order((row, row.bm25 or 0.0) for row in worded if row.written == newest),
    ]
    rows = {row.chunk.id: row for ranking in rankings for row in ranking}
    fused = fuse([[row.chunk.id for row in ranking] for ranking in (rankings if vectors_searched else rankings[1:])])
    hits = tuple(
        Hit(
            chunk=rows[chunk_id].chunk,
            score=score,
            similarity=rows[chunk_id].similarity if vectors_searched else None,
            matched_terms=_held(rows[chunk_id].chunk, terms.terms),
        )
        for chunk_id, score in _varied(fused, {chunk_id: row.chunk.topic for chunk_id, row in rows.items()}, limit)
    )
    return SearchResult(hits=hits, vectors_searched=vectors_searched, terms=len(terms.terms))


def _in_order(scored: Iterable[tuple[Row, float]]) -> list[Row]:
    by_date = sorted(scored, key=lambda pair: (pair[0].chunk.date or date.min, pair[0].chunk.id), reverse=True)
    return [row for row, _ in sorted(by_date, key=lambda pair: -round(pair[1], _SAME_SCORE))]


def _held(chunk: Chunk, terms: Iterable[Term]) -> int:
    skeletons, concepts = _skeletons_of(f"{chunk.text} {chunk.names}"), frozenset(chunk.concepts)
    return sum(term.is_held_by(concepts, skeletons) for term in terms)


@lru_cache(maxsize=_CHUNKS_KEPT)
def _skeletons_of(text: str) -> frozenset[str]:
    return frozenset(map(skeleton, folded_words(text)))


def _varied(fused: Sequence[tuple[str, float]], topics: Mapping[str, str], limit: int) -> list[tuple[str, float]]:
    """The best, of one topic not more than `ALIKE` while there are others; the rest after them, if there is room."""
    seen: Counter[str] = Counter()
    chosen: list[tuple[str, float]] = []
    surplus: list[tuple[str, float]] = []
    for chunk_id, score in fused:
        topic = topics[chunk_id]
        seen[topic] += 1
        (surplus if topic and seen[topic] > ALIKE else chosen).append((chunk_id, score))
    return sorted((chosen + surplus)[:limit], key=lambda pair: -pair[1])
