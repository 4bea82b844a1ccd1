"""What the index holds and gives back."""

from __future__ import annotations

from datetime import date

import attrs


@attrs.frozen(kw_only=True)
class Chunk:
    """A passage of one patient's record, small enough to be read in a prompt."""

    id: str
    """Stable over rebuilds: made of the record's FHIR id and the passage's number in it."""
    patient_id: int
    record_id: int
    kind: str
    """The record's kind, as in the table `record`."""
    date: date | None
    text: str


@attrs.frozen(kw_only=True)
class Hit:
    """A chunk that a search found."""

    chunk: Chunk
    score: float
    """Fused score in [0, 1]; comparable within one search only."""
    similarity: float | None
    """Cosine similarity of the vectors, None when only words were searched."""
    matched_terms: int
    """How many of the question's content terms (any synonym of each) the text holds."""


@attrs.frozen(kw_only=True)
class SearchResult:
    """The hits of one search, best first."""

    hits: tuple[Hit, ...]
    vectors_searched: bool
    """False when the embedding model failed and words alone were searched."""
