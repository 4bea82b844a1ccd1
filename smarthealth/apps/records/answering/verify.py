"""Holding an answer against its sources: every number, date and name of each sentence.

Theory of operation. The text is cut into sentences; a sentence's marks `[n]` name the sources that it rests on. Its dates are
taken out first, in any of the usual forms, then its numbers; then the names of medicines and diseases, by the glossary. Each
is a claim. A claim is verified when one of the cited sources holds it, or a fact that rests on a cited source does (a count,
a mean, a span of time stand in no single source). Where nothing is cited, only facts without sources may verify it: what
the patient's own data say, and what the record lacks. Rounding is allowed, as far as the answer itself rounds.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Literal

import attrs

from smarthealth.apps.records.understanding.concepts import find_stated_concepts
from smarthealth.apps.records.understanding.dates import find_dates
from smarthealth.apps.records.understanding.folding import fold_letters
from smarthealth.retrieval.glossary import Glossary, load_glossary

from .evidence import Evidence
from .facts import Fact
from .passages import NO_TITLE

_MARK = re.compile(r"\[(\d{1,3})\]")
_SENTENCE_END = re.compile(rf"(?<=[.!?…]){NO_TITLE}(?:\s*\[\d{{1,3}}\])*\s+(?=[A-ZÁÉÍÓÚÑ¿¡«\"“(])|\n+")
_QUOTED = re.compile(r"«[^»]*»|“[^”]*”")
_NUMBER = re.compile(r"(?<![\w.,/-])[-−]?\d+(?:[.,]\d+)?(?![\w]|[.,]\d)")
_ANY_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_ABSENCE = re.compile(
    r"\bno\s+(?:consta|constan|figura|registra|aparece|hay)\b|\bsolo\s+puedo\b|\bno\s+puedo\b|\bdoes\s+not\s+contain\b|\bi\s+can(?:not|\s+only)\b"
)
_NAMED_KINDS = frozenset({"medication", "condition", "allergy", "immunization", "procedure"})
_DECIMALS = 6
"""Of a computed number that a claim is held against."""
_SMALL = 12
"""Whole numbers up to this may be said in passing (`dos de ellas`) without standing in a source."""

ClaimKind = Literal["number", "date", "name"]


@attrs.frozen(kw_only=True)
class Claim:
    """Something in an answer that can be checked."""

    kind: ClaimKind
    text: str
    sentence: int
    """Number of its sentence, from 0."""
    verified: bool


@attrs.frozen(kw_only=True)
class Review:
    """How an answer stands to its sources."""

    claims: tuple[Claim, ...]
    sentences: int
    uncited: int
    """Sentences that state something of the record and cite nothing."""
    dangling: tuple[int, ...]
    """Marks that point to no source."""
    cited: tuple[int, ...]
    """Sources that are cited, in order."""
    abstains: bool
    """Whether it says that the record does not hold what was asked."""
    confidence: float = 0.0
    """How probably the answer is right, in [0, 1]; of an abstention, how probably that is right."""

    @property
    def verified(self) -> float:
        """Share of the claims that the sources bear out; 1 where nothing is claimed."""
        return sum(claim.verified for claim in self.claims) / len(self.claims) if self.claims else 1.0


def examine(text: str, evidence: Evidence, glossary: Glossary | None = None) -> Review:
    """Hold an answer against its sources, leaving its confidence open."""
    ground = _Ground(evidence, glossary or load_glossary())
    claims: list[Claim] = []
    uncited = 0
    sentences = _sentences(text)
    cited = [int(mark) for mark in _MARK.findall(text)]
    known = {source.id for source in evidence.sources}
    for number, sentence in enumerate(sentences):
        marks = {int(mark) for mark in _MARK.findall(sentence)} & known
        own = list(ground.claims(sentence, number, marks))
        claims.extend(own)
        uncited += bool(own) and not marks and not ground.needs_no_source(sentence)
    return Review(
        claims=tuple(claims),
        sentences=len(sentences),
        uncited=uncited,
        dangling=tuple(sorted({mark for mark in cited if mark not in known})),
        cited=tuple(dict.fromkeys(mark for mark in cited if mark in known)),
        abstains=_ABSENCE.search(fold_letters(text)) is not None and (evidence.is_absence or not set(cited) & known),
    )


def _sentences(text: str) -> list[str]:
    """The sentences of a text; a quotation is part of the one it stands in."""
    masked = _QUOTED.sub(lambda match: "x" * len(match[0]), text)
    ends = [(match.start(), match.end()) for match in _SENTENCE_END.finditer(masked)]
    starts = [0] + [end for _, end in ends]
    stops = [start for start, _ in ends] + [len(text)]
    return [text[start:stop] for start, stop in zip(starts, stops, strict=True) if text[start:stop].strip()]


class _Passage:
    """A text that claims are held against, each thing in it read once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def folded(self) -> str:
        """In small letters, without accents."""
        return fold_letters(self.text)

    @cached_property
    def days(self) -> list[tuple[date, date]]:
        """First and last day of each date that it tells."""
        return [(match.since, match.until) for match in find_dates(self.folded)]

    @cached_property
    def numbers(self) -> list[float]:
        """The numbers in it."""
        return [_value(number) for number in _ANY_NUMBER.findall(self.text)]


class _Ground:
    """What may be said of the evidence."""

    def __init__(self, evidence: Evidence, glossary: Glossary) -> None:
        self._evidence = evidence
        self._glossary = glossary
        self._days = {source.id: source.date for source in evidence.sources}
        self._question = _Passage(fold_letters(evidence.question.text))
        self._of_sources = {source.id: _Passage(source.excerpt) for source in evidence.sources}
        self._of_facts = [(fact, _Passage(_fact_text(fact))) for fact in evidence.facts]

    def claims(self, sentence: str, number: int, marks: Collection[int]) -> Iterator[Claim]:
        """The claims of one sentence."""
        bare = _MARK.sub(lambda match: " " * len(match[0]), sentence)
        folded = fold_letters(bare)
        for start, end, since, until in _days(folded):
            claimed = bare[start:end]
            folded = folded[:start] + " " * (end - start) + folded[end:]
            yield Claim(kind="date", text=claimed, sentence=number, verified=self._holds_day(since, until, marks))
        names = list(self._names(bare))
        for start, end, _ in names:
            folded = folded[:start] + re.sub(r"\d", " ", folded[start:end]) + folded[end:]
        for match in _NUMBER.finditer(folded):
            yield Claim(kind="number", text=match[0], sentence=number, verified=self._holds_number(match[0], marks))
        for start, end, concepts in names:
            yield Claim(
                kind="name",
                text=bare[start:end],
                sentence=number,
                verified=self._holds_name(bare[start:end], concepts, marks),
            )

    def needs_no_source(self, sentence: str) -> bool:
        """Whether a sentence says that something is not there, or tells the patient's own data."""
        return _ABSENCE.search(fold_letters(sentence)) is not None or any(
            fact.say in ("person", "summary") for fact in self._evidence.facts
        )

    def _names(self, text: str) -> Iterator[tuple[int, int, frozenset[str]]]:
        places: dict[tuple[int, int], set[str]] = {}
        for match in find_stated_concepts(text, self._glossary):
            if _NAMED_KINDS.intersection(match.concept.kinds):
                places.setdefault((match.start, match.end), set()).add(match.concept.id)
        for (start, end), concepts in places.items():
            yield start, end, frozenset(concepts)

    def _facts(self, marks: Collection[int]) -> list[tuple[Fact, _Passage]]:
        """Facts that rest on one of the marks, and their texts; without marks those that rest on no source."""
        return [
            (fact, passage)
            for fact, passage in self._of_facts
            if {item.n for item in fact.items}.intersection(marks)
            or (not marks and all(item.n is None for item in fact.items))
        ]

    def _passages(self, marks: Collection[int]) -> list[_Passage]:
        """The texts of the sources that are marked, and of the facts that rest on them."""
        return [self._of_sources[mark] for mark in sorted(marks)] + [passage for _, passage in self._facts(marks)]

    def _holds_day(self, since: date, until: date, marks: Collection[int]) -> bool:
        days = [self._days[mark] for mark in marks] + [
            day for fact, _ in self._facts(marks) for item in fact.items for day in (item.on, item.until)
        ]
        if any(day is not None and since <= day <= until for day in days):
            return True
        written = [*self._passages(marks), self._question]
        return any(first <= until and since <= last for passage in written for first, last in passage.days)

    def _holds_number(self, claimed: str, marks: Collection[int]) -> bool:
        facts = [fact for fact, _ in self._facts(marks)]
        held = [number for passage in (*self._passages(marks), self._question) for number in passage.numbers]
        held += [
            abs(round(value, _DECIMALS))
            for fact in facts
            for value in (fact.total, fact.distinct, fact.number, fact.nth)
            if value is not None
        ]
        held += [item.times for fact in facts for item in fact.items] + [len(fact.items) for fact in facts]
        claim, tolerance = _value(claimed), _tolerance(claimed)
        if any(abs(claim - value) <= tolerance for value in held):
            return True
        return claimed.isdigit() and (int(claimed) <= _SMALL or self._is_span(int(claimed), facts))

    def _is_span(self, claimed: int, facts: Sequence[Fact]) -> bool:
        """Whether a number is that of days, months or years between two days of a fact, or up to today."""
        for fact in facts:
            days = [day for item in fact.items for day in (item.on, item.until) if day is not None]
            if fact.say in ("duration", "interval", "status") and days:
                spans = {abs((one - other).days) for one in days for other in (*days, self._evidence.today)}
                if any(claimed in (span, span // 365, round(span / 365.25), int(span / 365.2425)) for span in spans):
                    return True
        return False

    def _holds_name(self, claimed: str, concepts: Collection[str], marks: Collection[int]) -> bool:
        said, passages = fold_letters(claimed), self._passages(marks)
        if any(said in passage.folded for passage in (self._question, *passages)):
            return True
        family = {member for concept in concepts for member in self._glossary.family(concept)}
        asked = {
            concept.id for ask in self._evidence.question.asks for topic in ask.topics for concept in topic.concepts
        }
        return bool(family & asked) or any(family & _concepts_of(self._glossary, passage.text) for passage in passages)


def _concepts_of(glossary: Glossary, text: str) -> frozenset[str]:
    return frozenset(match.concept.id for match in glossary.concepts(text) if not match.corrected)


def _days(folded: str) -> Iterator[tuple[int, int, date, date]]:
    for match in find_dates(folded):
        yield match.start, match.end, match.since, match.until


def _fact_text(fact: Fact) -> str:
    parts = [fact.about, fact.period or "", fact.detail or ""]
    for item in fact.items:
        parts += [item.name, item.value or "", item.note or "", *item.people]
    return " ".join(parts)


def _value(written: str) -> float:
    """A number without its sign."""
    return float(written.replace(",", ".").replace("−", "-").lstrip("-"))


def _tolerance(written: str) -> float:
    """How far a number may be off for being rounded as it is written."""
    _, _, decimals = written.replace(",", ".").partition(".")
    return 0.5 * 10.0 ** -len(decimals) + 1e-9
