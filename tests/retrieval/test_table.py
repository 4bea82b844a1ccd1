"""The table of chunks on disk."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from smarthealth.retrieval.errors import IndexUnavailable
from smarthealth.retrieval.model import Chunk, IndexState
from smarthealth.retrieval.reading import Reader
from smarthealth.retrieval.rows import Query, Row
from smarthealth.retrieval.searched import concept_word
from smarthealth.retrieval.table import ChunkTable

DIMENSIONS = 8
LONG_AGO = 10**18
"""Nanoseconds since 1970: some day of 2001."""
Chunks = Callable[..., list[Chunk]]
Found = tuple[list[Row], list[Row]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the table is."""
    return tmp_path / "index"


def table(folder: Path, *, embedder: str = "e", origin: str = "") -> ChunkTable:
    """A table in a folder."""
    return ChunkTable(folder, embedder=embedder, dimensions=DIMENSIONS, origin=origin)


def vectors(count: int, axis: int = 0) -> NDArray[np.float32]:
    """As many unit vectors, all along one axis."""
    made = np.zeros((count, DIMENSIONS), dtype=np.float32)
    made[:, axis] = 1
    return made


def write(to: ChunkTable, patient_id: int, own: list[Chunk], axis: int = 0) -> None:
    """Replace one patient."""
    to.replace({patient_id: own}, vectors(len(own), axis))


def opened(folder: Path) -> ChunkTable:
    """A table in a folder, by another handle."""
    other = table(folder)
    assert other.open() is IndexState.READY
    return other


def search(of: ChunkTable, query: Query) -> Found:
    """What a search finds, waited for without a Trio run."""
    from lancedb.background_loop import LOOP

    found: Found = LOOP.run(of.searching(query)())  # type: ignore[no-untyped-call]  # it has no annotations
    return found


def names(to: ChunkTable, patient_id: int, words: str, **wanted: Any) -> set[str]:
    """Ids of what a search for words finds."""
    query = attrs.evolve(Query(patient_id=patient_id, words=words, vector=None), **wanted)
    near, worded = search(to, query)
    assert near == []
    return {row.chunk.text.split(" · ")[2] for row in worded}


def test_chunks_come_back_as_they_were_written(folder: Path, chunks: Chunks) -> None:
    """A row found by vector or by words holds the whole chunk, with its similarity, by any handle."""
    written = table(folder)
    (chunk,) = chunks(1, ("medication", "lisinopril 10 MG Oral Tablet", 2019))
    spanning = attrs.evolve(chunk, id="run", earliest=date(2018, 1, 1))
    write(written, 1, [chunk, spanning])
    near, worded = search(written, Query(patient_id=1, words="lisinopril", vector=vectors(1)[0]))
    assert {row.chunk.id: row.chunk for row in near} == {chunk.id: chunk, "run": spanning}
    assert {row.chunk.id for row in worded} == {chunk.id, "run"}
    assert search(opened(folder), Query(patient_id=1, words="lisinopril", vector=vectors(1)[0])) == (near, worded)
    assert all(row.similarity == pytest.approx(1, abs=1e-5) for row in (*near, *worded))
    assert all(row.bm25 is not None and row.bm25 > 0 for row in worded)


def test_similarity_is_the_cosine(folder: Path, chunks: Chunks) -> None:
    """A vector at right angles to the question's has similarity nought."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)), axis=3)
    near, worded = search(written, Query(patient_id=1, words="asthma", vector=vectors(1)[0]))
    assert [row.similarity for row in (*near, *worded)] == pytest.approx([0, 0], abs=1e-6)


def test_only_the_patient_asked_for_is_searched(folder: Path, chunks: Chunks) -> None:
    """The filter is pushed into both searches: other patients' rows take no place in the result."""
    written = table(folder)
    for patient_id in range(1, 60):
        write(written, patient_id, chunks(patient_id, ("condition", "Asthma", 2019)))
    near, worded = search(written, Query(patient_id=30, words="asma asthma", vector=vectors(1)[0], most=5))
    assert [row.chunk.patient_id for row in (*near, *worded)] == [30, 30]


@pytest.mark.parametrize(
    "question", ["fracturas", "FRACTURA", "fractura del tobillo", 'ankle" OR patient_id=2', "tobíllo", "(x) AND ankle*"]
)
def test_words_are_found_stemmed_without_accents_and_without_operators(
    folder: Path, chunks: Chunks, question: str
) -> None:
    """The text index stems Spanish and takes every sign for a separator."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Fracture of ankle", 2019), ("condition", "Asthma", 2019)))
    assert names(written, 1, question) == {"Fracture of ankle (fractura de tobillo)"}


def test_a_question_without_words_finds_nothing_by_words(folder: Path, chunks: Chunks) -> None:
    """Without words only vectors are searched."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)))
    assert search(written, Query(patient_id=1, words="", vector=None)) == ([], [])
    assert names(written, 1, "de la") == set()


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"kinds": ["medication"]}, {"a"}),
        ({"kinds": []}, set()),
        ({"since": date(2019, 6, 1)}, {"c"}),
        ({"until": date(2019, 6, 1)}, {"a", "b"}),
        ({"since": date(2018, 1, 1), "until": date(2018, 12, 31)}, {"b"}),
    ],
)
def test_kinds_and_dates_are_filtered(folder: Path, chunks: Chunks, wanted: dict[str, Any], found: set[str]) -> None:
    """Filters for kinds and dates hold; a run of records is found by any day of it, what has no date by none."""
    written = table(folder)
    (one,) = chunks(1, ("medication", "x", 2019))
    write(
        written,
        1,
        [
            attrs.evolve(one, id="a", date=date(2019, 2, 1)),
            attrs.evolve(one, id="b", kind="procedure", date=date(2018, 12, 1), earliest=date(2017, 1, 1)),
            attrs.evolve(one, id="c", kind="condition", date=date(2020, 2, 1)),
            attrs.evolve(one, id="d", kind="condition", date=None),
        ],
    )
    query = attrs.evolve(Query(patient_id=1, words="x", vector=vectors(1)[0]), **wanted)
    near, worded = search(written, query)
    assert {row.chunk.id for row in near} == {row.chunk.id for row in worded} == found


def test_replacing_leaves_nothing_of_before(folder: Path, chunks: Chunks) -> None:
    """Afterwards a patient has the new chunks alone, and the others what they had."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019), ("condition", "Gout", 2018)))
    write(written, 2, chunks(2, ("condition", "Asthma", 2019)))
    write(written, 1, chunks(1, ("condition", "Anemia", 2020)))
    assert written.count() == 2
    assert written.patients() == {1, 2}
    write(written, 1, [])
    assert written.patients() == {2}


def test_rows_of_an_unfinished_replacement_go_with_the_next(
    folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A clock that goes backwards does not make a later writing look older."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)))
    monkeypatch.setattr("time.time_ns", lambda: 5)
    write(written, 1, chunks(1, ("condition", "Gout", 2019)))
    assert names(written, 1, "gota asma") == {"Gout (gota)"}


def test_removing_patients_removes_their_rows(folder: Path, chunks: Chunks) -> None:
    """Removed patients have nothing left; removing from a table that is not there does nothing."""
    table(folder).remove([1])
    written = table(folder)
    for patient_id in (1, 2, 3):
        write(written, patient_id, chunks(patient_id, ("condition", "Asthma", 2019)))
    written.remove([1, 3, 99])
    assert written.patients() == {2}


def test_new_rows_are_found_before_and_after_compaction(folder: Path, chunks: Chunks) -> None:
    """The text index need not hold a row for it to be found."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)))
    assert names(written, 1, "asma")
    assert written.compact()
    assert names(written, 1, "asma")
    write(written, 1, chunks(1, ("condition", "Gout", 2019)))
    assert names(written, 1, "gota asma") == {"Gout (gota)"}


def test_a_missing_folder_is_missing_until_something_is_written(folder: Path, chunks: Chunks) -> None:
    """Reading what is not there says so; writing makes it."""
    missing = table(folder)
    assert missing.open() is IndexState.MISSING
    with pytest.raises(IndexUnavailable) as caught:
        missing.count()
    assert caught.value.state is IndexState.MISSING
    write(missing, 1, chunks(1, ("condition", "Asthma", 2019)))
    assert table(folder).open() is IndexState.READY


def test_a_table_that_is_not_open_is_not_searched(folder: Path) -> None:
    """To open it takes a thread, so that is asked for; what opening it came to is told."""
    table(folder).reset()
    mine, query = table(folder), Query(patient_id=1, words="asma", vector=None)
    with pytest.raises(IndexUnavailable) as caught:
        mine.searching(query)
    assert caught.value.state is IndexState.UNOPENED
    mine.open()
    assert search(mine, query) == ([], [])
    shutil.rmtree(folder)
    mine.open()
    with pytest.raises(IndexUnavailable) as caught:
        mine.searching(query)
    assert caught.value.state is IndexState.MISSING


def test_opening_again_leaves_open_what_is_open(folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever searches while a table is opened again finds the one of before."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    found: list[set[str]] = []
    open_reader = Reader.open

    def searched(*of: Any) -> Reader:
        found.append(names(mine, 1, "asma"))
        return open_reader(*of)

    monkeypatch.setattr(Reader, "open", searched)
    assert mine.open() is IndexState.READY
    assert found == [{"Asthma (asma)"}]


def test_a_table_put_in_place_of_one_that_is_searched_is_noticed(
    folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even if that happens after the search has begun."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    search_reader = Reader.search

    async def exchanged(reader: Reader, query: Query) -> Found:
        found = await search_reader(reader, query)
        await asyncio.to_thread(table(folder).reset)
        return found

    monkeypatch.setattr(Reader, "search", exchanged)
    with pytest.raises(IndexUnavailable) as caught:
        names(mine, 1, "asma")
    assert caught.value.state is IndexState.OUTDATED


def test_the_mark_is_read_again_when_it_was_written(folder: Path, chunks: Chunks) -> None:
    """A mark that was looked at long after its writing is not read at each search, and its next writing is seen."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    os.utime(folder / "chunks.id", ns=(LONG_AGO, LONG_AGO))
    for _ in range(2):
        assert names(mine, 1, "asma")
    (folder / "chunks.id").write_text("another")
    with pytest.raises(IndexUnavailable):
        names(mine, 1, "asma")


def test_a_table_has_an_id_until_it_is_reset(folder: Path) -> None:
    """Each reset makes another table, and whoever opens it, in this process or another, finds the same id."""
    own = table(folder)
    assert own.id is None
    own.reset()
    first, other = own.id, table(folder)
    other.open()
    assert first is not None
    assert other.id == first
    own.reset()
    assert own.id not in (first, None)


@pytest.mark.parametrize("other", [{"embedder": "other"}, {"origin": "another database"}])
def test_a_table_of_another_model_or_database_is_outdated(folder: Path, chunks: Chunks, other: dict[str, str]) -> None:
    """What was made by another embedding model or of another database is neither read nor written."""
    write(table(folder), 1, chunks(1, ("condition", "Asthma", 2019)))
    mine = table(folder, **other)
    assert mine.open() is IndexState.OUTDATED
    with pytest.raises(IndexUnavailable):
        write(mine, 1, [])
    with pytest.raises(IndexUnavailable):
        mine.remove([1])
    mine.reset()
    assert (mine.open(), mine.count()) == (IndexState.READY, 0)


@pytest.mark.parametrize("part", ["_versions", "data"])
def test_a_table_that_cannot_be_read_is_damaged(folder: Path, chunks: Chunks, part: str) -> None:
    """Truncated files are noticed on opening, and a reset mends them."""
    write(table(folder), 1, chunks(1, ("condition", "Asthma", 2019)))
    for path in (folder / "chunks.lance" / part).iterdir():
        path.write_bytes(path.read_bytes()[:40])
    damaged = table(folder)
    assert damaged.open() is IndexState.DAMAGED
    damaged.reset()
    assert damaged.count() == 0


def test_a_table_that_cannot_be_overwritten_is_made_anew(folder: Path, chunks: Chunks) -> None:
    """A reset also gets rid of files that open and take no writing: full of holes, in part remembered by this process."""
    holed = table(folder)
    write(holed, 1, chunks(1, ("condition", "Asthma", 2019)))
    holed.compact()
    for path in folder.rglob("*"):
        if path.is_file():
            file = path.read_bytes()
            start, end = len(file) // 3, 2 * len(file) // 3 + 1
            path.write_bytes(file[:start] + bytes(end - start) + file[end:])
    assert holed.open() is IndexState.OUTDATED
    holed.reset()
    write(holed, 1, chunks(1, ("condition", "Asthma", 2019)))
    assert (holed.open(), holed.count()) == (IndexState.READY, 1)


def test_a_table_exchanged_by_another_process_is_noticed(folder: Path, chunks: Chunks) -> None:
    """A handle to a table that was made anew says that it is outdated, and opening it again helps."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    table(folder).reset()
    for use in (mine.count, lambda: search(mine, Query(patient_id=1, words="asma", vector=None))):
        with pytest.raises(IndexUnavailable) as caught:
            use()
        assert caught.value.state is IndexState.OUTDATED
    assert mine.open() is IndexState.READY
    assert mine.count() == 0


def test_a_table_made_anew_from_nothing_is_noticed(folder: Path, chunks: Chunks) -> None:
    """A handle does not mistake a younger table in its folder for its own, be it read or written."""
    mine = table(folder)
    for _ in range(3):
        write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    shutil.rmtree(folder)
    write(table(folder), 2, chunks(2, ("condition", "Asthma", 2019)))
    for use in (mine.count, lambda: write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))):
        with pytest.raises(IndexUnavailable):
            use()
    assert mine.open() is IndexState.READY
    assert mine.patients() == {2}


def test_a_lost_mark_is_written_again(folder: Path, chunks: Chunks) -> None:
    """A process killed before it left the mark beside its table does not make the table unusable."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    (folder / "chunks.id").unlink()
    with pytest.raises(IndexUnavailable):
        mine.count()
    assert mine.open() is IndexState.READY
    assert mine.count() == 1


def test_a_folder_that_cannot_be_made_is_an_error(folder: Path, chunks: Chunks) -> None:
    """Where a file stands in the way no table is made."""
    folder.write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        write(table(folder), 1, chunks(1, ("condition", "Asthma", 2019)))


def test_a_table_made_by_another_at_the_same_moment_is_used(
    folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Losing the race to make the table is no failure."""
    mine, opening = table(folder), ChunkTable.open
    write(table(folder), 2, chunks(2, ("condition", "Asthma", 2019)))
    answers = iter([lambda: IndexState.MISSING])
    monkeypatch.setattr(mine, "open", lambda: next(answers, lambda: opening(mine))())
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    assert mine.patients() == {1, 2}


def test_a_reset_that_leaves_no_table_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever resets is told when the table cannot be made."""

    def create_table(*_: object, **__: object) -> None:
        raise RuntimeError("lance error: No space left on device")

    monkeypatch.setattr("lancedb.db.LanceDBConnection.create_table", create_table)
    with pytest.raises(IndexUnavailable) as caught:
        table(folder).reset()
    assert caught.value.state is IndexState.MISSING


def conflicts(times: int, message: str = "Retryable commit conflict for version 9") -> Callable[..., None]:
    """A call into LanceDB that fails so many times."""
    left = iter(range(times))

    def call(*_: object, **__: object) -> None:
        if next(left, None) is not None:
            raise RuntimeError(message)

    return call


def test_a_commit_conflict_is_tried_again(folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write that other processes were faster than is repeated some times, and any other failure is told at once."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)))
    for times in (0, 3):
        monkeypatch.setattr("lancedb.table.LanceTable.delete", conflicts(times))
        written.remove([1])
    for failing in (conflicts(99), conflicts(1, "lance error: No space left on device")):
        monkeypatch.setattr("lancedb.table.LanceTable.delete", failing)
        with pytest.raises(RuntimeError):
            written.remove([1])


def test_compaction_gives_way_to_other_processes(folder: Path, chunks: Chunks, monkeypatch: pytest.MonkeyPatch) -> None:
    """A conflict ends a compaction without a failure; any other error is one."""
    written = table(folder)
    write(written, 1, chunks(1, ("condition", "Asthma", 2019)))
    monkeypatch.setattr("lancedb.table.LanceTable.optimize", conflicts(1))
    assert not written.compact()
    monkeypatch.setattr("lancedb.table.LanceTable.optimize", conflicts(1, "lance error: LanceError(IO)"))
    with pytest.raises(RuntimeError):
        written.compact()


WRITER = """
import sys
from pathlib import Path
import numpy as np
from smarthealth.retrieval.model import Chunk
from smarthealth.retrieval.table import ChunkTable
table = ChunkTable(Path(sys.argv[1]), embedder="e", dimensions=8, origin="")
first = int(sys.argv[2])
for round in range(6):
    for patient in range(first, first + 2):
        own = [Chunk(id=f"{patient}-{n}", patient_id=patient, record_id=n, kind="condition", date=None, text=f"ronda {round}") for n in range(5)]
        table.replace({patient: own}, np.eye(5, 8, dtype=np.float32))
    table.compact()
"""


def test_two_processes_write_at_once(folder: Path, chunks: Chunks) -> None:
    """Writings and compactions of two processes end with each patient's last chunks, once each."""
    processes = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(folder), str(first)], stderr=subprocess.PIPE, text=True)
        for first in (0, 100)
    ]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [("", 0), ("", 0)]
    written = table(folder)
    assert written.patients() == {0, 1, 100, 101}
    assert written.count() == 20
    _, worded = search(written, Query(patient_id=100, words="ronda", vector=None))
    assert {row.chunk.text for row in worded} == {"ronda 5"}


def test_deleting_the_folder_is_noticed_at_the_next_use(folder: Path, chunks: Chunks) -> None:
    """An open table whose files are gone fails, and opening it again says that it is missing."""
    mine = table(folder)
    write(mine, 1, chunks(1, ("condition", "Asthma", 2019)))
    shutil.rmtree(folder)
    with pytest.raises(IndexUnavailable):
        search(mine, Query(patient_id=1, words="asma", vector=None))
    assert mine.open() is IndexState.MISSING


def test_a_concept_is_one_word_of_the_text_index(folder: Path, chunks: Chunks) -> None:
    """What is an antibiotic is found by the word of that concept."""
    (chunk,) = chunks(1, ("medication", "Amoxicillin 500 MG", 2019))
    written = table(folder)
    write(written, 1, [chunk])
    assert names(written, 1, concept_word("antibiotic")) == {"Amoxicillin 500 MG (amoxicilina)"}
