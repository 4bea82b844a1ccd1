"""What an answer is made from: the question looked up and searched for, side by side, and the prompt made of both.

This is the records application's `Grounding`: the way from a question to a request for the model and, afterwards, to the
confidence of what it wrote.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import Protocol

import attrs
import structlog
import trio

from smarthealth.apps.records.understanding.question import Exchange, Question
from smarthealth.apps.records.understanding.understand import understand
from smarthealth.apps.records.wire import AnswerSource
from smarthealth.llm.port import ChatRequest
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.glossary import load_glossary
from smarthealth.retrieval.model import Hit, SearchResult
from smarthealth.storage.pool import Pool

from .chart import Chart
from .confidence import review
from .evidence import Evidence, assemble
from .facts import Fact
from .findings import Findings
from .lookups import look_up
from .prompts import build_request

HITS_WANTED = 8
_NOTHING = SearchResult(hits=(), vectors_searched=False)
_log = structlog.get_logger()


class Index(Protocol):
    """Searches a patient's passages: `retrieval.index.ChunkIndex`."""

    async def search(self, patient_id: int, question: str, *, limit: int = 8) -> SearchResult:
        """The passages of one patient that answer a question; raises `IndexUnavailable`."""
        ...


class Patient(Protocol):
    """Whose record is read: `storage.patients.PatientInfo`."""

    @property
    def id(self) -> int:
        """Number of the patient."""
        ...


@attrs.frozen
class RecordsGrounds:
    """The request for an answer, and what the answer is held against."""

    evidence: Evidence
    request: ChatRequest
    passages_searched: bool
    """False when the index could not be searched: then the answer rests on the database alone."""

    @cached_property
    def sources(self) -> Sequence[AnswerSource]:
        """What the marks in the answer may point to."""
        return tuple(
            AnswerSource(
                id=source.id,
                type=source.type,
                date=source.date,
                score=source.score,
                excerpt=source.excerpt,
                record=source.record,
            )
            for source in self.evidence.sources
        )

    @property
    def records_analyzed(self) -> int:
        """Entries of the patient's record that were looked at."""
        return self.evidence.records_analyzed

    @property
    def chunks_used(self) -> int:
        """Passages found by search that reached the prompt."""
        return self.evidence.chunks_used

    def confidence(self, text: str) -> float:
        """How far an answer may be trusted, in [0, 1]."""
        return review(text, self.evidence).confidence


@attrs.frozen(kw_only=True)
class RecordsRetrieved:
    """What was found, before it is made into a prompt."""

    question: Question
    history: Sequence[Exchange]
    findings: Findings
    hits: SearchResult | None
    """None when the index could not be searched."""
    today: date

    def build(self) -> RecordsGrounds:
        """Number the sources and write the prompt."""
        evidence = assemble(self.question, self.findings, self.hits or _NOTHING, today=self.today)
        return RecordsGrounds(evidence, build_request(evidence, self.history), self.hits is not None)


class RecordsGrounding:
    """Finds in a patient's record what a question asks for.

    Args:
        pool: Connections to the database.
        index: Passages of all patients.
        today: The current day.
    """

    def __init__(self, pool: Pool, index: Index, *, today: Callable[[], date] = date.today) -> None:
        self._pool = pool
        self._index = index
        self._today = today
        self._is_prepared = False
        self._preparing = trio.Lock()

    async def retrieve(self, patient: Patient, question: str, history: Sequence[Exchange]) -> RecordsRetrieved:
        """Look a question up in the database and search the index, side by side.

        An index that cannot be searched costs confidence, not the answer: the truth is in the database. But that something
        is not in the record is said only when all of it was searched.

        Raises:
            StorageError: The database does not answer.
            IndexUnavailable: The index cannot be searched, and the database alone does not hold what is asked.
        """
        if not self._is_prepared:
            await self._prepare()
        today = self._today()
        understood = understand(question, history=history, today=today, glossary=load_glossary())
        found: list[SearchResult | IndexUnavailable] = []

        async def search() -> None:
            found.append(await self._search(patient.id, question))

        try:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(search, name="search the index")
                findings = await look_up(self._pool, patient.id, understood, today=today)
        except ExceptionGroup as group:  # of the two side by side; whichever failed first has cancelled the other
            raise group.exceptions[0] from None  # noqa: ASYNC123  # nobody else holds the group
        (result,) = found
        hits = await self._checked(patient.id, result) if isinstance(result, SearchResult) else None
        if isinstance(result, IndexUnavailable) and any(_says_missing(finding.fact) for finding in findings.findings):
            raise result
        return RecordsRetrieved(question=understood, history=history, findings=findings, hits=hits, today=today)

    async def _prepare(self) -> None:
        """Half a second of reading the vocabulary, which must not hold up everybody else's turns: once, whoever asks first."""
        async with self._preparing:
            if not self._is_prepared:
                await trio.to_thread.run_sync(prepare)
                self._is_prepared = True

    async def _search(self, patient_id: int, question: str) -> SearchResult | IndexUnavailable:
        try:
            return await self._index.search(patient_id, question, limit=HITS_WANTED)
        except IndexUnavailable as error:
            _log.warning("search_unavailable", state=error.state.value)
            return error

    async def _checked(self, patient_id: int, result: SearchResult) -> SearchResult:
        """Only hits whose entry PostgreSQL has for this patient, each named by its FHIR id."""
        records = await Chart(self._pool, patient_id).fhir_ids([hit.chunk.record_id for hit in result.hits])
        hits = [_named(hit, records[hit.chunk.record_id]) for hit in result.hits if hit.chunk.record_id in records]
        return SearchResult(hits=tuple(hits), vectors_searched=result.vectors_searched)


def prepare() -> None:
    """Read the vocabulary and make its tables, which the first question would wait for otherwise."""
    understand("¿Cuál fue la última glucossa?", history=(), today=date.min, glossary=load_glossary())


def _says_missing(fact: Fact) -> bool:
    """Whether a fact says that something is not in the record, or not in one of its entries."""
    match fact.say:
        case "absent" | "void" | "ended" | "lacking":
            return True
        case "who":
            return not all(item.people for item in fact.items)
        case "where" | "dose" | "reason":
            return not all(item.note for item in fact.items)
        case _:
            return False


def _named(hit: Hit, record: str) -> Hit:
    return Hit(
        chunk=hit.chunk.named(record),
        score=hit.score,
        similarity=hit.similarity,
        matched_terms=hit.matched_terms,
    )
