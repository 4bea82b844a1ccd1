"""Reading the table: held rows and rows from disk, while others write."""

from __future__ import annotations

import os
from collections.abc import Callable, Coroutine
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.held import HeldPatients
from smarthealth.retrieval.model import Chunk, IndexState
from smarthealth.retrieval.reading import Reader, stamp_of
from smarthealth.retrieval.rows import Query, Row
from smarthealth.retrieval.table import ChunkTable

DIMENSIONS = 8
LONG_AGO = 10**18
"""Nanoseconds since 1970: some day of 2001."""
Chunks = Callable[..., list[Chunk]]
Found = tuple[list[Row], list[Row]]
T = TypeVar("T")


@pytest.fixture
def table(tmp_path: Path) -> ChunkTable:
    """An empty table, open."""
    made = ChunkTable(tmp_path / "index", embedder="e", dimensions=DIMENSIONS, origin="")
    made.reset()
    return made


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> list[Query]:
    """The queries answered from disk, so far."""
    asked: list[Query] = []
    search = Reader._search_disk

    async def counted(reader: Reader, query: Query) -> Found:
        asked.append(query)
        return await search(reader, query)

    monkeypatch.setattr(Reader, "_search_disk", counted)
    return asked


def in_loop(call: Coroutine[Any, Any, T]) -> T:
    """What a coroutine on LanceDB's loop returns, waited for without a Trio run."""
    from lancedb.background_loop import LOOP

    found: T = LOOP.run(call)  # type: ignore[no-untyped-call]  # it has no annotations
    return found


def search(of: ChunkTable, query: Query) -> Found:
    """What a search of a table finds."""
    return in_loop(of.searching(query)())


def direction(axis: int) -> NDArray[np.float32]:
    """A unit vector."""
    made = np.zeros(DIMENSIONS, dtype=np.float32)
    made[axis] = 1
    return made


def write(to: ChunkTable, patient_id: int, own: list[Chunk]) -> None:
    """Replace a patient, each chunk in a direction of its own."""
    to.replace({patient_id: own}, np.array([direction(place) for place in range(len(own))]).reshape(-1, DIMENSIONS))


def told(found: Found) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """What tells two findings apart, similarities as far as both ways compute them."""
    near, worded = (
        [(row.chunk, row.written, round(row.similarity or 0, 5), row.bm25) for row in rows] for rows in found
    )
    return near, worded


@pytest.mark.parametrize("words", ["asma gota", ""])
@pytest.mark.parametrize("vector", [direction(1), None])
@pytest.mark.parametrize(
    "wanted", [{}, {"kinds": ["condition"]}, {"since": date(2018, 1, 1), "until": date(2019, 12, 31)}]
)
def test_held_rows_answer_as_the_disk_does(
    table: ChunkTable, chunks: Chunks, words: str, vector: NDArray[np.float32] | None, wanted: dict[str, Any]
) -> None:
    """Whoever searches cannot tell whether a patient's rows were read from disk or were held."""
    write(
        table, 1, chunks(1, ("condition", "Asthma", 2017), ("condition", "Gout", 2018), ("medication", "Gout x", 2019))
    )
    write(table, 2, chunks(2, ("condition", "Gout", 2018)))
    query = attrs.evolve(Query(patient_id=1, words=words, vector=vector, most=3), **wanted)
    reader = table._reader
    assert isinstance(reader, Reader)
    first, second = told(search(table, query)), told(search(table, query))
    assert first == second
    near, worded = told(in_loop(reader._search_disk(query)))
    assert first[1] == worded
    assert first[0][:1] == near[:1]
    assert sorted(map(str, first[0])) == sorted(map(str, near)), "rows equally far come in any order"


def test_a_patient_is_read_from_disk_once(table: ChunkTable, chunks: Chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of questions about one patient the first reads the rows; a write by anybody makes the next one read again."""
    write(table, 1, chunks(1, ("condition", "Asthma", 2017)))
    kept: list[int] = []
    monkeypatch.setattr(HeldPatients, "put", record(kept, HeldPatients.put))
    for _ in range(3):
        search(table, Query(patient_id=1, words="asma", vector=direction(0)))
    assert kept == [1]
    write(table, 2, chunks(2, ("condition", "Gout", 2018)))
    search(table, Query(patient_id=1, words="asma", vector=direction(0)))
    assert kept == [1, 1]


def record(into: list[int], call: Callable[..., None]) -> Callable[..., None]:
    """The same call, its second argument noted."""

    def noted(self: object, patient_id: int, *rest: object) -> None:
        into.append(patient_id)
        call(self, patient_id, *rest)

    return noted


def test_another_handle_s_writing_is_seen_at_the_next_search(table: ChunkTable, chunks: Chunks, tmp_path: Path) -> None:
    """Held rows do not outlive a writing, whoever made it."""
    write(table, 1, chunks(1, ("condition", "Asthma", 2017)))
    query = Query(patient_id=1, words="asma gota", vector=direction(0))
    search(table, query)
    other = ChunkTable(tmp_path / "index", embedder="e", dimensions=DIMENSIONS, origin="")
    write(other, 1, chunks(1, ("condition", "Gout", 2018)))
    near, worded = search(table, query)
    assert [row.chunk.date for row in (*near, *worded)] == [date(2018, 1, 1)] * 2


@pytest.fixture
def versions_asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The versions that LanceDB was asked for, so far."""
    from lancedb import AsyncTable

    asked: list[int] = []
    ask = AsyncTable.version

    async def counted(handle: AsyncTable) -> int:
        asked.append(await ask(handle))
        return asked[-1]

    monkeypatch.setattr(AsyncTable, "version", counted)
    return asked


def test_the_version_is_asked_for_once_and_after_each_writing(
    table: ChunkTable, chunks: Chunks, tmp_path: Path, versions_asked: list[int]
) -> None:
    """As long as its folder looks the same, and has for a while, a table is of the version that it was."""
    versions = tmp_path / "index" / "chunks.lance" / "_versions"
    other = ChunkTable(tmp_path / "index", embedder="e", dimensions=DIMENSIONS, origin="")
    query = Query(patient_id=1, words="asma gota", vector=direction(0))
    for age, display in enumerate(("Asthma", "Gout")):
        write(other, 1, chunks(1, ("condition", display, 2017)))
        before = len(versions_asked)
        os.utime(versions, ns=(LONG_AGO + age, LONG_AGO + age))
        for _ in range(3):
            near, worded = search(table, query)
            assert [display in row.chunk.text for row in (*near, *worded)] == [True] * 2
        assert len(versions_asked) == before + 1
    write(other, 1, chunks(1, ("condition", "Asthma", 2017)))
    before = len(versions_asked)
    for _ in range(3):
        near, worded = search(table, query)
        assert ["Asthma" in row.chunk.text for row in (*near, *worded)] == [True] * 2
    assert len(versions_asked) == before + 3, "what was written this moment may be written again"


def test_what_is_written_during_a_search_is_searched_on_disk(
    table: ChunkTable, chunks: Chunks, monkeypatch: pytest.MonkeyPatch, on_disk: list[Query]
) -> None:
    """A row that words found and that is not among those held means that these are old."""
    write(table, 1, chunks(1, ("condition", "Asthma", 2017)))
    query = Query(patient_id=1, words="asma gota", vector=direction(0))
    search(table, query)
    monkeypatch.setattr(HeldPatients, "get", lambda self, patient, _version: self._held[patient])
    write(table, 1, chunks(1, ("condition", "Gout", 2018)))
    near, worded = search(table, query)
    assert on_disk == [query]
    assert [row.chunk.date for row in (*near, *worded)] == [date(2018, 1, 1)] * 2


def test_no_row_gets_the_id_of_another(table: ChunkTable, chunks: Chunks) -> None:
    """Held rows are known by the ids that LanceDB gives: it gives none twice, not even one that was deleted or moved."""
    assert isinstance(table._reader, Reader)
    handle = table._reader._table
    seen: set[int] = set()

    async def ids() -> list[int]:
        found: list[int] = (await handle.query().select(["_rowid"]).limit(100).to_arrow())["_rowid"].to_pylist()
        return found

    for turn in range(6):
        write(table, 1, chunks(1, ("condition", "Asthma", 2017), ("condition", "Gout", 2018)))
        for again in range(2):
            new = in_loop(ids())
            assert len(set(new)) == 2
            assert seen.isdisjoint(new) or again
            seen.update(new)
            if turn % 2:
                table.compact()
        if turn % 3 == 0:
            write(table, 1, [])


def test_a_patient_of_too_many_rows_is_searched_on_disk(
    table: ChunkTable, chunks: Chunks, monkeypatch: pytest.MonkeyPatch, on_disk: list[Query]
) -> None:
    """Their rows are not held, and what is found is the same."""
    monkeypatch.setattr("smarthealth.retrieval.reading.MOST_ROWS", 1)
    write(table, 1, chunks(1, ("condition", "Asthma", 2017), ("condition", "Gout", 2018)))
    for query in (
        Query(patient_id=1, words="gota", vector=direction(1), most=1),
        Query(patient_id=1, words="gota", vector=None),
    ):
        near, worded = search(table, query)
        assert [row.chunk.kind for row in worded] == ["condition"]
        assert len(near) == (query.vector is not None)
    assert len(on_disk) == 2


def test_another_table_under_the_same_name_is_outdated(table: ChunkTable, tmp_path: Path) -> None:
    """A version whose stamp says otherwise is not searched."""
    assert table._session is not None
    reader = Reader.open(tmp_path / "index", "chunks", table._session, {"id": "another"})
    with pytest.raises(IndexUnavailable) as caught:
        in_loop(reader.search(Query(patient_id=1, words="", vector=None)))
    assert caught.value.state is IndexState.OUTDATED


def test_a_schema_without_a_stamp_says_nothing() -> None:
    """A table that is none of ours has an empty stamp."""
    import pyarrow as pa

    assert stamp_of(pa.schema({"id": pa.string()})) == {}
