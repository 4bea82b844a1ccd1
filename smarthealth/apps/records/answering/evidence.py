"""Everything an answer may rest on: numbered sources and the facts that name them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import attrs

from smarthealth.apps.records.understanding.question import Question
from smarthealth.retrieval.model import Hit, SearchResult

from .entries import Entry, Person
from .facts import Fact
from .findings import Finding, Findings
from .items import value_of
from .matching import Quality
from .passages import shortened

MOST_SOURCES = 32
MOST_HITS = 4
"""Passages of the index that are added to what the look-ups found."""
MOST_BESIDE = 2
"""As `MOST_HITS`, where the look-ups have found what was asked."""
LONGEST_EXCERPT = 600
"""Characters of one source's text."""
LEAST_SCORE = 0.2
"""Passages that score less are not worth a reader's time."""

_SCORES = {
    Quality.LITERAL: 1.0,
    Quality.CONCEPT: 1.0,
    Quality.KIND: 0.95,
    Quality.NARROWER: 0.9,
    Quality.WORDS: 0.75,
    Quality.PASSAGE: 0.6,
    Quality.NARROWED: 0.5,
    Quality.NONE: 0.5,
}
_SETTLED = frozenset({Quality.LITERAL, Quality.CONCEPT, Quality.KIND})
_FURTHER_SCORE = 0.9
"""What an entry that was only counted scores beside those that are spoken of."""


@attrs.frozen(kw_only=True)
class Source:
    """Something in the record that an answer may cite as `[id]`."""

    id: int
    """n of the mark `[n]`."""
    record: str
    """FHIR id of the record's entry, `Type/id`."""
    type: str
    """Kind of entry."""
    date: date | None
    score: float
    """How surely it is what was asked for, in [0, 1]."""
    excerpt: str
    """What the record says there."""


@attrs.frozen(kw_only=True)
class Evidence:
    """What the answer to one question may rest on."""

    question: Question
    person: Person
    sources: tuple[Source, ...]
    facts: tuple[Fact, ...]
    """What the look-ups found, its items numbered by their sources."""
    records_analyzed: int
    """Entries of the patient that were looked at."""
    chunks_used: int
    """Passages of the index that are among the sources."""
    vectors_searched: bool
    """False when the search had to do without vectors."""
    qualities: tuple[Quality, ...]
    """How each fact's topic was matched."""
    best_hits: tuple[Hit, ...]
    """The best passages that the search found, whether used or not."""
    names: tuple[str, ...]
    """Names of things in this record."""
    today: date

    @property
    def is_absence(self) -> bool:
        """Whether all there is to say is that the record does not hold it."""
        lacking = [
            fact.say in ("absent", "refusal", "void", "ended", "lacking")
            or (fact.say == "person" and fact.detail in ("missing", "alive"))
            for fact in self.facts
            if fact.detail != "beside"
        ]
        return all(lacking) if lacking else not self.facts


def assemble(question: Question, findings: Findings, hits: SearchResult, *, today: date) -> Evidence:
    """Number what was found, structured findings first, and add the passages that they do not cover.

    Args:
        question: What was asked.
        findings: What the look-ups found.
        hits: What the search found; empty when it was not needed.
        today: The day of the question.
    """
    shelf = _Shelf()
    facts = tuple(shelf.numbered(finding) for finding in findings.findings)
    for finding in findings.findings:
        for entry in finding.further:
            shelf.number_of(entry, _SCORES[finding.quality] * _FURTHER_SCORE)
    refused = all(finding.fact.say == "refusal" for finding in findings.findings)
    settled = all(finding.quality in _SETTLED and not finding.is_absence for finding in findings.findings)
    used = 0 if refused else shelf.add_hits(hits.hits, MOST_BESIDE if settled else MOST_HITS)
    return Evidence(
        question=question,
        person=findings.person,
        sources=tuple(shelf.sources),
        facts=facts,
        records_analyzed=findings.records_analyzed,
        chunks_used=used,
        vectors_searched=hits.vectors_searched,
        qualities=tuple(finding.quality for finding in findings.findings),
        best_hits=hits.hits[:2],
        names=findings.names,
        today=today,
    )


class _Shelf:
    """The sources, as they are numbered."""

    def __init__(self) -> None:
        self.sources: list[Source] = []
        self._numbers: dict[int, int] = {}

    def numbered(self, finding: Finding) -> Fact:
        """A finding's fact, its items pointing to sources."""
        score = _SCORES[finding.quality]
        items = tuple(
            attrs.evolve(item, n=self.number_of(entry, score))
            for item, entry in zip(finding.fact.items, finding.entries, strict=False)
        )
        return attrs.evolve(finding.fact, items=items) if items else finding.fact

    def number_of(self, entry: Entry, score: float) -> int | None:
        """The number of an entry's source; None when there is no room for one more."""
        known = self._numbers.get(entry.id)
        if known is not None:
            return known
        if len(self.sources) >= MOST_SOURCES:
            return None
        number = len(self.sources) + 1
        self._numbers[entry.id] = number
        self.sources.append(
            Source(
                id=number,
                record=entry.record,
                type=entry.kind,
                date=entry.on,
                score=round(score, 3),
                excerpt=excerpt_of(entry),
            )
        )
        return number

    def add_hits(self, hits: Iterable[Hit], most: int) -> int:
        """Add passages that no source covers yet, and tell how many passages are now among the sources.

        Args:
            hits: Best first, their chunks named by the FHIR id of their entry.
            most: How many to add.
        """
        added = covered = 0
        for hit in hits:
            if hit.chunk.record_id in self._numbers:
                covered += 1
                continue
            if added == most or len(self.sources) >= MOST_SOURCES or hit.score < LEAST_SCORE:
                continue
            added += 1
            number = len(self.sources) + 1
            self._numbers[hit.chunk.record_id] = number
            text = shortened(hit.chunk.text, LONGEST_EXCERPT)
            self.sources.append(
                Source(
                    id=number,
                    record=hit.chunk.id,
                    type=hit.chunk.kind,
                    date=hit.chunk.date,
                    score=round(hit.score, 3),
                    excerpt=text,
                )
            )
        return added + covered


def excerpt_of(entry: Entry) -> str:
    """What the record says in an entry, in its own words."""
    parts = [entry.display]
    value = value_of(entry)
    if value is not None:
        parts[0] += f": {value}"
    if entry.range_low is not None or entry.range_high is not None:
        parts.append(f"reference range {_bound(entry.range_low)} - {_bound(entry.range_high)}")
    if entry.on is not None:
        parts.append(f"{entry.on}" if entry.until in (None, entry.on) else f"{entry.on} to {entry.until}")
    named = (
        ("status", entry.status),
        ("dosage", entry.dosage),
        ("reason", entry.reason),
        ("severity", entry.severity),
        ("place", entry.place),
    )
    parts += [f"{name}: {text}" for name, text in named if text]
    if entry.people:
        parts.append(f"attended by {', '.join(entry.people)}")
    if entry.body:
        parts.append(entry.body)
    return shortened("; ".join(parts), LONGEST_EXCERPT)


def _bound(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
