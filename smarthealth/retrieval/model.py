"""What the index holds and gives back."""

from __future__ import annotations

import enum
from datetime import date

import attrs


@attrs.frozen(kw_only=True)
class Chunk:
    """A passage of one patient's record, small enough to be read in a prompt."""

    id: str
    """Stable over rebuilds: made of the record's FHIR id and the passage's number in it."""
    patient_id: int
    record_id: int
    """The record it tells of; of a run of alike records the newest."""
    kind: str
    """The record's kind, as in the table `record`."""
    earliest: date | None = None
    """Of a run of records the oldest day; None when there is only one day."""
    date: date | None
    """When it was; of a run of records the newest day."""
    text: str
    names: str = ""
    """Spanish and English names of what the text tells of, to be searched but not shown."""
    concepts: tuple[str, ...] = ()
    """Ids of the glossary's concepts it tells of, broader ones included."""
    topic: str = ""
    """Chunks of one topic say the same of different days; a result does not fill up with them. Empty: none like it."""

    def named(self, name: str) -> Chunk:
        """The same under another id; spelt out, since `attrs.evolve` takes five times as long."""
        return Chunk(
            id=name,
            patient_id=self.patient_id,
            record_id=self.record_id,
            kind=self.kind,
            earliest=self.earliest,
            date=self.date,
            text=self.text,
            names=self.names,
            concepts=self.concepts,
            topic=self.topic,
        )


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
    terms: int = 0
    """How many content terms the question has: what `Hit.matched_terms` is to be compared with."""


class IndexState(enum.Enum):
    """Whether an index can be searched, and why not."""

    UNOPENED = "unopened"
    """Not looked at yet; the first use opens it."""
    READY = "ready"
    MISSING = "missing"
    """Its folder holds no table: never built, or deleted. Writing makes one."""
    OUTDATED = "outdated"
    """Built by another embedding model, format or database: only `reset` mends it."""
    DAMAGED = "damaged"
    """Its files cannot be read: only `reset` mends it."""
