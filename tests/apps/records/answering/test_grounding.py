"""What a question finds with a search that works, one that does not, and a database that does not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import attrs
import pytest
import trio
from structlog.testing import capture_logs

from smarthealth.apps.records.answering.grounding import RecordsGrounding
from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import Chunk, Hit, IndexState, SearchResult
from smarthealth.storage.errors import StorageError, StorageUnavailable
from smarthealth.storage.pool import Pool

TODAY = date(2026, 11, 21)
FOUND = "¿Tiene asma?"
ABSENT = "¿Tiene epilepsia?"
REFUSED = "¿Qué tiempo hace hoy?"
PHYSICIAN_MISSING = "¿Quién le diagnosticó el asma?"
PLACE_MISSING = "¿Dónde le diagnosticaron el asma?"
ENDING_MISSING = "¿Por qué se suspendió el asma?"


@attrs.frozen
class Patient:
    """Whose record is read."""

    id: int


@attrs.define
class Passages:
    """An index that finds these entries, or fails."""

    records: Sequence[int] = ()
    error: Exception | None = None

    async def search(self, patient_id: int, question: str, *, limit: int = 8) -> SearchResult:
        """Find them all."""
        if self.error is not None:
            raise self.error
        chunks = (
            Chunk(id=f"{number}~1", patient_id=patient_id, record_id=number, kind="condition", date=None, text="Asthma")
            for number in self.records
        )
        hits = tuple(Hit(chunk=chunk, score=0.9, similarity=0.8, matched_terms=1) for chunk in chunks)
        return SearchResult(hits=hits, vectors_searched=True)


async def add_patient(pool: Pool) -> tuple[Patient, int]:
    """A patient with asthma, and the number of that entry."""
    row = await pool.fetch_one(
        "insert into patient (fhir_id, full_name, search_name) values ('p', 'Ana', 'ana') returning id"
    )
    assert row is not None
    entry = await pool.fetch_one(
        "insert into record (patient_id, kind, fhir_id, display, status, started_on)"
        " values (%s, 'condition', 'Condition/1', 'Asthma', 'active', '2020-01-02') returning id",
        [row[0]],
    )
    assert entry is not None
    return Patient(int(row[0])), int(entry[0])


def grounding(pool: Pool, index: Passages) -> RecordsGrounding:
    """On a day that stays."""
    return RecordsGrounding(pool, index, today=lambda: TODAY)


async def test_look_ups_and_passages_are_joined(pool: Pool) -> None:
    """The sources are of both; passages of entries that the database does not have for this patient are left out."""
    patient, entry = await add_patient(pool)
    index = grounding(pool, Passages([entry, entry + 1]))
    found = (await index.retrieve(patient, FOUND, ())).build()
    assert (found.records_analyzed, found.chunks_used, found.passages_searched) == (1, 1, True)
    assert [(source.record, source.type) for source in found.sources] == [("Condition/1", "condition")]
    assert FOUND in found.request.messages[-1].content
    assert (await index.retrieve(patient, ABSENT, ())).build().passages_searched


@pytest.mark.parametrize("question", [FOUND, REFUSED])
async def test_what_the_database_answers_needs_no_search(pool: Pool, question: str) -> None:
    """With a broken index what the rows say is answered, and said to be so, with less confidence; so is a refusal."""
    patient, entry = await add_patient(pool)
    whole = (await grounding(pool, Passages([entry])).retrieve(patient, question, ())).build()
    broken = grounding(pool, Passages(error=IndexUnavailable(IndexState.DAMAGED)))
    with capture_logs() as logs:
        part = (await broken.retrieve(patient, question, ())).build()
    assert [(entry["event"], entry["state"]) for entry in logs] == [("search_unavailable", "damaged")]
    assert (part.passages_searched, part.chunks_used) == (False, 0)
    assert [source.id for source in part.sources] == [source.id for source in whole.sources]
    text = "Consta asma desde 2020-01-02 [1]." if whole.sources else "No puedo responder eso."
    assert part.confidence(text) < whole.confidence(text)


@pytest.mark.parametrize("question", [ABSENT, PHYSICIAN_MISSING, PLACE_MISSING, ENDING_MISSING, f"{FOUND} {ABSENT}"])
async def test_nothing_is_said_to_be_missing_unless_all_was_searched(pool: Pool, question: str) -> None:
    """With a broken index, what the rows do not hold is an error, not an absence, be it one thing of several."""
    patient, _ = await add_patient(pool)
    assert (await grounding(pool, Passages()).retrieve(patient, question, ())).build().passages_searched
    broken = grounding(pool, Passages(error=IndexUnavailable(IndexState.MISSING)))
    with pytest.raises(IndexUnavailable), capture_logs():
        await broken.retrieve(patient, question, ())


@pytest.mark.parametrize("error", [StorageUnavailable("down"), LookupError("a defect")])
async def test_a_search_that_fails_otherwise_fails_as_itself(pool: Pool, error: Exception) -> None:
    """Whatever else the search raises comes out as it is, in no group."""
    patient, _ = await add_patient(pool)
    with pytest.raises(type(error), match=str(error)):
        await grounding(pool, Passages(error=error)).retrieve(patient, FOUND, ())


async def test_a_database_that_fails_cancels_the_search(pool: Pool) -> None:
    """A look-up's failure comes out as it is, at once, however long the search would take."""
    ended = False

    class Slow(Passages):
        async def search(self, patient_id: int, question: str, *, limit: int = 8) -> SearchResult:
            nonlocal ended
            try:
                await trio.sleep_forever()
            finally:
                ended = True
            raise AssertionError

    await pool.execute("alter table record rename to away")
    try:
        with pytest.raises(StorageError):
            await grounding(pool, Slow()).retrieve(Patient(1), FOUND, ())
    finally:
        await pool.execute("alter table away rename to record")
    assert ended


async def test_the_vocabulary_is_read_once_however_many_ask_first(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions that come while it is being read wait for it."""
    times: list[int] = []
    monkeypatch.setattr("smarthealth.apps.records.answering.grounding.prepare", lambda: times.append(1))
    patient, _ = await add_patient(pool)
    index = grounding(pool, Passages())
    async with trio.open_nursery() as nursery:
        for _ in range(3):
            nursery.start_soon(index.retrieve, patient, FOUND, ())
    assert times == [1]
