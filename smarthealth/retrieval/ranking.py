"""From the rows of two searches to one result: checked, fused, and not filled up with the same thing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from operator import itemgetter

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
    newest = max([row.written for row in (*near, *worded)], default=0)
    near = [row for row in near if row.written == newest]
    worded = [row for row in worded if row.written == newest]
    rows = {row.chunk.id: row for row in (*near, *worded)}
    rankings = [_in_order([(row.bm25, row.chunk) for row in worded])]
    if vectors_searched:
        rankings.insert(0, _in_order([(row.similarity, row.chunk) for row in near]))
    fused = fuse(rankings)
    hits = tuple(
        Hit(
            chunk=rows[chunk_id].chunk,
            score=score,
            similarity=rows[chunk_id].similarity if vectors_searched else None,
            matched_terms=_held(rows[chunk_id].chunk, terms.terms),
        )
        for chunk_id, score in _varied(fused, rows, limit)
    )
    return SearchResult(hits=hits, vectors_searched=vectors_searched, terms=len(terms.terms))


def _in_order(scored: Iterable[tuple[float | None, Chunk]]) -> list[str]:
    """The ids of chunks, best first."""
    by_score = [(round(score or 0.0, _SAME_SCORE), chunk.date or date.min, chunk.id) for score, chunk in scored]
    return [chunk_id for _, _, chunk_id in sorted(by_score, reverse=True)]


def _held(chunk: Chunk, terms: Iterable[Term]) -> int:
    skeletons, concepts = _skeletons_of(f"{chunk.text} {chunk.names}"), frozenset(chunk.concepts)
    return sum(term.is_held_by(concepts, skeletons) for term in terms)


@lru_cache(maxsize=_CHUNKS_KEPT)
def _skeletons_of(text: str) -> frozenset[str]:
    return frozenset(map(skeleton, folded_words(text)))


def _varied(fused: Sequence[tuple[str, float]], rows: Mapping[str, Row], limit: int) -> list[tuple[str, float]]:
    """The best, of one topic not more than `ALIKE` while there are others; the rest after them, if there is room."""
    seen: Counter[str] = Counter()
    chosen: list[tuple[str, float]] = []
    surplus: list[tuple[str, float]] = []
    for found in fused:
        if len(chosen) == limit:
            break
        topic = rows[found[0]].chunk.topic
        seen[topic] += 1
        (surplus if topic and seen[topic] > ALIKE else chosen).append(found)
    return sorted((chosen + surplus)[:limit], key=itemgetter(1), reverse=True)
